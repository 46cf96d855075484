#!/bin/sh
# Pin anew everything that pyproject.toml asks for (make requirements; needs uv): one lock for every Python and system.
# Each file in requirements/ but the one for GPUs holds what comes on top of those before it; the one for the site what
# comes on top of requirements.txt, in the versions that the others have.
set -eu
lock() {
  uv pip compile pyproject.toml --quiet --universal --python-version 3.10 --no-annotate --extra server \
    --custom-compile-command 'make requirements' "$@"
}
lock --extra cpu --output-file requirements.txt --upgrade
lock --extra gpu --constraint requirements.txt --output-file requirements/gpu.txt
set -- --constraint requirements.txt
lock --extra cpu --extra teach "$@" | grep -vxFf requirements.txt > requirements/teach.txt
set -- "$@" --constraint requirements/teach.txt
lock --extra cpu --extra teach --extra hub "$@" |
  grep -vxFf requirements.txt -f requirements/teach.txt > requirements/hub.txt
set -- "$@" --constraint requirements/hub.txt
lock --extra cpu --extra teach --extra hub --extra test "$@" |
  grep -vxFf requirements.txt -f requirements/teach.txt -f requirements/hub.txt > requirements/test.txt
set -- "$@" --constraint requirements/test.txt
lock --extra cpu --extra site "$@" | grep -vxFf requirements.txt > requirements/site.txt
