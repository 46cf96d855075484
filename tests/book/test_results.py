from d2l_style import postprocess, preprocess, read_image, results_folder, save_picture
from d2l_style.book import results

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from ..systems import WINDOWS

PICTURE = np.full((20, 30, 3), 0.5, 'float32')


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project, in whose folder `notebooks` we are."""
    (tmp_path / 'project' / 'notebooks').mkdir(parents=True)
    monkeypatch.chdir(tmp_path / 'project' / 'notebooks')
    return tmp_path / 'project'


@pytest.mark.parametrize('where', ['.', '..', 'deep/er'])
def test_results_are_in_the_project_from_each_of_its_folders(project, where, monkeypatch):
    Path(where).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(where)
    assert results_folder('sweeps/weights') == project / 'build' / 'sweeps' / 'weights'
    assert results_folder().is_dir()


def test_from_another_folder_they_are_in_the_project_of_the_package_if_that_can_be_written_to(project, tmp_path,
                                                                                             monkeypatch):
    (tmp_path / 'elsewhere').mkdir()
    monkeypatch.chdir(tmp_path / 'elsewhere')
    monkeypatch.setattr(results, 'CHECKOUT', project)
    assert results_folder() == project / 'build' / 'results'
    monkeypatch.setattr(os, 'access', lambda path, mode: project not in Path(path).parents)
    assert results_folder() == tmp_path / 'elsewhere' / 'build' / 'results'
    monkeypatch.setattr(results, 'CHECKOUT', tmp_path)  # a package without its project
    assert results_folder() == tmp_path / 'elsewhere' / 'build' / 'results'


@pytest.mark.parametrize('name', ['/abs', '..', '../../x', 'a/../../b', '~/x', '', '.', 'a\0b', 3, None, ['a']])
def test_a_name_that_leads_out_of_build_is_told(project, name):
    with pytest.raises(ValueError, match="and .* is none: give a name, for example 'results'"):
        results_folder(name)
    assert not (project / 'build').exists()


@pytest.mark.skipif(WINDOWS, reason='Windows keeps a folder that a program is in')
def test_a_folder_that_is_gone_is_told(project, capsys):
    project.joinpath('notebooks').rmdir()
    with pytest.raises(OSError, match='the current folder is not there any more: go to another one'):
        results_folder()
    assert save_picture(PICTURE, 'a.png') is None
    assert 'the current folder is not there any more' in capsys.readouterr().out


def test_a_build_folder_that_cannot_be_made_is_told(project, monkeypatch):
    (project / 'build').write_text('a file')
    with pytest.raises(OSError, match=r'(not a folder|there is a file of that name)\): mend that, or give another'):
        results_folder()
    (project / 'build').unlink()
    monkeypatch.setattr(os, 'access', lambda *_: False)
    with pytest.raises(OSError, match=r'results cannot be written \(you may not write there\)') as error:
        results_folder()
    assert error.value._render_traceback_() == [f'NotWrittenError: {error.value}']


@pytest.mark.parametrize('ending', ['png', 'jpg', 'webp', 'tif'])
def test_a_picture_is_saved_in_the_results_or_where_its_path_says(project, tmp_path, ending):
    picture = postprocess(preprocess(read_image('cat'), (45, 30)))
    file = save_picture(picture, f'cat.{ending}')
    assert file == project / 'build' / 'results' / f'cat.{ending}'
    assert abs(read_image(file).asnumpy() / 255 - picture.asnumpy()).mean() < 0.03
    assert save_picture(picture, tmp_path / 'new' / f'cat.{ending}') == tmp_path / 'new' / f'cat.{ending}'
    assert save_picture(picture, f'./cat.{ending}').resolve() == project / 'notebooks' / f'cat.{ending}'


def test_a_file_that_is_no_picture_is_told(project):
    with pytest.raises(ValueError, match="'a.txt' has none of the endings .png"):
        save_picture(PICTURE, 'a.txt')


@pytest.mark.parametrize('file', [f'{__file__}/a.png', f'/tmp/{"x" * 300}.png', f'{"x" * 300}.png',
                                  *(['/proc/no/a.png'] if Path('/proc').exists() else [])])
def test_what_cannot_be_written_is_a_sentence_and_the_run_goes_on(project, file, capsys):
    assert save_picture(PICTURE, file) is None
    said = capsys.readouterr().out
    assert said.startswith('The picture is not saved, and still in its variable: ')
    assert "cannot be written (" in said and "save_picture(picture, '/tmp/picture.png')" in said
    assert len(said) < 400


@pytest.mark.skipif(not Path('/dev/full').exists(), reason='Linux has a file that is full')
def test_on_a_full_disk_nothing_half_stays_and_the_old_file_does(project, capsys):
    file = save_picture(PICTURE, 'a.png')
    before = file.read_bytes()
    (file.parent / '.a.png.new').symlink_to('/dev/full')  # where it is written until it is whole
    assert save_picture(1 - PICTURE, 'a.png') is None
    assert 'the disk is full' in capsys.readouterr().out
    assert [path.name for path in file.parent.iterdir()] == ['a.png'] and file.read_bytes() == before
    assert save_picture(1 - PICTURE, 'a.png') == file


@pytest.mark.parametrize(('number', 'why'), [
    (errno.EROFS, 'the disk is read-only'), (errno.EACCES, 'you may not write there'),
    (errno.EDQUOT, 'your share of the disk is used up'), (errno.EIO, os.strerror(errno.EIO))])
def test_other_reasons_are_told_in_plain_words(project, number, why, monkeypatch, capsys):
    def refuse(_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, 'fsync', refuse)
    assert save_picture(PICTURE, 'a.png') is None
    assert f'({why})' in capsys.readouterr().out
    assert not list((project / 'build' / 'results').iterdir())
