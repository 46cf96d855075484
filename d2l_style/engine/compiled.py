"""Compiled: the network and all losses in one graph, which is what makes an epoch fast.

The chapter calls layer after layer and loss after loss from Python. Here MXNet sees all of it at
once: it plans the memory, keeps the layout that its convolutions like, and Python waits once.
"""
import gc

import mxnet as mx
from mxnet import autograd, nd
from mxnet.gluon import nn

from .device import check_memory


class TransferLoss(nn.HybridBlock):
    """`extract_features` and `compute_loss` as one compiled graph.

    `net`: a `FeatureNet`; `contents_Y`, `styles_Y_gram`: the targets. `huber`: see `rounded_tv_loss`.
    A call maps a picture (1, 3, h, w) and `Weights` to the loss to optimise, of shape (1,), and the
    weighted losses: one a content layer, one a style layer, TV. Those are the chapter's always.
    """

    def __init__(self, net, contents_Y, styles_Y_gram, huber=0):
        gc.collect()  # Gluon blocks refer to themselves: only this frees the memory of the graphs before
        super().__init__()
        self.net = net
        self.huber = huber
        self.targets = [*contents_Y, *styles_Y_gram]
        self.numbers = len(contents_Y), len(styles_Y_gram)
        self.hybridize(static_alloc=True, static_shape=True)

    def check(self, X):
        """Raise `ValueError` where the targets do not fit `X` (1, 3, h, w) and the network, or `X` not the GPU."""
        first = next(iter(self.net.collect_params().values()))  # weights of the first convolution, a row a channel
        check_memory(X.context, (X.shape[3], X.shape[2]), first.shape[0])
        outputs = mx.sym.Group(self.net(mx.sym.var('X')))
        shapes = dict(zip(self.net.layers, outputs.infer_shape(X=X.shape)[1]))  # nothing is computed
        contents = self.numbers[0]
        if [Y.shape for Y in self.targets[:contents]] != [shapes[i] for i in self.net.content_layers]:
            raise ValueError('contents_Y does not fit X: call get_contents with the size of X and the same net')
        if [len(G) for G in self.targets[contents:]] != [shapes[i][1] for i in self.net.style_layers]:
            raise ValueError('styles_Y does not fit the style layers: call get_styles with the same net')

    def __call__(self, X, weights):
        """The loss to optimise and the weighted losses of `X` (1, 3, h, w): see the class."""
        contents, styles = self.numbers
        factors = [weights.content] * contents + weights.style_layers(styles) + [weights.tv]
        return super().__call__(X, nd.array(factors, ctx=X.context), *self.targets)

    def gradient(self, X, weights):
        """Both results of a call, and the gradient of the first with respect to `X` (1, 3, h, w)."""
        X.attach_grad()
        with autograd.record():
            l, losses = self(X, weights)
        l.backward()
        return l, losses, X.grad

    def hybrid_forward(self, F, X, factors, *targets):
        """The losses out of the network's outputs; called by Gluon, with `nd` or `sym` as `F`."""
        outputs = dict(zip(self.net.layers, self.net(X)))
        contents = [F.mean(F.square(outputs[i] - Y)) for i, Y in zip(self.net.content_layers, targets)]
        styles = [F.mean(F.square(_gram(F, outputs[i]) - G))
                  for i, G in zip(self.net.style_layers, targets[self.numbers[0]:])]
        tv, rounding = rounded_tv_loss(F, X, self.huber)
        losses = F.concat(*contents, *styles, tv, dim=0) * factors
        smooth = F.concat(*contents, *styles, tv + rounding, dim=0) * factors if self.huber else losses
        return F.sum(smooth), F.BlockGrad(losses)


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


def _gram(F, X):
    """`gram` inside a graph, where shapes are not known yet; `syrk` is X·Xᵀ without the transposition."""
    return F.broadcast_div(F.linalg.syrk(F.reshape(X, (-3, -1))), F.cast(F.size_array(X), 'float32'))
