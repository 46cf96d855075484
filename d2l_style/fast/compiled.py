"""Compiled: the network and all losses in one graph, which is what makes an epoch fast.

The chapter calls layer after layer and loss after loss from Python. Here MXNet sees all of it at
once: it plans the memory, keeps the layout that its convolutions like, and Python waits once.
"""
import ctypes
import gc
import sys
from contextlib import suppress

import mxnet as mx
import numpy as np
from mxnet import autograd, nd
from mxnet.gluon import nn

from ..compat.device import check_memory
from ..layers import add_constant


class TransferLoss(nn.HybridBlock):
    """`extract_features` and `compute_loss` as one compiled graph.

    `net`: a `FeatureNet`; `contents_Y`, `styles_Y_gram`: the targets. `huber`: see `rounded_tv_loss`.
    A call maps a picture (1, 3, h, w) and `Weights` to the loss to optimise, of shape (1,), and the
    weighted losses: one a content layer, one a style layer, TV. Those are the chapter's always.
    """

    def __init__(self, net, contents_Y, styles_Y_gram, huber=0):
        _give_back()
        super().__init__()
        self.trunk, self.layers, self.huber = net.trunk, net.layers, huber
        self.content_layers, self.style_layers = net.content_layers, net.style_layers
        self.contents_Y, self.styles_Y_gram, self.heads = contents_Y, styles_Y_gram, net.heads.get
        self.styles = None  # their graphs need the size of the picture

    def check(self, X):
        """Raise `ValueError` where the targets do not fit `X` (1, 3, h, w) and the network, or `X` not the GPU."""
        first = next(iter(self.trunk.collect_params().values()))  # weights of the first convolution, a row a channel
        check_memory(X.context, (X.shape[3], X.shape[2]), first.shape[0])
        shapes = self._shapes(X)
        if [Y.shape for Y in self.contents_Y] != [shapes[i] for i in self.content_layers]:
            raise ValueError('contents_Y does not fit X: call get_contents with the size of X and the same net')
        if [len(G) for G in self.styles_Y_gram] != [shapes[i][1] for i in self.style_layers]:
            raise ValueError('styles_Y does not fit the style layers: call get_styles with the same net')

    def _shapes(self, X):
        """{layer: shape of its features, after its head}; nothing is computed."""
        outputs = mx.sym.Group(self.trunk(mx.sym.var('X')))
        shapes = dict(zip(self.layers, outputs.infer_shape(X=X.shape)[1]))
        widths = {i: self.heads(i).matrix.shape[0] for i in shapes if self.heads(i)}
        return {i: (1, widths.get(i, shape[1]), *shape[2:]) for i, shape in shapes.items()}

    def _build(self, X):
        shapes = self._shapes(X)
        self.styles = [StyleError(G, self.heads(i), shapes[i][2] * shapes[i][3])
                       for i, G in zip(self.style_layers, self.styles_Y_gram)]
        for block in (*filter(None, map(self.heads, self.content_layers)), *self.styles):
            self.register_child(block)
        self.hybridize(static_alloc=True, static_shape=True)

    def __call__(self, X, weights):
        """The loss to optimise and the weighted losses of `X` (1, 3, h, w): see the class."""
        if self.styles is None:
            self._build(X)
        factors = [weights.content] * len(self.content_layers) + weights.style_layers(len(self.styles)) + [weights.tv]
        return super().__call__(X, nd.array(factors, ctx=X.context), *self.contents_Y)

    def gradient(self, X, weights):
        """Both results of a call, and the gradient of the first with respect to `X` (1, 3, h, w)."""
        X.attach_grad()
        with autograd.record():
            l, losses = self(X, weights)
        l.backward()
        return l, losses, X.grad

    def close(self):
        """Give back the memory of the graph: Gluon keeps this block for as long as the network that it has called."""
        self._clear_cached_op()

    def hybrid_forward(self, F, X, factors, *contents_Y):
        """The losses out of the network's outputs; called by Gluon, with `nd` or `sym` as `F`."""
        outputs = dict(zip(self.layers, self.trunk(X)))
        contents = [F.mean(F.square(self._with_head(i, outputs[i]) - Y))
                    for i, Y in zip(self.content_layers, contents_Y)]
        styles = [style(outputs[i]) for i, style in zip(self.style_layers, self.styles)]
        tv, rounding = rounded_tv_loss(F, X, self.huber)
        losses = F.concat(*contents, *styles, tv, dim=0) * factors
        smooth = F.concat(*contents, *styles, tv + rounding, dim=0) * factors if self.huber else losses
        return F.sum(smooth), F.BlockGrad(losses)

    def _with_head(self, i, Y):
        head = self.heads(i)
        return head(Y) if head else Y


