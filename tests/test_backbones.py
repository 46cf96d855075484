from d2l_style import BACKBONES, FeatureNet, WeightsError, extract_features, find_backbone, layer_names, load_backbone
from d2l_style.backbones import VGG16, VGG19_CHANNELS, parameter_shapes, vgg_features
from d2l_style.store.folders import zoo_folder
from d2l_style.store.registry import WEIGHTS
from d2l_style.store.zoo import sha1

import sys

import mxnet as mx
import numpy as np
import pytest
from mxnet import nd
from mxnet.gluon.model_zoo import vision


@pytest.fixture
def published(monkeypatch):
    """Give a network's weights to MXNet's model folder as if they were the published file of `name`."""
    def publish(name, arrays):
        zoo_folder().mkdir(parents=True)
        file = zoo_folder() / 'new.params'
        nd.save(str(file), arrays)
        weights = WEIGHTS[name].__class__(**{**vars(WEIGHTS[name]), 'sha1': sha1(file), 'size': file.stat().st_size})
        monkeypatch.setitem(WEIGHTS, name, weights)
        file.rename(zoo_folder() / weights.file)
    return publish


def trained(features):
    """Random weights of all layers as Gluon's zoo stores them, {name: array}."""
    features.initialize(mx.init.MSRAPrelu(slope=0))
    features(nd.zeros((1, 3, 64, 64)))
    nd.waitall()  # a first pass rearranges the weights in the background: not while they are saved
    return {f'features.{name}': p.data() for name, p in features._collect_params_with_prefix().items()}


def test_layer_names_agree_with_the_chapter():
    names = layer_names()
    assert [names[i] for i in (0, 5, 10, 19, 28)] == [f'conv{block}_1' for block in range(1, 6)]
    assert names[25] == 'conv4_4'
    assert names[-1] == 'pool5'


@pytest.mark.parametrize(('features', 'names'), [
    (vgg_features((4, 4, 4, 4, 4)), layer_names()),
    (vision.vgg16().features, layer_names(VGG16)),
    (vision.squeezenet1_1().features, BACKBONES['squeezenet1_1'].names)], ids=['vgg19', 'vgg16', 'squeezenet1_1'])
def test_names_fit_the_layers_of_gluon(features, names):
    kinds = {'conv': 'Conv2D', 'relu': 'Activation', 'pool': 'MaxPool2D', 'fire': 'HybridSequential'}
    assert [type(layer).__name__ for layer, _ in zip(features, names)] == [kinds[name[:4]] for name in names]


@pytest.mark.parametrize('name', BACKBONES)
def test_every_backbone_has_layers_that_suit_it(name):
    backbone = BACKBONES[name]
    assert {*backbone.content_layers, *backbone.style_layers} <= {*backbone.learned()} <= {*backbone.names}
    assert name in WEIGHTS and len(parameter_shapes(backbone.layers())) > 20


def test_slim_is_small_frozen_and_complete():
    net = load_backbone('vgg19_slim', mx.cpu())
    assert len(net) == 29
    assert WEIGHTS['vgg19_slim'].embedded.stat().st_size <= 2.5e6
    assert all(p.grad_req == 'null' for p in net.collect_params().values())
    assert net(nd.zeros((1, 3, 32, 48))).shape == (1, 128, 2, 3)
    assert {i: head[-1].weight.shape for i, head in net.heads.items()} == {
        0: (16, 16, 1, 1), 5: (32, 32, 1, 1), 10: (64, 64, 1, 1), 19: (128, 128, 1, 1), 28: (128, 128, 1, 1)}
    assert all(p.grad_req == 'null' for head in net.heads.values() for p in head.collect_params().values())


def test_slim_has_a_quarter_of_the_books_channels_at_every_style_layer():
    net = FeatureNet(load_backbone('vgg19_slim', mx.cpu()))
    _, styles = extract_features(nd.zeros((1, 3, 150, 225)), net)
    assert [Y.shape for Y in styles] == [(1, 16, 150, 225), (1, 32, 75, 112), (1, 64, 37, 56), (1, 128, 18, 28),
                                         (1, 128, 9, 14)]


def test_an_unknown_backbone_names_the_known_ones():
    with pytest.raises(ValueError, match="no backbone 'vgg18'.*vgg19_slim, vgg19.*weights import FILE --as NAME"):
        load_backbone('vgg18')


def test_missing_weights_name_the_commands_the_places_and_the_alternative(tmp_path):
    with pytest.raises(WeightsError) as error:
        load_backbone('vgg19')
    for part in (sys.executable, ' -m d2l_style weights fetch vgg19\n', 'with ! in front',
                 'weights import FILE', 'vgg19_slim',
                 str(tmp_path / 'cache'), str(tmp_path / 'mxnet' / 'models' / 'vgg19-f7134366.params')):
        assert part in str(error.value)


def test_a_published_file_that_was_changed_is_not_taken(tmp_path):
    zoo_folder().mkdir(parents=True)
    (zoo_folder() / WEIGHTS['vgg19'].file).write_bytes(b'half a file')
    with pytest.raises(WeightsError, match='SHA-1 is not f713436691eee9a20d70a145ce0d53ed24bf7399'):
        load_backbone('vgg19')


@pytest.mark.parametrize('content', [
    {'output.bias': nd.zeros(3)},
    {'features.0.weight': nd.zeros((16, 3, 3, 3)), 'features.0.bias': nd.zeros(16)}],
    ids=['no features', 'another network'])
def test_weights_that_do_not_fit_are_reported(published, content):
    published('vgg19', content)
    with pytest.raises(WeightsError, match='does not fit: features.0.weight should be'):
        load_backbone('vgg19')


@pytest.mark.parametrize(('name', 'features'), [
    ('vgg19', vgg_features(VGG19_CHANNELS)),
    ('vgg16', vision.vgg16().features), ('squeezenet1_1', vision.squeezenet1_1().features)])
def test_files_in_the_form_of_the_model_zoo_are_read(published, name, features):
    published(name, {**trained(features), 'output.bias': nd.zeros(1000)})
    pretrained_net = load_backbone(name, mx.cpu())
    net = FeatureNet(pretrained_net)
    assert [net.names[i] for i in net.style_layers] == list(BACKBONES[name].style_layers)
    X = nd.random.normal(shape=(1, 3, 64, 96))
    last = len(pretrained_net)
    assert np.allclose(pretrained_net(X).asnumpy(), features[:last](X).asnumpy(), rtol=1e-4, atol=1e-5)
    assert all(p.grad_req == 'null' for p in pretrained_net.collect_params().values())
    contents, styles = extract_features(X, net)
    assert len(contents) == 1 and len(styles) == len(BACKBONES[name].style_layers)


def test_the_hashes_of_the_zoo_are_those_that_mxnet_has():
    from mxnet.gluon.model_zoo.model_store import _model_sha1
    newer = [weights for name, weights in WEIGHTS.items() if weights.zoo and name != 'vgg19']
    assert all(_model_sha1[weights.zoo] == weights.sha1 for weights in newer) and len(newer) == 3
    assert find_backbone('vgg19') is BACKBONES['vgg19']
