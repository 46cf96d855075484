"""What keeps the project in one piece: layers of the package, pins, stored notebooks."""
import ast
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ['images', 'backbones', 'features', 'losses', 'training']
WALK = ['store', 'images', 'architectures', 'backbones', 'features', 'losses', 'compiled', 'training', 'lbfgs', 'tiles',
        'fast', 'variations', 'regions', 'sweep', 'profiles', 'verify', 'commands']
STORE = ['errors', 'licences', 'registry', 'folders', 'download', 'formats', 'copies', 'zoo', 'hub', 'find', 'fetch',
         'packs', 'pictures']
EXERCISES = ['verdict', 'mistakes', 'functions', 'network', 'loop', '__init__']
NOTEBOOKS = [*sorted((ROOT / 'notebooks').glob('*.ipynb')), *(ROOT / 'exercises').glob('source/*/*.ipynb')]


def neighbours(file):
    """The first part of the names of the modules that `file` imports from the package it is in."""
    tree = ast.parse(file.read_text(encoding='utf-8'))
    found = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    return {module.split('.')[0] for module in found}


@pytest.mark.parametrize('room', [room for room in WALK if room != 'store'])
def test_data_walks_through_the_package_in_one_direction(room):
    assert neighbours(ROOT / 'd2l_style' / f'{room}.py') <= set(WALK[:WALK.index(room)])


@pytest.mark.parametrize('room', STORE)
def test_the_store_is_built_from_the_bottom_up_and_knows_nothing_of_networks(room):
    assert neighbours(ROOT / 'd2l_style' / 'store' / f'{room}.py') <= set(STORE[:STORE.index(room)])


@pytest.mark.parametrize('room', EXERCISES)
def test_the_exercises_are_built_from_the_bottom_up(room):
    tree = ast.parse((ROOT / 'd2l_style' / 'exercises' / f'{room}.py').read_text(encoding='utf-8'))
    inside = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1}
    assert inside <= set(EXERCISES[:EXERCISES.index(room)])


def test_the_core_can_be_read_in_an_evening():
    lines = [len((ROOT / 'd2l_style' / f'{room}.py').read_text(encoding='utf-8').splitlines()) for room in CORE]
    assert max(lines) <= 250
    assert sum(lines) < 600


def test_gpu_requirements_differ_in_mxnet_only():
    cpu, gpu = ((ROOT / f'requirements{kind}.txt').read_text().splitlines() for kind in ('', '-gpu'))
    assert [(a, b) for a, b in zip(cpu, gpu) if a != b] == [('mxnet==1.9.1', 'mxnet-cu112==1.9.1')]
    assert len(cpu) == len(gpu)


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
