"""The same losses in PyTorch, as its own tutorial goes about it: frozen weights, Adam or L-BFGS.

Needs PyTorch and NumPy, and neither MXNet nor `d2l_style`: runs in an environment of its own.
"""
import time

import numpy as np
import torch
from torch import nn

CONVOLUTIONS = (2, 2, 4, 4, 4)
AFTER_RELU = (19, 28)  # layers whose head looks at them after their ReLU


def features(weights, last):
    """VGG-19 up to layer `last`, with the arrays `N.weight` and `N.bias` of a dictionary.

    A network with heads continues the picture beyond its border, others see zeros there.
    """
    padding = 'replicate' if 'heads.0.weight' in weights else 'zeros'
    layers, i = [], 0
    for convolutions in CONVOLUTIONS:
        for _ in range(convolutions):
            if i > last:
                break
            w, b = (torch.from_numpy(weights[f'{i}.{name}']) for name in ('weight', 'bias'))
            layer = nn.Conv2d(w.shape[1], w.shape[0], 3, padding=1, padding_mode=padding)
            layer.weight.data, layer.bias.data = w, b
            layers += [layer, nn.ReLU()]
            i += 2
        layers.append(nn.MaxPool2d(2))
        i += 1
    return nn.Sequential(*layers[:last + 1]).requires_grad_(False)


def gram(Y):
    """Gram matrix of a layer's features."""
    Y = Y.flatten(2)[0]
    return Y @ Y.T / Y.numel()


def heads_of(weights, layers):
    """{layer: the 1×1 convolution that it is looked at through}."""
    heads = {}
    for i in layers:
        if f'heads.{i}.weight' in weights:
            w, b = (torch.from_numpy(weights[f'heads.{i}.{name}']) for name in ('weight', 'bias'))
            conv = nn.Conv2d(w.shape[1], w.shape[0], 1)
            conv.weight.data, conv.bias.data = w, b
            heads[i] = nn.Sequential(*[nn.ReLU()] * (i in AFTER_RELU), conv).requires_grad_(False)
    return heads


class Loss:
    """Total loss of a picture with the chapter's weights."""

    def __init__(self, content_X, style_X, net, content_layers, style_layers, heads):
        self.net, self.content_layers, self.style_layers, self.heads = net, content_layers, style_layers, heads
        with torch.no_grad():
            self.contents = self._look(content_X)[0]
            self.grams = [gram(Y) for Y in self._look(style_X)[1]]

    def _look(self, X):
        contents, styles = [], []
        for i, layer in enumerate(self.net):
            X = layer(X)
            if i in self.style_layers:
                styles.append(self.heads[i](X) if i in self.heads else X)
            if i in self.content_layers:
                contents.append(X)
        return contents, styles

    def __call__(self, X):
        contents, styles = self._look(X)
        content = sum((a - b).square().mean() for a, b in zip(contents, self.contents))
        style = sum((G_hat - G).square().mean() for G_hat, G in zip(map(gram, styles), self.grams))
        tv = 0.5 * ((X[:, :, 1:] - X[:, :, :-1]).abs().mean() + (X[:, :, :, 1:] - X[:, :, :, :-1]).abs().mean())
        return content + 1e3 * style + 10 * tv


class Enough(Exception):
    """As many evaluations as were asked for: L-BFGS makes some 20 before it comes back by itself."""


def epochs(content_X, style_X, weights, content_layers, style_layers, optimiser, number):
    """Yields loss and time of `number` epochs; for 'lbfgs' an epoch is an evaluation of loss and gradient."""
    content_X, style_X = torch.from_numpy(content_X), torch.from_numpy(style_X)
    net = features(weights, max(*content_layers, *style_layers))
    loss = Loss(content_X, style_X, net, content_layers, style_layers, heads_of(weights, style_layers))
    X = content_X.clone().requires_grad_()
    if optimiser == 'adam':
        yield from _adam(loss, X, number)
    else:
        yield from _lbfgs(loss, X, number)


def _adam(loss, X, number):
    optimiser = torch.optim.Adam([X], lr=0.01)
    decay = torch.optim.lr_scheduler.MultiStepLR(optimiser, [201, 401], 0.1)  # as the chapter's
    for _ in range(number):
        optimiser.zero_grad()
        l = loss(X)
        l.backward()
        optimiser.step()
        decay.step()
        yield l.item(), time.perf_counter()


def _lbfgs(loss, X, number):
    # the tutorial's optimiser, line search added: without it the loss rises without end here
    optimiser = torch.optim.LBFGS([X], max_iter=20, history_size=40, line_search_fn='strong_wolfe')
    seen = []

    def closure():
        if len(seen) == number:
            raise Enough
        optimiser.zero_grad()
        l = loss(X)
        l.backward()
        seen.append((l.item(), time.perf_counter()))
        return l

    try:
        while True:
            optimiser.step(closure)
    except Enough:
        yield from seen


def load(file):
    """Content picture, style picture and weights that `competitor.py` has stored."""
    stored = dict(np.load(file))
    return stored.pop('content_X'), stored.pop('style_X'), stored
