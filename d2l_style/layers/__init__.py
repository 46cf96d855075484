"""Layers: what the backbones need and Gluon does not have.

Looks at no other folder. `borders` continues a picture beyond its border, `heads` are the 1×1 convolutions at the style
layers of the bundled network, `network` fills a network with weights by their names.
"""
from .borders import BORDERS, PaddedConv2D, set_borders
from .heads import add_constant, head
from .network import fill, parameter_shapes

__all__ = ['BORDERS', 'PaddedConv2D', 'add_constant', 'fill', 'head', 'parameter_shapes', 'set_borders']
