"""Functions: a student's function beside the package's own, on small random input.

Where they differ the usual mistakes are tried: the one that gives the same numbers is the one that was made.
"""
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
        arguments = [nd.array(argument) for argument in exercise.arguments(rng, tuple(shape))]
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
    arguments = [nd.array(argument) for argument in exercise.probe(rng, shape)]
    try:
        return same(solution(*arguments), exercise.probed.computes(*arguments))
    except Exception:
        return False


def _compare_once(exercise, solution, arguments):
    untouched = [argument.copy() for argument in arguments]
    found, gradient = _call(solution, arguments, exercise.trained)
    wanted, wanted_gradient = _call(exercise.right, untouched, exercise.trained)
    if found is None or found is ...:
        return 'it returns nothing yet: write it, and end with `return`.',
    if not all(same(a, b) for a, b in zip(arguments, untouched)):
        return 'it changes its argument, and whoever called it has another array than before.',
    if not isinstance(found, (nd.NDArray, np.ndarray, np.generic, float, int)):
        return f'it returns {type(found).__name__}; an array is wanted.',
    if same(found, wanted):
        if exercise.trained and not (isinstance(found, nd.NDArray) and same(gradient, wanted_gradient)):
            return NO_GRADIENT
        return ()
    for mistake in exercise.mistakes:
        if same(found, _call(mistake.computes, untouched)[0]):
            return mistake.hints
    if array(found).size != array(wanted).size:
        return (f'the result has the shape {tuple(array(found).shape)}, and {tuple(wanted.shape)} is wanted.',
                'Write down the shape after each line of yours for an input of shape '
                f'{tuple(arguments[0].shape)}.')
    return OTHER


def _call(function, arguments, with_gradient=False):
    """(result, gradient with respect to the first argument, or None)."""
    if not with_gradient:
        return function(*arguments), None
    X = arguments[0]
    X.attach_grad()
    with autograd.record():
        result = function(*arguments)
    if not isinstance(result, nd.NDArray):
        return result, None
    try:
        result.backward()
    except Exception:  # nothing was recorded: somewhere it left `nd`
        return result, None
    return result, X.grad
