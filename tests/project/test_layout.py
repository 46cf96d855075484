"""The layout: what lies at the top, which folder of the package may look at which, how much of it is the chapter."""
import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / 'd2l_style'
CHAPTER = ['images', 'backbones', 'features', 'losses', 'training']
BELOW = {'compat': [], 'layers': [], 'store': ['compat'],  # folder or file: those that it may look at, besides itself
         'checks': ['compat', 'store'],
         'images': ['checks', 'store'], 'backbones': ['layers', 'store'],
         'features': ['checks', 'layers', 'images', 'backbones'], 'losses': ['checks'],
         'training': ['checks', 'compat', 'features', 'losses'],
         'fast': ['checks', 'compat', *CHAPTER], 'beyond': ['checks', 'compat', 'layers', 'store', *CHAPTER],
         'book': ['checks', 'compat', 'store', *CHAPTER], 'lab': ['checks', 'compat', 'store', *CHAPTER, 'fast'],
         'exercises': ['layers', *CHAPTER, 'beyond']}
TOP = {'notebooks', 'img', 'd2l_style', 'tests', 'docs', 'classroom', 'tools', 'requirements',
       'README.md', 'requirements.txt', 'Makefile', 'start.cmd', 'Dockerfile', 'pyproject.toml', 'CITATION.cff'}
LEFT = {'build', 'my-work', 'd2l_style.egg-info'}  # what programs leave behind, and git ignores
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


def test_the_top_shows_the_chapter_a_class_and_a_workshop():
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith('.')} - LEFT == TOP
    assert sum((ROOT / name).is_dir() for name in TOP) <= 8
    assert sum((ROOT / name).is_file() for name in TOP) <= 8


def test_every_folder_of_the_package_has_its_place():
    folders = {path.name for path in PACKAGE.iterdir() if (path / '__init__.py').is_file()}
    files = {file.stem for file in PACKAGE.glob('*.py')} - {'__init__', '__main__'}
    assert folders | files == set(BELOW)


@pytest.mark.parametrize('file', FILES, ids=lambda file: '/'.join(name_of(file)))
def test_a_folder_looks_only_at_those_below_it(file):
    folder = name_of(file)[0]
    assert {module[0] for module in imports(file)} <= {folder, *BELOW[folder]}


def test_no_folder_and_no_file_is_in_a_circle():
    tuple(TopologicalSorter(BELOW).static_order())
    graph = {name_of(file): {module for module in imports(file) if module != name_of(file)} for file in FILES}
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError


def test_a_file_has_one_idea():
    files = [file for folder in ('d2l_style', 'classroom', 'tools') for file in (ROOT / folder).rglob('*.py')]
    assert not [str(file) for file in files if len(file.read_text(encoding='utf-8').splitlines()) > 300]


def test_img_holds_the_pictures_that_are_shown_and_nothing_else():
    pages = [ROOT / 'README.md', *(ROOT / 'docs').glob('*.md'), *(ROOT / 'notebooks').glob('*.ipynb')]
    shown = set()
    for page in pages:
        for link in re.findall(r'!\[[^]]*\]\(([^)\s]+)\)', page.read_text(encoding='utf-8')):
            shown.add((page.parent / link).resolve())
    assert shown == set((ROOT / 'img').iterdir())


def docstring_lines(file):
    """How many lines of a file are docstrings."""
    tree = ast.parse(file.read_text(encoding='utf-8'))
    owners = [node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    return sum(node.body[0].end_lineno - node.body[0].lineno + 1 for node in owners if ast.get_docstring(node))


def test_the_chapter_can_be_read_in_an_evening():
    """Its code; docstrings, of which the API reference is made, have a line for each argument."""
    files = [PACKAGE / f'{name}.py' for name in CHAPTER]
    lines = [len(file.read_text(encoding='utf-8').splitlines()) for file in files]
    assert max(lines) <= 250
    assert sum(lines) - sum(map(docstring_lines, files)) <= 457


@pytest.mark.parametrize('folder', [path.parent.name for path in sorted(PACKAGE.glob('*/__init__.py'))])
def test_a_folder_says_what_it_is_for_and_hands_out_what_it_has(folder):
    text = (PACKAGE / folder / '__init__.py').read_text(encoding='utf-8')
    about = ast.get_docstring(ast.parse(text))
    assert about.startswith(f'{folder.capitalize()}: ')
    named = {file.stem for file in (PACKAGE / folder).glob('*.py')} - {'__init__'}
    assert not [name for name in named if f'`{name}`' not in about and f"'{name}'" not in text
                and f'from .{name} import' not in text]
    assert all(below in about for below in set(BELOW[folder]) - set(CHAPTER))  # and where it looks


def test_tests_mirror_what_they_test():
    tests = ROOT / 'tests'
    folders = {path.name for path in PACKAGE.iterdir() if (path / '__init__.py').is_file()}
    assert folders | {'classroom', 'tools'} <= {path.name for path in tests.iterdir() if path.is_dir()}
    assert {path.name for path in (tests / 'classroom').iterdir() if path.is_dir()} - {'__pycache__'} <= {
        path.name for path in (ROOT / 'classroom').iterdir()}
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
