"""Solutions of notebook 6 as students hand them in: right ones, and wrong ones with the hint they should get.

`RIGHT`: one of each function. `WAYS`: several of those that have points. `WRONG`: what is wrong: (exercise, source,
words of the first hint).
"""
from textwrap import dedent

from . import variations, warm_up
from .variations import WAYS

RIGHT = {**warm_up.RIGHT, **{name: ways[0] for name, ways in WAYS.items()}}
WRONG = {**warm_up.WRONG, **variations.WRONG}

__all__ = ['RIGHT', 'WAYS', 'WRONG', 'source']


def source(text):
    """A solution without the indentation that it has here."""
    return dedent(text).strip()
