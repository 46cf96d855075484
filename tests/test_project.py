"""What keeps the project in one piece: layers of the package, pins, stored notebooks."""
import ast
import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
CORE = ['images', 'backbones', 'features', 'losses', 'training']
WALK = ['engine', 'store', 'images', 'architectures', 'backbones', 'features', 'losses', 'compiled', 'training',
        'lbfgs', 'tiles', 'fast', 'variations', 'regions', 'sweep', 'profiles', 'verify', 'commands']
STORE = ['errors', 'licences', 'registry', 'folders', 'download', 'formats', 'copies', 'zoo', 'hub', 'find', 'fetch',
         'packs', 'pictures']
EXERCISES = ['verdict', 'mistakes', 'functions', 'network', 'loop', '__init__']
NOTEBOOKS = [*sorted((ROOT / 'notebooks').glob('*.ipynb')), *(ROOT / 'exercises').glob('source/*/*.ipynb')]


def neighbours(file):
    """The first part of the names of the modules that `file` imports from the package it is in."""
    tree = ast.parse(file.read_text(encoding='utf-8'))
    found = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return {module.split('.')[0] for module in found}


@pytest.mark.parametrize('room', [room for room in WALK if room not in ('engine', 'store')])
def test_data_walks_through_the_package_in_one_direction(room):
    assert neighbours(ROOT / 'd2l_style' / f'{room}.py') <= set(WALK[:WALK.index(room)])


@pytest.mark.parametrize('room', STORE)
def test_the_store_is_built_from_the_bottom_up_and_knows_nothing_of_networks(room):
    assert neighbours(ROOT / 'd2l_style' / 'store' / f'{room}.py') <= set(STORE[:STORE.index(room)])


def test_the_engine_knows_nothing_of_pictures_and_networks():
    for file in (ROOT / 'd2l_style' / 'engine').glob('*.py'):
        tree = ast.parse(file.read_text(encoding='utf-8'))
        assert {node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} <= {0, 1}, file


@pytest.mark.parametrize('room', EXERCISES)
def test_the_exercises_are_built_from_the_bottom_up(room):
    tree = ast.parse((ROOT / 'd2l_style' / 'exercises' / f'{room}.py').read_text(encoding='utf-8'))
    inside = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1}
    assert inside <= set(EXERCISES[:EXERCISES.index(room)])


def test_the_core_can_be_read_in_an_evening():
    lines = [len((ROOT / 'd2l_style' / f'{room}.py').read_text(encoding='utf-8').splitlines()) for room in CORE]
    assert max(lines) <= 250
    assert sum(lines) < 600


def pins(*names):
    """{name: version} of the locks `names`, for this Python and system."""
    lines = [line for name in names for line in (ROOT / name).read_text().splitlines() if re.match(r'\w', line)]
    found = [Requirement(line) for line in lines]
    return {normal(pin.name): str(pin.specifier)[2:] for pin in found if not pin.marker or pin.marker.evaluate()}


def normal(name):
    return re.sub('[-_.]+', '-', name).lower()


LOCKS = 'requirements.txt', 'requirements-teach.txt', 'requirements-test.txt'
UNLOCKED = {'pip', 'd2l-style'}  # an environment's own, and this project


def test_what_is_installed_is_what_is_locked():
    folders = {sysconfig.get_path('purelib'), sysconfig.get_path('platlib')}
    installed = {normal(found.name): found.version for found in metadata.distributions(path=list(folders))}
    assert {name: version for name, version in installed.items() if name not in UNLOCKED} == pins(*LOCKS)


def test_all_that_a_locked_package_asks_for_is_locked_in_a_version_that_suits_it():
    locked = pins(*LOCKS)
    for name in locked:
        if name in ('mxnet', 'd2l'):  # they ask for versions of 2023, and do with current ones
            continue
        for line in metadata.requires(name) or []:
            asked = Requirement(line)
            if not asked.marker or asked.marker.evaluate({'extra': ''}):
                assert asked.specifier.contains(locked[normal(asked.name)], prereleases=True), f'{name} asks for {line}'


def test_all_that_we_import_is_locked_for_the_students():
    trees = [ast.parse(file.read_text('utf-8')) for file in (ROOT / 'd2l_style').rglob('*.py')]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    parts |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules = {part.split('.')[0] for part in parts} - sys.stdlib_module_names - {'d2l_style'}
    providers = {}  # by the files: Python 3.10's `packages_distributions` does not know them all
    for found in metadata.distributions():
        for file in found.files or []:
            providers.setdefault(file.parts[0].removesuffix('.py'), set()).add(normal(found.name))
    assert modules <= set(providers)
    assert not [module for module in modules if not providers[module] & set(pins('requirements.txt'))]
    # and is named in pyproject.toml, for those who install without the lock
    named = {normal(Requirement(line).name) for line in metadata.requires('d2l-style')}
    assert not [module for module in modules if not providers[module] & named]


def test_the_lock_for_gpus_differs_in_mxnet_and_cuda_only():
    cpu, gpu = (set((ROOT / f'requirements{kind}.txt').read_text().splitlines()) for kind in ('', '-gpu'))
    assert cpu - gpu == {'mxnet==1.9.1'}
    assert all(re.match('mxnet-cu112|nvidia-', line) for line in gpu - cpu)


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda file: f'{file.parent.name}/{file.name}')
def test_notebooks_are_stored_as_they_ran_from_top_to_bottom(file):
    notebook = nbformat.read(file, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == 'code']
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(output.output_type != 'error' for cell in code for output in cell.outputs)
    assert set(notebook.metadata) == {'kernelspec', 'language_info'}


@pytest.mark.parametrize('file', NOTEBOOKS, ids=lambda file: f'{file.parent.name}/{file.name}')
def test_notebooks_have_a_title_a_choice_and_short_cells(file):
    cells = nbformat.read(file, as_version=4).cells
    assert cells[0].source.startswith('# ')
    first_code = next(cell for cell in cells if cell.cell_type == 'code')
    assert 'content_name, style_name, backbone = use_profile()' in first_code.source
    assert 'profile   embedded' in first_code.outputs[0].text
    assert all(len(cell.source.splitlines()) <= 15 for cell in cells if cell.cell_type == 'code')
