"""Docstrings: what a notebook can import says what it takes, returns and raises, in Google's convention.

The checks of `exercises` are called by notebook 6 only.
"""
import d2l_style
from d2l_style.lab import browse_features

import ast
import importlib
import inspect
import re
import textwrap

import pytest

ROOMS = ['', '.fast', '.beyond', '.beyond.sweep', '.book', '.layers', '.store', '.lab']
GIVEN = {'StyleLab', 'hybrid_forward'}  # made by `style_lab`, called by Gluon
SECTION = re.compile(r'^(Args|Attributes|Returns|Raises):\n((?:(?:    .*)?\n?)*)', re.MULTILINE)


def public():
    """{name: function or class} of all that the package and its folders hand out, with the methods of classes."""
    for room in ROOMS:
        module = importlib.import_module(f'd2l_style{room}')
        for name in module.__all__:
            found = getattr(module, name)
            if not (inspect.isclass(found) or inspect.isfunction(found)) or name in GIVEN:
                continue
            yield f'{room}.{name}', found
            for method, value in vars(found).items() if inspect.isclass(found) else ():
                if inspect.isfunction(value) and method not in GIVEN and not method.startswith('_'):
                    yield f'{room}.{name}.{method}', value


PUBLIC = dict(public())


def sections(found):
    """{title: text} of the sections of a docstring."""
    return {match[1]: match[2] for match in SECTION.finditer(inspect.getdoc(found) or '')}


def arguments(found):
    """The names that a call is given: of a class, those of its own `__init__`; none for a dataclass or an error."""
    function = vars(found).get('__init__') if inspect.isclass(found) else found
    generated = function is None or not hasattr(function, '__code__') or function.__qualname__ == '__create_fn__'
    return [] if generated else [name for name in inspect.signature(function).parameters if name != 'self']


def body(found):
    """The syntax of a function, without that of functions inside it."""
    function = ast.parse(textwrap.dedent(inspect.getsource(found))).body[0]
    inner = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef) and node != function]
    inside = {id(below) for node in inner for below in ast.walk(node)}
    return [node for node in ast.walk(function) if id(node) not in inside]


def test_there_are_names_of_all_folders():
    assert len(PUBLIC) > 70
    assert PUBLIC['.lab.browse_features'] is browse_features and PUBLIC['.train'] is d2l_style.train


@pytest.mark.parametrize('name', PUBLIC)
def test_every_argument_is_described(name):
    described = ''.join(sections(PUBLIC[name]).get(title, '') for title in ('Args', 'Attributes'))
    named = {word.lstrip('*') for word in re.findall(r'^    (\S+?):', described, re.MULTILINE)}
    assert set(arguments(PUBLIC[name])) <= named


@pytest.mark.parametrize('name', [name for name, found in PUBLIC.items() if inspect.isfunction(found)])
def test_what_comes_back_and_what_is_raised_is_described(name):
    nodes, told = body(PUBLIC[name]), sections(PUBLIC[name])
    returns = [node.value for node in nodes if isinstance(node, ast.Return)]
    if arguments(PUBLIC[name]) and any(value is not None for value in returns):
        assert told.get('Returns', '').strip()
    raised = {node.exc.func.id for node in nodes if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)}
    assert all(f'    {error}:' in told.get('Raises', '') for error in raised)
