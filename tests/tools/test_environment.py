"""`make` chooses a Python: tools/setup/environment.sh, with stand-ins for Pythons."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..systems import posix_shell

pytestmark = posix_shell
ROOT = Path(__file__).resolve().parents[2]
# a Python of some version: what it is asked is whether it fits, whether it has venv, and pip
PYTHON = '''#!/bin/sh
case "$*" in
  --version) echo "Python {version}";;
  *sys.exit*) exit {unfit};;
  *ensurepip*) exit {no_venv};;
  "-m pip --version") exit {no_pip};;
  "-m pip install"*) mkdir -p .uv/bin && cp "$UV_STAND_IN" .uv/bin/uv;;
  "-m venv"*) mkdir -p "$4/bin" && echo {version} > "$4/made";;
esac
'''
UV = '''#!/bin/sh
for last; do :; done
mkdir -p "$last/bin" && echo "uv $*" > "$last/made" && printf '#!/bin/sh\\necho Python 3.13.9\\n' > "$last/bin/python"
chmod +x "$last/bin/python"
'''


@pytest.fixture
def machine(tmp_path):
    """A function that puts Pythons on the path of a machine that has nothing else, and makes an environment there."""
    tools = tmp_path / 'tools'
    tools.mkdir()
    for name in ('sh', 'mkdir', 'cp', 'echo', 'chmod', 'printf', 'ls'):
        found = next(path for path in ('/bin', '/usr/bin') if Path(path, name).exists())
        (tools / name).symlink_to(Path(found, name))
    stand_in = tmp_path / 'uv-stand-in'
    stand_in.write_text(UV)
    stand_in.chmod(0o755)

    def make(*pythons, uv=False, python=''):
        for command, version, gaps in pythons:
            fits = (3, 10) <= tuple(map(int, version.split('.')[:2])) < (3, 15)
            (tools / command).write_text(PYTHON.format(
                version=version, unfit=int(not fits), no_venv=int('venv' in gaps), no_pip=int('pip' in gaps)))
            (tools / command).chmod(0o755)
        if uv:
            (tools / 'uv').symlink_to(stand_in)
        done = subprocess.run(['/bin/sh', ROOT / 'tools' / 'setup' / 'environment.sh', 'environment'], cwd=tmp_path,
                              capture_output=True, text=True, env={'PATH': str(tools), 'PYTHON': python,
                                                        'UV_STAND_IN': str(stand_in)})
        made = tmp_path / 'environment' / 'made'
        return done.returncode, made.read_text().strip() if made.exists() else None, done.stdout + done.stderr
    return make


@pytest.mark.parametrize('minor', range(10, 15))
def test_any_python_from_3_10_to_3_14_is_taken(machine, minor):
    assert machine((f'python3.{minor}', f'3.{minor}.2', ''))[:2] == (0, f'3.{minor}.2')


def test_the_systems_own_comes_first(machine):
    assert machine(('python3.10', '3.10.1', ''), ('python3', '3.12.4', ''))[:2] == (0, '3.12.4')


def test_one_that_is_asked_for_is_taken(machine):
    pythons = ('python3', '3.13.0', ''), ('python3.11', '3.11.1', '')
    assert machine(*pythons, python='python3.11')[:2] == (0, '3.11.1')


@pytest.mark.parametrize('version', ['3.9.2', '3.15.0', '2.7.18'])
def test_one_that_is_asked_for_and_does_not_fit_is_refused_and_not_replaced(machine, version):
    code, made, said = machine(('python3', '3.13.0', ''), ('pythonx', version, ''), python='pythonx')
    assert (code, made) == (1, None)
    assert f'PYTHON=pythonx is Python {version}: give one from 3.10 to 3.14' in said
    assert machine(python='nowhere')[2] == 'PYTHON=nowhere: there is no such Python\n'


def test_one_that_is_asked_for_without_venv_says_what_to_install(machine):
    code, made, said = machine(('pythonx', '3.13.0', 'venv'), python='pythonx')
    assert (code, made) == (1, None)
    assert 'apt install python3-venv' in said


def test_without_one_that_fits_uv_gets_one(machine):
    code, made, said = machine(('python3', '3.9.2', ''), uv=True)
    assert code == 0
    assert made == 'uv venv --quiet --clear --seed --python >=3.10,<3.15 environment'
    assert 'Python 3.13.9' in said


def test_without_uv_pip_gets_it_from_pypi_into_the_projects_folder(machine):
    code, made, said = machine(('python3', '3.8.1', ''))
    assert code == 0
    assert made.startswith('uv venv')
    assert 'Fetching uv' in said


def test_where_there_is_no_pip_an_environment_brings_it(machine, tmp_path):
    _, _, said = machine(('python3', '3.9.2', 'pip'))
    assert 'Fetching uv' in said
    assert (tmp_path / '.uv' / 'made').read_text() == '3.9.2\n'


def test_on_apple_silicon_uv_gets_a_python_for_intel(machine, tmp_path):
    uname = tmp_path / 'tools' / 'uname'
    uname.write_text('#!/bin/sh\necho Darwin arm64\n')
    uname.chmod(0o755)
    code, made, _ = machine(('python3', '3.9.6', ''), uv=True)  # Apple's own
    assert (code, made) == (0, 'uv venv --quiet --clear --seed --python cpython-3.12-macos-x86_64-none environment')


def test_a_folder_with_something_else_in_it_is_not_emptied(machine, tmp_path):
    kept = tmp_path / 'environment' / 'homework.txt'
    kept.parent.mkdir()
    kept.touch()
    code, _, said = machine(('python3', '3.12.4', ''))
    assert code == 1 and 'would be deleted' in said and kept.exists()


def test_where_nothing_helps_one_sentence_says_what_to_install(machine):
    code, _, said = machine(('python3', '3.8.1', 'pip venv'))
    assert code == 1
    assert said.count('\n') == 1
    assert 'No Python 3.10 to 3.14 was found' in said
    code, _, said = machine(('python3', '3.13.5', 'venv pip'))
    assert code == 1
    assert 'Python 3.13.5 is here, but without its module venv' in said


def test_an_environment_that_is_there_has_to_be_the_one_asked_for(tmp_path):
    asked = tmp_path / 'python'
    asked.write_text('#!/bin/sh\necho Python 3.99.1\n')  # whatever it is asked
    asked.chmod(0o755)
    done = subprocess.run(['make', '-s', '-C', ROOT, 'python-fits', f'VENV={sys.prefix}', f'PYTHON={asked}'],
                          capture_output=True, text=True, env={**os.environ, 'MAKEFLAGS': ''})
    assert done.returncode
    assert 'is Python 3.99.1: call make clean' in done.stderr
    done = subprocess.run(['make', '-s', '-C', ROOT, 'python-fits', f'VENV={sys.prefix}', 'PYTHON='], text=True,
                          capture_output=True, env={**os.environ, 'MAKEFLAGS': ''})
    assert done.returncode == 0, done.stderr


def test_the_dev_container_is_the_image_of_the_dockerfile():
    image = (ROOT / 'Dockerfile').read_text()
    container = json.loads((ROOT / '.devcontainer' / 'devcontainer.json').read_text())
    user = re.search('^ARG NB_USER=(.*)$', image, re.MULTILINE)[1]
    assert container['remoteUser'] == user
    assert (ROOT / '.devcontainer' / container['build']['dockerfile']).resolve() == ROOT / 'Dockerfile'
    settings = container['customizations']['vscode']['settings']
    assert settings['python.defaultInterpreterPath'] == f'/home/{user}/venv/bin/python'
    assert f'EXPOSE {container["forwardPorts"][0]}' in image


def test_what_the_image_installs_is_the_lock_and_has_a_layer_of_its_own():
    steps = re.findall('^(?:COPY|RUN pip|RUN python3).*', (ROOT / 'Dockerfile').read_text().replace('\\\n', ''),
                       re.MULTILINE)
    assert [step.split()[0] for step in steps] == ['COPY', 'COPY', 'RUN', 'COPY', 'RUN']
    assert [step.split()[-2] for step in steps[:2]] == ['requirements.txt', 'requirements']
    assert '--no-deps -r requirements.txt' in steps[2]
