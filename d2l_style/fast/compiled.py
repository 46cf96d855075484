"""Compiled: the network and all losses in one graph, for those who ask for the same loss again and again.

`train` calls layer after layer and loss after loss from Python, as the chapter does. Here MXNet sees all of it at
once: it plans the memory, and Python waits once. The losses are those of `losses`: a test holds the two together.
"""
from mxnet import autograd, nd
from mxnet.gluon import nn

from ..compat.memory import give_back


class TransferLoss(nn.HybridBlock):
    """`extract_features` and `compute_loss` as one compiled graph.

    `net`: a `FeatureNet`; `contents_Y`, `styles_Y_gram`: the targets. A call maps a picture (1, 3, h, w) and
    `Weights` to the sum of the weighted losses, of shape (1,), and to these: one a content layer, one a style
    layer, TV.
    """

    def __init__(self, net, contents_Y, styles_Y_gram):
        give_back()
        super().__init__()
        self.net = net
        self.contents_Y, self.styles_Y_gram = list(contents_Y), list(styles_Y_gram)
        self.hybridize(static_alloc=True, static_shape=True)

    def __call__(self, X, weights):
        """The sum of the weighted losses of `X` (1, 3, h, w), and these: see the class."""
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
        give_back()

    def hybrid_forward(self, F, X, factors, *targets):
        """The losses out of the network's outputs; called by Gluon, with `nd` or `sym` as `F`."""
        outputs, contents = dict(zip(self.net.layers, self.net(X))), len(self.contents_Y)
        contents_l = [F.mean(F.square(outputs[i] - Y)) for i, Y in zip(self.net.content_layers, targets)]
        styles_l = [F.mean(F.square(gram(F, outputs[i]) - G))
                    for i, G in zip(self.net.style_layers, targets[contents:])]
        losses = F.concat(*contents_l, *styles_l, tv_loss(F, X), dim=0) * factors
        return F.sum(losses), F.BlockGrad(losses)


def gram(F, Y):
    """`losses.gram` in a graph, which learns shapes only when it runs: (1, c, h, w) → (c, c). `F`: `nd` or `sym`."""
    Y = F.reshape(Y, (-3, -1))
    size = F.cast(F.size_array(Y), 'float32')
    return F.broadcast_div(F.linalg.syrk(Y), F.reshape(size, (1, 1)))  # Y·Yᵀ without the transposition


def tv_loss(F, X):
    """`losses.tv_loss` in a graph: (1, 3, h, w) → (1,). `F`: `nd` or `sym`."""
    steps = [F.abs(F.slice_axis(X, axis=axis, begin=1, end=None) - F.slice_axis(X, axis=axis, begin=0, end=-1))
             for axis in (2, 3)]
    return 0.5 * sum(F.mean(F.mean(step, axis=3)) for step in steps)  # summing to one number at once takes one core
