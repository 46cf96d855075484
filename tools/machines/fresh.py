"""Two commands on a fresh machine: a bare Debian, this project cloned into it, `make lab`, and the tests.

    python tools/machines/fresh.py trixie [--full] [--user]   (as root, with Debian's package mmdebstrap)
    python tools/machines/fresh.py trixie --arch arm64        (and qemu-user-static: a training on an emulated Arm)
    python tools/machines/fresh.py trixie --hub      (the walk-through of docs/teachers.md, and its class in Chromium)

The Debian has python3, python3-venv, make and git and nothing else, or for the hub an init, systemd, in place of
them, which is started; it lives in build/fresh/. It takes over how this
machine reaches the network (name server, certificates, pip's configuration). What is tested is the last commit.
"""
import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = 'python3,python3-venv,make,git,ca-certificates'
INIT = 'systemd,systemd-sysv,dbus,ca-certificates'
NETWORK = ('/etc/resolv.conf', '/etc/hosts', '/etc/pip.conf', '/etc/npmrc', '/etc/ssl/certs/ca-certificates.crt')
SETTINGS = ('SSL_CERT_FILE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy',
            'https_proxy', 'no_proxy', 'PIP_INDEX_URL', 'PIP_DEFAULT_TIMEOUT',
            'NODE_EXTRA_CA_CERTS', 'NPM_CONFIG_REGISTRY')
MOUNTS = ('proc', 'sys', 'dev')
BINFMT = Path('/proc/sys/fs/binfmt_misc')

# without --full: what depends on the machine, the fast tests, and the chapter's notebooks
QUICK = ('make check', '.venv/bin/python -m pytest tests/compat',
         'D2L_STYLE_PROFILE=embedded TQDM_DISABLE=1 .venv/bin/python -m pytest --nbval --nbval-current-env '
         '--nbval-sanitize-with tests/nbval.cfg --nbval-cell-timeout 900 notebooks/0[1-4]*.ipynb')
USER = 1000
WALK, HUB_URL = PROJECT / 'docs' / 'teachers.md', 'http://127.0.0.1:8000'
# systemd as the first process of a Debian, in namespaces of its own
BOOT = '''mount --make-rprivate / && mount --rbind "$1" "$1" && cd "$1"
mount -t proc proc proc && mount --rbind /sys sys && mount --rbind /dev dev && mount -t tmpfs run run
test -e /sys/fs/cgroup/cgroup.controllers || set -- "$@" systemd.unified_cgroup_hierarchy=0 \\
  SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1
root=$1 && shift
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" /lib/systemd/systemd --system "$@"'''


