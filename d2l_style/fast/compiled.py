"""Compiled: the network and all losses in one graph, for those who ask for the same loss again and again.

`train` calls layer after layer and loss after loss from Python, as the chapter does. Here MXNet sees all of it at
once: it plans the memory, and Python waits once. The losses are those of `losses`: a test holds the two together.
"""
from mxnet import autograd, nd
from mxnet.gluon import nn

from ..compat.memory import give_back


class TransferLoss(nn.HybridBlock):
    """`extract_features` and `compute_loss` as one compiled graph.

    `net`: a `FeatureNet`; `contents_Y`, `styles_Y_gram`: the targets. `huber`: see `huber_tv_loss`.
    A call maps a picture (1, 3, h, w) and `Weights` to the loss to optimise, of shape (1,), and the
    weighted losses: one a content layer, one a style layer, TV. Those are the chapter's always.
    """

    def __init__(self, net, contents_Y, styles_Y_gram, huber=0):
        give_back()
        super().__init__()
        self.net, self.huber = net, huber
        self.contents_Y, self.styles_Y_gram = list(contents_Y), list(styles_Y_gram)
        self.hybridize(static_alloc=True, static_shape=True)

    def __call__(self, X, weights):
        """The loss to optimise and the weighted losses of `X` (1, 3, h, w): see the class."""
        styles = weights.style_layers(len(self.styles_Y_gram))
        factors = [*[weights.content] * len(self.contents_Y), *styles, weights.tv]
        return super().__call__(X, nd.array(factors, ctx=X.context), *self.contents_Y, *self.styles_Y_gram)

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

    def hybrid_forward(self, F, X, factors, *targets):
        """The losses out of the network's outputs; called by Gluon, with `nd` or `sym` as `F`."""
        outputs, contents = dict(zip(self.net.layers, self.net(X))), len(self.contents_Y)
        contents_l = [F.mean(F.square(outputs[i] - Y)) for i, Y in zip(self.net.content_layers, targets)]
        styles_l = [F.mean(F.square(gram(F, outputs[i]) - G))
                    for i, G in zip(self.net.style_layers, targets[contents:])]
        tv_l, rounding = huber_tv_loss(F, X, self.huber)
        losses = F.concat(*contents_l, *styles_l, tv_l, dim=0) * factors
        smooth = F.concat(*contents_l, *styles_l, tv_l + rounding, dim=0) * factors if self.huber else losses
        return F.sum(smooth), F.BlockGrad(losses)


def gram(F, Y):
    """`losses.gram` in a graph, which learns shapes only when it runs: (1, c, h, w) → (c, c). `F`: `nd` or `sym`."""
    Y = F.reshape(Y, (-3, -1))
    size = F.cast(F.size_array(Y), 'float32')
    return F.broadcast_div(F.linalg.syrk(Y), F.reshape(size, (1, 1)))  # Y·Yᵀ without the transposition


def huber_tv_loss(F, X, huber):
    """`tv_loss`, and what has to be added to it to make it Huber's: two scalars, (1,).

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
