#!/bin/sh
# Take away an environment that works no more, so that make makes it anew:
#     sh tools/setup/moved.sh .venv
# its folder was renamed, moved or copied (its programs know where they lay), or its Python is gone or another one.
set -u
unset CDPATH  # `cd` would print where it went
venv=$1
[ -e "$venv/pyvenv.cfg" ] || exit 0

# -I: what the environment holds for another Python says nothing of this one
if [ ! -x "$venv/bin/python" ]; then
  why='its Python is gone'
elif ! "$venv/bin/python" -I -c ''; then
  echo "The Python of $venv does not start (see above): unset what stands in its way, or call make clean" >&2
  exit 0
elif [ -e "$venv/made-in" ] && [ "$(cat "$venv/made-in")" != "$(cd "$venv" && pwd -P)" ]; then
  why="it was made in $(cat "$venv/made-in")"
# asked from elsewhere, as a notebook is; an environment that is not complete yet has no such file
elif [ -e "$venv/installed" ] && ! (
  python=$(cd "$venv/bin" && pwd)/python && cd / &&
    "$python" -I -c 'import sys; from importlib.util import find_spec as s; sys.exit(not (s("d2l_style") and s("pip")))' \
      2>/dev/null
); then
  why='its packages are not found: this folder was moved, or its Python is another one now'
else
  exit 0
fi
echo "Making $venv anew: $why" >&2
rm -rf "$venv"