class Debian:
    """A minimal Debian in a folder; commands run inside it as root, or with `user` as one who may install nothing."""

    def __init__(self, suite, arch=None, user=False, packages=PACKAGES):
        self.folder = PROJECT / 'build' / 'fresh' / f'{suite}-{arch or "native"}'
        self.suite, self.arch, self.user, self.packages = suite, arch, user, packages

    def make(self):
        """Make it anew."""
        self.remove()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        command = ['mmdebstrap', '--quiet', '--mode=root', '--variant=minbase', f'--include={self.packages}']
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

    @contextlib.contextmanager
    def booted(self):
        """With systemd running in it: the number of that process."""
        command = ['unshare', '--pid', '--fork', '--kill-child', '--mount', '--uts', '--ipc', '--cgroup',
                   'sh', '-eu', '-c', BOOT, 'sh', self.folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as outer:
            try:
                children = Path(f'/proc/{outer.pid}/task/{outer.pid}/children')
                while not children.read_text():
                    time.sleep(0.1)
                yield int(children.read_text().split()[0])
            finally:
                outer.kill()  # and with it all that runs in there

    def settings(self):
        """How this machine reaches the network, and a plain environment."""
        return {**{name: os.environ[name] for name in SETTINGS if name in os.environ}, 'HOME': '/home',
                'LANG': 'C.UTF-8', 'PATH': '/usr/sbin:/usr/bin:/sbin:/bin', 'TERM': 'dumb'}

    def run(self, command, *, capture=False):
        """Run a line of shell in the project's folder; stops everything where it fails."""
        settings = self.settings()
        if self.arch:
            # qemu's largest processor has vector units with which NumPy's own OpenBLAS computes wrong numbers
            settings['QEMU_CPU'] = 'neoverse-n1'
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
        debian.run('cd tools/bench && ../../.venv/bin/python -c "import start; print(start.first_cell())"')
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
        there = debian.run('.venv/bin/python tools/machines/compare.py', capture=True).stdout
    here = subprocess.run([sys.executable, 'tools/machines/compare.py'], cwd=PROJECT, capture_output=True, text=True,
                          check=True).stdout
    print(there, here, sep='')
    there, here = (json.loads(text.splitlines()[-1]) for text in (there, here))
    times['operators: worst difference from NumPy'] = max(there['operators'].values())
    times['losses: worst relative difference'] = max(abs(a / b - 1) for a, b in zip(there['losses'], here['losses']))
    if times['operators: worst difference from NumPy'] > 1e-5 or times['losses: worst relative difference'] > 1e-4:
        sys.exit(f'Arm computes other numbers: {times}')
    return times


def walk_through(debian):
    """What docs/teachers.md says, command by command, up to the hub; then its class, by the browser's test."""
    times = {}
    subprocess.run(['git', 'clone', '--quiet', '--bare', '--no-hardlinks', PROJECT, debian.folder / 'srv/project.git'],
                   check=True)
    # services get what a machine with an ordinary network does not need
    settings = '\n'.join(f'DefaultEnvironment="{name}={os.environ[name]}"' for name in SETTINGS if name in os.environ)
    folder = debian.folder / 'etc/systemd/system.conf.d'
    folder.mkdir(parents=True)
    (folder / 'network.conf').write_text(f'[Manager]\n{settings}\n')
    with debian.booted() as process:
        inside = ['nsenter', '--all', '--root', '--wd=/', f'--target={process}']
        wait_for(lambda: subprocess.run([*inside, 'systemctl', 'is-active', 'multi-user.target'],
                                        stdout=subprocess.DEVNULL).returncode == 0)
        for block in re.findall(r'^```sh\n(.*?)^```', WALK.read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL):
            with timed(block.strip().splitlines()[-1], times):
                shell = subprocess.Popen([*inside, 'sh', '-eux'], env=debian.settings(), stdin=subprocess.PIPE,
                                         text=True, start_new_session=True)
                shell.stdin.write('cd /opt/neural-style 2>/dev/null || cd\n'
                                  + block.replace('ADDRESS', '/srv/project.git'))
                shell.stdin.close()
                wait_for(lambda shell=shell: shell.poll() is not None or answers(HUB_URL))
                if shell.poll() is None:  # the hub itself, which runs until Ctrl-C
                    os.killpg(shell.pid, signal.SIGINT)
                    wait_for(lambda: not answers(HUB_URL))
                elif shell.returncode:
                    sys.exit(f'this failed:\n{block}')
                shell.wait()
        wait_for(lambda: answers(HUB_URL))
        with timed('the class', times):
            subprocess.run([sys.executable, '-m', 'pytest', 'tests/browser/test_hub.py'], cwd=PROJECT, check=True, env={
                **os.environ, 'HUB_AT': f'{HUB_URL} /srv/neural-style /opt/neural-style {process}'})
        shown = subprocess.run([*inside, 'systemctl', 'show', 'jupyter-ada-singleuser', '--property=MemoryMax,TasksMax',
                                '--property=CPUQuotaPerSecUSec'], text=True, stdout=subprocess.PIPE, check=True).stdout
        print('limits of a student:', *shown.split())
    return times


def answers(url):
    """Whether a hub answers at `url`."""
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f'{url}/hub/health', timeout=10))


def wait_for(condition):
    """Wait for what happens within half an hour."""
    end = time.monotonic() + 1800
    while not condition():
        if time.monotonic() > end:
            sys.exit('it never happened')
        time.sleep(0.5)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('suite', nargs='?', default='trixie', help='bookworm, trixie, testing')
    parser.add_argument('--full', action='store_true', help='all tests (make test), not the quick part')
    parser.add_argument('--user', action='store_true', help='as a user who is not root')
    parser.add_argument('--arch', choices=['arm64'], help='another processor, emulated: a training only')
    parser.add_argument('--hub', action='store_true', help='the walk-through of docs/teachers.md')
    parser.add_argument('--keep', action='store_true', help='leave the Debian in build/fresh/')
    args = parser.parse_args()
    if os.geteuid() or not shutil.which('mmdebstrap'):
        sys.exit("a bare Debian is made as root, by Debian's package mmdebstrap: apt install mmdebstrap")
    debian, times = Debian(args.suite, args.arch, args.user, INIT if args.hub else PACKAGES), {}
    with timed(f'Debian {args.suite}', times):
        debian.make()
    if args.hub:
        times.update(walk_through(debian))
    else:
        debian.clone()
        with debian.mounted():
            debian.run('python3 --version && uname -m')
            times.update(arm(debian) if args.arch else two_commands(debian, args.full))
    if not args.keep:
        debian.remove()
    print(json.dumps({'suite': args.suite, 'arch': args.arch, **times}, indent=2))


if __name__ == '__main__':
    main()
