from d2l_style import Weights
from d2l_style.lab import style_lab
from d2l_style.lab.controls import EPOCHS
from d2l_style.lab.files import png_with_settings
from d2l_style.lab.recipe import Part, Settings

import threading

import pytest
from PIL import Image

from .conftest import upload


def test_visitors_have_limits():
    with pytest.raises(ValueError, match='at most 135\u202f000 pixels'):
        style_lab(image_shape=(900, 600), visitors=True)
    lab = style_lab(image_shape=(48, 32), visitors=True)
    lab.training.stop.number.box.value = 10_000
    assert lab.training.stop.value == EPOCHS
    assert 'from 1 to 500' in lab.training.stop.number.note.value
    lab.choice.size.value = None
    lab.choice.width.box.value, lab.choice.height.box.value = 1000, 1000
    assert 'too large' in lab.choice.size_message.value
    picture = lab.worker.moment().picture()
    lab.saving.load.value = upload('a.png', png_with_settings(picture, (Part(Settings(image_shape=(900, 600)), 3),)))
    assert '900 × 600, is too large here' in lab.saving.message.value
    lab.close()


@pytest.mark.parametrize(('arguments', 'error'), [
    ({'content': 'nowhere.jpg'}, FileNotFoundError), ({'backbone': 'resnet'}, ValueError),
    ({'image_shape': (3, 3)}, ValueError), ({'weights': (1, 2)}, ValueError),
    ({'weights': Weights(layers=(1, 2))}, ValueError)])
def test_what_makes_no_sense_is_refused_and_leaves_nothing_behind(arguments, error):
    before = threading.active_count()
    with pytest.raises(error):
        style_lab(**arguments)
    assert threading.active_count() == before


def test_a_picture_of_ones_own_may_be_given_by_its_path(tmp_path):
    Image.new('RGB', (60, 40), 'red').save(tmp_path / 'red.png')
    lab = style_lab(str(tmp_path / 'red.png'), image_shape=(48, 32))
    assert lab.worker.wait()
    assert lab.worker.state == 'ready'
    lab.close()


@pytest.mark.parametrize('weights', [(2, 1e5, 0), Weights(2, 1e5, 0)])
def test_it_may_begin_with_other_weights(weights):
    lab = style_lab(image_shape=(48, 32), weights=weights)
    assert [pair.value for pair in lab.weights.sliders.values()] == [2, 1e5, 0]
    assert lab.worker.settings.weights == Weights(2, 1e5, 0)
    lab.close()
