#!/bin/sh
# Makes .venv once: `setup.sh core` for running, `setup.sh dev` for checking as well.
# A stamp remembers what was installed, so that a second call does nothing.
set -eu
cd "$(dirname "$0")/.."
want=${1:-core}

# A moved folder breaks the paths inside a virtual environment, so its place is part of the stamp.
state=$({ pwd -P; cat pyproject.toml constraints.txt; } | cksum)
installed=$(cat .venv/hotbed-stamp 2>/dev/null || true)
case $installed in
    "dev $state") exit 0 ;;
    "$want $state") exit 0 ;;
esac

# Someone who set up the developers' tools keeps them when pins change.
case $installed in
    dev\ *) want=dev ;;
esac

usable() {
    [ -x .venv/bin/pip ] && .venv/bin/pip --version >/dev/null 2>&1 &&
        .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

if ! usable; then
    python=$(sh tools/find_python.sh) || exit 2
    echo "Setting up .venv with $python (once, about a minute) / 正在创建 .venv（仅首次，约一分钟）" >&2
    rm -rf .venv
    "$python" -m venv .venv
fi

target=.
[ "$want" = dev ] && target='.[dev]'
rm -f .venv/hotbed-stamp
if ! .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    -c constraints.txt -e "$target" </dev/null; then
    echo "Setting up failed: pip could not install what hotbed needs (see above)." >&2
    echo "Is there a network, or a mirror set in pip's configuration? Then run the same command again." >&2
    echo "安装失败：请检查网络或 pip 镜像设置，然后重新运行同一条命令。" >&2
    exit 1
fi
printf '%s %s\n' "$want" "$state" >.venv/hotbed-stamp
