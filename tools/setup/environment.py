"""What make and start.cmd have in common: how an environment is filled, and what is started in it.

    python tools/setup/environment.py install .venv/installed requirements.txt …    what that file stands for (make)
    python tools/setup/environment.py lab --no-browser …                            JupyterLab, in this environment
    python tools/setup/environment.py fits                                          whether this Python will do
    python tools/setup/environment.py start [lab | test | check | collect] …        all of it, on Windows (start.cmd)

The first two by the Python of the environment, the others by any. Needs Python's library only, as nothing is installed
yet. What runs before there is a Python is in environment.sh and start.cmd.
"""
import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
OLDEST, NEWEST = (3, 10), (3, 14)
ON_WINDOWS = os.name == 'nt'
LAB_EXTENSION = ROOT / 'd2l_style' / 'lab' / 'labextension'
CONFIG = ROOT / 'tools' / 'setup' / 'jupyter_config.json'  # of the server and of nbconvert
# modules are compiled when they are first imported, which most never are: 200 MB less
PIP = ('-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--no-compile', '--no-deps')
LAB_EXTENSIONS = ('-m', 'jupyterlab.labextensions', 'disable')
SERVER_EXTENSIONS = ('-m', 'jupyter_server', 'extension', 'disable', '--sys-prefix')
# {file that is left when it is done: what is turned off in JupyterLab, and in its server}
TURNED_OFF = {
    # no pop-up that asks a class of 30 about news
    'installed': (['@jupyterlab/apputils-extension:announcements'], []),
    # nbgrader's menus and pages are for `make formgrader` only: JupyterLab starts sooner without them
    'installed-teach': (['@jupyter/nbgrader'], [f'nbgrader.server_extensions.{part}' for part in (
        'formgrader', 'validate_assignment', 'assignment_list', 'course_list')]),
    'locked-hub': (['@jupyter-server/resource-usage'], []),  # classroom/hub/config has it on
    'installed-site': ([], []),
    'installed-test': ([], []),
}
LAB = ('-m', 'jupyterlab', '--ServerApp.root_dir=.', '--LabApp.default_url=/lab/tree/notebooks/01_pictures.ipynb',
       # Jupyter's 10 MB for a message are too few for the photograph of a phone
       "--ServerApp.tornado_settings={'websocket_max_message_size': 100000000}",
       # Jupyter has the browser open a file in a hidden folder, which those of Ubuntu and ChromeOS may not read
       '--ServerApp.use_redirect_file=False')
TESTS = ('-m', 'pytest', '-p', 'tests.plugin', '-n', '3', '--dist', 'loadfile', '--no-loadscope-reorder', '-rs')
PROGRAMS = {'lab': (__file__, 'lab'), 'check': ('-m', 'd2l_style', 'check'), 'test': TESTS}
LOCKS = {'installed': 'requirements.txt', 'installed-teach': 'requirements/teach.txt',
         'installed-site': 'requirements/site.txt', 'installed-test': 'requirements/test.txt'}
# {what start.cmd is asked for: what has to be installed}; the hub is Linux's
STARTED = {'lab': ('installed',), 'check': ('installed',), 'test': tuple(LOCKS),
           **dict.fromkeys(('release', 'collect', 'grade'), ('installed', 'installed-teach'))}
# the longest name of a file in the environment, and what Windows allows where nobody has lifted that
LONGEST_FILE, LONGEST_PATH = 180, 259
NETWORK_DRIVE = 4  # GetDriveTypeW


