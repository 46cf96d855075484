"""Layers: what the backbones need and Gluon does not have.

Looks at no other folder. `borders` continues a picture beyond its border, `heads` are 1×1 convolutions that belong to a
small network's weights, `network` fills a network with weights by their names and hands out several layers in one pass.
"""
from .borders import BORDERS, PaddedConv2D, set_borders
from .heads import Head, add_constant
from .network import OnePass, fill, parameter_shapes

__all__ = ['BORDERS', 'Head', 'OnePass', 'PaddedConv2D', 'add_constant', 'fill', 'parameter_shapes', 'set_borders']
