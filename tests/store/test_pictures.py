"""The chapter's pictures, and pictures from an address."""
from d2l_style import DownloadError, read_image
from d2l_style.store import pictures
from d2l_style.store.folders import cache_folder
from d2l_style.store.registry import PICTURES

import hashlib
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image


def jpeg(width=60, height=40):
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 50).convert('RGB').save(buffer, format='jpeg')
    return buffer.getvalue()


@pytest.fixture
def rainier(server, monkeypatch):
    """The server publishes a picture under the name of the chapter's; its bytes."""
    content = jpeg()
    server.files['/img/rainier.jpg'] = content
    monkeypatch.setitem(PICTURES, 'rainier', replace(
        PICTURES['rainier'], url=f'{server.url}/img/rainier.jpg', size=len(content),
        sha256=hashlib.sha256(content).hexdigest()))
    return content


def test_a_picture_of_the_chapter_is_fetched_once_with_its_licence(server, rainier, capsys):
    assert read_image('rainier').shape == (40, 60, 3)
    shown = capsys.readouterr().out
    assert 'CC BY-SA 4.0' in shown
    assert 'A. Zhang' in shown
    server.files.clear()
    assert np.array_equal(read_image('rainier').asnumpy(), read_image(rainier).asnumpy())
    assert len(server.requests) == 1


def test_a_picture_in_the_shared_folder_comes_first(server, rainier, tmp_path, monkeypatch):
    monkeypatch.setenv('D2L_STYLE_WEIGHTS', str(tmp_path))
    (tmp_path / 'rainier.jpg').write_bytes(rainier)
    read_image('rainier')
    assert not server.requests
    (tmp_path / 'rainier.jpg').write_bytes(jpeg())  # not the published one: never taken in its place
    read_image('rainier')
    assert len(server.requests) == 1


@pytest.mark.parametrize(('fault', 'sentence'), [
    ('missing', 'answers 404'), ('busy', 'answers 503'), ('garbage', 'is not what was published'),
    ('bomb', 'compressed'), ('circle', 'circle'), ('endless', 'more than are allowed')])
def test_a_picture_that_does_not_come_is_one_clear_error(server, rainier, quick, fault, sentence):
    server.faults[:] = [fault] * 40
    with pytest.raises(DownloadError, match=sentence):
        read_image('rainier')
    assert not list((cache_folder() / 'pictures').glob('*.jpg'))
    server.faults.clear()
    assert read_image('rainier').shape == (40, 60, 3)


def test_a_picture_from_an_address_is_kept(server):
    server.files['/holiday'] = jpeg()
    assert read_image(f'{server.url}/holiday').shape == (40, 60, 3)
    assert read_image(f'{server.url}/holiday').shape == (40, 60, 3)
    assert len(server.requests) == 1


def test_what_is_left_of_one_picture_never_ends_up_in_another(server, quick):
    server.files['/a/photo.jpg'], server.files['/b/photo.jpg'] = jpeg(), jpeg(80, 50)
    server.faults[:] = ['cut'] * 4
    with pytest.raises(DownloadError, match='was broken off'):
        read_image(f'{server.url}/a/photo.jpg')
    assert read_image(f'{server.url}/b/photo.jpg').shape == (50, 80, 3)
    server.files['/a/photo.jpg'] = jpeg(70, 70)  # and not in what has taken its place since
    assert read_image(f'{server.url}/a/photo.jpg').shape == (70, 70, 3)


def test_an_address_counts_by_what_is_there_and_not_by_its_name(server, quick):
    server.files['/page.jpg'] = b'<html>no picture</html>'
    with pytest.raises(ValueError, match="page.jpg' is a web page"):
        read_image(f'{server.url}/page.jpg')
    server.files['/page.jpg'] = jpeg()  # mended, and what was there before was not kept
    assert read_image(f'{server.url}/page.jpg').shape == (40, 60, 3)


def test_pictures_from_an_address_have_limits(server, quick, monkeypatch):
    server.files['/small'], server.files['/large'] = jpeg(8, 8), jpeg(300, 200)
    with pytest.raises(ValueError, match='8×8 pixels'):
        read_image(f'{server.url}/small')
    monkeypatch.setattr(pictures, 'MOST_BYTES', 1000)
    with pytest.raises(DownloadError, match='at most 1000 are allowed'):
        read_image(f'{server.url}/large')


@pytest.mark.parametrize('address', ['file:///etc/passwd', 'ftp://example.org/a.jpg', 'http:/'])
def test_other_addresses_are_refused(address):
    with pytest.raises((ValueError, FileNotFoundError), match='http and https|there is no picture'):
        read_image(address)
