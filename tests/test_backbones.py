import mxnet as mx
import numpy as np
import pytest
from mxnet import nd

from d2l_style import BACKBONES, WeightsError, layer_names, load_backbone
from d2l_style.backbones import vgg19_features


def test_layer_names_agree_with_the_chapter():
    names = layer_names()
    assert [names[i] for i in (0, 5, 10, 19, 28)] == [f'conv{block}_1' for block in range(1, 6)]
    assert names[25] == 'conv4_4'
    assert names[-1] == 'pool5'


def test_names_fit_the_layers_of_gluon():
    for name, layer in zip(layer_names(), vgg19_features((4, 4, 4, 4, 4))):
        kind = {'conv': 'Conv2D', 'relu': 'Activation', 'pool': 'MaxPool2D'}[name[:4]]
        assert type(layer).__name__ == kind


def test_slim_is_small_frozen_and_complete():
    net = load_backbone('vgg19_slim', mx.cpu())
    assert len(net) == 29
    assert BACKBONES['vgg19_slim'].file().stat().st_size <= 2.5e6
    assert all(p.grad_req == 'null' for p in net.collect_params().values())
    assert net(nd.zeros((1, 3, 32, 48))).shape == (1, 128, 2, 3)


def test_an_unknown_backbone_names_the_known_ones():
    with pytest.raises(ValueError, match="no backbone 'vgg18'.*vgg19_slim, vgg19"):
        load_backbone('vgg18')


def test_missing_weights_name_file_folder_and_alternative(tmp_path, monkeypatch):
    monkeypatch.setenv('MXNET_HOME', str(tmp_path))
    with pytest.raises(WeightsError) as error:
        load_backbone('vgg19')
    for part in ('vgg19-f713436f.params', str(tmp_path / 'models'), 'vgg19_slim'):
        assert part in str(error.value)


@pytest.mark.parametrize('content', [
    None, {'output.bias': nd.zeros(3)}, [nd.zeros(3)],
    {'features.0.weight': nd.zeros((16, 3, 3, 3)), 'features.0.bias': nd.zeros(16)}],
    ids=['half a file', 'no features', 'no names', 'another network'])
def test_weights_that_do_not_fit_are_reported(tmp_path, monkeypatch, content):
    monkeypatch.setenv('MXNET_HOME', str(tmp_path))
    (tmp_path / 'models').mkdir()
    file = tmp_path / 'models' / 'vgg19-f713436f.params'
    if content is None:
        file.write_bytes(b'half a file')
    else:
        nd.save(str(file), content)
    with pytest.raises(WeightsError, match='damaged or holds something else'):
        load_backbone('vgg19')


def test_vgg19_reads_a_file_in_the_form_of_the_model_zoo(tmp_path, monkeypatch):
    monkeypatch.setenv('MXNET_HOME', str(tmp_path))
    (tmp_path / 'models').mkdir()
    features = vgg19_features(BACKBONES['vgg19'].channels)
    features.initialize()
    features(nd.zeros((1, 3, 32, 32)))
    nd.waitall()  # a first pass rearranges the weights in the background: not while they are saved
    weights = {f'features.{name}': p.data() for name, p in features._collect_params_with_prefix().items()}
    nd.save(str(tmp_path / 'models' / 'vgg19-f713436f.params'), {**weights, 'output.bias': nd.zeros(1000)})
    net = load_backbone('vgg19', mx.cpu())
    X = nd.random.normal(shape=(1, 3, 32, 32))
    assert np.allclose(net(X).asnumpy(), features(X).asnumpy(), rtol=1e-4, atol=1e-6)
