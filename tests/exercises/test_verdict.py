"""What is said of a function that stopped."""
from d2l_style.exercises.verdict import stopped

from IPython.core.error import StdinNotImplementedError


def test_a_function_that_asks_is_told_that_nobody_answers():
    assert stopped(StdinNotImplementedError('raw_input was called'), None)[0].startswith("input() can't be used here")
    assert stopped(NotImplementedError(), None) == ('it is still to be written.',)
