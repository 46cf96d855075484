"""Backbones: pretrained networks, asked for by name and never trained.

Chapter, "Extract Features". `vgg19_slim` comes with the package; the others have to be fetched
(`python -m d2l_style weights list`), `vgg19` among them, the chapter's network.
"""
from d2l import mxnet as d2l
from mxnet import nd

from .architectures import find_backbone, parameter_shapes
from .store import find_weights


def load_backbone(name='vgg19_slim', ctx=None):
    """Pretrained and frozen layers of the backbone `name`, a Gluon `HybridSequential`.

    Input: (n, 3, h, w), normalised by `preprocess`. `ctx`: where to put the weights, by default
    `d2l.try_gpu()`. Layer i is what the chapter calls `pretrained_net.features[i]`.
    Raises `ValueError` for an unknown name, `WeightsError` for missing or broken weights.
    """
    backbone = find_backbone(name)
    features = backbone.layers()
    found = find_weights(name, parameter_shapes(features))
    fill(features, {key: nd.array(array) for key, array in found.arrays.items()}, ctx or d2l.try_gpu())
    # the network is only looked through: without this every epoch computes gradients of all
    # its weights for nothing (the chapter's loop does)
    features.collect_params().setattr('grad_req', 'null')
    features.backbone = backbone
    return features


def fill(features, weights, ctx):
    """Give `features` the arrays `features.N.weight` and `features.N.bias` (any dtype) of a dictionary."""
    parameters = features._collect_params_with_prefix()
    for name, parameter in parameters.items():
        parameter.shape = weights[f'features.{name}'].shape
    features.initialize(ctx=ctx)
    for name, parameter in parameters.items():
        parameter.set_data(weights[f'features.{name}'].astype('float32'))
