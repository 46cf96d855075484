from d2l_style import Weights
from d2l_style.lab.recipe import Part, Settings, as_code, chapters, from_text, to_text

import json
from dataclasses import replace

import matplotlib
import pytest

from .conftest import trained

matplotlib.use('agg')


def run(code):
    names = {}
    exec(code, names)
    return names['composite']


@pytest.mark.slow
@pytest.mark.parametrize('optimiser', ['Adam', 'L-BFGS'])
def test_the_code_of_a_run_gives_the_same_picture_to_the_last_bit(worker, optimiser):
    """Weights, learning rate, layers, their factors, size and pictures change on the way."""
    trained(worker, 3, optimiser=optimiser, start='noise', lr_decay_epoch=2)
    trained(worker, 3, weights=Weights(2, 500, 3), lr=0.05)
    trained(worker, 2, style_layers=('conv2_1',), weights=Weights(1, 1e3, 10, (0.5,)))
    trained(worker, 3, image_shape=(40, 40), content='cat')
    assert len(worker.history) == 11
    assert (run(as_code(worker.parts)) == worker.X).asnumpy().all()


@pytest.mark.slow
@pytest.mark.parametrize('start', ['content', 'style'])
def test_the_code_knows_the_start(worker, start):
    worker.settings = replace(worker.settings, start=start)
    worker.reset()
    trained(worker, 2)
    assert f'X = {start}_X' in as_code(worker.parts)
    assert (run(as_code(worker.parts)) == worker.X).asnumpy().all()


@pytest.mark.slow
@pytest.mark.parametrize(('start', 'optimiser'), [('content', 'Adam'), ('style', 'Adam'), ('content', 'L-BFGS')])
def test_the_code_knows_the_size_of_the_style(worker, start, optimiser):
    worker.settings = replace(worker.settings, start=start, style_scale=0.5, optimiser=optimiser)
    worker.reset()
    trained(worker, 2)
    trained(worker, 2, style_scale=2)
    assert 'style_scale=0.5' in as_code(worker.parts)
    assert 'style_scale=2' in as_code(worker.parts)
    assert (run(as_code(worker.parts)) == worker.X).asnumpy().all()


def test_a_picture_saved_before_the_style_had_a_size_can_be_loaded(worker):
    trained(worker, 2)
    stored = json.loads(to_text(worker.parts))
    del stored[0]['settings']['style_scale']
    assert from_text(json.dumps(stored)) == worker.moment().parts


def test_a_plain_run_is_a_single_call_of_train(worker):
    trained(worker, 4)
    code = as_code(worker.parts)
    assert 'composite = train(X, contents_Y, styles_Y, net, 0.1, 4, 4,' in code
    assert 'changes' not in code
    assert 'trained yet' in as_code(())


def test_a_recipe_survives_being_written_and_read(worker):
    trained(worker, 3)
    trained(worker, 3, weights=Weights(2, 500, 3, (1, 2, 3, 4, 5)))
    trained(worker, 3, optimiser='L-BFGS')
    trained(worker, 1, weights=Weights(tv=0))
    parts = worker.moment().parts
    assert len(parts) == 2
    assert from_text(to_text(parts)) == parts
    assert parts[-1].last().weights == Weights(tv=0)


def test_the_chapters_settings_are_the_chapters():
    settings = chapters(Settings(content='cat', image_shape=(450, 300), weights=Weights(5, 5, 5), optimiser='L-BFGS'))
    assert (settings.content, settings.image_shape) == ('cat', (450, 300))
    assert settings.weights == Weights(1, 1e3, 10)
    assert (settings.optimiser, settings.lr, settings.lr_decay_epoch) == ('Adam', 0.01, 200)
    assert settings.content_layers == ('conv4_4',)
    assert settings.style_layers == tuple(f'conv{k}_1' for k in range(1, 6))


@pytest.mark.parametrize('change', [
    {'backbone': 'resnet'}, {'optimiser': 'SGD'}, {'start': 'nothing'}, {'style_layers': ['conv9_1']},
    {'content_layers': []}, {'image_shape': [3, 3]}, {'weights': {'content': -1}}, {'unknown': 1}])
def test_settings_that_make_no_sense_are_refused(change):
    stored = json.loads(to_text((Part(Settings(), 3),)))
    stored[0]['settings'].update(change)
    with pytest.raises(ValueError, match='no settings of the Style Lab'):
        from_text(json.dumps(stored))


@pytest.mark.parametrize('text', ['', '[1]', '{"a": 1}', 'null', '[{"settings": 3}]', '[{}]'])
def test_texts_that_are_no_recipe_are_refused(text):
    with pytest.raises(ValueError, match='no settings of the Style Lab'):
        from_text(text)
