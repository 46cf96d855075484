"""The container without Docker: the Dockerfile's steps by buildah, the server that it starts, a cell run in it.

    python tools/machines/container.py         (as root, with Debian's packages buildah and mmdebstrap)

`debian:trixie-slim` cannot be had everywhere, so a bare Debian of the same release is taken in its place.
"""
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
BASE, IMAGE = 'docker.io/library/debian:trixie-slim', 'd2l-style'
ADDRESS = '127.0.0.1:8888'
CELL = ('from d2l_style import *\n'
        "print(preprocess(read_image('mountain_lake'), (225, 150)).shape, load_backbone()[0])")
os.environ.update(BUILDAH_ISOLATION='chroot', STORAGE_DRIVER='vfs')

sys.path.append(str(PROJECT / 'tools' / 'bench'))
from start import run_cell  # noqa: E402


def buildah(*arguments, capture=True):
    done = subprocess.run(['buildah', *map(str, arguments)], check=True, text=True,
                          stdout=subprocess.PIPE if capture else None)
    return done.stdout.strip() if capture else None


def base(folder):
    """An image called `BASE`, out of a bare Debian."""
    archive = folder / 'debian.tar'
    subprocess.run(['mmdebstrap', '--quiet', '--mode=root', '--variant=minbase', 'trixie', archive], check=True)
    container = buildah('from', 'scratch')
    buildah('add', '--quiet', container, archive, '/')
    buildah('commit', '--quiet', container, BASE)
    buildah('rm', container)


def network(folder):
    """Options that let the steps reach the network as this machine does: its certificates, and pip's use of them."""
    certificates = Path('/etc/ssl/certs/ca-certificates.crt')
    (folder / 'pip.conf').write_text('[global]\ncert = /run/certificates.crt\n')
    mounts = {certificates: '/run/certificates.crt', folder / 'pip.conf': '/etc/pip.conf'}
    return ['--network=host', *(f'--volume={file}:{place}:ro' for file, place in mounts.items() if file.exists())]


def command(image):
    """What the image runs, and its health check."""
    inspected = json.loads(buildah('inspect', '--type', 'image', image))
    return inspected['Docker']['config']['Cmd'], inspected['Docker']['config'].get('Healthcheck')


@contextlib.contextmanager
def running(image, token):
    container = buildah('from', '--pull-never', image)
    cmd, _ = command(image)
    server = subprocess.Popen(['buildah', 'run', '--network=host', container, '--', *cmd,
                               f'--IdentityProvider.token={token}'], stderr=subprocess.DEVNULL)
    try:
        yield container
    finally:
        server.terminate()
        server.wait(30)
        subprocess.run(['pkill', '-f', token], check=False)  # what chroot isolation leaves running
        buildah('rm', container)


def healthy():
    """Whether the server answers as the image's health check asks."""
    for _ in range(120):
        with contextlib.suppress(OSError):
            return 'version' in urllib.request.urlopen(f'http://{ADDRESS}/api', timeout=9).read().decode()
        time.sleep(0.5)
    return False


def check_student(container):
    """What JupyterHub starts on Kubernetes (deploy/values.yaml): the copy of the notebooks, and a student's server."""
    start = yaml.safe_load((PROJECT / 'classroom' / 'deploy' / 'values.yaml').read_text())['singleuser']['cmd']
    buildah('run', container, '--', 'mkdir', '/home/student/work')
    print('JupyterHub', buildah('run', container, '--', *start, '--version'))
    buildah('run', container, '--', 'test', '-e', '/home/student/work/neural-style/notebooks/01_pictures.ipynb')


def main():
    if os.geteuid() or not all(map(shutil.which, ('buildah', 'mmdebstrap'))):
        sys.exit('needs root, and: apt install buildah mmdebstrap')
    folder = PROJECT / 'build' / 'container'
    folder.mkdir(parents=True, exist_ok=True)
    base(folder)
    start = time.monotonic()
    buildah('bud', '--format=docker', '--pull-never', *network(folder), '--tag', IMAGE, PROJECT, capture=False)
    print(f'built in {time.monotonic() - start:.0f} s')
    print(buildah('images', '--format', '{{.Name}} {{.Size}}'))
    token = secrets.token_hex()
    with running(IMAGE, token) as container:
        if not healthy():
            sys.exit('the server does not answer')
        print('user:', buildah('run', container, '--', 'id', '-un'))
        run_cell(ADDRESS, token, CELL)
        check_student(container)
        print('1 passed, 0 failed: built, served, a cell run in it, and a student of a hub could start')


if __name__ == '__main__':
    main()
