#!/bin/sh
# Make the environment of the project, with a Python that MXNet 1.9.1 and its companions have wheels for.
#
#     sh tools/setup/environment.sh .venv        (PYTHON=python3.12 in the environment: with that one and no other)
#
# Without such a Python, uv fetches one; without uv, pip gets that from PyPI, into .uv/ here. MXNet has no wheel for
# Apple silicon: there a Python for Intel is taken, which macOS runs by Rosetta.
set -u
venv=$1
fit='import platform, sys
sys.exit(not (3, 10) <= sys.version_info < (3, 15) or (sys.platform, platform.machine()) == ("darwin", "arm64"))'
has_venv='import venv, ensurepip'
for_uv='>=3.10,<3.15'
[ "$(uname -sm 2>/dev/null)" != 'Darwin arm64' ] || for_uv=cpython-3.12-macos-x86_64-none

if [ ! -e "$venv/pyvenv.cfg" ] && [ -n "$(ls -A "$venv" 2>/dev/null)" ]; then
  echo "$venv holds something else than a Python environment, which would be deleted: give a folder that is not there" \
    "yet" >&2
  exit 1
fi

make_with() {
  echo "Making $venv with $("$1" --version)"
  "$1" -m venv --clear "$venv" && exit 0
  echo "$venv could not be made in $PWD (see above): it needs a disk with symbolic links, with room, and no : in its" \
    "name; with VENV=/another/folder make puts it there" >&2
  rm -rf "$venv"
  exit 1
}

if [ -n "${PYTHON:-}" ]; then
  version=$("$PYTHON" --version 2>&1) || { echo "PYTHON=$PYTHON: there is no such Python" >&2; exit 1; }
  "$PYTHON" -c "$fit" || { echo "PYTHON=$PYTHON is $version: give one from 3.10 to 3.14, for which NumPy, SciPy and" \
    "MXNet have wheels (on Apple silicon, one for Intel), or leave PYTHON out" >&2; exit 1; }
  "$PYTHON" -c "$has_venv" 2>/dev/null || { echo "PYTHON=$PYTHON has no module venv: on Debian or Ubuntu," \
    "'apt install python3-venv'" >&2; exit 1; }
  make_with "$PYTHON"
fi

without_venv=
for python in python3 python3.13 python3.12 python3.14 python3.11 python3.10; do
  "$python" -c "$fit" 2>/dev/null || continue
  "$python" -c "$has_venv" 2>/dev/null && make_with "$python"
  without_venv=$python
done

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  for python in python3 python; do
    # without pip, an environment brings one
    if "$python" -m pip --version >/dev/null 2>&1; then
      echo "Fetching uv, which finds or fetches a Python"
      "$python" -m pip install --quiet --disable-pip-version-check --upgrade --target .uv uv && uv=.uv/bin/uv
      break
    elif "$python" -c "$has_venv" 2>/dev/null; then
      echo "Fetching uv, which finds or fetches a Python"
      "$python" -m venv --clear .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv && uv=.uv/bin/uv
      break
    fi
  done
fi
if [ -n "$uv" ] && "$uv" venv --quiet --clear --seed --python "$for_uv" "$venv"; then
  echo "Making $venv with $("$venv/bin/python" --version)"
  exit 0
fi

if [ -n "$without_venv" ]; then
  echo "$("$without_venv" --version) is here, but without its module venv: on Debian or Ubuntu," \
    "'apt install python3-venv' (as root), and call make again" >&2
else
  echo "No Python 3.10 to 3.14 was found, and none could be fetched: install one, for example with" \
    "'apt install python3-venv python3-pip', or uv (https://docs.astral.sh/uv)," \
    "and call make again" >&2
fi
exit 1
