"""Starsim's SIR model as a public yardstick: what an agent-step costs in another fast framework.

It is another model, so this compares orders of magnitude, not the same work. Starsim is no dependency
of hotbed: it is measured where this Python has it or where STARSIM_PYTHON names one that does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

AGENTS = 100_000
ROUNDS = 5
NOT_INSTALLED = 3

# Runs in the other Python, which may lack everything of ours. An agent-step is an agent of the model
# in one time step; compiling and initialising are not counted.
_PROGRAM = """
import json, sys, time
try:
    import starsim as ss
except ImportError:
    sys.exit(3)
best, steps = float("inf"), 0
for _ in range(int(sys.argv[2]) + 1):
    sim = ss.Sim(n_agents=int(sys.argv[1]), diseases="sir", networks="random", verbose=0)
    sim.init()
    start = time.process_time()
    sim.run()
    cpu = time.process_time() - start
    if steps:  # the first run compiles
        best = min(best, cpu)
    steps = int(sim.t.npts)
print(json.dumps({"version": ss.__version__, "steps": steps, "cpu_s": best}))
"""


def measure(agents: int = AGENTS, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return version, steps, CPU seconds and ns per agent-step, or `skipped` with the reason.

    Raises:
        RuntimeError: if Starsim is there but does not run.
    """
    python = os.environ.get("STARSIM_PYTHON", sys.executable)
    done = subprocess.run(
        [python, "-W", "ignore", "-c", _PROGRAM, str(agents), str(rounds)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == NOT_INSTALLED:
        return {"skipped": "starsim is not installed"}
    if done.returncode:
        raise RuntimeError(f"starsim does not run: {done.stderr.strip()[-500:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    per_step = 1e9 * found["cpu_s"] / found["steps"] / agents
    return found | {"agents": agents, "rounds": rounds, "ns_per_agent_step": per_step}
