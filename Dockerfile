# The notebooks in a container, for machines that MXNet has no wheel for (Windows, Apple silicon, Chromebooks):
#     docker build -t d2l-style . && docker run --rm -p 8888:8888 d2l-style
# Binder builds this file too, so does the dev container in .devcontainer/, and JupyterHub starts it for each student of
# a large class (classroom/deploy/): therefore JupyterHub's and Dask Gateway's side of a student is in it.
FROM debian:trixie-slim

SHELL ["/bin/sh", "-eu", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates git libgomp1 make python3 python3-venv && \
    rm -rf /var/lib/apt/lists/*

# Binder gives these two
ARG NB_USER=student
ARG NB_UID=1000
ENV USER=${NB_USER} HOME=/home/${NB_USER} PATH=/home/${NB_USER}/venv/bin:$PATH
RUN useradd --create-home --shell /bin/bash --uid ${NB_UID} ${NB_USER}
USER ${NB_USER}
WORKDIR ${HOME}/d2l-style

# the lock in a layer of its own: it changes less often than the project
COPY --chown=${NB_UID} requirements.txt ./
COPY --chown=${NB_UID} requirements ./requirements
RUN python3 -m venv ~/venv && \
    grep --invert-match nodejs requirements/hub.txt > ~/hub.txt && \
    pip install --quiet --no-cache-dir --no-deps -r requirements.txt -r requirements/teach.txt -r ~/hub.txt && \
    rm ~/hub.txt && \
    for part in '@jupyterlab/apputils-extension:announcements' '@jupyter/nbgrader' '@jupyter-server/resource-usage'; do \
        jupyter labextension disable "$part"; done && \
    for part in formgrader validate_assignment assignment_list course_list; do \
        jupyter server extension disable --sys-prefix "nbgrader.server_extensions.$part"; done

COPY --chown=${NB_UID} . ./
RUN pip install --quiet --no-cache-dir --no-deps --editable . && \
    mkdir -p ~/venv/share/jupyter/labextensions && \
    cp -R d2l_style/lab/labextension ~/venv/share/jupyter/labextensions/d2l-style && \
    cp tools/setup/jupyter_config.json ~/venv/etc/jupyter/ && \
    python -m d2l_style check

EXPOSE 8888
# Jupyter tells its version without a token
HEALTHCHECK --start-period=30s --timeout=10s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8888/api', timeout=9)"]
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--LabApp.default_url=/lab/tree/notebooks/01_pictures.ipynb", \
     "--ServerApp.tornado_settings={'websocket_max_message_size': 100000000}"]
