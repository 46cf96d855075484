"""What people paste where a picture is asked for: addresses, URIs, paths in quotes, and anything else."""
from d2l_style import DownloadError, read_image

import base64
import io
import urllib.parse
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

PIXELS = np.uint8(np.linspace(0, 255, 24 * 32 * 3).reshape(24, 32, 3))
BUFFER = io.BytesIO()
Image.fromarray(PIXELS).save(BUFFER, 'png')
PNG = BUFFER.getvalue()
TEXT = base64.b64encode(PNG).decode()
LONG = base64.b64encode(np.random.RandomState(0).bytes(9000)).decode()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr('pooch.core.time', SimpleNamespace(sleep=lambda seconds: None))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / 'a picture ä.png'
    path.write_bytes(PNG)
    return path


@pytest.mark.parametrize('uri', [
    f'data:image/png;base64,{TEXT}', f'DATA:;BASE64,{TEXT}', f'data:image/png;charset=utf-8;base64 ,{TEXT}',
    f'"data:image/png;base64,{TEXT}" ', f'data:image/png;base64,{TEXT[:60]}\n  {TEXT[60:]}\n',
    f'data:image/jpeg;base64,{TEXT.rstrip("=")}', f'data:,{urllib.parse.quote_from_bytes(PNG)}',
    f'data:image/png;base64,{urllib.parse.quote(TEXT, safe="")}',
    f'data:image/png;base64,{base64.urlsafe_b64encode(PNG).decode()}'])
def test_a_data_uri_is_read(uri):
    assert np.array_equal(read_image(uri).asnumpy(), PIXELS)


@pytest.mark.parametrize(('uri', 'sentence'), [
    ('data:', 'no comma'), ('data:image/png;base64', 'no comma'), ('data:image/png;base64,', 'is empty'),
    (f'data:image/png;base64,{TEXT[:80]}', 'cut short'), (f'data:image/png;base64,{TEXT[:-30]}', 'damaged|cut short'),
    (f'data:image/png;base64,{LONG}', 'not a picture'), (f'data:image/png;base64,{LONG}ä!', 'no base64'),
    ('data:image/svg+xml,%3Csvg/%3E', 'SVG'), (f'data:text/plain,{LONG}', 'not a picture')])
def test_a_broken_data_uri_is_one_short_sentence(uri, sentence):
    with pytest.raises(ValueError, match=sentence) as found:
        read_image(uri)
    assert len(str(found.value)) < 300 and '\n' not in str(found.value)


def test_a_pasted_path_is_found(file, monkeypatch):
    monkeypatch.setenv('HOME', str(file.parent))
    monkeypatch.setenv('USERPROFILE', str(file.parent))
    for text in (str(file), f'"{file}"', f"'{file}'", f'“{file}”', f'  {file}\n', f'~/{file.name}', f'"~/{file.name}"',
                 file.as_uri(), f'"{file.as_uri()}"', f'file:{urllib.parse.quote(str(file))}', f'FILE://localhost{file}',
                 Path('~') / file.name):
        assert np.array_equal(read_image(text).asnumpy(), PIXELS), text


def test_quotes_that_are_in_a_name_stay(file):
    quoted = file.rename(file.with_name("'a'"))
    assert read_image(str(quoted)).shape == (24, 32, 3)


@pytest.mark.parametrize('text', [
    '', ' ', '""', '\0', 'a\0b.jpg', 'a\nb.jpg', 'x' * 300, 'x' * 300 + '.jpg', '/' + 'x/' * 3000, LONG, TEXT,
    '\ud800.jpg', '"C:\\Users\\me\\my picture.jpg"', 'C:\\a.jpg', '~nobody-of-that-name/a.jpg', 'file:',
    'file://', 'file:///', 'file:///nowhere/a.jpg', 'file://server/share/a.jpg', 'file:///%00', 'file://[',
    'http:/', 'http://', 'http:///a.jpg', 'https://', 'http://[::1', 'http://[::1/a.jpg', 'http://a b/c.jpg',
    'http://' + 'a' * 300 + '/b.jpg', 'http://a:b/c.jpg', 'http://\ud800/', 'http://*/a', '://', 'a://b',
    'ftp://a/b.jpg', 'x://' + LONG, '/etc', '.',
    '~', 'CON', 'javascript:alert(1)', '/dev/null', 'data', 'http://127.0.0.1:9/' + 'x' * 9000])
def test_anything_that_is_no_picture_is_one_short_sentence(text):
    with pytest.raises((ValueError, FileNotFoundError)) as found:
        read_image(text)
    assert type(found.value) in (ValueError, FileNotFoundError, DownloadError)
    message = str(found.value)
    assert len(message) < 900 and '\n' not in message and message.isprintable()
    assert not any(raw in message for raw in ('Errno', 'embedded', 'codec', 'port could not'))


def test_base64_alone_is_told_what_it_lacks():
    with pytest.raises(FileNotFoundError, match="put 'data:image/jpeg;base64,' before"):
        read_image(LONG)


def test_an_address_is_shown_without_its_password():
    with pytest.raises(DownloadError) as found:
        read_image('http://me:secret@127.0.0.1:9/a.jpg')
    assert 'secret' not in str(found.value) and '127.0.0.1:9' in str(found.value)
