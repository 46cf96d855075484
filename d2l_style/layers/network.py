"""Network: its weights by their names."""
import mxnet as mx


def fill(block, weights, ctx, prefix='features.'):
    """Give a block the weights of a dictionary.

    Args:
        block: A Gluon block; its parameters are initialised.
        weights: Arrays of any dtype, called `features.N.weight` and `features.N.bias`.
        ctx: Where to put them, as `float32`.
        prefix: What stands before Gluon's own names of the parameters.
    """
    parameters = block._collect_params_with_prefix()
    for name, parameter in parameters.items():
        parameter.shape = weights[f'{prefix}{name}'].shape
    block.initialize(ctx=ctx)
    for name, parameter in parameters.items():
        parameter.set_data(weights[f'{prefix}{name}'].astype('float32'))


def parameter_shapes(features):
    """What `fill` needs for a network.

    Args:
        features: Its layers.

    Returns:
        A dictionary like {'features.0.weight': (64, 3, 3, 3), ...}, in the order of the layers.
    """
    symbol = features(mx.sym.var('data'))
    shapes, _, _ = symbol.infer_shape(data=(1, 3, 224, 224))
    shapes = dict(zip(symbol.list_arguments(), shapes))
    return {f'features.{key}': shapes[parameter.name]
            for key, parameter in features._collect_params_with_prefix().items()}
