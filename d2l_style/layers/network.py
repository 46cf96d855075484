"""Network: its weights by their names."""
import mxnet as mx


def fill(block, weights, ctx, prefix='features.'):
    """Give `block` the arrays called `features.N.weight` and `features.N.bias` (any dtype) of a dictionary.

    `prefix`: what stands before Gluon's own names of the parameters.
    """
    parameters = block._collect_params_with_prefix()
    for name, parameter in parameters.items():
        parameter.shape = weights[f'{prefix}{name}'].shape
    block.initialize(ctx=ctx)
    for name, parameter in parameters.items():
        parameter.set_data(weights[f'{prefix}{name}'].astype('float32'))


def parameter_shapes(features):
    """{'features.0.weight': (64, 3, 3, 3), ...}: what `fill` needs, in the order of the layers."""
    symbol = features(mx.sym.var('data'))
    shapes, _, _ = symbol.infer_shape(data=(1, 3, 224, 224))
    shapes = dict(zip(symbol.list_arguments(), shapes))
    return {f'features.{key}': shapes[parameter.name]
            for key, parameter in features._collect_params_with_prefix().items()}
