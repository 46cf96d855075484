from d2l_style import Weights
from d2l_style.lab.controls import (
    EPOCHS,
    LayerControls,
    PictureControls,
    TrainingControls,
    WeightControls,
    catalogue,
    merged,
)
from d2l_style.lab.recipe import Settings

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from .conftest import upload


@pytest.fixture
def reports():
    return []


@pytest.fixture
def record(reports):
    return lambda **values: reports.append(values)


@pytest.fixture
def choice(pictures, record):
    return PictureControls(Settings(), dict(pictures), record, lambda: False, most_pixels=450 * 300, most_bytes=10_000)


def png(side=20):
    buffer = io.BytesIO()
    Image.fromarray(np.full((side, side, 3), 7, 'uint8')).save(buffer, format='png')
    return buffer.getvalue()


def test_a_moved_weight_is_reported_and_a_set_one_is_not(record, reports):
    controls = WeightControls(Settings(), record)
    controls.sliders['tv'].number.box.value = 0
    assert reports[-1] == {'weights': {'content': 1, 'style': 1000, 'tv': 0}}
    n = len(reports)
    controls.set(Settings(weights=Weights(2, 3, 4)))
    assert len(reports) == n
    assert [slider.value for slider in controls.sliders.values()] == [2, 3, 4]
    controls.scale.slider.value = 0.5
    assert reports[-1] == {'style_scale': 0.5}
    controls.scale.number.box.value = 9
    assert reports[-1] == {'style_scale': 0.5}
    assert 'Allowed: 0.25 to 4' in controls.scale.number.note.value


def test_layers_are_chosen_by_name_with_a_factor_each(record, reports):
    controls = LayerControls(Settings(), record)
    controls.style['conv4_2'].value = True
    assert reports[-1]['style_layers'] == ('conv1_1', 'conv2_1', 'conv3_1', 'conv4_1', 'conv4_2', 'conv5_1')
    assert reports[-1]['weights'] == {'layers': ()}
    controls.factors['conv4_2'].value = 3
    assert reports[-1]['weights'] == {'layers': (1, 1, 1, 1, 3, 1)}
    controls.content['conv2_2'].value = True
    assert reports[-1]['content_layers'] == ('conv2_2', 'conv4_4')
    assert len(controls.style) == 13 and list(controls.style)[-1] == 'conv5_1'
    assert controls.factors['conv1_2'].disabled
    assert not controls.factors['conv1_1'].disabled


def test_the_last_layer_stays(record, reports):
    controls = LayerControls(Settings(style_layers=('conv1_1',)), record)
    controls.style['conv1_1'].value = False
    assert controls.style['conv1_1'].value
    assert 'At least one style layer' in controls.note.value
    controls.content['conv4_4'].value = False
    assert controls.content['conv4_4'].value


def test_a_network_with_the_same_layers_keeps_what_was_ticked(record, reports):
    controls = LayerControls(Settings(style_layers=('conv1_2',)), record)
    box = controls.style['conv1_2']
    controls.backbone.value = 'vgg19'
    assert reports == [{'backbone': 'vgg19'}]
    assert controls.style['conv1_2'] is box and box.value


def test_another_network_brings_its_own_layers(record, reports):
    controls = LayerControls(Settings(), record)
    controls.backbone.value = 'squeezenet1_1'
    assert reports == [{'backbone': 'squeezenet1_1', 'content_layers': ('fire2',),
                        'style_layers': ('conv1', 'fire3', 'fire4', 'fire5')}]
    assert [name for name, box in controls.content.items() if box.value] == ['fire2']
    assert controls.names[:2] == ['conv1', 'fire2']
    controls.style['fire9'].value = True
    assert 'fire9' in reports[-1]['style_layers']
    controls.set(Settings())
    assert [name for name, box in controls.content.items() if box.value] == ['conv4_4']
    assert len(reports) == 2


def test_lbfgs_has_no_learning_rate(record, reports):
    controls = TrainingControls(Settings(), record, most_epochs=500)
    controls.optimiser.value = 'L-BFGS'
    assert controls.lr.disabled
    assert controls.decay.disabled
    assert reports == [{'optimiser': 'L-BFGS'}]
    controls.stop.box.value = 10_000
    assert controls.stop.value == EPOCHS


