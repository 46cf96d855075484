"""Network: its weights by their names, and the outputs of several layers in one pass."""
import mxnet as mx
from mxnet.gluon import nn


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
