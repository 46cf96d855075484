"""Windows' start.cmd, and what it has in common with `make`: tools/setup/environment.py."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / 'tools' / 'setup'))
import environment  # noqa: E402


@pytest.fixture
def venv(tmp_path):
    """A Python environment without packages, as it is before any is installed."""
    folder = tmp_path / 'Übung 1' / '.venv'
    subprocess.run([sys.executable, '-m', 'venv', '--without-pip', folder], check=True)
    (folder / 'made-in').write_text(str(folder), encoding='utf-8')
    return folder


def test_this_python_fits():
    done = subprocess.run([sys.executable, '-I', environment.__file__, 'fits'], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, '')


@pytest.mark.parametrize(('version', 'platform', 'said'), [
    ((3, 9, 2), 'win-amd64', 'is not one of 3.10 to 3.14'), ((3, 15, 0), 'win-amd64', 'is not one of'),
    ((3, 13, 1), 'win32', 'is a 32-bit one, and MXNet needs 64'), ((3, 13, 1), 'win-arm64', 'is for win-arm64'),
    ((3, 13, 1), 'mingw_x86_64', 'is for mingw_x86_64'), ((3, 10, 0), 'win-amd64', ''), ((3, 14, 2), 'win-amd64', '')])
def test_a_python_that_does_not_fit_is_one_sentence(monkeypatch, version, platform, said):
    monkeypatch.setattr(environment, 'ON_WINDOWS', True)
    monkeypatch.setattr(environment.sys, 'version_info', version)
    monkeypatch.setattr(environment.sysconfig, 'get_platform', lambda: platform)
    assert said in environment.unfit() and bool(said) == bool(environment.unfit())


def test_what_others_have_set_for_a_python_of_theirs_is_not_seen():
    theirs = {'PYTHONHOME': '/nowhere', 'PIP_TARGET': '/nowhere', 'Jupyter_Path': '/nowhere', 'PIP_USER': '1'}
    kept = {'PATH': '/bin', 'PIP_INDEX_URL': 'https://mirror.invalid'}
    assert environment.surroundings({**theirs, **kept}) == {
        **kept, 'PIP_USER': '0', 'PYTHONNOUSERSITE': '1', 'JUPYTER_PREFER_ENV_PATH': '1', 'PYTHONUTF8': '1'}


@pytest.mark.parametrize(('folder', 'network', 'why'), [
    ('Users/Zoë Müller/neural style', False, ''), ('Users/Zoë/OneDrive/school', False, 'in OneDrive'),
    ('share/class', True, 'on another machine'), ('x' * 99, False, 'is long')])
def test_the_environment_lies_where_windows_can_use_it(monkeypatch, tmp_path, folder, network, why):
    top = Path(tmp_path.anchor)
    monkeypatch.setattr(environment, 'on_network', lambda root: network)
    monkeypatch.setattr(environment, 'long_paths', lambda: False)
    environ = {'LOCALAPPDATA': str(top / 'local'), 'OneDrive': str(top / 'Users' / 'Zoë' / 'OneDrive')}
    place, said = environment.place(top / folder, environ)
    assert place == top / folder / '.venv' if not why else place.parent == top / 'local' / 'd2l-style'
    assert said.endswith(why)


def test_long_paths_stay_where_somebody_has_allowed_them(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, 'on_network', lambda root: False)
    monkeypatch.setattr(environment, 'long_paths', lambda: True)
    assert environment.place(tmp_path / ('x' * 99), {})[0] == tmp_path / ('x' * 99) / '.venv'


def test_an_environment_that_works_stays_and_one_that_does_not_is_named(venv):
    assert environment.spoiled(venv) == ''
    (venv / 'installed').touch()
    assert 'its packages are not found' in environment.spoiled(venv)
    (venv / 'installed').unlink()
    moved = venv.rename(venv.with_name('.venv2'))
    assert environment.spoiled(moved) == f'it was made in {venv}'
    environment.python_of(moved).unlink()
    assert environment.spoiled(moved) == 'its Python is gone'


@pytest.mark.slow
def test_an_environment_is_made_once_and_anew_when_its_folder_was_moved(tmp_path, capfd):
    first = tmp_path / 'Zoë' / '.venv'
    assert environment.make(first) == environment.python_of(first) and environment.python_of(first).exists()
    assert f'Making {first} with Python' in capfd.readouterr().out
    environment.make(first)
    assert capfd.readouterr().out == ''
    second = tmp_path / 'moved' / '.venv'
    first.parent.rename(second.parent)
    environment.make(second)
    assert f'Making {second} anew: it was made in {first}' in capfd.readouterr().out


def test_a_folder_with_something_else_in_it_is_not_emptied(tmp_path):
    (tmp_path / 'homework.txt').touch()
    with pytest.raises(SystemExit, match='which would be deleted'):
        environment.make(tmp_path)
    assert (tmp_path / 'homework.txt').exists()


def test_what_is_older_than_its_lock_is_stale(tmp_path):
    stamp, lock = tmp_path / 'installed', tmp_path / 'requirements.txt'
    lock.touch()
    assert environment.stale(stamp, lock)
    stamp.touch()
    os.utime(lock, (1, 1))
    assert not environment.stale(stamp, lock)
    os.utime(stamp, (0, 0))
    assert environment.stale(stamp, lock)


def test_another_word_is_one_sentence():
    with pytest.raises(SystemExit, match='start.cmd open: there are `start.cmd`, which opens the notebooks'):
        environment.start('open')


def test_a_gradebook_is_made_where_nbgrader_finds_its_files(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, 'place', lambda root, environ: (tmp_path / 'Zoë' / '.venv', ''))
    with pytest.raises(SystemExit, match='has other letters than English: move this folder'):
        environment.start('release')


def test_the_first_notebook_that_is_opened_is_there():
    address = next(word for word in environment.LAB if 'default_url' in word)
    assert (ROOT / address.partition('/tree/')[2]).is_file()


def test_every_label_of_start_cmd_is_there_and_every_letter_is_plain():
    text = (ROOT / 'start.cmd').read_bytes()
    text.decode('ascii')  # Windows reads it in the letters of its country
    assert text.count(b'\n') == text.count(b'\r\n')  # and loses labels otherwise
    asked = set(re.findall(rb'(?:call :|goto )(\w+)', text))
    assert asked == set(re.findall(rb'^:(\w+)', text, re.MULTILINE))


def test_every_step_of_make_is_one_that_start_cmd_knows():
    rules = (ROOT / 'tools' / 'setup' / 'environments.mk').read_text()
    steps = re.findall(r'^\$\(VENV\)/(\S+):.*\n(?:\t.*\n)*?\t@\$\(INSTALL\)', rules, re.MULTILINE)
    assert set(steps) == set(environment.TURNED_OFF)
