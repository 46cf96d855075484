# What the machine's surroundings may hold, and what must not reach the programs that make starts; environments.mk
# includes this file. Each line stands for a start that failed, or ran in the wrong Python.

# settings of ours, where they come from the command line only: others use the same names for something else
OPTIONS := PYTHON VENV GPU PROFILE ARGS SUITE FULL HUB ARCH SEED ADDRESS DUE STUDENT FORGET
$(foreach name,$(OPTIONS),$(if $(filter environment%,$(origin $(name))),$(eval $(name) :=)))

# the environment brings all that is imported: a module or a setting of another Python breaks it
unexport PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONOPTIMIZE PYTHONWARNINGS PYTHONSAFEPATH PYTHONINSPECT PYTHONCASEOK
export PYTHONNOUSERSITE := 1
# packages go into the environment, as the lock has them
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_PYTHON PIP_DRY_RUN PIP_CONSTRAINT PIP_REQUIREMENT PIP_EDITABLE \
  PIP_REQUIRE_HASHES PIP_REQUIRE_VIRTUALENV PIP_NO_BINARY PIP_NO_BUILD_ISOLATION PIP_REPORT
export PIP_USER := 0
# figures belong into the notebook; and its kernel is this environment's, whoever else has one called python3
unexport MPLBACKEND JUPYTER_PATH JUPYTER_NO_CONFIG
export JUPYTER_PREFER_ENV_PATH := 1
# `cd` looks there first, and prints what it has found
unexport CDPATH

ifneq ($(filter-out help clean update requirements,$(or $(MAKECMDGOALS),help)),)
# folders that can't be written to, as in a container or on a full disk, would stop Jupyter and pip
unexport $(shell sh tools/setup/writable.sh JUPYTER_CONFIG_DIR JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR \
  JUPYTERLAB_SETTINGS_DIR JUPYTERLAB_WORKSPACES_DIR IPYTHONDIR MPLCONFIGDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME)
export HOME := $(shell sh tools/setup/writable.sh)
endif