def test_tiles_choose_and_swap(choice, reports):
    choice.tiles['content'].buttons['cat'].click()
    assert reports[-1] == {'content': 'cat', 'image_shape': (225, 150)}
    choice.swap.click()
    assert reports[-1]['content'] == 'painted_hills'
    assert reports[-1]['style'] == 'cat'
    chosen = [name for name, button in choice.tiles['style'].buttons.items() if 'd2l-chosen' in button._dom_classes]
    assert chosen == ['cat']


def test_the_content_image_keeps_its_proportions_unless_told_not_to(choice, reports):
    choice.pictures['tall'] = choice.pictures['cat'].slice_axis(axis=1, begin=0, end=150)
    choice._choose(content='tall')
    assert reports[-1]['image_shape'] == (75, 150)
    choice.proportions.value = False
    assert reports[-1] == {'image_shape': (225, 150)}
    choice.size.value = (450, 300)
    assert reports[-1] == {'image_shape': (450, 300)}


def test_a_free_size_is_limited(choice, reports):
    choice.size.value = None
    choice.proportions.value = False
    choice.width.value, choice.height.value = 400, 320
    assert reports[-1] == {'image_shape': (400, 320)}
    n = len(reports)
    choice.width.value = 2000
    assert 'too large' in choice.size_message.value
    assert len(reports) == n


def test_a_good_upload_is_a_picture_more(choice, reports):
    choice.side.value = 'style'
    choice.upload.value = upload('my picture.png', png())
    assert choice.message.value == ''
    assert reports[-1]['style'] == 'my picture.png'
    assert choice.pictures['my picture.png'].shape == (20, 20, 3)
    choice.upload.value = upload('my picture.png', png(30))
    assert reports[-1]['style'] == '2-my picture.png'
    assert len(choice.tiles['content'].buttons) == 5


@pytest.mark.parametrize(('name', 'content', 'sentence'), [
    ('text.txt', b'hello', 'not a picture'), ('cut.png', png()[:60], 'was not taken'),
    ('small.png', png(4), 'each side needs at least 16'), ('large.png', b'\0' * 20_000, 'MB'),
    ('<img src=x>.png', b'', '_img src_x_.png')], ids=['text', 'cut', 'small', 'large', 'markup'])
def test_a_bad_upload_is_a_sentence_and_changes_nothing(choice, reports, name, content, sentence):
    before = dict(choice.pictures)
    choice.upload.value = upload(name, content)
    assert sentence in choice.message.value
    assert choice.pictures == before
    assert not reports
    assert choice.upload.value == ()


def test_controls_show_what_they_are_set_to(choice, pictures, record, reports):
    settings = Settings(content='cat', style='mountain_lake', image_shape=(60, 40), content_layers=('conv3_2',),
                        style_layers=('conv1_2', 'conv2_2'), weights=Weights(1, 2, 3, (0.5, 2)), optimiser='L-BFGS',
                        lr=0.02, lr_decay_epoch=50, start='noise')
    layers, training = LayerControls(Settings(), record), TrainingControls(Settings(), record, 500)
    for controls in (choice, layers, training):
        controls.set(settings)
    assert not reports
    assert choice.shape() == (60, 40)
    assert choice.chosen == {'content': 'cat', 'style': 'mountain_lake'}
    assert [name for name, box in layers.style.items() if box.value] == ['conv1_2', 'conv2_2']
    assert layers.factors['conv2_2'].value == 2
    assert (training.lr.value, training.decay.value, training.start.value) == (0.02, 50, 'noise')


def test_factors_go_when_the_layers_change():
    settings = Settings(weights=Weights(layers=(1, 2, 3, 4, 5)))
    assert merged(settings, weights={'tv': 3}).weights == replace(settings.weights, tv=3)
    assert merged(settings, style_layers=('conv1_1',)).weights.layers == ()
    assert settings.weights.layers == (1, 2, 3, 4, 5)


def test_the_catalogue_is_complete():
    assert {'mountain_lake', 'painted_hills', 'cat'} < set(catalogue())