def _give_back():
    """Give the memory of blocks that nobody uses back to the system."""
    gc.collect()  # Gluon's blocks refer to themselves
    if sys.platform == 'linux':
        with suppress(AttributeError):  # glibc keeps what was freed for later; other C libraries have no such function
            ctypes.CDLL(None).malloc_trim(0)


class StyleError(nn.HybridBlock):
    """`style_loss` of a layer, out of its own features, whatever its head: (1, c, h, w) → (1,).

    `gram_Y`: the target (C, C). `head`: a `Head` or None. With A = Q·R (Q of orthonormal columns) the squares
    of A·S·Aᵀ - G sum to those of R·S·Rᵀ - Qᵀ·G·Q, and to what of G no picture can reach. So a head of 512
    channels costs no more than its 128. What it adds at every place is worked in without a copy of the features.
    """

    def __init__(self, gram_Y, head, places):
        super().__init__()
        self.size, self.share, self.rest = gram_Y.size, 1 / (len(gram_Y) * places), 0
        self.after_relu = bool(head) and head.after_relu
        constants = {'target': gram_Y.asnumpy().astype('float64')}
        if head:
            Q, R = np.linalg.qr(head.matrix.data().asnumpy().astype('float64'))
            target = Q.T @ constants['target'] @ Q
            self.rest = max(0, np.square(constants['target']).sum() - np.square(target).sum())
            weights, bias = R[:, :-1], R[:, -1:]
            constants = {'target': target - bias @ bias.T / len(gram_Y), 'weights': weights, 'bias': bias,
                         'ones': np.full((places, 1), self.share)}
        for name, array in constants.items():
            add_constant(self, name, nd.array(array, ctx=gram_Y.context))

    def hybrid_forward(self, F, Y, target, weights=None, bias=None, ones=None):
        """The mean over the elements of the large Gram matrix; called by Gluon."""
        Y = F.reshape(F.relu(Y) if self.after_relu else Y, (-3, -1))
        G = F.linalg.syrk(Y, alpha=self.share)  # Y·Yᵀ without the transposition
        if weights is not None:
            mixed = F.dot(F.dot(weights, F.dot(Y, ones)), bias, transpose_b=True)
            G = F.dot(F.dot(weights, G), weights, transpose_b=True) + mixed + F.transpose(mixed)
        return (F.sum(F.square(G - target)) + self.rest) / self.size


def rounded_tv_loss(F, X, huber):
    """`tv_loss`, and what has to be added to it to round its corners off: two scalars, (1,).

    The sum counts differences of neighbours below `huber` (in units of `X`) by their square, so
    that its gradient has no jumps (P. J. Huber 1964); 0 adds nothing. `F`: `nd`, or `sym` in a graph.
    """
    steps = [F.abs(F.slice_axis(X, axis=axis, begin=1, end=None) - F.slice_axis(X, axis=axis, begin=0, end=-1))
             for axis in (2, 3)]
    tv = 0.5 * sum(_mean(F, step) for step in steps)
    if not huber:
        return tv, 0
    return tv, 0.25 / huber * sum(_mean(F, F.square(F.relu(huber - step))) for step in steps) - huber / 2


def _mean(F, X):
    return F.mean(F.mean(X, axis=3))  # row by row first: to sum to a single number, MXNet uses one core
