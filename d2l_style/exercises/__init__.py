"""Exercises: what notebook 6 says about a student's function. The course around it is in `classroom/course/`.

`WARM_UP`: the chapter's functions, for practice. `VARIATIONS`: those that have points; they stand nowhere else. Each is
an `exercise`, whose usual mistakes are formulas; `SPECIAL` has a check of its own. Looks at the chapter's files, at
`layers` and `beyond`. A check never shows what is right: its hints come one at a time, from vague to close.
"""
import warnings
from contextlib import redirect_stderr
from io import StringIO

from .differences import GRADIENT_BY_DIFFERENCES
from .functions import compare
from .grams import BATCH_GRAM, CENTRED_GRAM
from .loop import compare_train
from .mask import MASKED_TV_LOSS
from .network import compare_trim
from .several_layers import MEAN_CONTENT_LOSS, WEIGHTED_STYLE_LOSS
from .still import compare_train_until_still
from .verdict import NotRight, Verdict, is_plain, stopped
from .warm_up import WARM_UP

VARIATIONS = {'mean_content_loss': MEAN_CONTENT_LOSS, 'gradient_by_differences': GRADIENT_BY_DIFFERENCES,
              'centred_gram': CENTRED_GRAM, 'batch_gram': BATCH_GRAM, 'weighted_style_loss': WEIGHTED_STYLE_LOSS,
              'masked_tv_loss': MASKED_TV_LOSS}
EXERCISES = {**WARM_UP, **VARIATIONS}
SPECIAL = {'trim': compare_trim, 'train': compare_train, 'train_until_still': compare_train_until_still}

__all__ = ['EXERCISES', 'SPECIAL', 'VARIATIONS', 'WARM_UP', 'NotRight', 'Verdict', 'check', 'chosen', 'judge', 'mark',
           'mark_answer']


def check(name, solution, hint=1):
    """Say whether `solution` is right for the exercise `name`, and else what to look at.

    `name`: one of `EXERCISES` or `SPECIAL`. `hint`: how many hints, 1 or 2.
    """
    print(judge(name, solution).message(hint))


def mark(name, solution, seed=1):
    """Raise `NotRight`, with the first hint, unless `solution` is right on input drawn with `seed`."""
    verdict = judge(name, solution, seed)
    if not verdict.passed:
        raise NotRight(verdict.message())


def mark_answer(answer, right, look):
    """Raise `NotRight` with the hint `look` unless `answer` is `right`."""
    if not is_plain(answer) or answer != right:
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
    if name not in {*EXERCISES, *SPECIAL}:
        raise ValueError(f'there is no exercise {name!r}: choose one of {", ".join([*EXERCISES, *SPECIAL])}')
    if not callable(solution):
        return Verdict(name, False, (f'this is no function: give the name of yours, check({name!r}, {name}).',))
    if (getattr(solution, '__module__', None) or '').split('.')[0] in ('d2l_style', 'd2l'):
        return Verdict(name, False, ('this is the package\'s function: run the cell with yours, then this one again.',))
    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # a warning of MXNet's is no mistake of the student's
        warnings.simplefilter('ignore')
        try:
            hints = SPECIAL[name](solution, seed) if name in SPECIAL else compare(EXERCISES[name], solution, seed)
        except Exception as error:  # whatever a student's function raises
            hints = stopped(error, solution)
    return Verdict(name, not hints, hints)
