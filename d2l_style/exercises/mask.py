"""Mask: the exercise to smooth a part of a picture only."""
from mxnet import nd

from .exercise import ABSOLUTE, CANCELLED, ONE_WAY, SUMMED, Exercise, Mistake, across, down


def _picture_and_mask(rng, shape):
    """A picture, and a mask with pairs of neighbours inside, outside and on the border in both directions."""
    height, width = shape[1] + 2, shape[2] + 2
    mask = rng.binomial(1, 0.6, (1, 1, height, width))
    mask[..., :2, :2], mask[..., -1, :], mask[..., -2, -1] = 1, 0, 1
    return rng.normal(size=(1, 3, height, width)), mask.astype('float32')


def _both(X, mask):
    """[(differences, 1 where both of the two pixels are inside, else 0), ...], down and across."""
    return [(down(X), mask[:, :, 1:, :] * mask[:, :, :-1, :]),
            (across(X), mask[:, :, :, 1:] * mask[:, :, :, :-1])]


def _counted(terms, pairs, channels=3):
    """The mean of the differences that count, for one direction."""
    return (terms * pairs).sum() / (pairs.sum() * channels)


def _tv(term=nd.square, channels=3):
    return lambda X, mask: nd.add_n(*[_counted(term(step), pairs, channels) for step, pairs in _both(X, mask)])


def _one_direction(which):
    return lambda X, mask: _counted(*[(step.square(), pairs) for step, pairs in _both(X, mask)][which])


def _mask_of_one(begin, end):
    def computes(X, mask):
        below = mask[:, :, begin:mask.shape[2] + end, :]
        right = mask[:, :, :, begin:mask.shape[3] + end]
        return _counted(down(X).square(), below) + _counted(across(X).square(), right)
    return computes


def _mask_of_either(X, mask):
    below, right = (nd.maximum(*halves) for halves in ((mask[:, :, 1:, :], mask[:, :, :-1, :]),
                                                       (mask[:, :, :, 1:], mask[:, :, :, :-1])))
    return _counted(down(X).square(), below) + _counted(across(X).square(), right)


def _by_pixels(X, mask):
    return sum((step.square() * pairs).sum() for step, pairs in _both(X, mask)) / (3 * mask.sum())


def _in_one(X, mask):
    terms = _both(X, mask)
    return sum((step.square() * pairs).sum() for step, pairs in terms) / (3 * sum(pairs.sum() for _, pairs in terms))


ONE_OF_TWO = ('a difference counts although one of its two pixels is outside.',
              'A difference has two pixels. Which of them does your mask look at?')
EDGE = ('the border of the mask has become an edge of the picture.',
        'What stands outside after you have multiplied the picture by the mask, and what is its difference to a pixel '
        'inside?')
MASKED_TV_LOSS = Exercise(
    _tv(), _picture_and_mask, (
        Mistake(lambda X, _mask: down(X).square().mean() + across(X).square().mean(),
                ('the mask does not count.', 'Where does the mask stand in your lines?')),
        Mistake(lambda X, mask: sum((step.square() * pairs).mean() for step, pairs in _both(X, mask)),
                ('what is outside counts as a difference of 0.',
                 'By how many differences do you divide: by all, or by those that count?')),
        Mistake(_mask_of_one(1, 0), ONE_OF_TWO), Mistake(_mask_of_one(0, -1), ONE_OF_TWO),
        Mistake(_mask_of_either, ONE_OF_TWO),
        Mistake(lambda X, mask: _tv()(X * mask, nd.ones_like(mask)), EDGE),
        Mistake(lambda X, mask: sum(step.square().sum() / (pairs.sum() * 3) for (step, _), (_, pairs) in zip(
            _both(X * mask, mask), _both(X, mask))), EDGE),
        Mistake(_tv(channels=1), ('it is three times too large.',
                                  'How many differences belong to one place of the mask?')),
        Mistake(_tv(nd.abs), ABSOLUTE),
        Mistake(_one_direction(0), ONE_WAY), Mistake(_one_direction(1), ONE_WAY),
        Mistake(lambda X, mask: _one_direction(0)(X, mask) / 2, ONE_WAY),
        Mistake(lambda X, mask: _one_direction(1)(X, mask) / 2, ONE_WAY),
        Mistake(lambda X, mask: _tv()(X, mask) / 2,
                ('it is half of what it should be.', 'The chapter halves. What does the task say?')),
        Mistake(_by_pixels, ('it is divided by a number of pixels.',
                             'A mean of differences is divided by the number of differences. How many count?')),
        Mistake(lambda X, mask: 2 * _in_one(X, mask),
                ('both directions share one mean.', 'There are two means in the task. What is each divided by?')),
        Mistake(_in_one, ('both directions share one mean.',
                          'There are two means in the task. What is each divided by?')),
        Mistake(lambda X, mask: sum((step.square() * pairs).sum() for step, pairs in _both(X, mask)), SUMMED),
        Mistake(_tv(lambda step: step), CANCELLED),
        Mistake(lambda X, mask: -_tv(lambda step: step)(X, mask), CANCELLED),
        Mistake(lambda X, mask: sum(_counted(step, pairs).square() for step, pairs in _both(X, mask)), CANCELLED),
    ))