def run(*arguments, **options):
    """Run this Python with `arguments`; ends where that fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, **options)
    if done.returncode:
        sys.exit(done.returncode)


def install(stamp, *locks):
    """Fill this environment with `locks`, as they are: they are complete, so nothing is resolved."""
    stamp = Path(stamp).absolute()
    if stamp.name == 'installed':
        print(f'Installing {locks[0]} into {stamp.parent.name} (about a minute, once)', flush=True)
    run(*PIP, *(word for lock in locks for word in ('-r', lock)))
    if stamp.name == 'installed':
        run(*PIP, '--editable', '.')
        # which pip leaves out of what is editable
        data = Path(sysconfig.get_path('data'))
        shutil.copytree(LAB_EXTENSION, data / 'share' / 'jupyter' / 'labextensions' / 'd2l-style', dirs_exist_ok=True)
        (data / 'etc' / 'jupyter').mkdir(parents=True, exist_ok=True)
        shutil.copy(CONFIG, data / 'etc' / 'jupyter')
    lab, server = TURNED_OFF[stamp.name]
    for commands, parts in ((LAB_EXTENSIONS, lab), (SERVER_EXTENSIONS, server)):
        for part in parts:
            run(*commands, part, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stamp.touch()


def lab(*options):
    """Open JupyterLab with the first notebook."""
    profile = os.environ.get('D2L_STYLE_PROFILE') or 'embedded'
    if profile != 'embedded':
        run('-m', 'd2l_style', 'profile', profile, '--fetch')
    # in a container or on a bare system people are root, which Jupyter refuses unless told
    as_root = ['--allow-root'] if hasattr(os, 'geteuid') and os.geteuid() == 0 else []
    hand_over([sys.executable, *LAB, *as_root, *options])


def hand_over(command):
    """Run `command` in place of this program."""
    os.chdir(ROOT)
    if not ON_WINDOWS:
        os.execv(command[0], command)
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            try:
                process.wait()
            except KeyboardInterrupt:  # Control-C reaches the other one too, which asks whether it is meant
                continue
        sys.exit(process.returncode)


def unfit():
    """What keeps this Python from being the one of the environment, a sentence, or ''."""
    name = f'Python {sys.version.split()[0]} in {sys.base_prefix}'
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return f'{name} is not one of 3.10 to 3.14'
    if ON_WINDOWS and sysconfig.get_platform() == 'win32':
        return f'{name} is a 32-bit one, and MXNet needs 64'
    if ON_WINDOWS and sysconfig.get_platform() != 'win-amd64':
        return f'{name} is for {sysconfig.get_platform()}, and MXNet has a wheel for win-amd64 only'
    if sysconfig.get_config_var('Py_GIL_DISABLED'):
        return f'{name} is free-threaded, and most packages have no wheel for that'
    return ''


def surroundings(environ):
    """`environ` without what must not reach the programs that are started, as tools/setup/surroundings.mk has it."""
    rules = (ROOT / 'tools' / 'setup' / 'surroundings.mk').read_text(encoding='utf-8').replace('\\\n', ' ')
    foreign = {name for line in re.findall(r'^unexport ([A-Z_ ]+)$', rules, re.MULTILINE) for name in line.split()}
    kept = {name: value for name, value in environ.items() if name.upper() not in foreign}
    # Windows' own letters lack × and ✓, and files have others than here
    return {**kept, **dict(re.findall(r'^export ([A-Z_]+) := (\d+)$', rules, re.MULTILINE)), 'PYTHONUTF8': '1'}


def place(root, environ):
    """Where the environment lies: .venv in the folder `root`, or on this machine's disk where that does not do.

    OneDrive would send 30,000 files away, a network drive is slow, and in a long path Windows finds no file.
    """
    clouds = [environ[name] for name in ('OneDrive', 'OneDriveConsumer', 'OneDriveCommercial') if environ.get(name)]
    if any(root.is_relative_to(cloud) for cloud in clouds):
        why = 'this folder is in OneDrive'
    elif on_network(root):
        why = 'this folder is on another machine'
    elif len(str(root / '.venv')) + 1 + LONGEST_FILE > LONGEST_PATH and not long_paths():
        why = 'the path of this folder is long'
    else:
        return root / '.venv', ''
    name = hashlib.sha256(str(root).encode()).hexdigest()[:8]
    return Path(environ['LOCALAPPDATA'], 'd2l-style', name), why


def on_network(root):
    return ON_WINDOWS and ctypes.windll.kernel32.GetDriveTypeW(root.anchor) == NETWORK_DRIVE


def long_paths():
    """Whether somebody has allowed paths of more than 260 letters on this machine."""
    if not ON_WINDOWS:
        return True
    import winreg
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r'SYSTEM\CurrentControlSet\Control\FileSystem') as key:
            return bool(winreg.QueryValueEx(key, 'LongPathsEnabled')[0])
    except OSError:
        return False


def python_of(venv):
    return venv / ('Scripts/python.exe' if ON_WINDOWS else 'bin/python')


def spoiled(venv):
    """Why the environment works no more, in some words, or ''. On Linux and macOS moved.sh asks the same."""
    made_in = venv / 'made-in'
    if not python_of(venv).exists():
        return 'its Python is gone'
    look = 'import sys; from importlib.util import find_spec as s; sys.exit(not (s("d2l_style") and s("pip")))'
    if not (venv / 'installed').exists():
        look = ''
    if made_in.exists() and made_in.read_text(encoding='utf-8') != str(venv):
        return f'it was made in {made_in.read_text(encoding="utf-8")}'
    if subprocess.run([python_of(venv), '-I', '-c', look], cwd=venv.anchor, stderr=subprocess.DEVNULL).returncode:
        return 'its Python does not start, or its packages are not found'
    return ''


def make(venv):
    """An environment without packages, where there is none that works; returns its Python."""
    if venv.exists() and not (venv / 'pyvenv.cfg').exists() and any(venv.iterdir()):
        sys.exit(f'{venv} holds something else than a Python environment, which would be deleted: take it away')
    why = spoiled(venv) if venv.exists() else ''
    if why:
        print(f'Making {venv} anew: {why}', flush=True)
        try:
            shutil.rmtree(venv)
        except OSError as error:
            sys.exit(f'{error.filename} is in use: close JupyterLab and all that runs in {venv}, and try again')
    if not venv.exists():
        print(f'Making {venv} with Python {sys.version.split()[0]}', flush=True)
        if subprocess.run([sys.executable, '-m', 'venv', venv]).returncode or subprocess.run(
                [python_of(venv), '-I', '-c', 'import ctypes, sqlite3, ssl']).returncode:
            shutil.rmtree(venv, ignore_errors=True)
            sys.exit(f'The Python in {sys.base_prefix} makes no environment that works (see above): is the disk full, '
                     'or may nothing be started from this folder? Else install one from python.org, and try again')
        (venv / 'made-in').write_text(str(venv), encoding='utf-8')
    return python_of(venv)


def start(word='lab', *options):
    """Make what is not there yet, and start JupyterLab, the tests, the check or a step of the course in it."""
    root = ROOT.absolute()
    if word not in STARTED:
        sys.exit(f'start.cmd {word}: there are `start.cmd`, which opens the notebooks, and with one of '
                 f'{", ".join(list(STARTED)[1:])} after it')
    venv, why = place(root, os.environ)
    if word == 'release' and not str(venv).isascii():  # alembic, which makes the gradebook
        sys.exit(f'start.cmd release: nbgrader finds none of its files in {venv}, which has other letters than '
                 'English: move this folder, for example to C:\\neural-style')
    if why and not venv.exists():
        print(f'The environment goes into {venv}, since {why}', flush=True)
    environ = surroundings(os.environ)
    environ['PATH'] = os.pathsep.join([str(python_of(venv).parent), environ['PATH']])
    os.environ.clear()
    os.environ.update(environ)
    python = make(venv)
    fill(python, venv, *STARTED[word])
    if word == 'test':
        os.environ.update(OMP_NUM_THREADS='1', TQDM_DISABLE='1', D2L_STYLE_PROFILE='embedded')
        options = options or ['tests']
    hand_over([python, *PROGRAMS.get(word, (root / 'classroom' / 'course' / 'course.py', word)), *options])


def fill(python, venv, *steps):
    """Install what is not there yet, or older than its lock."""
    for stamp in steps:
        lock = LOCKS[stamp]
        sources = ROOT / lock, ROOT / 'pyproject.toml', CONFIG, *LAB_EXTENSION.glob('static/*')
        if stale(venv / stamp, *sources) and subprocess.run(
                [python, __file__, 'install', venv / stamp, lock]).returncode:
            sys.exit('It could not be installed (see above): is there internet, and room on the disk? Then try again')


def stale(stamp, *sources):
    return not stamp.exists() or any(file.stat().st_mtime > stamp.stat().st_mtime for file in sources)


def main(word, *arguments):
    if word == 'fits':
        reason = unfit()
        print(reason or '', end='\n' if reason else '')
        sys.exit(bool(reason))
    else:
        {'install': install, 'lab': lab, 'start': start}[word](*arguments)


if __name__ == '__main__':
    main(*sys.argv[1:])
