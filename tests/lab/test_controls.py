from d2l_style import Weights
from d2l_style.lab.controls import EPOCHS, TrainingControls, WeightControls, merged
from d2l_style.lab.layer_controls import LayerControls
from d2l_style.lab.recipe import Settings

from dataclasses import replace


def test_a_moved_weight_is_reported_and_a_set_one_is_not(record, reports):
    controls = WeightControls(Settings(), record)
    controls.sliders['tv'].number.box.value = 0
    assert reports[-1] == {'weights': {'content': 1, 'style': 1000, 'tv': 0}}
    n = len(reports)
    controls.set(Settings(weights=Weights(2, 3, 4)))
    assert len(reports) == n
    assert [slider.value for slider in controls.sliders.values()] == [2, 3, 4]
    controls.scale.slider.value = 0
    assert reports[-1] == {'style_scale': 0.5}
    controls.scale.number.box.value = 9
    assert reports[-1] == {'style_scale': 0.5}
    assert 'Allowed: 0.25 to 4' in controls.scale.number.note.value


def test_lbfgs_has_no_learning_rate(record, reports):
    controls = TrainingControls(Settings(), record, most_epochs=500)
    controls.optimiser.value = 'L-BFGS'
    assert controls.lr.disabled
    assert controls.decay.disabled
    assert reports == [{'optimiser': 'L-BFGS'}]
    controls.stop.number.box.value = 10_000
    assert controls.stop.value == EPOCHS


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
