from d2l_style.compat import check, libraries

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from .run import run

ROOT = Path(__file__).resolve().parents[2]
SUBJECTS = ['Python', 'settings', 'libraries', 'packages', 'MXNet', 'BLAS', 'cores', 'memory', 'GPU', 'JupyterLab',
            'tests: browser', 'tests: fonts']


def lines_of(text):
    return {line[2:16].strip(): line for line in text.splitlines()}


def test_each_subject_is_one_line():
    printed, warned = run('import runpy, sys; sys.argv = ["check", "check"]; '
                          'runpy.run_module("d2l_style", run_name="__main__")', check=False)
    lines = lines_of(printed)
    assert list(lines) == SUBJECTS
    assert all(line[0] in '✓✗' for line in lines.values())
    assert lines['MXNet'].startswith('✓')
    assert f' {metadata.version("mxnet").partition(".post")[0]} with' in lines['MXNet']
    assert lines['packages'].endswith('as in requirements.txt')
    assert warned == ''


def test_it_works_where_nothing_is_installed():
    # without the environment's packages (-S), and without the user's
    done = subprocess.run([sys.executable, '-S', '-s', '-c', f'''
import sys, runpy
sys.path.insert(0, {str(ROOT)!r})
sys.argv = ["check", "check"]
runpy.run_module("d2l_style", run_name="__main__")'''], capture_output=True, text=True,
                          encoding='utf-8', env={**os.environ, 'PYTHONIOENCODING': 'utf-8'})
    lines = lines_of(done.stdout)
    assert list(lines) == SUBJECTS, done.stderr
    assert done.returncode == 1
    assert lines['Python'][0] == '✓'
    assert f'pip install --no-deps mxnet=={libraries.MXNET}' in lines['MXNet']
    assert check.OPEN.strip('"') in lines['packages']


def test_what_breaks_is_a_cross_and_the_others_go_on(monkeypatch, capsys):
    def broken():
        raise RuntimeError('that was unexpected')
    monkeypatch.setattr(check, 'cores', broken)
    monkeypatch.setattr(check.sys, 'argv', ['d2l_style', 'check'])
    with pytest.raises(SystemExit):
        check.main()
    lines = lines_of(capsys.readouterr().out)
    assert lines['cores'] == '✗ cores          RuntimeError: that was unexpected'
    assert len(lines) == len(SUBJECTS)


@pytest.mark.parametrize(('release', 'said'), [
    ('4.4.0-22621-Microsoft', True), ('5.15.153.1-microsoft-standard-WSL2', False), ('6.12.57+deb13-amd64', False)])
def test_the_first_wsl_is_named_with_the_way_to_the_second(monkeypatch, release, said):
    monkeypatch.setattr(check.platform, 'release', lambda: release)
    assert ('wsl --set-version NAME 2' in check.settings()) == said


def test_a_version_other_than_the_locked_one_is_named(monkeypatch, tmp_path):
    lock = tmp_path / 'requirements.txt'
    lock.write_text('numpy==1.0 ; python_version < "4"\nscipy==0.1 ; python_version < "3"\n')
    monkeypatch.setattr(check, 'LOCK', lock)
    assert '(locked: 1.0)' in check.packages()
    assert 'scipy' not in check.packages()
    monkeypatch.setattr(check, 'LOCK', tmp_path / 'nowhere')
    assert 'no requirements.txt' in check.packages()


def test_a_server_of_another_environment_is_a_cross(monkeypatch):
    monkeypatch.setattr(check, '_server_prefix', lambda: Path('/opt/other'))
    with pytest.raises(check.Trouble) as trouble:
        check.jupyterlab()
    assert f'JupyterLab of {Path("/opt/other")}' in trouble.value.args[0]


def test_the_environment_of_the_server_is_found_by_its_process(monkeypatch):
    monkeypatch.delenv('JPY_PARENT_PID', raising=False)
    assert check._server_prefix() is None
    server = subprocess.Popen([sys.executable, '-c', 'print(flush=True); input()'], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    try:
        server.stdout.readline()  # it runs
        monkeypatch.setenv('JPY_PARENT_PID', str(server.pid))
        assert check._server_prefix() == Path(sys.prefix).resolve()
    finally:
        server.communicate(b'\n')


@pytest.mark.parametrize(('platform', 'machine', 'said'), [
    ('darwin', 'arm64', 'Python for Intel'), ('win32', 'win32', '64-bit Windows'),
    ('win32', 'win-arm64', 'on x86 only'), ('freebsd14', 'amd64', 'container')])
def test_machines_without_a_wheel_are_sent_elsewhere(monkeypatch, platform, machine, said):
    monkeypatch.setattr(check.sys, 'platform', platform)
    monkeypatch.setattr(check.platform, 'machine', lambda: machine)
    monkeypatch.setattr(check.sysconfig, 'get_platform', lambda: machine)
    with pytest.raises(check.Trouble, match=said):
        check.python()


def test_make_is_told_the_packages_of_what_is_missing(monkeypatch, capsys):
    monkeypatch.setattr(libraries, 'found', lambda name: name != 'libgomp.so.1')
    monkeypatch.setattr(libraries, 'on_arm', lambda: False)
    monkeypatch.setattr(libraries.sys, 'platform', 'linux')
    check.system()
    assert capsys.readouterr().out == 'libgomp1\n'
    monkeypatch.setattr(libraries, 'found', lambda name: name != 'libstdc++.so.6')
    with pytest.raises(SystemExit, match='apt install libstdc'):
        check.system()
