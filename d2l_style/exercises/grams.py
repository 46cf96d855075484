"""Grams: the exercises on the Gram matrices of a batch, and without the means of the channels."""
from mxnet import nd

from ..losses import gram
from .exercise import MIXED, TOO_LARGE, TOO_SMALL, Exercise, Mistake, channels_last, gram_of


def _gram_and_means(rng, shape):
    """A Gram matrix and the means of its channels, of features that none of them has around 0."""
    X = rng.normal(size=(1, *shape)) + rng.normal(0, 2, (1, shape[0], 1, 1))
    rows = X.reshape(shape[0], -1)
    return rows @ rows.T / X.size, rows.mean(axis=1)


def _outer(means):
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
    lambda gram_X, means: gram_X - _outer(means) / len(means), _gram_and_means, (
        Mistake(lambda gram_X, means: gram_X - _outer(means), TOO_MUCH),
        Mistake(lambda gram_X, means: gram_X - _outer(means) / len(means) ** 2, TOO_LITTLE),
        Mistake(lambda gram_X, means: gram_X + _outer(means) / len(means),
                ('the means are added.', 'Which of the two is larger: a mean of squares, or that without the mean?')),
        Mistake(lambda gram_X, means: gram_X - 2 * _outer(means) / len(means),
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
        Mistake(lambda X: nd.stack(*[gram(picture) for picture in X]),
                ('the height is taken for the channels.',
                 'Which shape has one picture in a loop over the batch, and which one does `gram` want?')),
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
