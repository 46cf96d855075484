"""A pool of composite images, which go on being optimised under the student while it learns.

Each has a content crop, a style crop and a start of its own (the content, or noise), and its loss is
the chapter's: conv4_4, the Gram matrices of the heads, total variation, all relative. Some are trained
on the content loss alone, out of noise. After a few hundred epochs a new one takes its place.
"""
from d2l_style.backbones import SLIM_CHANNELS, vgg_features
from d2l_style.layers import set_borders

import numpy as np
from common import CHANNELS, CONTENT, CONVOLUTIONS, taps
from mxnet import autograd, nd

EPOCHS = 3  # that a composite goes on whenever its turn comes
RATE = 0.05  # of Adam: five times the chapter's, so that some hundred epochs are enough


class Pool:
    """`number` composites of crops out of `crops`, optimised under `student` as it is at each call."""

    def __init__(self, student, crops, number, seed=0):
        self.student, self.crops, self.rng = student, crops, np.random.RandomState(seed + 77)
        self.items = [self._new(self.rng.randint(300)) for _ in range(number)]
        self.next = 0
        # gradients are wanted for pixels only: a copy of the student whose weights have none
        copy = vgg_features(SLIM_CHANNELS)[:CONVOLUTIONS[-1] + 1]
        set_borders(copy, 'edge')
        copy.initialize()
        copy(nd.zeros((1, 3, 32, 32)))
        copy.collect_params().setattr('grad_req', 'null')
        self.copy, self.net = copy, taps(copy, sorted([*CHANNELS, CONTENT]))

    def _new(self, age=0):
        content, style = (self.crops.draw(1, self.rng) for _ in range(2))
        noise = self.rng.rand() < 0.4
        X = nd.random.normal(shape=content.shape) if noise else content.copy()
        only_content = noise and self.rng.rand() < 0.5
        strength = float(np.exp(self.rng.uniform(np.log(0.03), np.log(1))))  # of the content loss
        return {'content': content, 'style': style, 'X': X, 'mean': nd.zeros_like(X), 'var': nd.zeros_like(X),
                'epoch': 0, 'end': self.rng.randint(100, 400) - age // 2, 'weights': (1.0, 0.0) if only_content
                else (strength, 1.0)}

    def advance(self, number):
        """The next `number` composites, some epochs further: (n, 3, h, w)."""
        for mine, theirs in zip(self.copy.collect_params().values(), self.student.body.collect_params().values()):
            mine.set_data(theirs.data())
        chosen = [(self.next + k) % len(self.items) for k in range(number)]
        self.next = (self.next + number) % len(self.items)
        items = [self.items[k] for k in chosen]
        X, mean, var = (nd.concat(*[item[key] for item in items], dim=0) for key in ('X', 'mean', 'var'))
        contents, styles = self._targets(items)
        weights = nd.array([item['weights'] for item in items])
        X.attach_grad()
        for _ in range(EPOCHS):
            with autograd.record():
                l = self._loss(X, contents, styles, weights)
            l.backward()
            nd.adam_update(X, X.grad, mean, var, lr=RATE, beta1=0.9, beta2=0.99, out=X)
        for k, item in enumerate(items):
            item.update(X=X[k:k + 1].copy(), mean=mean[k:k + 1].copy(), var=var[k:k + 1].copy(),
                        epoch=item['epoch'] + EPOCHS)
            if item['epoch'] >= item['end']:
                self.items[chosen[k]] = self._new()
        return X.detach()

    def _features(self, X):
        found = dict(zip(self.net.layers, self.net(X)))
        return found[CONTENT], [self.student.grams(i, found[i]) for i in CHANNELS]

    def _targets(self, items):
        contents, _ = self._features(nd.concat(*[item['content'] for item in items], dim=0))
        _, styles = self._features(nd.concat(*[item['style'] for item in items], dim=0))
        return contents, styles

    def _loss(self, X, contents, styles, weights):
        content, grams = self._features(X)
        content_l = _relative(content, contents)
        style_l = nd.add_n(*[_relative(a, b) for a, b in zip(grams, styles)])
        tv_l = 0.5 * ((X[:, :, 1:] - X[:, :, :-1]).abs().mean(axis=(1, 2, 3))
                      + (X[:, :, :, 1:] - X[:, :, :, :-1]).abs().mean(axis=(1, 2, 3)))
        return (weights[:, 0] * content_l + weights[:, 1] * (style_l + 0.1 * tv_l)).sum()


def _relative(Y_hat, Y):
    axes = tuple(range(1, Y.ndim))
    return (Y_hat - Y).square().sum(axis=axes) / (Y.square().sum(axis=axes) + 1e-8)
