"""Checks of the exercises: right solutions pass, usual mistakes get their hint, nothing comes with a traceback."""
import d2l_style
from d2l_style import compute_loss, extract_features, get_inits
from d2l_style.beyond import blend_styles
from d2l_style.exercises import EXERCISES, SPECIAL, WARM_UP, NotRight, check, chosen, judge, mark, mark_answer
from d2l_style.exercises.verdict import same
from d2l_style.fast.compiled import gram, tv_loss
from d2l_style.images import rgb_mean, rgb_std

import functools
import re
from functools import cache
from pathlib import Path

import mxnet as mx
import nbformat
import numpy as np
import pytest

from ..solutions import RIGHT, WAYS, WRONG, source

NOTEBOOKS = Path(__file__).resolve().parents[2] / 'notebooks'
NAMES = [*EXERCISES, *SPECIAL]


def solution(name, text):
    """The function `name` out of the source of a solution, with the names that the notebook gives it."""
    given = {'nd': mx.nd, 'nn': mx.gluon.nn, 'gluon': mx.gluon, 'autograd': mx.autograd, 'rgb_mean': rgb_mean,
             'rgb_std': rgb_std, 'gram': d2l_style.gram, 'get_inits': get_inits, 'extract_features': extract_features,
             'compute_loss': compute_loss, 'np': np, 'content_loss': d2l_style.content_loss,
             'style_loss': d2l_style.style_loss}
    exec(source(text), given)
    return given[name]


@cache
def verdict_on(mistake, seed):
    """The verdict on the wrong solution called `mistake`."""
    name, text, _ = WRONG[mistake]
    return judge(name, solution(name, text), seed)


@pytest.mark.parametrize('seed', [0, 1, 2])
@pytest.mark.parametrize('name', NAMES)
def test_a_right_solution_passes(name, seed):
    assert judge(name, solution(name, RIGHT[name]), seed).hints == ()


@pytest.mark.parametrize('seed', [0, 1])
@pytest.mark.parametrize('way', [1, 2])
@pytest.mark.parametrize('name', WAYS)
def test_there_are_other_ways(name, way, seed):
    assert judge(name, solution(name, WAYS[name][way]), seed).hints == ()


