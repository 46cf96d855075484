"""Functions: a student's function beside the package's own, on small random input.

Where they differ the usual mistakes are tried: the one that gives the same numbers is the one that was made.
"""
import itertools

import numpy as np
from mxnet import autograd, nd

from .verdict import array, same

# channels, height, width: all different, so that none can be taken for another
SHAPES = ((3, 5, 4), (2, 7, 3), (4, 3, 6))
NO_GRADIENT = ('the value is right, but no gradient comes through it.',
               'Autograd follows operations on `nd` arrays only. Where does yours become a number or a NumPy array?')
OTHER = ('the numbers are not right, and it is none of the usual mistakes.',
         'Work a tiny example out by hand, such as two channels of 2 × 2 places, and compare.')


def compare(exercise, solution, seed):
    """The hints for `solution`, none if it is right, on input drawn with `seed`."""
    rng = np.random.RandomState(seed)
    for shape in np.roll(SHAPES, seed, axis=0):
        arguments = _ready(exercise.arguments(rng, tuple(shape)))
        try:
            hints = _compare_once(exercise, solution, arguments)
        except Exception:
            if not _probe(exercise, solution, rng, tuple(shape)):
                raise
            hints = exercise.probed.hints
        if hints:
            return hints
    return ()


def _probe(exercise, solution, rng, shape):
    """Whether `solution`, which stopped, makes the mistake that shows on other arguments only."""
    if not exercise.probe:
        return False
    arguments = _ready(exercise.probe(rng, shape))
    try:
        return same(solution(*arguments), exercise.probed.computes(*arguments))
    except Exception:
        return False


def _ready(argument):
    """An argument whose arrays, also those in lists, are `nd` arrays that nobody else has."""
    if isinstance(argument, (list, tuple)):
        return [_ready(one) for one in argument]
    if isinstance(argument, np.ndarray):
        return nd.array(argument)
    return argument.copy() if isinstance(argument, nd.NDArray) else argument


def _arrays(argument):
    """The arrays in an argument: itself, or those of a list."""
    if isinstance(argument, list):
        return [array for one in argument for array in _arrays(one)]
    return [argument] if isinstance(argument, nd.NDArray) else []


def _is_as_before(argument, before):
    """Whether nothing was changed in an argument."""
    if isinstance(argument, list):
        return len(argument) == len(before) and all(map(_is_as_before, argument, before))
    return same(argument, before) if isinstance(argument, nd.NDArray) else argument == before


def _compare_once(exercise, solution, arguments):
    untouched = _ready(arguments)
    found, gradient = _call(solution, arguments, exercise.trained)
    wanted, wanted_gradient = _call(exercise.right, untouched, exercise.trained)
    if found is None or found is ...:
        return 'it returns nothing yet: write it, and end with `return`.',
    if not _is_as_before(arguments, untouched):
        return ('it changes its argument, and whoever called it has another array than before.',
                'Which of your lines writes into what was handed over? Work on a copy, or put it back.')
    if not isinstance(found, (nd.NDArray, np.ndarray, np.generic, float, int)):
        return (f'it returns {type(found).__name__}; an array is wanted.',
                'Which function of `nd` makes one array, or one number, out of yours?')
    if same(found, wanted):
        if exercise.trained and not (isinstance(found, nd.NDArray) and _same_gradients(gradient, wanted_gradient)):
            return NO_GRADIENT
        return ()
    recognised = _recognised(exercise, found, wanted, untouched)
    if recognised:
        return recognised
    if array(found).size != array(wanted).size:
        return (f'the result has the shape {tuple(array(found).shape)}, and {tuple(wanted.shape)} is wanted.',
                'Write down the shape after each line of yours for an input of shape '
                f'{", ".join(str(tuple(array.shape)) for array in _arrays(arguments))}.')
    return OTHER


def _recognised(exercise, found, wanted, arguments):
    """The hints for a usual mistake in the numbers, in the shape, or in both; else None."""
    results = [(mistake.hints, _call(mistake.computes, arguments)[0]) for mistake in exercise.mistakes]
    return next(itertools.chain(
        (hints for hints, result in results if same(found, result)),
        filter(None, [shape_slip(found, wanted)]),
        (hints for hints, result in results if shape_slip(found, result))), None)  # both: the numbers come first


def shape_slip(found, wanted):
    """Hints where the numbers of `found` are right, and only their shape or their order is not; else None."""
    found, wanted = array(found), array(wanted)
    if found.size != wanted.size or wanted.size == 1:
        return None
    told = f'the numbers are right, but the result has the shape {found.shape}, and {wanted.shape} is wanted.'
    long = found.squeeze()
    if same(long, wanted):
        return told, 'An axis of length 1 is left over. Which one is it, and what stands at its place in the input?'
    turned = [long.transpose(axes) for axes in itertools.permutations(range(long.ndim))]
    if any(same(other, wanted) for other in turned):
        return ('the numbers are right, but the axes are in another order.',
                f'The result is to have the shape {wanted.shape}: which axis of yours is which of these?')
    if same(found.reshape(wanted.shape), wanted):
        return told, 'The numbers stand in a row, or in other rows. Which shape did they have before you changed it?'
    if same(np.sort(found, axis=None), np.sort(wanted, axis=None)):
        return ('the numbers are right, but they stand in other places.',
                'Which `reshape` or `transpose` comes last? Print a small result before and after it.')
    return None


def _same_gradients(gradients, wanted):
    return gradients is not None and all(map(same, gradients, wanted))


def _call(function, arguments, with_gradient=False):
    """(result, gradients with respect to the arrays of the first argument, or None)."""
    if not with_gradient:
        return function(*arguments), None
    for X in _arrays(arguments[0]):
        X.attach_grad()
    with autograd.record():
        result = function(*arguments)
    if not isinstance(result, nd.NDArray):
        return result, None
    try:
        result.backward()
    except Exception:  # nothing was recorded: somewhere it left `nd`
        return result, None
    return result, [X.grad for X in _arrays(arguments[0])]
