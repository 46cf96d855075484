from d2l_style import read_image
from d2l_style.lab import style_lab
from d2l_style.lab.picture_controls import PictureControls
from d2l_style.lab.recipe import Settings
from d2l_style.lab.training_thread import Worker

import base64
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

SMALL = Settings(image_shape=(48, 32))


@pytest.fixture(scope='session')
def pictures():
    return {name: read_image(name) for name in ('mountain_lake', 'painted_hills', 'cat')}


@pytest.fixture
def worker(pictures):
    """A worker at 48 × 32 pixels that has shown its start picture, and stops after 20 epochs."""
    worker = Worker(SMALL, dict(pictures), lambda worker: None)
    worker.stop_after = 20
    worker.reset()
    assert worker.wait()
    yield worker
    assert worker.close()


@pytest.fixture
def reports():
    return []


@pytest.fixture
def record(reports):
    return lambda **values: reports.append(values)


@pytest.fixture
def choice(pictures, record):
    return PictureControls(Settings(), dict(pictures), record, lambda: False, most_pixels=450 * 300, most_bytes=10_000)


@pytest.fixture
def lab():
    lab = style_lab(image_shape=(48, 32))
    assert lab.worker.wait()
    yield lab
    lab.close()
    assert not lab.worker.trace


@pytest.fixture
def pair():
    return np.zeros((10, 20, 3), 'uint8'), np.full((10, 20, 3), 200, 'uint8')


def press(lab, name):
    button = next(b for b in (*lab.bar.children[:4], *lab.saving.buttons) if b.description == name)
    button.click()
    assert lab.worker.wait()


def composite(lab):
    return lab.composite.view.image.value


def upload(name, content):
    """What a `FileUpload` has as its value when a browser has sent a file."""
    return ({'name': name, 'type': '', 'size': len(content), 'content': memoryview(content),
             'last_modified': datetime.now()},)


def trained(worker, epochs, **settings):
    """Train for some epochs with other settings."""
    worker.settings = replace(worker.settings, **settings)
    worker.run(epochs)
    assert worker.wait()
    return worker


def controls(box):
    """Every control below `box` by its description."""
    found = {}
    for child in getattr(box, 'children', ()):
        found.update(controls(child))
        if getattr(child, 'description', ''):
            found[child.description] = child
    return found


def picture_of(panel):
    return next(child for child in panel.children[-1].children if type(child).__name__ == 'Image').value


def stored_of(panel):
    """What a stored notebook shows of a panel: a picture's bytes, and its description."""
    return base64.b64decode(panel._fallback['image/png']), panel._fallback['text/plain']
