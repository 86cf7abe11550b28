#!/bin/sh
# Prints the path of a Python that can run hotbed, or says which ones were found (exit 2).
# PYTHON=/path/to/python chooses one by hand.
set -u

PROBE='import sys
v = sys.version_info
state = "ok" if v[:2] >= (3, 12) else "old"
if state == "ok":
    try:
        import ensurepip, venv
    except ImportError:
        state = "novenv"
print("%s %d.%d.%d %s" % (state, v[0], v[1], v[2], getattr(sys, "_base_executable", None) or sys.executable))'

found=""
newline='
'

# The base of an active virtual environment is what counts: `.venv` cannot be made out of itself.
# A name on PATH may be a launcher that fails in this folder, so every candidate is run, not looked at.
try() {
    answer=$("$1" -c "$PROBE" </dev/null 2>/dev/null) || return 1
    case $answer in
        ok\ *)
            answer=${answer#ok }
            printf '%s\n' "${answer#* }"
            exit 0
            ;;
        old\ *)
            line="  Python ${answer#old }"
            ;;
        novenv\ *)
            line="  Python ${answer#novenv } (new enough, but its venv module is missing)"
            ;;
        *)
            return 1
            ;;
    esac
    case "$newline$found" in
        *"$newline$line$newline"*) ;;
        *) found="$found$line$newline" ;;
    esac
}

if [ -n "${PYTHON:-}" ]; then
    try "$PYTHON"
else
    # The version the pins were made with comes first; compiled packages lag behind the newest one.
    for name in python3.12 python3.13 python3.14 python3 python; do
        command -v "$name" >/dev/null 2>&1 && try "$name"
    done
    for minor in 12 13 14; do
        for file in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3."$minor".*/bin/python; do
            [ -x "$file" ] && try "$file"
        done
    done
    # None will do: look at the older ones too, only to be able to say what is there.
    for name in python3.11 python3.10 python3.9 python3.8; do
        command -v "$name" >/dev/null 2>&1 && try "$name"
    done
    for file in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin/python; do
        [ -x "$file" ] && try "$file"
    done
fi

{
    echo "hotbed needs Python 3.12 or newer, with its venv module."
    echo "hotbed 需要 Python 3.12 或更高版本，并带有 venv 模块。"
    if [ -n "${PYTHON:-}" ] && [ -z "$found" ]; then
        echo "PYTHON=$PYTHON could not be run / 无法运行。"
    elif [ -n "$found" ]; then
        echo "Found / 已找到："
        printf '%s' "$found"
    else
        echo "No Python was found on PATH / PATH 中没有找到 Python。"
    fi
    echo "What to do / 解决办法："
    echo "  Debian, Ubuntu:  apt install python3 python3-venv   (where that gives 3.12 or newer)"
    echo "  macOS:           brew install python@3.12"
    echo "  pyenv:           pyenv install 3.12"
    echo "  elsewhere:       PYTHON=/path/to/python3.12 make demo"
} >&2
exit 2
