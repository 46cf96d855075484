"""Variations: the functions of notebook 6 that have points, and what goes wrong in them.

None of them stands in a notebook, in the chapter or elsewhere in the package.
"""
import numpy as np
from mxnet import nd

from ..losses import content_loss, gram, style_loss
from .exercise import (
    ABSOLUTE,
    CANCELLED,
    FEATURES,
    MIXED,
    ONE_WAY,
    SUMMED,
    TOO_LARGE,
    TOO_SMALL,
    Exercise,
    Mistake,
    across,
    channels_last,
    down,
    gram_of,
)

FACTOR = ('it is wrong by a constant factor.', 'Work out by hand what the formula of the task gives for one single '
          'difference of 1. Which factor is too much in yours?')
ONE_LAYER = ('only one of the layers counts.', 'Which layers has your loop seen when the result is made?')
SUM_OF_LAYERS = ('the losses of the layers are added up.', 'With the same layer twice, should the result be twice as '
                 'large? Read again what the task says.')


def layers_of(rng, shape):
    """Features of two or three layers, each of another size."""
    channels, height, width = shape
    return [rng.normal(size=(1, channels + 2 * k, height - k, width)) for k in range(2 + channels % 2)]


def mean(values):
    """The mean of a list of `NDArray`s."""
    return nd.add_n(*values) / len(values)


def _each(loss):
    """A function that gives the losses of all layers, a list."""
    return lambda Ys_hat, Ys: [loss(Y_hat, Y) for Y_hat, Y in zip(Ys_hat, Ys)]


def _of_all_elements(Ys_hat, Ys):
    return nd.concat(*[(Y_hat - Y).square().reshape((-1,)) for Y_hat, Y in zip(Ys_hat, Ys)], dim=0).mean()


CONTENTS = _each(content_loss)
MEAN_CONTENT_LOSS = Exercise(
    lambda Ys_hat, Ys: mean(CONTENTS(Ys_hat, Ys)),
    lambda rng, shape: (layers_of(rng, shape), layers_of(rng, shape)), (
        Mistake(lambda Ys_hat, Ys: nd.add_n(*CONTENTS(Ys_hat, Ys)), SUM_OF_LAYERS),
        Mistake(_of_all_elements, ('a large layer counts more than a small one.',
                                   'Over what is the mean taken: over the layers, or over all of their elements?')),
        Mistake(lambda Ys_hat, Ys: mean(CONTENTS(Ys_hat, Ys)[:2]),
                ('it looks at two layers, however many there are.',
                 'What in yours depends on the length of the list, and what does not?')),
        Mistake(lambda Ys_hat, Ys: nd.add_n(*CONTENTS(Ys_hat, Ys)) / 2,
                ('it divides by two, however many layers there are.',
                 'What in yours depends on the length of the list, and what does not?')),
        *(Mistake(lambda Ys_hat, Ys, k=k, n=n: CONTENTS(Ys_hat, Ys)[k] / (len(Ys) if n else 1), ONE_LAYER)
          for k in (0, -1) for n in (0, 1)),
        Mistake(lambda Ys_hat, Ys: mean(_each(lambda a, b: (a - b).square().sum())(Ys_hat, Ys)), SUMMED),
        Mistake(lambda Ys_hat, Ys: nd.add_n(*_each(lambda a, b: (a - b).square().sum())(Ys_hat, Ys)), SUMMED),
        Mistake(lambda Ys_hat, Ys: mean(CONTENTS(Ys_hat, Ys)) / 2, FACTOR),
        Mistake(lambda Ys_hat, Ys: mean(_each(lambda a, b: (a - b).abs().mean())(Ys_hat, Ys)), ABSOLUTE),
        Mistake(lambda Ys_hat, Ys: mean(CONTENTS(Ys_hat, Ys)).sqrt(), ABSOLUTE),
        Mistake(lambda Ys_hat, Ys: mean([loss.sqrt() for loss in CONTENTS(Ys_hat, Ys)]), ABSOLUTE),
        Mistake(lambda Ys_hat, Ys: mean(_each(lambda a, b: (a - b).mean())(Ys_hat, Ys)), CANCELLED),
        Mistake(lambda Ys_hat, Ys: mean(_each(lambda a, b: (a - b).mean())(Ys_hat, Ys)).square(), CANCELLED),
        Mistake(lambda Ys_hat, Ys: mean(_each(lambda a, b: (a - b).mean().square())(Ys_hat, Ys)), CANCELLED),
        Mistake(lambda Ys_hat, Ys: mean(_each(lambda a, b: (gram(a) - gram(b)).square().mean())(Ys_hat, Ys)),
                ('it does not see where something is.', 'Content is compared place by place. Do you compare places?')),
    ))


