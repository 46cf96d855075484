# Companion to "Neural Style Transfer". `make help` lists what there is.
SHELL := /bin/sh
# one after the other, also where MAKEFLAGS asks for more: all install into one environment
.NOTPARALLEL:
.DEFAULT_GOAL := help
include tools/setup/environments.mk

# which network and pictures: embedded (nothing is fetched), book (the chapter's own, fetched once), book_torchvision
ifeq ($(PROFILE),)
PROFILE := $(or $(D2L_STYLE_PROFILE),embedded)
endif
# in a container or on a bare system people are root, which Jupyter refuses unless told
AS_ROOT := $(shell [ "$$(id -u)" != 0 ] || echo --allow-root)
FETCH_PROFILE = @test $(PROFILE) = embedded || $(BIN)/python -m d2l_style profile $(PROFILE) --fetch
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
# the exercises are kept once, with their solutions
SOLVED := classroom/course/source/style_transfer/06_exercises.ipynb

.PHONY: help lab app update run exercises release collect grade formgrader hub site test check test-browser lint smoke \
  fresh windows guest container bench bench-lab bench-explorer bench-sweep bench-grade bench-hub grids requirements clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

lab app run: export D2L_STYLE_PROFILE := $(PROFILE)
exercises: export D2L_STYLE_PROFILE := embedded

lab: $(VENV)/installed  ## open the notebooks in JupyterLab (PROFILE=book; GPU=1; PYTHON=python3.12; ARGS="--no-browser")
	$(BIN)/python tools/setup/environment.py lab $(ARGS)

app: $(VENV)/installed  ## the Style Lab alone, as a page without code, for a projector (PROFILE=book, ARGS="--port=8866")
	$(FETCH_PROFILE)
	$(BIN)/python -m voila notebooks/app_style_lab.ipynb --Voila.config_file_paths=classroom/app $(ARGS)

update:  ## bring this folder up to date; what you changed in it is copied to my-work/ first
	@sh tools/setup/update.sh

run: $(VENV)/installed  ## execute every notebook and store its outputs (NOTEBOOKS=... for some)
	rm -rf build/sweeps  # a sweep takes what is there
	$(BIN)/python tools/run_notebooks.py $(NOTEBOOKS)

exercises: $(VENV)/installed-teach  ## execute the exercises with their solutions, and make notebook 6 out of them
	rm -rf build/sweeps
	$(BIN)/python tools/run_notebooks.py --folder notebooks $(SOLVED)
	$(BIN)/python classroom/course/course.py exercises
	$(BIN)/python tools/run_notebooks.py notebooks/06_exercises.ipynb

release:  ## the exercises for the students, and their hidden tests into the gradebook (DUE="2026-12-01 18:00")
collect:  ## sort what was handed in (classroom/course/downloaded) by student, and say what is wrong with it
grade:  ## marks, feedback and table of all submissions (STUDENT=anna: of one, again; ARGS="--force --workers 4")
release: export SETTING = $(if $(DUE),DUE=$(DUE))
collect: export SETTING = $(if $(FORGET),FORGET=$(FORGET))
grade: export SETTING = $(if $(STUDENT),STUDENT=$(STUDENT))
release collect grade: $(VENV)/installed-teach
	$(BIN)/python classroom/course/course.py $@ $${SETTING:+"$$SETTING"} $(ARGS)

formgrader: $(VENV)/installed-teach  ## grade the open questions by hand, in nbgrader's pages
	python=$$(cd $(BIN) && pwd)/python && cd classroom/course && "$$python" -m jupyterlab --ServerApp.default_url=/formgrader/gradebook/style_transfer \
	  --ServerApp.jpserver_extensions="nbgrader.server_extensions.formgrader=True" $(AS_ROOT) $(ARGS)

hub: $(VENV)/compiled  ## JupyterHub for a class on this machine, as root (docs/teachers.md; settings: docs/hub.md)
	$(BIN)/python -m jupyterhub --config classroom/hub/jupyterhub_config.py $(ARGS)

