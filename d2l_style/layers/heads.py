"""Heads: 1×1 convolutions from a small network's channels to channels whose Gram matrices are like the real one's."""
from mxnet.gluon import nn


def head(inputs, outputs, after_relu=False):
    """An untrained 1×1 convolution.

    Wang, Li, Wang, Hu, Yang, *Collaborative Distillation for Ultra-Resolution Universal Style Transfer*, CVPR 2020,
    section 3.2: "linear embedding".

    Args:
        inputs: Channels of the layer.
        outputs: Channels that come out.
        after_relu: Whether it looks at the layer after its ReLU.

    Returns:
        A Gluon block, which maps (n, inputs, h, w) to (n, outputs, h, w).
    """
    block = nn.HybridSequential()
    if after_relu:
        block.add(nn.Activation('relu'))
    block.add(nn.Conv2D(outputs, kernel_size=1, in_channels=inputs))
    return block


def add_constant(block, name, array):
    """Give a block a parameter that stays as it is.

    Gluon's own `Constant` adds a class to a registry for each, which is never taken out again.

    Args:
        block: A Gluon block.
        name: Of the attribute.
        array: An `NDArray` of any shape; the parameter is where it is.
    """
    parameter = block.params.get(name, shape=array.shape, init='zeros', grad_req='null')
    parameter.initialize(ctx=array.context)
    parameter.set_data(array)
    setattr(block, name, parameter)