class Curved:
    """A loss whose slope changes from place to place, of `nd` arrays and of NumPy's."""

    def __init__(self, factors):
        self.factors = factors

    def __call__(self, X):
        """The loss of `X`: one number."""
        factors = nd.array(self.factors) if isinstance(X, nd.NDArray) else self.factors
        return (factors * X * X * X).sum() + X.sum() * X.sum()


def _loss_to_measure(rng, shape):
    """A loss, a picture and a distance, of numbers that floats have without rounding."""
    shape = (1, shape[0], 1, 3)
    return Curved(rng.randint(1, 4, shape)), rng.randint(-8, 9, shape) / 4, 0.25


def differences(loss, X, ahead, behind, stay=0):
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
    return differences(loss, X, eps, -eps) / (2 * eps)


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
        Mistake(lambda loss, X, eps: differences(loss, X, eps, 0) / eps, ONE_SIDE),
        Mistake(lambda loss, X, eps: differences(loss, X, 0, -eps) / eps, ONE_SIDE),
        Mistake(lambda loss, X, eps: 2 * _slopes(loss, X, eps),
                ('every slope is twice as large as it should be.',
                 'How far apart are the two places at which you ask for the loss?')),
        Mistake(lambda loss, X, eps: differences(loss, X, eps, -eps),
                ('the difference is not divided.', 'A slope is a difference of the loss for each unit of what?')),
        Mistake(lambda loss, X, eps: differences(loss, X, eps, -eps) / 2 * eps,
                ('the difference is not divided by the distance.',
                 'In which order does Python compute `a / 2 * b`?')),
        Mistake(lambda loss, X, eps: -_slopes(loss, X, eps),
                ('every slope has the wrong sign.', 'Take a loss that grows with a pixel. What should its slope be?')),
        Mistake(lambda loss, X, eps: differences(loss, X, eps, -eps, stay=-eps) / (2 * eps), STAYS),
        Mistake(lambda loss, X, eps: differences(loss, X, eps, -eps, stay=eps) / (2 * eps), STAYS),
        Mistake(lambda loss, X, eps: differences(loss, X, eps, 0, stay=eps) / eps, STAYS),
        Mistake(_all_at_once, TOGETHER),
        Mistake(lambda loss, X, eps: _all_at_once(loss, X, eps) * nd.ones_like(X), TOGETHER),
        Mistake(_by_autograd, ('that is the gradient that autograd gives.',
                               'It is autograd that is to be checked: ask only for the loss, at two places.')),
    ))


def _gram_and_means(rng, shape):
    """A Gram matrix and the means of its channels, of features that none of them has around 0."""
    X = rng.normal(size=(1, *shape)) + rng.normal(0, 2, (1, shape[0], 1, 1))
    rows = X.reshape(shape[0], -1)
    return rows @ rows.T / X.size, rows.mean(axis=1)


def outer(means):
    """Products of all means, (c, c)."""
    return nd.dot(means.expand_dims(1), means.expand_dims(0))


TOO_MUCH, TOO_LITTLE = ((f'what is taken away is too {word}.', 'A Gram matrix is divided by c · h · w. Add up the '
                         'product of two means over all places, and divide it so, too.') for word in ('large', 'small'))
ROW_MEANS = ('the mean of a channel is taken from its products.', 'An element of the Gram matrix is a mean of products '
             'of two channels. What is a mean of products if each channel says its mean everywhere?')
DIAGONAL = ('only the diagonal changes.', 'Element (i, j) has to do with the means of two channels. Which two?')
NUMBER = ('the same number is taken from every element.', 'The means are (c,), and what is taken away is (c, c): '
          'element (i, j) has to do with two channels.')
