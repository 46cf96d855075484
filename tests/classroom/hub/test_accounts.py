"""What a student of the hub is given, and who may be one."""
import json
import os
import stat
import subprocess
import sys

import pytest

pwd = pytest.importorskip('pwd', reason='NO HUB: it is for Linux')
import accounts  # noqa: E402
import costs  # noqa: E402


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A small project, and a home beside it."""
    for name in ('notebooks/01.ipynb', 'notebooks/02.ipynb', 'README.md', 'docs/a.md', 'img/a.png', 'd2l_style/a.py',
                 'notebooks/06_my_solutions.ipynb', 'notebooks/.ipynb_checkpoints/01-checkpoint.ipynb',
                 'classroom/hub/config/a.py', 'classroom/course/source/solved.ipynb', 'tests/a.py', '.git/HEAD',
                 'my-work/a/course/solved.ipynb', 'build/nbval/06_exercises_solved.ipynb', 'Makefile'):
        (tmp_path / 'project' / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / 'project' / name).write_text('first')
    monkeypatch.setattr(accounts, 'PROJECT', tmp_path / 'project')
    monkeypatch.setattr(accounts, 'NOTEBOOKS', ('01', '02', '03', '04'))
    (tmp_path / 'home').mkdir()
    return tmp_path / 'project', tmp_path / 'home'


def test_a_student_gets_notebooks_and_sees_the_package(project):
    _, home = project
    accounts.give_notebooks(home, accounts.notebooks())
    assert (home / 'neural-style/notebooks/01.ipynb').read_text() == 'first'
    assert (home / 'neural-style/d2l_style/a.py').read_text() == 'first'
    assert {file.name for file in (home / 'neural-style').rglob('*.ipynb')} == {'01.ipynb', '02.ipynb'}


def test_the_nine_notebooks_are_those_that_there_are():
    there = {file.stem for file in (accounts.PROJECT / 'notebooks').glob('*.ipynb')}
    assert set(accounts.NOTEBOOKS) <= there and len(accounts.NOTEBOOKS) == 9


def seen_by_others(folder):
    """Files below `folder` that others than their owner and group may read, going by modes alone."""
    found = set()
    for path in folder.iterdir():
        mode = path.stat().st_mode
        if path.is_dir() and mode & stat.S_IXOTH:
            found |= seen_by_others(path)
        elif path.is_file() and mode & stat.S_IROTH:
            found.add(path)
    return found


ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason='call make test as root: a file is given to another account')
THEIRS = {'README.md', 'docs/a.md', 'img/a.png', 'd2l_style/a.py', 'classroom/hub/config/a.py'}


def listed(project):
    return {str(file.relative_to(project)) for file in seen_by_others(project)}


@ROOT_ONLY
def test_students_read_a_list_and_nothing_else(project):
    source, _ = project
    assert 'tests/a.py' in listed(source)
    accounts.give_course(pwd.getpwnam('nobody'))
    accounts.close_the_rest(pwd.getpwnam('nobody'))
    assert listed(source) == THEIRS
    assert not any(path.stat().st_mode & stat.S_IROTH for path in (source, source / 'classroom'))  # nothing to list
    assert (source / 'classroom/course/source/solved.ipynb').stat().st_uid == pwd.getpwnam('nobody').pw_uid
    assert (source / 'tests').stat().st_mode & 0o070 == 0o050  # the teacher's group


@ROOT_ONLY
@pytest.mark.parametrize('closed_by', ['its folder', 'the next sign-in'])
def test_what_is_made_later_is_closed_and_what_is_theirs_is_opened_again(project, closed_by, monkeypatch):
    source, _ = project
    if closed_by != 'its folder':
        monkeypatch.setattr(accounts, '_closed_from_the_start', lambda *arguments: None)
    accounts.close_the_rest(pwd.getpwnam('nobody'))
    make = 'umask 022; mkdir -p exam/a classroom/exam docs/new; echo 1 | tee exam/a/b key classroom/exam/c docs/new/d'
    subprocess.run(['sh', '-c', f'{make}; rm -r img; mkdir -p img/b; echo 1 > img/b/c'], cwd=source, check=True)
    if closed_by == 'its folder' and 'img/b/c' in listed(source):
        pytest.skip('this file system has no access lists: what is made later is closed at the next sign-in')
    if closed_by != 'its folder':
        accounts.close_the_rest(pwd.getpwnam('nobody'))
    assert listed(source) - {'img/b/c'} == THEIRS - {'img/a.png'} | {'docs/new/d'}
    accounts.open_what_is_theirs()
    assert listed(source) == THEIRS - {'img/a.png'} | {'docs/new/d', 'img/b/c'}
    (source / 'img/d').write_text('made anew')
    assert 'img/d' in listed(source)


@ROOT_ONLY
def test_the_exchange_is_the_teachers_even_where_a_student_was_first(tmp_path):
    tmp_path.chmod(0o1777)
    (tmp_path / 'neural-style/outbound').mkdir(parents=True)
    os.chown(tmp_path / 'neural-style', 12345, 12345)
    for _ in range(2):
        accounts.make_exchange(tmp_path, pwd.getpwnam('nobody'))
    modes = {path.name: (path.stat().st_uid, path.stat().st_mode & 0o7777)
             for path in (tmp_path / 'neural-style', *(tmp_path / 'neural-style').iterdir())}
    teacher = pwd.getpwnam('nobody').pw_uid
    assert modes == {'neural-style': (teacher, 0o755), 'outbound': (teacher, 0o755), 'inbound': (teacher, 0o3733),
                     'feedback': (teacher, 0o711)}
    assert len(list(tmp_path.glob('neural-style-of-a-student-*'))) == 1


def test_an_update_reaches_only_what_the_student_has_not_touched(project):
    source, home = project
    accounts.give_notebooks(home, accounts.notebooks())
    mine = home / 'neural-style/notebooks'
    (mine / '01.ipynb').write_text('my work')
    (mine / '03.ipynb').write_text('my own')
    for name in ('01', '02', '03', '04'):
        (source / f'notebooks/{name}.ipynb').write_text('second')
    accounts.give_notebooks(home, accounts.notebooks())
    assert {file.name: file.read_text() for file in mine.iterdir()} == {
        '01.ipynb': 'my work', '02.ipynb': 'second', '03.ipynb': 'my own', '04.ipynb': 'second'}


def test_what_a_student_threw_away_stays_away(project):
    _, home = project
    accounts.give_notebooks(home, accounts.notebooks())
    (home / 'neural-style/notebooks/01.ipynb').unlink()
    accounts.give_notebooks(home, accounts.notebooks())
    assert not (home / 'neural-style/notebooks/01.ipynb').exists()
    assert set(json.loads((home / '.neural-style.json').read_text())) == {'notebooks/01.ipynb', 'notebooks/02.ipynb'}


def test_accounts_of_the_machine_are_nobodys(tmp_path):
    assert 'root' in accounts.of_the_machine()
    with pytest.raises(PermissionError, match='sign up with another name'):
        accounts.make_account(pwd.getpwall()[1].pw_name, tmp_path)


def test_limits_hold_and_neighbours_get_other_processors(monkeypatch):
    monkeypatch.setattr(accounts.os, 'sched_getaffinity', lambda _: {0, 1, 2, 3})
    assert accounts.limits(1000, 1000, 2, 40) == ['prlimit', '--as=2000', '--nproc=40', 'taskset', '--cpu-list', '0,1']
    assert accounts.limits(1001, 1000, 2, 40)[-1] == '2,3'
    monkeypatch.undo()
    limited = [*accounts.limits(1000, 200_000_000, 1, 400), sys.executable, '-c']
    show = 'import os, resource; print(len(os.sched_getaffinity(0)), resource.getrlimit(resource.RLIMIT_AS)[0])'
    assert subprocess.check_output([*limited, show], text=True).split() == ['1', '400000000']
    assert subprocess.run([*limited, 'bytearray(500_000_000)'], stderr=subprocess.PIPE).returncode != 0


def test_workers_of_dask_get_a_certificate_once(tmp_path):
    accounts.secure_dask(tmp_path)
    key = tmp_path / '.config/dask/key.pem'
    first = key.read_text()
    assert key.stat().st_mode & 0o077 == 0
    settings = json.loads((tmp_path / '.config/dask/hub.yaml').read_text())
    assert settings['distributed']['comm']['require-encryption'] is True
    assert settings['distributed']['scheduler']['http']['routes'] == []  # no pages that everybody reads
    accounts.secure_dask(tmp_path)
    assert key.read_text() == first


def test_a_hub_that_cannot_be_run_says_why(tmp_path, monkeypatch):
    monkeypatch.setattr(accounts.os, 'geteuid', lambda: 1000)
    assert 'sudo make hub' in accounts.unfit([tmp_path], 'data')
    monkeypatch.setattr(accounts.os, 'geteuid', lambda: 0)
    assert 'too long' in accounts.unfit([], '/srv/a-name-of-many-letters')
    assert accounts.unfit([], '/srv/neural-style') == ''
    tmp_path.chmod(0o700)
    assert f'cannot read {tmp_path}' in accounts.unfit([tmp_path], 'data')


def test_the_teachers_page_has_who_is_in_and_what_it_costs():
    users = [{'name': 'ben', 'servers': {}},
             {'name': 'a<b', 'servers': {'': {}}, 'last_activity': '2026-11-01T10:20:30'}]
    page = costs.page(users, {'a<b': (2, 350e6, 99.6)}, 'The machine.')
    assert '<td>a&lt;b</td><td>2026-11-01 10:20</td><td>2</td><td>350 MB</td><td>100 %</td>' in page
    assert 'ben' not in page
    assert 'nobody' in costs.page([], {}, 'The machine.')
    assert costs.costs()[pwd.getpwuid(os.getuid()).pw_name][1] > 0


def test_in_a_container_the_notebooks_come_from_there(tmp_path):
    subprocess.run([sys.executable, accounts.__file__, tmp_path], stdin=subprocess.DEVNULL, check=True)
    assert (tmp_path / 'neural-style' / 'notebooks' / '01_pictures.ipynb').is_file()
