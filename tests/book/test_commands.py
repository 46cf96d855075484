from d2l_style import PROFILES, read_image, use_profile
from d2l_style.backbones import BACKBONES
from d2l_style.book.commands import main
from d2l_style.book.verify import PUBLISHED, comparison, verify
from d2l_style.images import rgb_mean, rgb_std
from d2l_style.store.folders import cache_folder, copy_file, unfinished, zoo_folder
from d2l_style.store.registry import PICTURES, WEIGHTS

import base64
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mxnet import image
from PIL import Image

from ..store.test_pictures import jpeg


@pytest.fixture
def book(small, rainier, monkeypatch):
    """The whole profile can be had from the server: small weights and small pictures."""
    monkeypatch.setitem(PICTURES, 'autumn_oak', PICTURES['rainier'])


def shown(capsys, *arguments):
    main(list(arguments))
    return capsys.readouterr().out


def test_weights_are_fetched_listed_packed_cleaned_and_brought_in(small, tmp_path, capsys):
    assert 'not here' in shown(capsys, 'weights', 'list')
    assert 'vgg19 is ready' in shown(capsys, 'weights', 'fetch', 'vgg19')
    assert 'vgg19 is here' in shown(capsys, 'weights', 'fetch', 'vgg19')
    listed = shown(capsys, 'weights', 'list')
    assert f'{copy_file("vgg19")}, 0.3 MB\n    verified: SHA-1 {WEIGHTS["vgg19"].sha1}' in listed
    assert all(name in listed for name in WEIGHTS)
    packed = shown(capsys, 'weights', 'export', 'vgg19', str(tmp_path))
    command = re.search(r'weights import (\S+) --sha256 (\w{64})', packed)
    assert (zoo_folder() / WEIGHTS['vgg19'].file).exists()
    assert 'free again' in shown(capsys, 'weights', 'clean')
    assert not (zoo_folder() / WEIGHTS['vgg19'].file).exists() and copy_file('vgg19').exists()
    shown(capsys, 'weights', 'clean', '--all')
    assert not copy_file('vgg19').exists()
    assert 'vgg19 is ready' in shown(capsys, 'weights', 'import', str(tmp_path / command[1]), '--sha256', command[2])
    assert copy_file('vgg19').exists()
    with pytest.raises(SystemExit, match='another SHA-256'):
        main(['weights', 'import', str(tmp_path / command[1]), '--sha256', '0' * 64])


def test_what_a_killed_process_leaves_is_cleaned_away(small, capsys):
    left = [cache_folder() / 'incoming' / 'vgg16' / 'a.part', unfinished(zoo_folder() / WEIGHTS['vgg19'].file)]
    for file in left:
        file.parent.mkdir(parents=True)
        file.write_bytes(bytes(200_000))
    assert '0.4 MB are free again' in shown(capsys, 'weights', 'clean')
    assert not any(file.exists() for file in left)


def test_a_published_file_without_a_copy_is_never_cleaned_away(small, capsys):
    shown(capsys, 'weights', 'fetch', 'vgg19')
    copy_file('vgg19').write_bytes(b'damaged')
    assert 'NOT USABLE' in shown(capsys, 'weights', 'list')
    assert '0.0 MB are free again' in shown(capsys, 'weights', 'clean')
    copy_file('vgg19').unlink()
    assert str(zoo_folder() / WEIGHTS['vgg19'].file) in shown(capsys, 'weights', 'list')


def test_weights_of_ones_own_are_listed_and_chosen_by_name(small, tmp_path, capsys):
    np.savez(tmp_path / 'w.npz', **small)
    assert "backbone = 'mine'" in shown(capsys, 'weights', 'import', str(tmp_path / 'w.npz'), '--as', 'mine', '--half')
    assert 'mine  (your own)' in shown(capsys, 'weights', 'list')
    assert use_profile(backbone='mine')[2] == 'mine'
    assert 'own file w.npz' in capsys.readouterr().out


@pytest.mark.parametrize(('arguments', 'sentence'), [
    (['weights', 'export', 'vgg19', 'x'], 'error: the weights of .vgg19. are not on this machine'),
    (['weights', 'export', 'vgg18', 'x'], 'error: there is no backbone'),
    (['weights', 'import', 'nowhere.npz'], 'error: there is no file nowhere.npz'),
    (['profile', 'book'], 'error: the weights of .vgg19. are not on this machine'),
    (['verify', 'book'], '-m d2l_style weights fetch vgg19')])
def test_what_goes_wrong_is_one_sentence(arguments, sentence):
    with pytest.raises(SystemExit, match=sentence):
        main(arguments)


@pytest.mark.parametrize('place', [f'{__file__}/below', 'x' * 300, *(['/proc'] if Path('/proc').exists() else [])])
def test_a_pack_that_cannot_be_written_is_one_sentence(place):
    with pytest.raises(SystemExit, match='^error: .*((cannot|may) be .*another place|are needed .*make room)'):
        main(['weights', 'export', 'vgg19_slim', place])


def test_a_full_disk_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr('os.fsync', lambda _: (_ for _ in ()).throw(OSError(28, 'No space left on device')))
    with pytest.raises(SystemExit, match=r'error: .*\(the disk is full\): make room'):
        main(['weights', 'export', 'vgg19_slim', str(tmp_path)])
    assert not list(tmp_path.glob('*.new')) and not list(tmp_path.glob('.*.new'))


