"""`make update`: the new version comes, and a student's work stays."""
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHO = {'GIT_AUTHOR_NAME': 'a', 'GIT_AUTHOR_EMAIL': 'a@b', 'GIT_COMMITTER_NAME': 'a', 'GIT_COMMITTER_EMAIL': 'a@b',
       'GIT_CONFIG_GLOBAL': '/dev/null', 'PATH': '/usr/bin:/bin:/usr/local/bin', 'HOME': '/nowhere'}
pytestmark = pytest.mark.skipif(not shutil.which('git'), reason='install git')


def git(folder, *arguments):
    return subprocess.run(['git', *arguments], cwd=folder, env=WHO, check=True, capture_output=True, text=True).stdout


def update(folder):
    return subprocess.run(['sh', ROOT / 'tools' / 'setup' / 'update.sh'], cwd=folder, env=WHO, capture_output=True,
                          text=True, check=False)


def commit(folder, **files):
    for name, text in files.items():
        (folder / f'{name}.ipynb').write_text(text)
    git(folder, 'add', '.')
    git(folder, 'commit', '-qm', 'a version')


@pytest.fixture
def teacher(tmp_path):
    folder = tmp_path / 'teacher'
    folder.mkdir()
    git(folder, 'init', '-q', '-b', 'main')
    (folder / '.gitignore').write_text((ROOT / '.gitignore').read_text())
    commit(folder, one='first', two='second')
    return folder


@pytest.fixture
def student(teacher, tmp_path):
    git(tmp_path, 'clone', '-q', teacher, 'student')
    return tmp_path / 'student'


def kept(student):
    return {file.relative_to(student / 'my-work').as_posix().split('/', 1)[1]: file.read_text()
            for file in (student / 'my-work').rglob('*') if file.is_file()}


def test_work_is_copied_before_the_new_version_comes(teacher, student):
    (student / 'one.ipynb').write_text('my work')
    commit(teacher, one='first, better', two='second, better')
    done = update(student)
    assert done.returncode == 0, done.stderr
    assert (student / 'one.ipynb').read_text() == 'first, better'
    assert kept(student) == {'one.ipynb': 'my work'}
    assert 'one.ipynb' in done.stdout
    assert git(student, 'status', '--porcelain') == ''
    assert git(student, 'stash', 'list') == ''
    assert update(student).stdout == 'Up to date.\n'


def test_names_with_spaces_and_accents_are_kept_too(teacher, student):
    commit(teacher, **{'ein Bild für mich': 'alt'})
    update(student)
    (student / 'ein Bild für mich.ipynb').write_text('meins')
    (student / 'notes of my own.txt').write_text('never touched')
    assert update(student).returncode == 0
    assert kept(student) == {'ein Bild für mich.ipynb': 'meins'}
    assert (student / 'notes of my own.txt').read_text() == 'never touched'


def test_a_file_that_was_deleted_comes_back_and_an_older_stash_stays(teacher, student):
    (student / 'two.ipynb').write_text('put aside')
    git(student, 'stash')
    (student / 'one.ipynb').unlink()
    commit(teacher, two='better')
    assert update(student).returncode == 0
    assert (student / 'one.ipynb').read_text() == 'first'
    assert len(git(student, 'stash', 'list').splitlines()) == 1
    assert update(student).returncode == 0  # nothing is changed any more
    assert len(git(student, 'stash', 'list').splitlines()) == 1


def test_commits_of_ones_own_are_left_alone(teacher, student):
    commit(student, one='my own version')
    commit(teacher, two='better')
    done = update(student)
    assert done.returncode == 1
    assert 'commits of your own' in done.stderr
    assert (student / 'one.ipynb').read_text() == 'my own version'


def test_without_internet_nothing_changes(teacher, student):
    (student / 'one.ipynb').write_text('my work')
    teacher.rename(teacher.with_name('gone'))
    done = update(student)
    assert done.returncode == 1
    assert 'nothing was changed' in done.stderr
    assert (student / 'one.ipynb').read_text() == 'my work'


def test_a_file_in_the_way_stops_it_with_everything_as_it_was(teacher, student):
    (student / 'one.ipynb').write_text('my work')
    (student / 'three.ipynb').write_text('mine')
    commit(teacher, three='a new notebook')
    done = update(student)
    assert done.returncode == 1
    assert 'move them away' in done.stderr
    assert ((student / 'one.ipynb').read_text(), (student / 'three.ipynb').read_text()) == ('my work', 'mine')


def test_a_folder_that_is_no_clone_is_told_what_to_do(tmp_path):
    done = update(tmp_path)
    assert done.returncode == 1
    assert 'unpack the new version' in done.stderr
