"""Is everything here that hotbed needs: what `hotbed doctor` looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hotbed.doctor.finding import Finding


def examine() -> Iterator[Finding]:
    """Yield every finding in the order in which a user should read them; nothing is changed."""
    from hotbed.doctor import engine, machine, packages

    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        packages.check_python,
        packages.check_core,
        engine.check_files,
        engine.check_kernels,
        machine.check_machine,
        packages.check_extras,
        machine.check_optional,
    )
    for check in checks:
        yield from check()
