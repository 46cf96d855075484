"""The chapter's pictures, and pictures from an address."""
from d2l_style import DownloadError, read_image
from d2l_style.store import pictures
from d2l_style.store.folders import cache_folder
from d2l_style.store.registry import PICTURES

import hashlib
import io
import re
from dataclasses import replace
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests
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


@pytest.mark.parametrize('last', [
    'x' * 271, 'x' * 300 + '.jpg', 'ä' * 200 + '.jpg', '%C3%A4' * 60 + '.jpg', '', '?' + 'q=1&' * 200, 'con', 'NUL.jpg',
    'a:b*c.jpg', 'trailing.', '..', '%00', '%2e%2e%2fevil', "quote'd.jpg", 'a b.jpg', 'x.jpg?a#b'])
def test_an_address_may_end_in_anything(server, last):
    with_name, address = jpeg(), f'{server.url}/{last}'
    path = urlsplit(requests.Request('GET', address).prepare().url).path
    server.files[path] = with_name
    assert read_image(address).shape == (40, 60, 3)
    kept = [file.name for file in (cache_folder() / 'pictures').iterdir()]
    assert len(kept) == 1
    assert re.fullmatch(r'[0-9a-f]{32}-[A-Za-z0-9_.%+=~@()-]{0,80}', kept[0])
    assert kept[0][-1] != '.' and ('.jpg' not in path or kept[0].endswith('.jpg'))


def test_long_addresses_that_differ_are_kept_apart(server):
    for number, width in enumerate((50, 70)):
        server.files[f'/{number}{"x" * 300}.jpg'] = jpeg(width)
        assert read_image(f'{server.url}/{number}{"x" * 300}.jpg').shape == (40, width, 3)
    assert read_image(f'{server.url}/0{"x" * 300}.jpg').shape == (40, 50, 3)


def test_who_asks_is_said(server, rainier):
    read_image('rainier')
    (agent,) = server.agents
    assert re.fullmatch(r'd2l-style/\d\S* \(.*https://.*\) python-requests/\S+', agent)


@pytest.mark.parametrize('status', [401, 403, 406, 429, 451, 503])
def test_a_server_that_refuses_programs_says_what_to_do(server, quick, status):
    server.files['/a.jpg'], server.faults[:] = jpeg(), [status] * 40
    with pytest.raises(DownloadError, match=f'the server refuses .*{status}.*: .*save it in the browser and give the '
                                            'path'):
        read_image(f'{server.url}/a.jpg')


def test_a_page_in_place_of_a_picture_says_what_to_do(server):
    server.files['/a.jpg'] = b'<!DOCTYPE html><html><title>Just a moment...</title>Checking your browser</html>'
    with pytest.raises(ValueError, match="a.jpg' is a web page: the server refuses.*save it in the browser and give"):
        read_image(f'{server.url}/a.jpg')


@pytest.mark.parametrize('address', ['ftp://example.org/a.jpg', 'http:/', 'blob:http://localhost/1'])
def test_other_addresses_are_refused(address):
    with pytest.raises((ValueError, FileNotFoundError), match='http and https|there is no picture'):
        read_image(address)