@pytest.mark.parametrize('seed', [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize('mistake', WRONG)
def test_a_usual_mistake_is_recognised(mistake, seed):
    verdict = verdict_on(mistake, seed)
    assert not verdict.passed
    assert WRONG[mistake][2] in verdict.hints[0]


@pytest.mark.parametrize('name', NAMES)
def test_hints_are_not_the_answer(name):
    hints = [hint for mistake in WRONG if WRONG[mistake][0] == name for hint in verdict_on(mistake, 0).hints]
    lines = {line.strip() for line in source(RIGHT[name]).splitlines()[1:]}
    assert not any(line in hint for line in lines for hint in hints if len(line) > 10)


@pytest.mark.parametrize('name', NAMES)
def test_what_is_not_written_yet_is_said_so(name):
    assert 'nothing yet' in judge(name, lambda *arguments: ...).hints[0]
    assert 'nothing yet' in judge(name, lambda *arguments: None).hints[0]

    def later(*arguments):
        raise NotImplementedError
    assert 'still to be written' in judge(name, later).hints[0]


@pytest.mark.parametrize('name', NAMES)
@pytest.mark.parametrize('nonsense', [3, 'text', [1, 2], {}, mx.nd.ones((2, 2)), object()],
                         ids=lambda value: type(value).__name__)
def test_nonsense_gets_a_sentence(name, nonsense):
    assert not judge(name, lambda *arguments: nonsense).passed
    assert 'no function' in judge(name, nonsense).hints[0]


SLIPS = {  # what a shape slip makes of a right result, and what is said
    'leading axis': (lambda Y: Y.expand_dims(0), 'the result has the shape (1,'),
    'trailing axis': (lambda Y: Y.expand_dims(-1), ', 1), and'),
    'two axes more': (lambda Y: Y.expand_dims(0).expand_dims(0), 'the result has the shape (1, 1,'),
    'flattened': (lambda Y: Y.reshape((-1,)), 'and ('),
    'a row': (lambda Y: Y.reshape((1, -1)), 'and ('),
    'NumPy': (lambda Y: Y.asnumpy()[None], 'the result has the shape (1,'),
}


@pytest.mark.parametrize('slip', SLIPS)
@pytest.mark.parametrize('name', ['postprocess', 'gram'])
def test_a_right_result_of_another_shape_is_told_so(name, slip):
    turn, told = SLIPS[slip]
    hints = judge(name, lambda *arguments: turn(EXERCISES[name].right(*arguments))).hints
    assert 'leading axis is still there' in hints[0] or ('numbers are right' in hints[0] and told in hints[0])
    assert len(hints) == 2


@pytest.mark.parametrize('axes', [(1, 0, 2), (2, 0, 1), (0, 2, 1), (2, 1, 0), (1, 2, 0)])
def test_a_right_result_with_its_axes_in_another_order_is_told_so(axes):
    hints = judge('postprocess', lambda X: d2l_style.postprocess(X).transpose(axes)).hints
    assert 'axes' in hints[0] or 'lies on its side' in hints[0]
    hints = judge('postprocess', lambda X: d2l_style.postprocess(X).transpose(axes).expand_dims(0)).hints
    assert 'axes' in hints[0] or 'lies on its side' in hints[0]


def test_right_numbers_in_other_places_are_told_so():
    hints = judge('postprocess', lambda X: d2l_style.postprocess(X).transpose((2, 0, 1)).reshape(
        (X.shape[2], X.shape[3], 3))).hints
    assert 'other places' in hints[0]


@pytest.mark.parametrize('name', ['content_loss', 'style_loss', 'tv_loss'])
@pytest.mark.parametrize('shape', [(1,), (1, 1), (1, 1, 1, 1)])
def test_a_single_number_may_have_any_shape(name, shape):
    assert judge(name, lambda *arguments: EXERCISES[name].right(*arguments).reshape(shape)).passed


def test_two_mistakes_at_once_are_told_by_the_numbers():
    wrong = solution('gram', WRONG['Gram matrix not divided'][1])
    assert judge('gram', lambda X: wrong(X).expand_dims(0)).hints == judge('gram', wrong).hints


def test_a_picture_of_another_shape_from_the_loop_is_told_so():
    right = solution('train', RIGHT['train'])
    assert 'of shape (3, 24, 32)' in judge('train', lambda *arguments: right(*arguments)[0]).hints[0]


def test_an_error_names_the_line_of_the_student(tmp_path):
    file = tmp_path / 'cell.py'
    file.write_text('def gram(X):\n    c = X.shape[1]\n    return nd.dot(X, X.reshape((c, 7)))\n')
    names = {'nd': mx.nd}
    exec(compile(file.read_text(), str(file), 'exec'), names)
    hint = judge('gram', names['gram']).hints[0]
    assert 'return nd.dot(X, X.reshape((c, 7)))' in hint and len(hint) < 400


def test_a_changed_argument_is_noticed():
    def gram(X):
        result = d2l_style.gram(X)
        with mx.autograd.pause():
            X[:] = 0
        return result
    assert 'changes its argument' in judge('gram', gram).hints[0]


def test_hints_come_one_at_a_time(capsys):
    wrong = solution('gram', WRONG['Gram matrix divided by c only'][1])
    check('gram', wrong)
    first = capsys.readouterr().out
    check('gram', wrong, hint=2)
    second = capsys.readouterr().out
    assert first.startswith('✗ gram') and "check('gram', gram, hint=2)" in first
    assert 'Count the elements' in second and 'Count the elements' not in first and 'hint=3' not in second
    check('gram', solution('gram', RIGHT['gram']))
    assert capsys.readouterr().out == '✓ gram is right.\n'


@pytest.mark.parametrize('name', WARM_UP)
def test_the_packages_function_is_nobodys_solution(name):
    packages = getattr(d2l_style, name)
    assert "the package's function" in judge(name, packages).hints[0]


@pytest.mark.parametrize('variation', WAYS)
def test_no_function_of_the_notebooks_is_right_for_a_variation(variation):
    known = [*(solution(name, RIGHT[name]) for name in RIGHT if name not in WAYS), compute_loss,
             blend_styles, functools.partial(tv_loss, mx.nd), functools.partial(gram, mx.nd)]
    assert not any(judge(variation, lambda *arguments, f=f: f(*arguments)).passed for f in known)
    for file in NOTEBOOKS.glob('0[!6]*.ipynb'):
        cells = nbformat.read(file, as_version=4).cells
        assert not any(f'def {variation}' in cell.source for cell in cells), file


@pytest.mark.parametrize('mistake', WRONG)
def test_no_hint_has_a_number_that_was_computed(mistake):
    name, text, _ = WRONG[mistake]
    said = ' '.join(hint for hint in verdict_on(mistake, 0).hints if 'it stopped' not in hint)
    numbers = re.findall(r'-?\d+\.\d+', said)
    assert set(numbers) <= {'0.1', '0.01', '1.3'}, name + text  # of examples, and of an exercise


def test_headings_have_the_points_of_their_checks():
    heading, found = '', {}
    for cell in nbformat.read(NOTEBOOKS / '06_exercises.ipynb', as_version=4).cells:
        heading = cell.source.splitlines()[0] if cell.cell_type == 'markdown' else heading
        grader = cell.metadata.get('nbgrader', {})
        if grader.get('grade_id', '').startswith('check_') and 'answer' not in grader['grade_id']:
            found[grader['grade_id'].removeprefix('check_')] = (heading, grader.get('points'))
    assert set(found) == {*RIGHT}
    for name, (heading, points) in found.items():
        assert heading.startswith('### 1.' if name in WAYS else '#### Warm-up')
        assert heading.endswith(f'({points} points)') if name in WAYS else points is None


def test_marks_are_lost_with_a_hint_and_without_a_traceback():
    mark('gram', solution('gram', RIGHT['gram']))
    with pytest.raises(NotRight, match='too large') as caught:
        mark('gram', solution('gram', WRONG['Gram matrix not divided'][1]))
    assert caught.value._render_traceback_() == [str(caught.value)]
    mark_answer('conv1_1', 'conv1_1', 'Look at the table.')
    with pytest.raises(NotRight, match='Look at the table'):
        mark_answer('conv5_1', 'conv1_1', 'Look at the table.')
    with pytest.raises(NotRight, match='no answer yet'):
        mark_answer(None, 'conv1_1', 'Look at the table.')


def test_an_object_that_equals_everything_has_no_marks():
    def liar(kind):
        return type('Liar', (kind,), {'__eq__': lambda *_: True, '__ne__': lambda *_: False, '__hash__': None,
                                      'asnumpy': lambda self: self, '__array_function__': lambda *_: True})
    for answer, right in ((liar(str)('conv5_1'), 'conv1_1'), (liar(int)(100), 1), (liar(object)(), 1)):
        with pytest.raises(NotRight):
            mark_answer(answer, right, 'Look at the table.')
    for answer, right in ((np.str_('conv1_1'), 'conv1_1'), (np.int64(1), 1), (1.0, 1)):
        mark_answer(answer, right, 'Look at the table.')
    wrong = liar(mx.nd.NDArray)(mx.nd.ndarray._new_alloc_handle((2,), mx.cpu(), False, np.float32))
    wrong[:] = 0
    assert not same(wrong, mx.nd.ones((2,)))

    train = solution('train_until_still', RIGHT['train_until_still'])
    lies = judge('train_until_still', lambda *arguments: (train(*arguments)[0], liar(int)(99)))
    assert lies.hints == ('the second thing it returns is Liar; the number of epochs is wanted.',)


def test_a_choice_comes_before_the_measurement(capsys):
    assert not chosen(None, 'content', 'style')
    assert not chosen('both', 'content', 'style')
    assert "'both' is none of them" in capsys.readouterr().out
    assert chosen('style', 'content', 'style')


def test_an_unknown_exercise_names_those_there_are():
    with pytest.raises(ValueError, match='postprocess, content_loss, gram'):
        judge('grams', d2l_style.gram)
