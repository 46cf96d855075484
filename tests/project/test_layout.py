"""The house: which room may look at which, and how much of it is the chapter."""
import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / 'd2l_style'
CHAPTER = ['images', 'backbones', 'features', 'losses', 'training']
BELOW = {'engine': [], 'store': [],  # room: the rooms that it may look at, besides itself
         'images': ['store'], 'backbones': ['engine', 'store'],
         'features': ['engine', 'images', 'backbones'], 'losses': [],
         'training': ['engine', 'features', 'losses'],
         'fast': ['engine', *CHAPTER], 'beyond': ['engine', 'store', *CHAPTER], 'book': ['engine', 'store', *CHAPTER],
         'lab': ['engine', 'store', *CHAPTER, 'fast'], 'exercises': ['engine', *CHAPTER, 'beyond']}
FILES = sorted(file for file in PACKAGE.rglob('*.py') if (file.name != '__main__.py' and file.parent != PACKAGE) or
               file.stem in CHAPTER)


def name_of(file):
    """('lab', 'views') for d2l_style/lab/views.py, ('lab',) for its __init__, ('images',) for d2l_style/images.py."""
    parts = file.relative_to(PACKAGE).with_suffix('').parts
    return parts[:-1] if parts[-1] == '__init__' else parts


def imports(file):
    """The modules of the package that `file` imports anywhere, also inside functions, as in `name_of`."""
    inside = list(file.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(file.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split('.')[1:]) for alias in node.names
                        if alias.name.split('.')[0] == PACKAGE.name)
        if isinstance(node, ast.ImportFrom):
            if not node.level and (node.module or '').split('.')[0] != PACKAGE.name:
                continue
            start = inside[:len(inside) + 1 - node.level] if node.level else []
            module = [*start, *(node.module or '').split('.')[0 if node.level else 1:]]
            module = [part for part in module if part]
            for alias in node.names:
                below = PACKAGE.joinpath(*module, alias.name)
                is_module = below.with_suffix('.py').is_file() or below.is_dir()
                yield (*module, alias.name) if is_module else tuple(module)


def test_every_room_has_its_place():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / '__init__.py').is_file()}
    assert rooms | {file.stem for file in PACKAGE.glob('*.py')} - {'__init__', '__main__'} == set(BELOW)


@pytest.mark.parametrize('file', FILES, ids=lambda file: '/'.join(name_of(file)))
def test_a_room_looks_only_at_those_below_it(file):
    room = name_of(file)[0]
    assert {module[0] for module in imports(file)} <= {room, *BELOW[room]}


def test_no_room_and_no_file_is_in_a_circle():
    tuple(TopologicalSorter(BELOW).static_order())
    graph = {name_of(file): {module for module in imports(file) if module != name_of(file)} for file in FILES}
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


def test_the_chapter_can_be_read_in_an_evening():
    lines = [len((PACKAGE / f'{room}.py').read_text(encoding='utf-8').splitlines()) for room in CHAPTER]
    assert max(lines) <= 250
    assert sum(lines) <= 600


@pytest.mark.parametrize('room', [path.parent.name for path in sorted(PACKAGE.glob('*/__init__.py'))])
def test_a_room_says_what_it_is_for_and_hands_out_what_it_has(room):
    text = (PACKAGE / room / '__init__.py').read_text(encoding='utf-8')
    about = ast.get_docstring(ast.parse(text))
    assert about.startswith(f'{room.capitalize()}: ')
    named = {file.stem for file in (PACKAGE / room).glob('*.py')} - {'__init__'}
    assert not [name for name in named if f'`{name}`' not in about and f"'{name}'" not in text
                and f'from .{name} import' not in text]
    assert all(below in about for below in set(BELOW[room]) - set(CHAPTER))  # and where it may look


def test_tests_mirror_the_package():
    tests = PACKAGE.parent / 'tests'
    rooms = {path.name for path in PACKAGE.iterdir() if (path / '__init__.py').is_file()}
    assert rooms <= {path.name for path in tests.iterdir() if path.is_dir()}
    assert {f'test_{name}' for name in CHAPTER} == {file.stem for file in tests.glob('test_*.py')}


def public_functions(tree):
    """Functions of a module, and methods of its classes, that others call."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith('_'):
            yield from public_functions(node)
        if isinstance(node, ast.FunctionDef) and (not node.name.startswith('_') or node.name == '__init__'):
            yield node


@pytest.mark.parametrize('file', [file for file in FILES if name_of(file)[0] in (*CHAPTER, 'store')],
                         ids=lambda file: '/'.join(name_of(file)))
def test_public_functions_of_the_chapter_and_the_store_have_type_hints(file):
    for function in public_functions(ast.parse(file.read_text(encoding='utf-8'))):
        arguments = function.args
        bare = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
                if argument.annotation is None and argument.arg not in ('self', 'F')]  # F: what Gluon gives
        assert not bare, function.name
        assert function.returns or function.name == '__init__', function.name
