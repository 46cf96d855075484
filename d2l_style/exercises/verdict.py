"""Verdicts: whether a solution is right, and if not, where to look."""
import traceback
from dataclasses import dataclass

import numpy as np
from mxnet import nd


class NotRight(AssertionError):
    """A solution that does not earn its marks. It is shown as its message, without a traceback."""

    def _render_traceback_(self):
        return [str(self)]


@dataclass(frozen=True)
class Verdict:
    """Whether the solution of the exercise `name` is right, and else the hints, from vague to close."""

    name: str
    passed: bool
    hints: tuple = ()

    def message(self, hint=1):
        """What the student reads; `hint`: how many hints."""
        if self.passed:
            return f'✓ {self.name} is right.'
        text = f'✗ {self.name}: ' + '\n  '.join(self.hints[:max(1, hint)])
        if hint < len(self.hints):
            text += f"\n  (One more hint: check('{self.name}', {self.name}, hint={hint + 1}))"
        return text


def stopped(error, solution):
    """Hints for a function that raised `error`: where in the student's code, and the last line of what was said."""
    if type(error).__name__ == 'StdinNotImplementedError':  # IPython's, a NotImplementedError
        return 'input() can\'t be used here: nobody is there to answer when it is graded.',
    if isinstance(error, NotImplementedError):
        return 'it is still to be written.',
    if 'Inplace operations' in str(error):
        return ('it writes into an array while autograd records.',
                'What was computed has to stay as it is. Which line could make a new array, as `a = a + b` does, and '
                '`a += b` does not?')
    code = getattr(solution, '__code__', None)
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if code and frame.filename == code.co_filename]
    where = f' at `{own[-1].line}`' if own and own[-1].line else ''
    lines = str(error).strip().splitlines() or ['']
    return (f'it stopped{where} with {type(error).__name__}: {lines[-1][:200]}',
            'Print the shapes just before that line. Which shape did you expect?')


def is_plain(value):
    """Whether a text or a number is Python's or NumPy's own, and not an object that says what it is equal to."""
    return any(type(value) is kind for kind in np.ScalarType)  # not `in`: a type, too, can say so


def array(values):
    """A NumPy array of an `NDArray`, a NumPy array or a number, whatever a class of the student's says of itself."""
    return nd.NDArray.asnumpy(values) if isinstance(values, nd.NDArray) else np.asarray(values)


def same(a, b):
    """Whether two arrays have the same shape and, up to rounding, the same values; None is like None only."""
    if a is None or b is None:
        return a is b
    a, b = array(a), array(b)
    if a.size == b.size == 1:
        a, b = a.reshape(()), b.reshape(())
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-3, atol=1e-6)
