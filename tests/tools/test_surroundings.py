"""`make` among the settings of other people and programs: tools/setup/surroundings.mk and its scripts."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..systems import posix_shell

pytestmark = posix_shell
ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / 'tools' / 'setup'
FOREIGN = {'PYTHONHOME': '/nowhere', 'PYTHONPATH': '/nowhere', 'PYTHONOPTIMIZE': '2', 'PYTHONSAFEPATH': '1',
           'MPLBACKEND': 'macosx', 'JUPYTER_PATH': '/nowhere', 'PIP_TARGET': '/nowhere', 'PIP_USER': '1', 'CDPATH': '/'}


def script(name, *arguments, **settings):
    """(stdout, stderr) of a script of tools/setup."""
    done = subprocess.run(['sh', SETUP / name, *arguments], env={**os.environ, **settings}, capture_output=True,
                          text=True, cwd=settings.get('PWD'))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), done.stderr.strip()


@pytest.fixture
def environment(tmp_path):
    """A Python environment without packages, as make leaves it before it installs any."""
    folder = tmp_path / 'a folder' / '.venv'
    subprocess.run([sys.executable, '-m', 'venv', '--without-pip', folder], check=True)
    (folder / 'made-in').write_text(f'{folder}\n')
    return folder


def test_an_environment_stays_where_it_works_whatever_is_set(environment):
    assert script('moved.sh', environment, PYTHONHOME='/nowhere', PYTHONPATH='/nowhere', CDPATH='.:/') == ('', '')
    assert environment.exists()
    assert script('moved.sh', environment / 'nowhere') == ('', '')


def test_one_whose_folder_was_renamed_or_copied_is_made_anew(environment):
    copy = environment.parents[1] / 'it is #1 & $HOME' / '.venv'
    shutil.copytree(environment, copy, symlinks=True)
    _, said = script('moved.sh', copy)
    assert said == f'Making {copy} anew: it was made in {environment}'
    assert not copy.exists() and environment.exists()


def test_one_whose_python_is_gone_is_made_anew(environment):
    for file in (environment / 'bin').glob('python*'):
        file.unlink()
        file.symlink_to('/nowhere/python')
    assert script('moved.sh', environment)[1].endswith('anew: its Python is gone')
    assert not environment.exists()


def test_one_whose_packages_are_gone_is_made_anew(environment):
    (environment / 'installed').touch()
    assert 'its packages are not found' in script('moved.sh', environment)[1]
    assert not environment.exists()


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / 'bin').mkdir()
    assert script('moved.sh', tmp_path) == ('', '')
    assert (tmp_path / 'bin').exists()


def test_a_home_is_found_where_there_is_none(tmp_path):
    (tmp_path / 'file').touch()
    for home in ('', 'relative', '/proc/nowhere', str(tmp_path / 'nowhere'), str(tmp_path / 'file')):
        found, said = script('writable.sh', HOME=home, PWD=str(tmp_path))
        assert found == str(tmp_path / 'build' / 'home')
        assert said.startswith('Nothing can be written to your home folder')
    assert script('writable.sh', HOME=str(tmp_path)) == (str(tmp_path), '')
    assert {file.name for file in tmp_path.iterdir()} == {'file', 'build'}  # it leaves nothing behind


def test_folders_that_cannot_be_written_to_are_named(tmp_path):
    names, said = script('writable.sh', 'IPYTHONDIR', 'MPLCONFIGDIR', 'JUPYTER_RUNTIME_DIR', MPLCONFIGDIR='/proc/x',
                         IPYTHONDIR=str(tmp_path / 'new'))
    assert names == 'MPLCONFIGDIR'
    assert said == 'MPLCONFIGDIR is left out: nothing can be written to /proc/x'


def test_what_make_starts_sees_nothing_of_other_pythons(tmp_path):
    makefile = tmp_path / 'Makefile'
    makefile.write_text(f'include {SETUP}/surroundings.mk\nshow:\n\t@env; echo "PROFILE=($(PROFILE)) "'
                        '"STUDENT=($(STUDENT)) ARGS=($(ARGS))"\n')
    done = subprocess.run(['make', '-s', 'show', 'ARGS=mine'], cwd=tmp_path, capture_output=True, text=True, env={
        **os.environ, **FOREIGN, 'MAKEFLAGS': '', 'HOME': str(tmp_path),
        **dict.fromkeys(('PROFILE', 'STUDENT', 'ARGS'), 'theirs')})
    # its scripts lie in the project
    seen = dict(line.split('=', 1) for line in done.stdout.splitlines() if '=' in line)
    assert not [name for name, value in FOREIGN.items() if seen.get(name) == value]
    assert (seen['PIP_USER'], seen['JUPYTER_PREFER_ENV_PATH']) == ('0', '1')
    assert 'PROFILE=() STUDENT=() ARGS=(mine)' in done.stdout


def test_make_asks_for_its_own_environment_only():
    foreign = {**FOREIGN, 'VENV': '', 'GPU': '0', 'PYTHON': '/bin/false', 'MAKEFLAGS': 'j4'}
    done = subprocess.run(['make', '-n', 'lab'], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, **foreign})
    assert done.returncode == 0, done.stderr
    assert '.venv/bin/python tools/setup/environment.py lab' in done.stdout
    assert '/bin/false' not in done.stdout


def test_scripts_keep_their_line_ends_on_every_system():
    files = {'Makefile': 'lf', 'tools/setup/environments.mk': 'lf', 'tools/setup/environment.sh': 'lf',
             'd2l_style/__init__.py': 'lf', 'start.cmd': 'crlf'}
    done = subprocess.run(['git', 'check-attr', 'eol', '--', *files], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip('not a clone')
    assert done.stdout.splitlines() == [f'{file}: eol: {end}' for file, end in files.items()]
