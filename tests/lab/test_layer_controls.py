from d2l_style.lab.layer_controls import LayerControls
from d2l_style.lab.recipe import Settings


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
