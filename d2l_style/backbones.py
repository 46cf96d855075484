"""Backbones: pretrained networks, asked for by name and never trained, and the layers that suit style transfer.

Chapter, "Extract Features". Layers are counted as in Gluon's `vgg19().features`. `vgg19_slim` comes with the package;
the others have to be fetched (`python -m d2l_style weights list`), `vgg19` among them, the chapter's network.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import mxnet as mx
from d2l import mxnet as d2l
from mxnet import nd
from mxnet.gluon import nn
from mxnet.gluon.model_zoo import vision

from .layers import fill, head, parameter_shapes, set_borders
from .store import find_weights, own_weights

# convolutions of the five blocks: Simonyan & Zisserman 2015, table 1, columns E and D
VGG19, VGG16 = (2, 2, 4, 4, 4), (2, 2, 3, 3, 3)
VGG19_CHANNELS, SLIM_CHANNELS = (64, 128, 256, 512, 512), (16, 32, 64, 128, 128)
BLOCK_STARTS = tuple(f'conv{block}_1' for block in range(1, 6))
AFTER_RELU = ('conv4_1', 'conv5_1')  # layers whose head looks at them after their ReLU
# the paper counts what learns: Iandola et al. 2016, table 1, with the poolings of version 1.1
SQUEEZENET = ('conv1', 'relu1', 'pool1', 'fire2', 'fire3', 'pool3', 'fire4', 'fire5', 'pool5', 'fire6', 'fire7',
              'fire8', 'fire9')


@dataclass(frozen=True)
class Backbone:
    """A network: its layers, those that suit style transfer, and how to build it untrained.

    Attributes:
        names: Its layers, in the order of their indices.
        content_layers: Those that suit as content layers.
        style_layers: Those that suit as style layers.
        build: Returns the untrained layers.
        heads: The layers that are looked at through a 1×1 convolution.
        borders: What convolutions see beyond the border, as in `load_backbone`.
    """

    names: tuple[str, ...]
    content_layers: tuple[str, ...]
    style_layers: tuple[str, ...]
    build: Callable[[], nn.HybridSequential]
    heads: tuple[str, ...] = ()
    borders: str = 'zeros'

    def layers(self) -> nn.HybridSequential:
        """Its layers, untrained, as a Gluon `HybridSequential`."""
        return self.build()[:len(self.names)]

    def learned(self) -> list[str]:
        """The names of the layers that learn: convolutions and fire modules, without ReLU and pooling."""
        return [name for name in self.names if name.startswith(('conv', 'fire'))]


def layer_names(convolutions: Sequence[int] = VGG19) -> list[str]:
    """Name of every VGG layer in the order of its index.

    Args:
        convolutions: How many each of the five blocks has, by default VGG-19's.

    Returns:
        The names; for VGG-19 `conv1_1` is 0, `conv4_4` is 25.
    """
    names = []
    for block, number in enumerate(convolutions, start=1):
        for i in range(1, number + 1):
            names += [f'conv{block}_{i}', f'relu{block}_{i}']
        names.append(f'pool{block}')
    return names


def vgg_features(channels: Sequence[int], convolutions: Sequence[int] = VGG19) -> nn.HybridSequential:
    """Untrained layers of a VGG, without the classifier. Simonyan & Zisserman 2015, table 1.

    Args:
        channels: How many each of the five blocks has.
        convolutions: How many each of the five blocks has.

    Returns:
        The layers, to which a picture (n, 3, h, w) can be given once they are filled.
    """
    return vision.VGG(list(convolutions), list(channels)).features[:len(layer_names(convolutions))]


def vgg(convolutions: Sequence[int], channels: Sequence[int]) -> Backbone:
    """A VGG up to conv5_1, with the chapter's choice: each block's first convolution, and the fourth's last one.

    Args:
        convolutions: How many each of the five blocks has.
        channels: How many each of the five blocks has.

    Returns:
        The `Backbone`.
    """
    names = layer_names(convolutions)
    return Backbone(tuple(names[:names.index('conv5_1') + 1]), (f'conv4_{convolutions[3]}',),
                    BLOCK_STARTS, lambda: vgg_features(channels, convolutions))


BACKBONES = {
    'vgg19_slim': replace(vgg(VGG19, SLIM_CHANNELS), heads=BLOCK_STARTS, borders='edge'),
    'vgg19': vgg(VGG19, VGG19_CHANNELS),
    'vgg19_2018': vgg(VGG19, VGG19_CHANNELS),
    'vgg19_torchvision': vgg(VGG19, VGG19_CHANNELS),
    'vgg16': vgg(VGG16, VGG19_CHANNELS),
    # the layers that Stanford's CS231n (2017, assignment 3) takes for style transfer, but for conv1 before its ReLU
    'squeezenet1_1': Backbone(SQUEEZENET, ('fire2',), ('conv1', 'fire3', 'fire4', 'fire5'),
                              lambda: vision.SqueezeNet('1.1').features),
}


def load_backbone(name: str = 'vgg19_slim', ctx: mx.Context | None = None,
                  borders: str | None = None) -> nn.HybridSequential:
    """Pretrained and frozen layers of a backbone. Chapter, "Extract Features".

    Args:
        name: One of `BACKBONES`, or weights that were brought in under that name.
        ctx: Where to put the weights, by default `d2l.try_gpu()`.
        borders: What convolutions see beyond the border, 'zeros' (the chapter), 'edge' or 'reflect'; by default what
            suits the backbone.

    Returns:
        A Gluon `HybridSequential` for pictures (n, 3, h, w), normalised by `preprocess`; layer i is the chapter's
        `pretrained_net.features[i]`. Its `heads`: {layer: a 1×1 convolution that style transfer looks through}; only
        the bundled network has some.

    Raises:
        ValueError: For an unknown name or other borders.
        WeightsError: For missing or broken weights.
    """
    backbone, ctx = find_backbone(name), ctx or d2l.try_gpu()
    features = backbone.layers()
    shapes = parameter_shapes(features)
    channels = {i: shapes[f'features.{i}.bias'][0] for i, layer in enumerate(backbone.names) if layer in backbone.heads}
    for i, c in channels.items():
        shapes.update({f'heads.{i}.weight': (c, c, 1, 1), f'heads.{i}.bias': (c,)})
    weights = {key: nd.array(array, ctx=ctx) for key, array in find_weights(name, shapes).arrays.items()}
    fill(features, weights, ctx)
    set_borders(features, borders or backbone.borders)
    # the network is only looked through: without this every epoch computes gradients of all
    # its weights for nothing (the chapter's loop does)
    features.collect_params().setattr('grad_req', 'null')
    features.backbone = backbone
    heads = {i: _head(i, c, backbone.names[i] in AFTER_RELU, weights, ctx) for i, c in channels.items()}
    features.heads = MappingProxyType(heads)  # of a plain dictionary Gluon would ask why it is not registered
    return features


def _head(i, channels, after_relu, weights, ctx):
    block = head(channels, channels, after_relu)
    fill(block[-1], weights, ctx, prefix=f'heads.{i}.')
    block.collect_params().setattr('grad_req', 'null')
    return block


def backbone_of(pretrained_net: nn.HybridSequential) -> Backbone:
    """The `Backbone` of a network; one that `load_backbone` did not make is read as VGG-19.

    Args:
        pretrained_net: The network.

    Returns:
        Its layers' names and what suits them.
    """
    return getattr(pretrained_net, 'backbone', None) or replace(BACKBONES['vgg19'], names=tuple(layer_names()))


def find_backbone(name: str) -> Backbone:
    """A backbone by its name.

    Args:
        name: One of `BACKBONES`, or weights that the user brought in.

    Returns:
        The `Backbone`, without weights.

    Raises:
        ValueError: For an unknown name.
    """
    if name in BACKBONES:
        return BACKBONES[name]
    own = own_weights()
    if name not in own:
        raise ValueError(f'there is no backbone {name!r}: choose one of {", ".join([*BACKBONES, *own])}, or bring in '
                         'weights of your own: python -m d2l_style weights import FILE --as NAME')
    backbone, last = own[name]
    return _cut(BACKBONES[backbone], last)


def _cut(backbone, last):
    """`backbone` up to the layer of index `last`; where its content layer is gone, the last one that learns.

    Without heads and with the chapter's borders: those of the bundled network belong to its own weights.
    """
    short = replace(backbone, names=backbone.names[:last + 1], heads=(), borders='zeros')
    content = tuple(name for name in backbone.content_layers if name in short.names) or (short.learned()[-1],)
    return replace(short, content_layers=content,
                   style_layers=tuple(name for name in backbone.style_layers if name in short.names))
