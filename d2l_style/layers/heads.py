"""Heads: 1×1 convolutions from a small network's channels to channels whose Gram matrices are like the real one's."""
from mxnet.gluon import nn


def head(inputs, outputs, after_relu=False):
    """An untrained 1×1 convolution, a Gluon block: (n, inputs, h, w) → (n, outputs, h, w).

    `after_relu`: whether it looks at the layer after its ReLU. Wang, Li, Wang, Hu, Yang, *Collaborative Distillation
    for Ultra-Resolution Universal Style Transfer*, CVPR 2020, section 3.2: "linear embedding".
    """
    block = nn.HybridSequential()
    if after_relu:
        block.add(nn.Activation('relu'))
    block.add(nn.Conv2D(outputs, kernel_size=1, in_channels=inputs))
    return block


def add_constant(block, name, array):
    """Give `block` the attribute `name`, a parameter that stays as `array` is.

    Gluon's own `Constant` adds a class to a registry for each, which is never taken out again.
    """
    parameter = block.params.get(name, shape=array.shape, init='zeros', grad_req='null')
    parameter.initialize(ctx=array.context)
    parameter.set_data(array)
    setattr(block, name, parameter)
