"""Layers: what the networks need and Gluon does not have: weights by name, other borders, and linear heads."""
import mxnet as mx
from mxnet.gluon import nn

BORDERS = ('zeros', 'edge', 'reflect')


def fill(features, weights, ctx):
    """Give `features` the arrays `features.N.weight` and `features.N.bias` (any dtype) of a dictionary."""
    parameters = features._collect_params_with_prefix()
    for name, parameter in parameters.items():
        parameter.shape = weights[f'features.{name}'].shape
    features.initialize(ctx=ctx)
    for name, parameter in parameters.items():
        parameter.set_data(weights[f'features.{name}'].astype('float32'))


def parameter_shapes(features):
    """{'features.0.weight': (64, 3, 3, 3), ...}: what `fill` needs, in the order of the layers."""
    symbol = features(mx.sym.var('data'))
    shapes, _, _ = symbol.infer_shape(data=(1, 3, 224, 224))
    shapes = dict(zip(symbol.list_arguments(), shapes))
    return {f'features.{key}': shapes[parameter.name]
            for key, parameter in features._collect_params_with_prefix().items()}


class PaddedConv2D(nn.Conv2D):
    """A 3×3 convolution that continues the picture beyond its border, where Gluon's sees zeros.

    Zeros are a dark edge around every picture, and an optimiser paints a frame against it. `borders`:
    'edge' repeats the outermost pixels, 'reflect' mirrors those inside them (both sides at least 2, which after
    four poolings takes a picture of 32).
    """

    borders = 'edge'

    def hybrid_forward(self, F, X, **parameters):
        """(n, c, h, w) → (n, C, h, w); called by Gluon."""
        X = F.pad(X, mode=self.borders, pad_width=(0, 0, 0, 0, 1, 1, 1, 1))
        return super().hybrid_forward(F, X, **parameters)


def set_borders(features, borders):
    """Change in place what the convolutions of a network see beyond the border: one of `BORDERS`.

    Only those that have a border of one pixel, the 3×3 ones; weights and indices stay. Raises `ValueError`
    for anything else.
    """
    if borders not in BORDERS:
        raise ValueError(f'borders is {borders!r}: choose one of {", ".join(BORDERS)}')

    def change(layer):
        if isinstance(layer, PaddedConv2D) or (isinstance(layer, nn.Conv2D) and layer._kwargs['pad'] == (1, 1)):
            layer.__class__ = nn.Conv2D if borders == 'zeros' else PaddedConv2D
            layer.borders = borders
            layer._kwargs['pad'] = (1, 1) if borders == 'zeros' else (0, 0)

    features.apply(change)


def keep(block, name, array):
    """Give `block` the attribute `name`, a parameter that stays as `array` is.

    Gluon's own `Constant` adds a class to a registry for each, which is never taken out again.
    """
    parameter = block.params.get(name, shape=array.shape, init=mx.init.Zero(), grad_req='null')
    parameter.initialize(ctx=array.context)
    parameter.set_data(array)
    setattr(block, name, parameter)


class OnePass(nn.HybridBlock):
    """What some `layers` of `body`, a `HybridSequential`, put out: (n, 3, h, w) → a list, in their order."""

    def __init__(self, body, layers):
        super().__init__()
        self.body, self.layers = body, layers

    def hybrid_forward(self, F, X):  # noqa: ARG002  Gluon gives it
        """One layer after the other; called by Gluon."""
        outputs = []
        for i, layer in enumerate(self.body):
            X = layer(X)
            if i in self.layers:
                outputs.append(X)
        return outputs


class Head(nn.HybridBlock):
    """A linear map from the channels of a small network's layer to those that the real one has there.

    `matrix`: (C, c + 1), an `NDArray`; its last column is added at every place. `after_relu`: whether
    it looks at the layer after its ReLU. A call maps (n, c, h, w) to (n, C, h, w).
    Wang, Li, Wang, Hu, Yang, *Collaborative Distillation for Ultra-Resolution Universal Style Transfer*,
    CVPR 2020, section 3.2: "linear embedding".
    """

    def __init__(self, matrix, after_relu=False):
        super().__init__()
        self.after_relu = after_relu
        keep(self, 'matrix', matrix)

    def hybrid_forward(self, F, Y, matrix):
        """(n, c, h, w) → (n, C, h, w); called by Gluon."""
        kernel = F.reshape(F.slice_axis(matrix, axis=1, begin=0, end=-1), (0, 0, 1, 1))
        bias = F.reshape(F.slice_axis(matrix, axis=1, begin=-1, end=None), (-1,))
        return F.Convolution(F.relu(Y) if self.after_relu else Y, kernel, bias, kernel=(1, 1),
                             num_filter=self.matrix.shape[0])


class GramSum(nn.HybridBlock):
    """Sum over all places of the products of channels, after `head` (None: of the layer itself): (C, C).

    A call takes the layer's own features (1, c, h, w). What a head adds to them is the same at every place, so
    the products of the large features come out of those of the small ones, and of their sums.
    """

    def __init__(self, head=None):
        super().__init__()
        self.after_relu = bool(head) and head.after_relu
        self.matrix = head and head.matrix

    def hybrid_forward(self, F, Y, matrix=None):
        """(1, c, h, w) → (C, C); called by Gluon."""
        Y = F.reshape(F.relu(Y) if self.after_relu else Y, (-3, -1))
        products = F.linalg.syrk(Y)  # Y·Yᵀ without the transposition
        if matrix is None:
            return products
        weights = F.slice_axis(matrix, axis=1, begin=0, end=-1)
        bias = F.slice_axis(matrix, axis=1, begin=-1, end=None)
        ones = F.ones_like(F.slice_axis(Y, axis=0, begin=0, end=1))
        sums = F.dot(weights, F.dot(Y, ones, transpose_b=True))  # F.sum would take one core
        mixed = F.dot(sums, bias, transpose_b=True)
        places = F.reshape(F.cast(F.size_array(ones), 'float32'), (1, 1))
        return (F.dot(F.dot(weights, products), weights, transpose_b=True) + mixed + F.transpose(mixed)
                + F.broadcast_mul(F.dot(bias, bias, transpose_b=True), places))
