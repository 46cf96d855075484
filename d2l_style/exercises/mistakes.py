"""Mistakes: the functions that notebook 6 asks for, and what goes wrong in them as a rule.

Each mistake is a formula that gives the numbers of those who made it, with two hints: a vague one and a
closer one. None is the answer.
"""
from collections.abc import Callable
from dataclasses import dataclass

from mxnet import nd

from .. import images, losses


@dataclass(frozen=True)
class Mistake:
    """What a usual mistake computes from the arguments, and its hints."""

    computes: Callable
    hints: tuple


@dataclass(frozen=True)
class Exercise:
    """A function to write.

    `right`: what it should compute. `arguments`: from a random state and a shape (channels, height,
    width). `trained`: whether gradients flow through it. `probe`: other arguments, on which a solution that
    stops at the right ones shows the mistake `probed`.
    """

    right: Callable
    arguments: Callable
    mistakes: tuple
    trained: bool = True
    probe: Callable | None = None
    probed: Mistake | None = None


def _gram_of(X, divisor=None):
    """Products of all channels, (c, c), divided by something else than it should be."""
    rows = X.reshape((X.shape[1], -1))
    return nd.dot(rows, rows.T) / (divisor or 1)


def _channels_last(X):
    return X.transpose((0, 2, 3, 1))


def _down(X):
    return X[:, :, 1:, :] - X[:, :, :-1, :]


def _across(X):
    return X[:, :, :, 1:] - X[:, :, :, :-1]


SCALE = ('the numbers are all too {} by one and the same factor.', 'By what do you divide? Count the elements of '
         'the input, and see how the result would change if the picture were twice as large.')
TOO_LARGE, TOO_SMALL = ((SCALE[0].format(word), SCALE[1]) for word in ('large', 'small'))
MIXED = ('the shape is right, but a row does not belong to one channel.',
         'Look at `reshape`: it reads the elements in their order. Which axis is the channel in (1, c, h, w), and '
         'which one varies slowest?')
SUMMED = ('it grows with the size of the picture.', 'Sum or mean? Compare an input with one that is twice as wide.')
ABSOLUTE = ('large and small differences count in the wrong proportion.',
            'What happens to a difference before it is averaged: in the chapter, and in yours?')
ONE_WAY = ('neighbours in one direction do not count.',
           'A pixel has a neighbour below and one to the right. Which of your lines looks at which?')
CANCELLED = ('differences of opposite sign cancel each other.', 'A loss should never be below 0. Is yours?')
FEATURES = ('it compares features, which says where something is.',
            'Style is what occurs together, whatever the place. Which matrix says that, and which of the two arguments '
            'is one already?')
MANY = ('it returns one number for each element.', '`backward` starts from a single number.')
HALVED = ('it is wrong by a constant factor.', 'The chapter has another factor in front than the paper. Which one?')

