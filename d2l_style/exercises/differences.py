"""Differences: the exercise to check a gradient without autograd."""
import numpy as np
from mxnet import nd

from .exercise import Exercise, Mistake


class _Curved:
    """A loss whose slope changes from place to place, of `nd` arrays and of NumPy's."""

    def __init__(self, factors):
        self.factors = factors

    def __call__(self, X):
        """The loss of `X`: one number."""
        if X.shape != self.factors.shape:
            raise ValueError(f'the loss is that of the whole array, {self.factors.shape}, and not of {X.shape}')
        factors = nd.array(self.factors) if isinstance(X, nd.NDArray) else self.factors
        return (factors * X * X * X).sum() + X.sum() * X.sum()


def _loss_to_measure(rng, shape):
    """A loss, a picture and a distance, of numbers that floats have without rounding."""
    shape = (1, shape[0], 1, 3)
    return _Curved(rng.randint(1, 4, shape)), rng.randint(-8, 9, shape) / 4, 0.25


def _differences(loss, X, ahead, behind, stay=0):
    """How much higher `loss` is at each element moved by `ahead` than by `behind`; `stay`: what it keeps of that."""
    X, found = X.asnumpy(), np.zeros(X.shape)
    for i in np.ndindex(*X.shape):
        there = X[i]
        for move, sign in ((ahead, 1), (behind, -1)):
            X[i] = there + move
            found[i] += sign * loss(X)
        X[i] = there + stay
    return found


def _slopes(loss, X, eps):
    return _differences(loss, X, eps, -eps) / (2 * eps)


def _by_autograd(loss, X, eps):
    return (4 * _slopes(loss, X, eps) - _slopes(loss, X, 2 * eps)) / 3  # exact for a cubic


def _all_at_once(loss, X, eps):
    return (loss(X + eps) - loss(X - eps)) / (2 * eps)


STAYS = ('an element that was moved is not put back.', 'When the second element is moved, where is the first one?')
TOGETHER = ('all elements are moved at once.', 'The slope for one pixel says what happens when only that one changes.')
ONE_SIDE = ('it looks to one side only.', 'Where the loss is curved, a step ahead and a step back change it '
            'differently. The formula has both.')
GRADIENT_BY_DIFFERENCES = Exercise(
    _slopes, _loss_to_measure, trained=False, mistakes=(
        Mistake(lambda loss, X, eps: _differences(loss, X, eps, 0) / eps, ONE_SIDE),
        Mistake(lambda loss, X, eps: _differences(loss, X, 0, -eps) / eps, ONE_SIDE),
        Mistake(lambda loss, X, eps: 2 * _slopes(loss, X, eps),
                ('every slope is twice as large as it should be.',
                 'How far apart are the two places at which you ask for the loss?')),
        Mistake(lambda loss, X, eps: _differences(loss, X, eps, -eps),
                ('the difference is not divided.', 'A slope is a difference of the loss for each unit of what?')),
        Mistake(lambda loss, X, eps: _differences(loss, X, eps, -eps) / 2 * eps,
                ('the difference is not divided by the distance.',
                 'In which order does Python compute `a / 2 * b`?')),
        Mistake(lambda loss, X, eps: -_slopes(loss, X, eps),
                ('every slope has the wrong sign.', 'Take a loss that grows with a pixel. What should its slope be?')),
        Mistake(lambda loss, X, eps: _differences(loss, X, eps, -eps, stay=-eps) / (2 * eps), STAYS),
        Mistake(lambda loss, X, eps: _differences(loss, X, eps, -eps, stay=eps) / (2 * eps), STAYS),
        Mistake(lambda loss, X, eps: _differences(loss, X, eps, 0, stay=eps) / eps, STAYS),
        *(Mistake(lambda loss, X, eps, ahead=ahead: _differences(loss, X, eps * ahead, eps * ahead - eps) / (2 * eps),
                  ('the two places are only one `eps` apart.',
                   'Is the element moved from where it was each time? And is `Y = X` another array than `X`?'))
          for ahead in (0, 1)),
        Mistake(lambda loss, X, eps: _slopes(loss, X, eps).reshape(-1)[:1],
                ('only the first element is moved.', 'Does a `return` stand in your loop?')),
        Mistake(_all_at_once, TOGETHER),
        Mistake(lambda loss, X, eps: _all_at_once(loss, X, eps) * nd.ones_like(X), TOGETHER),
        Mistake(_by_autograd, ('that is the slope itself, not the difference for the `eps` that was given.',
                               'Has autograd computed it, or does your function take an `eps` of its own?')),
    ))
