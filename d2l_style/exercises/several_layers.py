"""Several layers: the exercises with a loss for each layer."""
from mxnet import nd

from ..losses import content_loss, gram, style_loss
from .exercise import ABSOLUTE, CANCELLED, FEATURES, SUMMED, TOO_LARGE, Exercise, Mistake, gram_of

FACTOR = ('it is wrong by a constant factor.', 'Work out by hand what the formula of the task gives for one single '
          'difference of 1. Which factor is too much in yours?')
ONE_LAYER = ('only one of the layers counts.', 'Which layers has your loop seen when the result is made?')
SUM_OF_LAYERS = ('the losses of the layers are added up.', 'With the same layer twice, should the result be twice as '
                 'large? Read again what the task says.')


def _layers(rng, shape):
    """Features of two or three layers, each of another size."""
    channels, height, width = shape
    return [rng.normal(size=(1, channels + 2 * k, height - k, width)) for k in range(2 + channels % 2)]


def _mean(values):
    """The mean of a list of `NDArray`s."""
    return nd.add_n(*values) / len(values)


def _each(loss):
    """A function that gives the losses of all layers, a list."""
    return lambda Ys_hat, Ys: [loss(Y_hat, Y) for Y_hat, Y in zip(Ys_hat, Ys)]


def _of_all_elements(Ys_hat, Ys):
    return nd.concat(*[(Y_hat - Y).square().reshape((-1,)) for Y_hat, Y in zip(Ys_hat, Ys)], dim=0).mean()


CONTENTS = _each(content_loss)
MEAN_CONTENT_LOSS = Exercise(
    lambda Ys_hat, Ys: _mean(CONTENTS(Ys_hat, Ys)),
    lambda rng, shape: (_layers(rng, shape), _layers(rng, shape)), (
        Mistake(lambda Ys_hat, Ys: nd.add_n(*CONTENTS(Ys_hat, Ys)), SUM_OF_LAYERS),
        Mistake(_of_all_elements, ('a large layer counts more than a small one.',
                                   'Over what is the mean taken: over the layers, or over all of their elements?')),
        Mistake(lambda Ys_hat, Ys: _mean(CONTENTS(Ys_hat, Ys)[:2]),
                ('it looks at two layers, however many there are.',
                 'What in yours depends on the length of the list, and what does not?')),
        Mistake(lambda Ys_hat, Ys: nd.add_n(*CONTENTS(Ys_hat, Ys)) / 2,
                ('it divides by two, however many layers there are.',
                 'What in yours depends on the length of the list, and what does not?')),
        *(Mistake(lambda Ys_hat, Ys, k=k, n=n: CONTENTS(Ys_hat, Ys)[k] / (len(Ys) if n else 1), ONE_LAYER)
          for k in (0, -1) for n in (0, 1)),
        Mistake(lambda Ys_hat, Ys: _mean(_each(lambda a, b: (a - b).square().sum())(Ys_hat, Ys)), SUMMED),
        Mistake(lambda Ys_hat, Ys: nd.add_n(*_each(lambda a, b: (a - b).square().sum())(Ys_hat, Ys)), SUMMED),
        Mistake(lambda Ys_hat, Ys: _mean(CONTENTS(Ys_hat, Ys)) / 2, FACTOR),
        Mistake(lambda Ys_hat, Ys: _mean(_each(lambda a, b: (a - b).abs().mean())(Ys_hat, Ys)), ABSOLUTE),
        Mistake(lambda Ys_hat, Ys: _mean(CONTENTS(Ys_hat, Ys)).sqrt(), ABSOLUTE),
        Mistake(lambda Ys_hat, Ys: _mean([loss.sqrt() for loss in CONTENTS(Ys_hat, Ys)]), ABSOLUTE),
        Mistake(lambda Ys_hat, Ys: _mean(_each(lambda a, b: (a - b).mean())(Ys_hat, Ys)), CANCELLED),
        Mistake(lambda Ys_hat, Ys: _mean(_each(lambda a, b: (a - b).mean())(Ys_hat, Ys)).square(), CANCELLED),
        Mistake(lambda Ys_hat, Ys: _mean(_each(lambda a, b: (a - b).mean().square())(Ys_hat, Ys)), CANCELLED),
        Mistake(lambda Ys_hat, Ys: _mean(_each(lambda a, b: (gram(a) - gram(b)).square().mean())(Ys_hat, Ys)),
                ('it does not see where something is.', 'Content is compared place by place. Do you compare places?')),
    ))


def _weighted(losses, weights):
    return nd.add_n(*[loss * weight for loss, weight in zip(losses, weights)])


def _targets(rng, shape):
    Ys_hat = _layers(rng, shape)
    grams_Y = [rng.normal(size=(Y.shape[1], Y.shape[1])) for Y in Ys_hat]
    return Ys_hat, grams_Y, [0.5, 3.0, 1.5][:len(Ys_hat)]


def _features_for_targets(rng, shape):
    return _layers(rng, shape), _layers(rng, shape), _targets(rng, shape)[2]


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
        Mistake(lambda Ys_hat, grams_Y, _weights: _mean(STYLES(Ys_hat, grams_Y)), NO_WEIGHTS),
        Mistake(lambda Ys_hat, grams_Y, _weights: nd.add_n(*STYLES(Ys_hat, grams_Y)), NO_WEIGHTS),
        Mistake(lambda Ys_hat, grams_Y, weights: nd.add_n(*STYLES(Ys_hat, grams_Y)) / sum(weights), NO_WEIGHTS),
        Mistake(lambda Ys_hat, grams_Y, weights: _weighted(STYLES(Ys_hat, grams_Y), weights) / len(weights),
                ('it is divided by the number of layers.',
                 'If all weights are doubled, should the result be twice as large? Read again what the task says.')),
        Mistake(lambda Ys_hat, grams_Y, weights: _weighted(
            STYLES(Ys_hat, grams_Y), weights) / sum(weights) / len(weights),
                ('it is divided by the number of layers, too.', 'What is left of the mean if all weights are 1?')),
        Mistake(lambda Ys_hat, grams_Y, weights: nd.add_n(*STYLES(
            [Y_hat * weight for Y_hat, weight in zip(Ys_hat, weights)], grams_Y)) / sum(weights),
                ('it is the features that are multiplied by a weight.', 'What does the task multiply: a loss?')),
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
