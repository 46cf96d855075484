"""Transfer: what one part of a run computes, out of the package's own functions."""
from dataclasses import dataclass

import numpy as np
from mxnet import nd

from ..fast.train import train_fast_steps
from ..features import FeatureNet, extract_features, get_contents, get_styles
from ..images import postprocess, preprocess
from ..losses import Weights, compute_loss, gram
from ..training import train_steps

FOREVER = 10**6  # epochs: the user stops the generator, it does not stop itself
UNWEIGHTED = Weights(1, 1, 1)
NOTHING_COUNTS = 'All weights are 0: no loss counts, so nothing says what the picture should become. Raise one of them.'


def nothing_counts(weights):
    """Whether all `Weights` are 0, as numbers or by the factors of all style layers."""
    return not any((weights.content, weights.tv, weights.style * max(weights.layers, default=1)))


@dataclass(frozen=True)
class Measured:
    """A picture's losses before weighting, and its and the style's Gram matrices (arrays, one a style layer).

    `layers`: (kind, name) of each of the `losses`: content layers, style layers, TV.
    """

    layers: tuple
    losses: tuple
    grams: tuple
    styles_grams: tuple


class Transfer:
    """Network, targets and start picture for `settings`.

    `pictures`: {name: `uint8` (h, w, 3)}. `pretrained_net`: from `load_backbone`. `current`: the
    picture as it is, (1, 3, h, w) of any size, for the start 'current'.
    Raises `ValueError` where layers or size are not the backbone's.
    """

    def __init__(self, settings, pictures, pretrained_net, current=None):
        self.settings = settings
        self.pictures = pictures[settings.content], pictures[settings.style]
        self.net = FeatureNet(pretrained_net, settings.content_layers, settings.style_layers)
        content_img, style_img = self.pictures
        self.content_X, self.contents_Y = get_contents(content_img, settings.image_shape, self.net)
        _, self.styles_Y = get_styles(style_img, settings.image_shape, self.net, settings.style_scale)
        self.X = self._start(current)

    def _start(self, current):
        if self.settings.start == 'noise':
            return nd.array(np.random.RandomState(0).normal(size=self.content_X.shape), ctx=self.net.ctx)
        if self.settings.start == 'style':
            return preprocess(self.pictures[1], self.settings.image_shape).copyto(self.net.ctx)
        if self.settings.start == 'content':
            return self.content_X
        if current.shape == self.content_X.shape:
            return current
        return preprocess(postprocess(current) * 255, self.settings.image_shape).copyto(self.net.ctx)

    def steps(self, lr, weights, changes):
        """The package's training generator from `X` on. `changes`: see `train_steps` and `train_fast_steps`."""
        if self.settings.optimiser == 'Adam':
            decay = self.settings.lr_decay_epoch or FOREVER
            return train_steps(self.X, self.contents_Y, self.styles_Y, self.net, lr, FOREVER, decay,
                               weights=weights, changes=changes)
        return train_fast_steps(*self.pictures, self.settings.image_shape, self.net, FOREVER, coarse_epochs=0,
                                X=self.X, style_scale=self.settings.style_scale, weights=weights, changes=changes,
                                tolerance=0)

    def measure(self, X):
        """What the picture `X` (1, 3, h, w) is like: a `Measured`."""
        contents, styles = extract_features(X, self.net)
        targets = [gram(Y) for Y in self.styles_Y]
        contents_l, styles_l, tv_l, _ = compute_loss(X, contents, styles, self.contents_Y, targets, UNWEIGHTED)
        layers = [('content', name) for name in self.settings.content_layers]
        layers += [('style', name) for name in self.settings.style_layers]
        return Measured((*layers, ('TV', '')), tuple(l.asscalar() for l in [*contents_l, *styles_l, tv_l]),
                        tuple(gram(Y).asnumpy() for Y in styles), tuple(G.asnumpy() for G in targets))