CENTRED_GRAM = Exercise(
    lambda gram_X, means: gram_X - outer(means) / len(means), _gram_and_means, (
        Mistake(lambda gram_X, means: gram_X - outer(means), TOO_MUCH),
        Mistake(lambda gram_X, means: gram_X - outer(means) / len(means) ** 2, TOO_LITTLE),
        Mistake(lambda gram_X, means: gram_X + outer(means) / len(means),
                ('the means are added.', 'Which of the two is larger: a mean of squares, or that without the mean?')),
        Mistake(lambda gram_X, means: gram_X - 2 * outer(means) / len(means),
                ('the means are taken away twice.',
                 'Multiply out (x - m)(y - n), and take the mean of each of its four terms.')),
        *(Mistake(lambda gram_X, means, n=n: gram_X - means.reshape((-1, 1)) / (len(means) if n else 1), ROW_MEANS)
          for n in (0, 1)),
        *(Mistake(lambda gram_X, means, n=n: gram_X - means.reshape((1, -1)) / (len(means) if n else 1), ROW_MEANS)
          for n in (0, 1)),
        *(Mistake(lambda gram_X, means, n=n: gram_X - means.square().reshape((1, -1)) / (len(means) if n else 1),
                  DIAGONAL) for n in (0, 1)),
        *(Mistake(lambda gram_X, means, n=n: gram_X - nd.diag(means.square()) / (len(means) if n else 1), DIAGONAL)
          for n in (0, 1)),
        *(Mistake(lambda gram_X, means, n=n: gram_X - means.square().sum() / (len(means) if n else 1), NUMBER)
          for n in (0, 1)),
        Mistake(lambda gram_X, means: gram_X - means.mean().square(), NUMBER),
        Mistake(lambda gram_X, _means: gram_X - gram_X.mean(),
                ('it is the mean of the Gram matrix that is taken away.', 'Whose mean is to go? It is in `means`.')),
        Mistake(lambda gram_X, _means: gram_X - gram_X.mean(axis=1, keepdims=True),
                ('it is the mean of the Gram matrix that is taken away.', 'Whose mean is to go? It is in `means`.')),
        Mistake(lambda gram_X, _means: gram_X + 0, ('nothing is taken away.', 'What do the means have to do with it?')),
    ))


def _grams(X):
    return [gram(X[i:i + 1]) for i in range(len(X))]


def _rows(X):
    return X.reshape((*X.shape[:2], -1))


def _products(rows, other=None):
    return nd.batch_dot(rows, rows if other is None else other, transpose_b=True)


ONE_MATRIX = ('one matrix comes out, in which the pictures are mixed.',
              'The chapter\'s `reshape` makes c rows out of everything. Which axis has to stay in front?')
ADDED = ('the pictures are added up.', 'Each picture of the batch has a Gram matrix of its own. Which axis says whose?')
BATCH_GRAM = Exercise(
    lambda X: nd.stack(*_grams(X)),
    lambda rng, shape: (rng.normal(size=(3 if shape[0] == 2 else 2, *shape)),), (
        *(Mistake(lambda X, divide=divide: gram_of(X, divide(X)), ONE_MATRIX)
          for divide in (lambda X: X.size, lambda X: X[0].size, lambda _X: 1)),
        Mistake(lambda X: gram_of(X.transpose((1, 0, 2, 3)).reshape((1, X.shape[1], -1, 1)), X.size), ADDED),
        Mistake(lambda X: nd.add_n(*_grams(X)), ADDED),
        Mistake(lambda X: _grams(X)[0], ('only the first picture counts.', 'How many pictures are in the batch?')),
        Mistake(lambda X: _grams(X)[-1], ('only the last picture counts.', 'Does a `return` stand in your loop, or is '
                                          'the same name written anew in each round?')),
        Mistake(lambda X: _products(_rows(X)) / X.size,
                ('it is divided by the number of pictures, too.',
                 'Should the Gram matrix of a picture depend on how many others are beside it?')),
        Mistake(lambda X: _products(_rows(X)), TOO_LARGE),
        Mistake(lambda X: _products(_rows(X)) / X.shape[1], TOO_LARGE),
        Mistake(lambda X: _products(_rows(X)) / len(X), TOO_LARGE),
        Mistake(lambda X: _products(_rows(X)) / (len(X) * X.shape[1]), TOO_LARGE),
        Mistake(lambda X: _products(_rows(X)) / (X.shape[2] * X.shape[3]), TOO_LARGE),
        Mistake(lambda X: _products(_rows(X)) / X[0].size ** 2, TOO_SMALL),
        Mistake(lambda X: _products(X.reshape((len(X), -1, X.shape[1])).transpose((0, 2, 1))) / X[0].size, MIXED),
        Mistake(lambda X: _products(channels_last(X).reshape((len(X), X.shape[1], -1))) / X[0].size, MIXED),
        Mistake(lambda X: _products(X.transpose((1, 0, 2, 3)).reshape((len(X), X.shape[1], -1))) / X[0].size,
                ('the shape is right, but a matrix does not belong to one picture.',
                 '`reshape` reads the elements in their order, whatever you call the axes. Is the first axis still '
                 'that of the pictures before it?')),
        Mistake(lambda X: _products(_rows(X).transpose((0, 2, 1))) / X[0].size,
                ('it compares places with places, and the result grows with the picture.',
                 'Each picture should have a row for each channel. Which of your two factors is transposed?')),
        Mistake(lambda X: _products(_rows(X.transpose((1, 0, 2, 3)))) / X[0].size,
                ('it compares pictures with pictures.', 'Which axis is still there in the result, and which two are '
                 'the rows and columns of each matrix?')),
        Mistake(lambda X: _products(_rows(X - X.mean(axis=(2, 3), keepdims=True))) / X[0].size,
                ('the mean of each channel is subtracted.', 'That was 1.3. What does the chapter\'s matrix multiply?')),
    ))


