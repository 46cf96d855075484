"""Heads: 1×1 convolutions from the channels of a small network to those of a large one."""
import mxnet as mx
from mxnet.gluon import nn


def add_constant(block, name, array):
    """Give `block` the attribute `name`, a parameter that stays as `array` is.

    Gluon's own `Constant` adds a class to a registry for each, which is never taken out again.
    """
    parameter = block.params.get(name, shape=array.shape, init=mx.init.Zero(), grad_req='null')
    parameter.initialize(ctx=array.context)
    parameter.set_data(array)
    setattr(block, name, parameter)


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
        add_constant(self, 'matrix', matrix)

    def hybrid_forward(self, F, Y, matrix):
        """(n, c, h, w) → (n, C, h, w); called by Gluon."""
        kernel = F.reshape(F.slice_axis(matrix, axis=1, begin=0, end=-1), (0, 0, 1, 1))
        bias = F.reshape(F.slice_axis(matrix, axis=1, begin=-1, end=None), (-1,))
        return F.Convolution(F.relu(Y) if self.after_relu else Y, kernel, bias, kernel=(1, 1),
                             num_filter=self.matrix.shape[0])
