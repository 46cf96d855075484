"""Network: the exercise to cut a pretrained network after the last layer that is asked for."""
import numpy as np
from mxnet import nd

from ..backbones import vgg_features
from ..beyond.variations import random_weights
from ..layers import fill
from .verdict import same


def small_network(seed):
    """VGG-19's layers with 4 to 8 channels and random weights, not frozen."""
    layers = vgg_features((4, 4, 8, 8, 8))
    fill(layers, random_weights(layers, seed), None)
    return layers


def compare_trim(trim, seed):
    """The hints for `trim(pretrained_net, content_layers, style_layers)`, none if it is right."""
    layers = small_network(seed)
    X = nd.array(np.random.RandomState(seed).normal(size=(1, 3, 32, 48)))
    for content_layers, style_layers in (([7], [0, 5]), ([2], [0, 5, 10])):
        hints = _trim_hints(trim(layers, content_layers, style_layers), layers, content_layers, style_layers, X)
        if hints:
            return hints
    return ()


def _trim_hints(trimmed, layers, content_layers, style_layers, X):
    if trimmed is None or trimmed is ...:
        return 'it returns nothing yet: build the network, and end with `return`.',
    if not (hasattr(trimmed, 'collect_params') and hasattr(trimmed, '__len__')):
        return (f'it returns {type(trimmed).__name__}; a network of layers is wanted.',
                'Which Gluon block runs its layers one after the other?')
    found, wanted = len(trimmed), max(content_layers + style_layers) + 1
    if found != wanted:
        return _LENGTHS.get(found - wanted) or _wrong_length(found, wanted, layers, content_layers, style_layers)
    return () if same(trimmed(X), layers[:wanted](X)) else (
        'it has as many layers as it should, but says something else than the pretrained ones.',
        'Are these the very layers of the pretrained network, in its order, or new ones like them?')


_LENGTHS = {
    -1: ('the last layer is missing.', '`range(n)` ends before n. Which index does your last layer have?'),
    1: ('it has one layer too many.', 'Which is the last index that is asked for, and how many layers is that?'),
}


def _wrong_length(found, wanted, layers, content_layers, style_layers):
    if found == len(layers):
        return ('nothing is cut off.', 'Layers after the last one asked for cost time, and nobody looks at them.')
    if found in (max(content_layers) + 1, max(style_layers) + 1):
        return ('it looks at one kind of layers only.', 'The last layer may be a content layer or a style layer.')
    if found == len(content_layers + style_layers):
        return ('it keeps the layers that are asked for, and none between them.',
                'What does layer 5 take as its input in the pretrained network?')
    return (f'it has {found} layers where {wanted} are wanted, for content layers {content_layers} and style layers '
            f'{style_layers}.',)