def _weighted(losses, weights):
    return nd.add_n(*[loss * weight for loss, weight in zip(losses, weights)])


def _targets(rng, shape):
    Ys_hat = layers_of(rng, shape)
    grams_Y = [rng.normal(size=(Y.shape[1], Y.shape[1])) for Y in Ys_hat]
    return Ys_hat, grams_Y, [0.5, 3.0, 1.5][:len(Ys_hat)]


def _features_for_targets(rng, shape):
    return layers_of(rng, shape), layers_of(rng, shape), _targets(rng, shape)[2]


def _weighted_mean_of(loss):
    return lambda Ys_hat, grams_Y, weights: _weighted(_each(loss)(Ys_hat, grams_Y), weights) / sum(weights)


STYLES = _each(style_loss)
NO_WEIGHTS = ('the weights do not count.', 'Where does a weight stand in your loop?')
SQUARED_WEIGHTS = ('the weights are squared, too.', 'What is multiplied by a weight: a difference, or a loss?')
WEIGHTED_STYLE_LOSS = Exercise(
    _weighted_mean_of(style_loss), _targets, (
        Mistake(lambda Ys_hat, grams_Y, weights: _weighted(STYLES(Ys_hat, grams_Y), weights),
                ('the weighted losses are added up, and that is all.',
                 'If all weights are doubled, should the result be twice as large? Read again what the task says.')),
        Mistake(lambda Ys_hat, grams_Y, _weights: mean(STYLES(Ys_hat, grams_Y)), NO_WEIGHTS),
        Mistake(lambda Ys_hat, grams_Y, _weights: nd.add_n(*STYLES(Ys_hat, grams_Y)), NO_WEIGHTS),
        Mistake(lambda Ys_hat, grams_Y, weights: nd.add_n(*STYLES(Ys_hat, grams_Y)) / sum(weights), NO_WEIGHTS),
        Mistake(lambda Ys_hat, grams_Y, weights: _weighted(STYLES(Ys_hat, grams_Y), weights) / len(weights),
                ('it is divided by the number of layers.',
                 'If all weights are doubled, should the result be twice as large? Read again what the task says.')),
        *(Mistake(lambda Ys_hat, grams_Y, weights, n=n: _weighted(
            STYLES(Ys_hat, grams_Y), [weight ** 2 for weight in weights]) / [1, sum(weights), sum(
                weight ** 2 for weight in weights)][n], SQUARED_WEIGHTS) for n in range(3)),
        *(Mistake(lambda Ys_hat, grams_Y, weights, k=k, n=n: _weighted(STYLES(Ys_hat, grams_Y), weights) * 0 + STYLES(
            Ys_hat, grams_Y)[k] * [1, weights[k], weights[k] / sum(weights)][n], ONE_LAYER)
          for k in (0, -1) for n in range(3)),
        Mistake(lambda Ys_hat, grams_Y, weights: _weighted(STYLES(Ys_hat, grams_Y), weights[::-1]) / sum(weights),
                ('each weight counts for another layer.', 'In which order do your loops go through the lists?')),
        Mistake(_weighted_mean_of(lambda Y_hat, G: (gram(Y_hat) - gram(G[None, :, :, None])).square().mean()),
                ('the target is made into a Gram matrix a second time.', 'What is the second argument already?')),
        Mistake(_weighted_mean_of(lambda Y_hat, G: (gram(Y_hat) - G).square().sum()), SUMMED),
        Mistake(_weighted_mean_of(lambda Y_hat, G: (gram(Y_hat) - G).abs().mean()), ABSOLUTE),
        Mistake(_weighted_mean_of(lambda Y_hat, G: (gram(Y_hat) - G).square().mean().sqrt()), ABSOLUTE),
        Mistake(_weighted_mean_of(lambda Y_hat, G: (gram(Y_hat) - G).square().mean() / 4), FACTOR),
        Mistake(_weighted_mean_of(lambda Y_hat, G: (gram_of(Y_hat) - G).square().mean()), TOO_LARGE),
    ),
    probe=_features_for_targets,
    probed=Mistake(_weighted_mean_of(content_loss), FEATURES))


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
    ))

VARIATIONS = {'mean_content_loss': MEAN_CONTENT_LOSS, 'gradient_by_differences': GRADIENT_BY_DIFFERENCES,
              'centred_gram': CENTRED_GRAM, 'batch_gram': BATCH_GRAM, 'weighted_style_loss': WEIGHTED_STYLE_LOSS,
              'masked_tv_loss': MASKED_TV_LOSS}