def test_an_interrupt_says_that_nothing_is_lost(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt
    monkeypatch.setattr('d2l_style.book.commands.fetch', interrupted)
    with pytest.raises(SystemExit, match='goes on from there'):
        main(['weights', 'fetch', 'vgg16'])


def test_it_is_a_program(tmp_path):
    done = subprocess.run([sys.executable, '-m', 'd2l_style', 'weights', 'fetch', 'vgg18'], capture_output=True,
                          text=True, cwd=Path(__file__).parent.parent)
    assert done.returncode == 2 and 'vgg19_torchvision' in done.stderr


def test_the_default_profile_needs_nothing(capsys):
    assert use_profile() == ('mountain_lake', 'painted_hills', 'vgg19_slim')
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ['profile   embedded', 'backbone  vgg19_slim: in the package']
    assert 'mountain_lake: 1200×800 pixels' in lines[2] and 'painted_hills' in lines[3]


def test_the_environment_selects_a_profile_and_an_argument_comes_first(book, monkeypatch, capsys):
    monkeypatch.setenv('D2L_STYLE_PROFILE', 'book')
    main(['weights', 'fetch', 'vgg19'])
    capsys.readouterr()
    assert use_profile() == ('rainier', 'autumn_oak', 'vgg19')
    printed = capsys.readouterr().out
    assert 'profile   book' in printed and WEIGHTS['vgg19'].sha1 in printed
    assert printed.count('A. Zhang') == 3  # once for the download, once for each picture
    assert use_profile('embedded')[2] == 'vgg19_slim'
    assert use_profile('book', style='cat', backbone='vgg19_slim') == ('rainier', 'cat', 'vgg19_slim')
    monkeypatch.setenv('D2L_STYLE_PROFILE', 'bok')
    with pytest.raises(ValueError, match="no profile 'bok'.*D2L_STYLE_PROFILE.*embedded, book"):
        use_profile()


def test_a_picture_of_ones_own_is_shown_as_such(tmp_path, capsys, server):
    (tmp_path / 'my.jpg').write_bytes(jpeg())
    server.files['/a.jpg'] = jpeg()
    use_profile(content=tmp_path / 'my.jpg', style=f'{server.url}/a.jpg')
    printed = capsys.readouterr().out
    assert '60×40 pixels, your file my.jpg' in printed and 'fetched from there' in printed


def test_one_command_fetches_a_profile(book, capsys):
    printed = shown(capsys, 'profile', 'book', '--fetch')
    assert 'vgg19 is ready' in printed and 'profile   book' in printed
    assert 'fetching' not in shown(capsys, 'profile', 'book', '--fetch')
    assert len(list((cache_folder() / 'pictures').glob('*.jpg'))) == 1
    assert 'rainier is ready' in shown(capsys, 'pictures', 'fetch')
    assert 'CC BY-SA 4.0' in shown(capsys, 'pictures', 'list')


@pytest.mark.slow
def test_verify_runs_the_schedule_and_prints_measured_beside_published(book, capsys):
    main(['profile', 'book', '--fetch'])
    printed = shown(capsys, 'verify', 'book', '--epochs', '51', '51')
    assert '225×150, 51 epochs' in printed and '450×300, 51 epochs' in printed
    rows = re.findall(r'(225×150|450×300), epoch  50 +[\d.]+ \((10.10|13.76)\) +[\d.]+ \((29.40|13.71)\)', printed)
    assert rows == [('225×150', '10.10', '29.40'), ('450×300', '13.76', '13.71')]
    assert re.search(r'Measured losses are [\d.]+ to [\d.]+ times the published ones \(vgg19\)', printed)
    assert 'No published epoch was reached' in shown(capsys, 'verify', 'book', '--epochs', '2', '0')


def test_verify_says_that_torchvisions_weights_are_others(book, capsys):
    main(['profile', 'book_torchvision', '--fetch'])
    assert "other weights than the chapter's" in shown(capsys, 'verify', 'book_torchvision', '--epochs', '51', '0')


def test_verify_shrinks_pictures_as_the_chapter_does(monkeypatch):
    starts = []

    def train(start, *_, history):
        starts.append(start)
        return start

    monkeypatch.setattr(sys.modules['d2l_style.book.verify'], 'train', train)
    verify('embedded', epochs=(1, 1))
    img = image.imresize(read_image('mountain_lake'), 225, 150).astype('float32') / 255
    chapter = ((img - rgb_mean) / rgb_std).transpose((2, 0, 1)).expand_dims(axis=0)
    assert abs(starts[0].as_in_context(chapter.context) - chapter).max().asscalar() < 1e-5
    assert starts[1].shape == (1, 3, 300, 450)


def test_a_picture_of_many_letters_is_named_in_few(capsys):
    buffer = io.BytesIO()
    Image.effect_noise((60, 40), 50).save(buffer, 'png')
    use_profile(content=f'data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}')
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith('content'))
    assert len(line) < 350 and '60×40 pixels, the URI holds it' in line


def test_verify_says_when_nothing_can_be_compared(capsys):
    assert 'no comparison with the chapter' in shown(capsys, 'verify', '--epochs', '1', '0')


def test_the_comparison_stands_in_columns():
    lines = comparison(PUBLISHED).splitlines()
    assert len(lines) == 6 and len({len(line) for line in lines}) == 1
    assert '5.64 (5.64)' in lines[2]


def test_profiles_name_what_there_is():
    for profile in PROFILES.values():
        assert profile.backbone in BACKBONES
    assert replace(PROFILES['book'], content='x').style == 'autumn_oak'
