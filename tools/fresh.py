"""Two commands on a fresh machine: a bare Debian, this project cloned into it, `make lab`, and the tests.

    python tools/fresh.py trixie [--full] [--user]   (as root, with Debian's package mmdebstrap)
    python tools/fresh.py trixie --arch arm64        (and qemu-user-static: a training on an emulated Arm)

The Debian has python3, python3-venv, make and git and nothing else, and lives in build/fresh/. It takes over how this
machine reaches the network (name server, certificates, pip's configuration). What is tested is the last commit.
"""
import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = 'python3,python3-venv,make,git,ca-certificates'
NETWORK = ('/etc/resolv.conf', '/etc/hosts', '/etc/pip.conf', '/etc/npmrc', '/etc/ssl/certs/ca-certificates.crt')
SETTINGS = ('SSL_CERT_FILE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy',
            'https_proxy', 'no_proxy', 'PIP_INDEX_URL', 'PIP_DEFAULT_TIMEOUT',
            'NODE_EXTRA_CA_CERTS', 'NPM_CONFIG_REGISTRY')
MOUNTS = ('proc', 'sys', 'dev')
BINFMT = Path('/proc/sys/fs/binfmt_misc')

# without --full: what depends on the machine, the fast tests, and the chapter's notebooks
QUICK = ('make check', '.venv/bin/python -m pytest tests/engine',
         'D2L_STYLE_PROFILE=embedded TQDM_DISABLE=1 .venv/bin/python -m pytest --nbval --nbval-current-env '
         '--nbval-sanitize-with tests/nbval.cfg --nbval-cell-timeout 900 notebooks/0[1-4]*.ipynb')
USER = 1000


class Debian:
    """A minimal Debian in a folder; commands run inside it as root, or with `user` as one who may install nothing."""

    def __init__(self, suite, arch=None, user=False):
        self.folder = PROJECT / 'build' / 'fresh' / f'{suite}-{arch or "native"}'
        self.suite, self.arch, self.user = suite, arch, user

    def make(self):
        """Make it anew."""
        self.remove()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        command = ['mmdebstrap', '--quiet', '--mode=root', '--variant=minbase', f'--include={PACKAGES}']
        if self.suite == 'testing':  # its index may be older than it says it may get
            command.append('--aptopt=Acquire::Check-Valid-Until "false"')
        if self.arch:
            _register_emulator()
            command.append(f'--architectures={self.arch}')
        subprocess.run([*command, self.suite, self.folder], check=True)
        for file in map(Path, NETWORK):
            if file.exists():
                copy = self.folder / file.relative_to('/')
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)

    def remove(self):
        """Delete it, but never what is mounted in it: that is this machine's own /dev."""
        _unmount(self.folder)
        if any(os.path.ismount(self.folder / name) for name in MOUNTS):
            sys.exit(f'{self.folder} still has something mounted in it: unmount that first')
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def mounted(self):
        """With /proc, /sys and /dev, which a machine has."""
        for name in MOUNTS:
            subprocess.run(['mount', '--rbind', f'/{name}', self.folder / name], check=True)
            subprocess.run(['mount', '--make-rslave', self.folder / name], check=True)
        try:
            yield self
        finally:
            _unmount(self.folder)

    def run(self, command, *, capture=False):
        """Run a line of shell in the project's folder; stops everything where it fails."""
        settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
        if self.arch:
            # qemu's largest processor has vector units with which NumPy's own OpenBLAS computes wrong numbers
            settings['QEMU_CPU'] = 'neoverse-n1'
        settings.update(HOME='/home', LANG='C.UTF-8', PATH='/usr/sbin:/usr/bin:/sbin:/bin', TERM='dumb')
        rights = ['setpriv', f'--reuid={USER}', f'--regid={USER}', '--clear-groups'] if self.user else []
        return subprocess.run(['chroot', self.folder, *rights, '/bin/sh', '-c', f'cd /home/project && {command}'],
                              env=settings, check=True, text=True, stdout=subprocess.PIPE if capture else None)

    def clone(self):
        """The last commit of this project, as a user clones it."""
        target = self.folder / 'home' / 'project'
        subprocess.run(['git', 'clone', '--quiet', '--no-hardlinks', PROJECT, target], check=True)
        subprocess.run(['chroot', self.folder, 'useradd', f'--uid={USER}', '--home-dir=/home', 'student'], check=True)
        owner = USER if self.user else 0
        subprocess.run(['chown', '-R', f'{owner}:{owner}', target.parent], check=True)