EXERCISES = {
    'postprocess': Exercise(
        images.postprocess, lambda rng, shape: (rng.normal(0, 2, (1, 3, *shape[1:])),), trained=False, mistakes=(
            Mistake(lambda X: _channels_last(X)[0] * images.rgb_std + images.rgb_mean,
                    ('some values are below 0 or above 1.',
                     'Training may push a pixel below black or above white. What does `imshow` want, and what brings '
                     'a value back into a range?')),
            Mistake(lambda X: ((_channels_last(X)[0] + images.rgb_mean) * images.rgb_std).clip(0, 1),
                    ('mean and deviation are undone in the wrong order.',
                     '`preprocess` first subtracts, then divides. What has to be undone first?')),
            Mistake(lambda X: (_channels_last(X)[0] * images.rgb_std + images.rgb_mean).clip(0, 1) * 255,
                    ('the values go up to 255.', 'With floats, `imshow` wants another range. Which?')),
            Mistake(lambda X: _channels_last(X)[0].clip(0, 1) * images.rgb_std + images.rgb_mean,
                    ('something is cut off too early.',
                     'Which values are to lie between 0 and 1: the normalised ones?')),
            Mistake(lambda X: (X[0].transpose((2, 1, 0)) * images.rgb_std + images.rgb_mean).clip(0, 1),
                    ('the picture lies on its side.',
                     'Look at the order of the axes: (3, h, w) is to become (h, w, 3).')),
            Mistake(lambda X: (_channels_last(X) * images.rgb_std + images.rgb_mean).clip(0, 1),
                    ('the leading axis is still there.',
                     'A batch of one picture is not a picture: which element is it?')),
        )),
    'content_loss': Exercise(
        losses.content_loss, lambda rng, shape: (rng.normal(size=(1, *shape)), rng.normal(size=(1, *shape))), (
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().sum(), SUMMED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().sum() / 2, SUMMED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().mean() / 2, HALVED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).abs().mean(), ABSOLUTE),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square().mean().sqrt(), ABSOLUTE),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).mean(), CANCELLED),
            Mistake(lambda Y_hat, Y: (Y_hat - Y).square(), MANY),
            Mistake(lambda Y_hat, Y: (losses.gram(Y_hat) - losses.gram(Y)).square().mean(),
                    ('it does not see where something is.',
                     'Content is compared place by place. Do you compare places?')),
        )),
    'gram': Exercise(
        losses.gram, lambda rng, shape: (rng.normal(size=(1, *shape)),), (
            Mistake(_gram_of, TOO_LARGE),
            Mistake(lambda X: _gram_of(X, X.shape[1]), TOO_LARGE),
            Mistake(lambda X: _gram_of(X, X.size // X.shape[1]), TOO_LARGE),
            Mistake(lambda X: _gram_of(X, 2 * X.size), TOO_SMALL),
            Mistake(lambda X: _gram_of(X, X.size ** 2), TOO_SMALL),
            Mistake(lambda X: nd.dot(X.reshape((-1, X.shape[1])).T, X.reshape((-1, X.shape[1]))) / X.size, MIXED),
            Mistake(lambda X: _gram_of(_channels_last(X).reshape((1, X.shape[1], -1, 1)), X.size), MIXED),
            Mistake(lambda X: nd.dot(X.reshape((X.shape[1], -1)).T, X.reshape((X.shape[1], -1))) / X.size,
                    ('it compares places with places, and the result grows with the picture.',
                     'Which two of your matrices are multiplied, and which length do they share? The result should '
                     'have a row for each channel.')),
            Mistake(lambda X: _gram_of(X - X.mean(axis=(2, 3), keepdims=True), X.size),
                    ('the mean of each channel is subtracted.',
                     'That is a covariance. What does the formula multiply?')),
        )),
    'style_loss': Exercise(
        losses.style_loss, lambda rng, shape: (rng.normal(size=(1, *shape)), rng.normal(size=(shape[0], shape[0]))), (
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().sum(), SUMMED),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().mean() / 4, HALVED),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().mean() / 2, HALVED),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).abs().mean(), ABSOLUTE),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square().mean().sqrt(), ABSOLUTE),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - losses.gram(G[None, :, :, None])).square().mean(),
                    ('the target is made into a Gram matrix a second time.', 'What is the second argument already?')),
            Mistake(lambda Y_hat, G: (losses.gram(Y_hat) - G).square(), MANY),
        ),
        # handed features, it works; handed a Gram matrix, it stops
        probe=lambda rng, shape: (rng.normal(size=(1, *shape)), rng.normal(size=(1, *shape))),
        probed=Mistake(lambda Y_hat, Y: (Y_hat - Y).square().mean(), FEATURES)),
    'tv_loss': Exercise(
        losses.tv_loss, lambda rng, shape: (rng.normal(size=(1, *shape)),), (
            Mistake(lambda X: 0.5 * _down(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: 0.5 * _across(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: _down(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: _across(X).abs().mean(), ONE_WAY),
            Mistake(lambda X: 0.5 * (_down(X).square().mean() + _across(X).square().mean()), ABSOLUTE),
            Mistake(lambda X: _down(X).square().mean() + _across(X).square().mean(), ABSOLUTE),
            Mistake(lambda X: _down(X).abs().mean() + _across(X).abs().mean(), HALVED),
            Mistake(lambda X: _down(X).abs().sum() + _across(X).abs().sum(), SUMMED),
            Mistake(lambda X: 0.5 * (_down(X).abs().sum() + _across(X).abs().sum()), SUMMED),
            Mistake(lambda X: 0.5 * (_down(X).mean() + _across(X).mean()), CANCELLED),
            Mistake(lambda X: -0.5 * (_down(X).mean() + _across(X).mean()), CANCELLED),
            Mistake(lambda X: 0.5 * ((X[:, 1:] - X[:, :-1]).abs().mean() + _down(X).abs().mean()),
                    ('red is compared with green, and green with blue.', 'Which axes of (1, 3, h, w) are places?')),
        )),
}
