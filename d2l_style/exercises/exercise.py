"""Exercise: a function to write, what goes wrong in it as a rule, and what is said then.

Each mistake is a formula that gives the numbers of those who made it, with two hints: a vague one and a
closer one. None is the answer.
"""
from collections.abc import Callable
from dataclasses import dataclass

from mxnet import nd


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


def gram_of(X, divisor=None):
    """Products of all channels, (c, c), divided by something else than it should be."""
    rows = X.reshape((X.shape[1], -1))
    return nd.dot(rows, rows.T) / (divisor or 1)


def channels_last(X):
    """(n, c, h, w) → (n, h, w, c)."""
    return X.transpose((0, 2, 3, 1))


def down(X):
    """Differences of neighbours one above the other: (n, c, h, w) → (n, c, h - 1, w)."""
    return X[:, :, 1:, :] - X[:, :, :-1, :]


def across(X):
    """Differences of neighbours side by side: (n, c, h, w) → (n, c, h, w - 1)."""
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