site: $(VENV)/installed-site  ## build the web site in build/site, for a folder, a memory stick or a server (ADDRESS=https://…)
	$(BIN)/python tools/site/build.py --address "$(ADDRESS)"

test: lint chromium  ## everything: lint, unit tests with coverage, a class to grade, a browser, the hub, every notebook (about 18 minutes; SEED=1: in a random order)
	@SEED="$(SEED)" sh tools/test.sh $(BIN)

check: lint  ## lint and the fast tests, for whoever changes a line (90 seconds)
	@SEED="$(SEED)" sh tools/test.sh $(BIN) tests -m "not slow"

test-browser: chromium  ## drive the Style Lab in Chromium (CHROMIUM=path), screenshots in build/
	$(BIN)/python -m pytest tests/browser -rs

lint: $(VENV)/installed-test  ## the style of the code, its types, and of the Dockerfile
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	@if [ -x $(BIN)/hadolint ]; then $(BIN)/hadolint Dockerfile; fi

smoke: $(VENV)/installed-test  ## import and train on every other Python 3.10 to 3.14 of this machine, 1 minute each
	$(BIN)/python tools/machines/smoke.py

fresh: $(VENV)/installed  ## the two commands on a bare Debian (as root; SUITE=bookworm, trixie, testing, windows; FULL=1; ARCH=arm64; HUB=1)
	$(BIN)/python tools/machines/$(if $(filter windows,$(SUITE)),windows.py,fresh.py $(SUITE)) $(if $(FULL),--full) $(if $(HUB),--hub) $(if $(ARCH),--arch $(ARCH)) $(ARGS)

windows: $(VENV)/installed  ## start.cmd, notebooks and tests by Wine, as root (FULL=1: notebook 4 and the slow tests too)
	$(BIN)/python tools/machines/windows.py $(if $(FULL),--full) $(ARGS)

guest: $(VENV)/installed  ## into an environment that is full already: nothing there changes, and notebook 4 runs
	$(BIN)/python tools/machines/guest.py

container: $(VENV)/installed  ## the Dockerfile's steps by buildah, up to a cell run on its server (as root; no Docker)
	$(BIN)/python tools/machines/container.py $(ARGS)

bench: $(VENV)/installed .venv-bench/installed  ## measure speed against the chapter and PyTorch, 45 minutes (ARGS="--only speed")
	$(BIN)/python tools/bench/run.py $(ARGS)

bench-lab: $(VENV)/installed-test  ## measure how soon the Style Lab answers in a browser, and what it costs, 5 minutes
	$(BIN)/python tools/bench/lab.py

bench-explorer: $(VENV)/installed-test  ## measure how soon an explorer's slider shows another picture, seconds
	$(BIN)/python tools/bench/explorer.py

bench-sweep: $(VENV)/installed  ## measure a sweep in this process and on Dask's workers, 5 minutes
	$(BIN)/python tools/bench/sweeps.py

bench-grade: $(VENV)/installed-teach  ## measure the grading of 30 submissions, one at a time and several at once, 6 minutes
	$(BIN)/python tools/bench/grading.py

bench-hub: $(VENV)/compiled .venv-bench/installed  ## measure the hub with 1, 10 and 30 students at once, as root, 20 minutes
	$(BIN)/python tools/bench/hub.py $(ARGS)

grids: $(VENV)/installed  ## compute the explorers' grids anew, some 20 minutes (ARGS="layers" for one of them)
	$(BIN)/python tools/explorer/grids.py $(ARGS)

requirements:  ## pin anew everything that pyproject.toml asks for (needs uv)
	@sh tools/setup/lock.sh

clean:  ## remove the environments and what the tests leave
	@# what a killed `make fresh` has left mounted in build/ is this machine's own /dev
	rm -rf $(if $(filter Linux,$(shell uname)),--one-file-system) .venv .venv-gpu .venv-bench .uv build .pytest_cache .ruff_cache .mypy_cache .coverage* d2l_style.egg-info
