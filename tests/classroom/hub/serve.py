"""Start the hub as root on a machine of its own, whose accounts are gone afterwards, and do things on that machine."""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[3]


def lacking():
    """What keeps the hub from being started here, or ''."""
    if 'HUB_AT' in os.environ:
        return ''
    if sys.platform != 'linux' or os.geteuid():
        return 'call make test as root on Linux'
    if not Path(sys.prefix, 'proxy', 'node_modules').exists():
        return "its proxy is not installed: make .venv/installed-hub"
    tried = subprocess.run(['sh', ROOT / 'tools' / 'machines' / 'own_machine.sh', 'true'], capture_output=True,
                           text=True)
    if tried.returncode:
        return f'allow root to mount (in a container, the capability SYS_ADMIN): {tried.stderr[-200:]}'
    return ''


@dataclass(frozen=True)
class Hub:
    """A hub that is running: its address, its folder and the project's there, and a process on its machine."""

    url: str
    data: Path
    project: Path
    pid: int

    def start(self, account, *command):
        """Start a command on the hub's machine with the rights of `account`, as in a terminal there: a `Popen`."""
        machine = ['nsenter', '--mount', '--pid', '--root', '--wd=/', f'--target={self.pid}',
                   'setpriv', f'--reuid={account}', f'--regid={account}', '--init-groups']
        home = Path('/') if account == 'root' else self.data / 'homes' / account
        variables = {'HOME': str(home), 'PATH': f'{self.project / ".venv" / "bin"}:/usr/bin:/bin',
                     'D2L_STYLE_EXCHANGE': str(self.data / 'exchange')}
        return subprocess.Popen([*machine, 'env', f'--chdir={home}', *command], env=variables, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, account, *command):
        """As `start`, until it has ended: (exit status, what it printed, its errors)."""
        process = self.start(account, *command)
        printed, errors = process.communicate()
        return process.returncode, printed, errors

    def seen(self, file):
        """The path under which we see a `file` of the hub's machine."""
        return Path(f'/proc/{self.pid}/root{file}')


@contextlib.contextmanager
def serve_hub(teacher_password=''):
    """A `Hub`, until the end of the `with`. Elsewhere, if HUB_AT has its address, folder, project and process."""
    if 'HUB_AT' in os.environ:
        url, data, project, pid = os.environ['HUB_AT'].split()
        yield Hub(url, Path(data), Path(project), int(pid))
        return
    data = Path(tempfile.mkdtemp(prefix='hub-'))
    data.chmod(0o755)
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{free.getsockname()[1]}'
    command = ['sh', ROOT / 'tools' / 'machines' / 'own_machine.sh', sys.executable, '-m', 'jupyterhub', '--config',
               'classroom/hub/jupyterhub_config.py', '--log-level=WARN']
    variables = {**os.environ, 'HUB_DATA': str(data), 'HUB_URL': url, 'TEACHER_PASSWORD': teacher_password}
    with (data / 'log').open('w') as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(f'{url}/hub/health', process, data / 'log')
        yield Hub(url, data, ROOT, process.pid)
    finally:
        _end(process)
        shutil.rmtree(data, ignore_errors=True)


def _wait_for(address, process, log):
    while True:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(address, timeout=300)
        if process.poll() is not None:
            raise RuntimeError(f'the hub did not start:\n{log.read_text()[-3000:]}')
        time.sleep(0.2)


def _end(process):
    """End the hub, and whatever it has started."""
    started = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(60)
    for one in [*started, process]:
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            one.kill()
    process.wait()
