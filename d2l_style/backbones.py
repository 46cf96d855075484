"""Backbones: pretrained VGG-19 networks, asked for by name and never trained.

Chapter, "Extract Features". `vgg19_slim` comes with the package; `vgg19` is the chapter's
network, whose file has to be put in MXNet's model folder.
"""
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from d2l import mxnet as d2l
from mxnet import nd
from mxnet.base import MXNetError
from mxnet.gluon.model_zoo import vision

CONVOLUTIONS = (2, 2, 4, 4, 4)  # per block: VGG-19, Simonyan & Zisserman 2015, table 1, column E
VGG19_CHANNELS = (64, 128, 256, 512, 512)
SLIM_CHANNELS = (16, 32, 64, 128, 128)


class WeightsError(FileNotFoundError):
    """The weights of a backbone are missing or cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Backbone:
    """One entry of the registry: the channels of the five blocks, and where the weights lie."""

    channels: tuple
    file: Callable[[], Path]
    about: str
    last: int  # index of the last layer that the weights file covers


def layer_names():
    """Name of every VGG-19 layer in the order of its index: `conv1_1` is 0, `conv4_4` is 25."""
    names = []
    for block, convolutions in enumerate(CONVOLUTIONS, start=1):
        for i in range(1, convolutions + 1):
            names += [f'conv{block}_{i}', f'relu{block}_{i}']
        names.append(f'pool{block}')
    return names


def zoo_folder():
    """Where MXNet keeps downloaded models: `$MXNET_HOME/models`, by default `~/.mxnet/models`."""
    return Path(os.environ.get('MXNET_HOME', Path.home() / '.mxnet')).expanduser() / 'models'


BACKBONES = {
    'vgg19_slim': Backbone(
        SLIM_CHANNELS, lambda: Path(__file__).parent / 'pretrained' / 'vgg19_slim.params',
        'VGG-19 with a quarter of the channels, distilled from the real one, up to conv5_1 (embedded)',
        layer_names().index('conv5_1')),
    'vgg19': Backbone(
        VGG19_CHANNELS, lambda: zoo_folder() / 'vgg19-f713436f.params',
        "the chapter's VGG-19 with ImageNet weights, from Gluon's model zoo (548 MB, a file of your own)",
        layer_names().index('pool5')),
}


def vgg19_features(channels):
    """Untrained VGG-19 layers, without the classifier, as a Gluon `HybridSequential`."""
    return vision.VGG(list(CONVOLUTIONS), list(channels)).features[:len(layer_names())]


def load_backbone(name='vgg19_slim', ctx=None):
    """Pretrained and frozen layers of the backbone `name`, a Gluon `HybridSequential`.

    Input: (n, 3, h, w), normalised by `preprocess`. `ctx`: where to put the weights, by default
    `d2l.try_gpu()`. Layer i is what the chapter calls `pretrained_net.features[i]`.
    Raises `ValueError` for an unknown name, `WeightsError` for a missing or broken weights file.
    """
    if name not in BACKBONES:
        raise ValueError(f'there is no backbone {name!r}: choose one of {", ".join(BACKBONES)}')
    backbone = BACKBONES[name]
    features = vgg19_features(backbone.channels)[:backbone.last + 1]
    _fill_from_file(features, name, backbone.file(), ctx or d2l.try_gpu())
    # the network is only looked through: without this every epoch computes gradients of all
    # its weights for nothing (the chapter's loop does)
    features.collect_params().setattr('grad_req', 'null')
    return features


def fill(features, weights, ctx):
    """Give `features` the arrays `features.N.weight` and `features.N.bias` (any dtype) of a dictionary."""
    parameters = features._collect_params_with_prefix()
    for name, parameter in parameters.items():
        parameter.shape = weights[f'features.{name}'].shape
    features.initialize(ctx=ctx)
    for name, parameter in parameters.items():
        parameter.set_data(weights[f'features.{name}'].astype('float32'))


def _fill_from_file(features, name, file, ctx):
    if not file.is_file():
        raise WeightsError(f"the weights of '{name}' are missing: put {file.name} into {file.parent} "
                           "(or set MXNET_HOME), or use the backbone 'vgg19_slim', which needs no file")
    try:
        fill(features, nd.load(str(file)), ctx)
    except (MXNetError, KeyError, TypeError, AssertionError):  # no such format, names or shapes
        raise WeightsError(f"the weights of '{name}' cannot be read: {file} is damaged or holds something else; "
                           "copy it again, or use the backbone 'vgg19_slim'") from None
