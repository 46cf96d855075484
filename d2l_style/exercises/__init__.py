"""Exercises: what notebook 6 says about a student's function. The course around it is in `classroom/course/`.

Looks at the chapter's files, which are the right answers, at `layers` and `beyond`. A check never shows them: its hints
come one at a time, from vague to close.
"""
import warnings
from contextlib import redirect_stderr
from io import StringIO

from .functions import compare
from .loop import compare_train
from .mistakes import EXERCISES
from .network import compare_trim
from .verdict import NotRight, Verdict, stopped

__all__ = ['EXERCISES', 'NotRight', 'Verdict', 'check', 'chosen', 'judge', 'mark', 'mark_answer']


def check(name, solution, hint=1):
    """Say whether `solution` is right for the exercise `name`, and else what to look at.

    `name`: one of `EXERCISES`, 'trim' or 'train'. `hint`: how many hints, 1 or 2.
    """
    print(judge(name, solution).message(hint))


def mark(name, solution, seed=1):
    """Raise `NotRight`, with the first hint, unless `solution` is right on input drawn with `seed`."""
    verdict = judge(name, solution, seed)
    if not verdict.passed:
        raise NotRight(verdict.message())


def mark_answer(answer, right, look):
    """Raise `NotRight` with the hint `look` unless `answer` is `right`."""
    if answer != right:
        raise NotRight(f'✗ {answer!r} is not what was measured. {look}' if answer is not None else '✗ no answer yet')


def chosen(answer, *choices):
    """Whether `answer` is one of `choices`; prints it, or what to write first."""
    if answer in choices:
        print('noted:', answer)
        return True
    print(f'First choose an answer above, one of {", ".join(map(repr, choices))}, and run that cell' +
          ('.' if answer is None else f'; {answer!r} is none of them.'))
    return False


def judge(name, solution, seed=0):
    """The `Verdict` on `solution`, a function, for the exercise `name`. Raises `ValueError` for an unknown name."""
    special = {'trim': compare_trim, 'train': compare_train}
    if name not in {*EXERCISES, *special}:
        raise ValueError(f'there is no exercise {name!r}: choose one of {", ".join([*EXERCISES, *special])}')
    if not callable(solution):
        return Verdict(name, False, (f'this is no function: give the name of yours, check({name!r}, {name}).',))
    if (getattr(solution, '__module__', None) or '').split('.')[0] in ('d2l_style', 'd2l'):
        return Verdict(name, False, ('this is the package\'s function: run the cell with yours, then this one again.',))
    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # a warning of MXNet's is no mistake of the student's
        warnings.simplefilter('ignore')
        try:
            hints = special[name](solution, seed) if name in special else compare(EXERCISES[name], solution, seed)
        except Exception as error:  # whatever a student's function raises
            hints = stopped(error, solution)
    return Verdict(name, not hints, hints)
