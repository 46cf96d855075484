from d2l_style.lab.files import FRAMES, Film, download_link, png_with_settings, settings_in_png

import io

import imageio.v3 as imageio
import numpy as np
import pytest
from PIL import Image

from .conftest import trained


def frame(value, width=31, height=20):
    return np.full((height, width, 3), value, 'uint8')


def test_a_png_keeps_its_picture_and_its_settings(worker):
    trained(worker, 3)
    moment = worker.moment()
    content = png_with_settings(moment.picture(), moment.parts)
    assert settings_in_png(content) == moment.parts
    assert (np.asarray(Image.open(io.BytesIO(content))) == moment.picture()).all()


def test_files_without_settings_are_refused():
    buffer = io.BytesIO()
    Image.fromarray(frame(3)).save(buffer, format='png')
    jpeg = io.BytesIO()
    Image.fromarray(frame(3)).save(jpeg, format='jpeg')
    for content in (b'', b'no picture', buffer.getvalue(), buffer.getvalue()[:50], jpeg.getvalue()):
        with pytest.raises(ValueError, match='no settings of the Style Lab'):
            settings_in_png(content)


def test_a_film_keeps_so_many_pictures_evenly_spread():
    film = Film()
    for epoch in range(1, 500):
        if film.wants(epoch):
            film.add(frame(epoch // 2))
    assert FRAMES / 2 <= len(film.frames) <= FRAMES
    steps = np.diff([int(f[0, 0, 0]) for f in film.frames])
    assert steps.max() - steps.min() <= 1


def test_a_film_can_be_watched():
    film = Film()
    with pytest.raises(ValueError, match='press Run'):
        film.encode('gif')
    for value in (10, 100, 200):
        film.add(frame(value))
    gif = imageio.imread(film.encode('gif'), extension='.gif', index=None)
    assert gif.shape[1:3] == (20, 31)
    assert gif[0].mean() == pytest.approx(10, abs=3)
    mp4 = imageio.imread(film.encode('mp4'), extension='.mp4', plugin='FFMPEG', index=None)
    assert mp4.shape[1:3] == (20, 30)
    assert [mp4[i].mean() for i in (0, 1, 2)] == pytest.approx([10, 100, 200], abs=8)


def test_pictures_of_another_size_begin_a_new_film_and_large_ones_shrink():
    film = Film()
    film.add(frame(1))
    film.add(frame(2, 900, 600))
    assert [f.shape for f in film.frames] == [(300, 450, 3)]


def test_a_download_link_holds_the_file():
    link = download_link('a.png', b'abc', 'image/png')
    assert 'download="a.png"' in link
    assert 'data:image/png;base64,YWJj' in link