def _unmount(folder):
    for name in MOUNTS:
        subprocess.run(['umount', '--recursive', '--lazy', folder / name], stderr=subprocess.DEVNULL)


def _register_emulator():
    """Let Linux start programs for Arm with qemu, where it does not do so already."""
    if not (BINFMT / 'register').exists():
        subprocess.run(['mount', '-t', 'binfmt_misc', 'binfmt_misc', BINFMT], check=True)
    if not (BINFMT / 'qemu-aarch64').exists():
        rule = Path('/usr/lib/binfmt.d/qemu-aarch64.conf')
        if not rule.exists():
            sys.exit('an emulated Arm needs qemu: apt install qemu-user-static')
        (BINFMT / 'register').write_bytes(rule.read_bytes().strip())


@contextlib.contextmanager
def timed(what, times):
    """Time a step and say so; `times` gets {what: seconds}."""
    print(f'--- {what}', flush=True)
    start = time.monotonic()
    yield
    times[what] = round(time.monotonic() - start)
    print(f'--- {what}: {times[what]} s', flush=True)


def two_commands(debian, full):
    """`make lab` up to the served page and a cell run in it, and `make test`; returns {what: seconds or MB}."""
    times = {}
    with timed('make lab, first call, up to an executed cell', times):
        # installs, serves, and has the first cells of notebook 1 executed by the server, as the page does
        debian.run('make -s .venv/installed')
        debian.run('cd bench && ../.venv/bin/python -c "import start; print(start.first_cell())"')
    size = debian.run('du -sm .venv', capture=True).stdout.split()[0]
    times['size of the environment in MB'] = int(size)
    debian.run('.venv/bin/python -m d2l_style check')
    with timed('tests', times):
        for command in ['make test'] if full else QUICK:
            debian.run(command)
    return times


def arm(debian):
    """The environment, operators and a short training on an emulated Arm, next to this machine's numbers."""
    times = {}
    with timed('make .venv/installed', times):
        debian.run('make -s .venv/installed')
    debian.run('.venv/bin/python -m d2l_style check')
    with timed('operators and training', times):
        there = debian.run('.venv/bin/python tools/compare.py', capture=True).stdout
    here = subprocess.run([sys.executable, PROJECT / 'tools' / 'compare.py'], cwd=PROJECT, capture_output=True,
                          text=True, check=True).stdout
    print(there, here, sep='')
    there, here = (json.loads(text.splitlines()[-1]) for text in (there, here))
    times['operators: worst difference from NumPy'] = max(there['operators'].values())
    times['losses: worst relative difference'] = max(abs(a / b - 1) for a, b in zip(there['losses'], here['losses']))
    if times['operators: worst difference from NumPy'] > 1e-5 or times['losses: worst relative difference'] > 1e-4:
        sys.exit(f'Arm computes other numbers: {times}')
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('suite', nargs='?', default='trixie', help='bookworm, trixie, testing')
    parser.add_argument('--full', action='store_true', help='all tests (make test), not the quick part')
    parser.add_argument('--user', action='store_true', help='as a user who is not root')
    parser.add_argument('--arch', choices=['arm64'], help='another processor, emulated: a training only')
    parser.add_argument('--keep', action='store_true', help='leave the Debian in build/fresh/')
    args = parser.parse_args()
    if os.geteuid() or not shutil.which('mmdebstrap'):
        sys.exit("a bare Debian is made as root, by Debian's package mmdebstrap: apt install mmdebstrap")
    debian, times = Debian(args.suite, args.arch, args.user), {}
    with timed(f'Debian {args.suite}', times):
        debian.make()
    debian.clone()
    with debian.mounted():
        debian.run('python3 --version && uname -m')
        times.update(arm(debian) if args.arch else two_commands(debian, args.full))
    if not args.keep:
        debian.remove()
    print(json.dumps({'suite': args.suite, 'arch': args.arch, **times}, indent=2))


if __name__ == '__main__':
    main()
