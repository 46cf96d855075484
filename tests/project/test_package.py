"""The package as `pip install .` brings it: all that it needs comes with it, wherever it is used from."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope='module')
def installed(tmp_path_factory):
    """A folder with what the wheel holds, away from the project."""
    source, wheels, folder = (tmp_path_factory.mktemp(name) for name in ('source', 'wheels', 'folder'))
    for name in ('d2l_style', 'pyproject.toml', 'README.md'):  # building leaves things beside what it builds
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, source / name)
    pip = [sys.executable, '-m', 'pip', '--disable-pip-version-check', '--no-input', '--quiet']
    subprocess.run([*pip, 'wheel', '--no-deps', '--no-build-isolation', '--wheel-dir', wheels, source], check=True)
    subprocess.run([*pip, 'install', '--no-deps', '--no-compile', '--target', folder, *wheels.iterdir()], check=True)
    return folder


def run(installed, code, cwd):
    done = subprocess.run([sys.executable, '-c', code], cwd=cwd, capture_output=True, text=True,
                          env={**os.environ, 'PYTHONPATH': str(installed)})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_whole(installed, tmp_path):
    code = '''
import d2l_style
from d2l_style import *
print(d2l_style.__file__)
print(read_image('mountain_lake').shape, read_image('painted_hills').shape)
use_profile()
load_backbone()
'''
    printed = run(installed, code, tmp_path)
    assert printed.splitlines()[:2] == [str(installed / 'd2l_style' / '__init__.py'), '(800, 1200, 3) (800, 1100, 3)']
    assert 'comes with the project' in printed


def test_every_room_can_be_imported(installed, tmp_path):
    rooms = sorted(path.relative_to(ROOT).with_suffix('').as_posix().replace('/', '.').removesuffix('.__init__')
                   for path in (ROOT / 'd2l_style').rglob('*.py') if path.name != '__main__.py')
    run(installed, 'import importlib\nfor room in ' + repr(rooms) + ': importlib.import_module(room)', tmp_path)


def test_the_lab_has_its_look_and_its_still_picture(installed, tmp_path):
    assert run(installed, 'from d2l_style.lab.lab import STILL, STYLE; print(STILL.is_file(), len(STYLE) > 100)',
               tmp_path) == 'True True\n'


def test_the_explorer_has_its_grids_and_its_module(installed, tmp_path):
    grids = sorted(file.name for file in (ROOT / 'd2l_style' / 'grids').iterdir())
    assert sorted(file.name for file in (installed / 'd2l_style' / 'grids').iterdir()) == grids != []
    code = "from d2l_style.lab import explore; print(len(explore('weights')._esm) > 1000)"
    assert run(installed, code, tmp_path) == 'True\n'


def test_jupyterlabs_extension_is_where_jupyterlab_looks(installed):
    source = ROOT / 'd2l_style' / 'lab' / 'labextension'
    for place in (installed, Path(sys.prefix)):  # by a wheel, and by `make`
        there = place / 'share' / 'jupyter' / 'labextensions' / 'd2l-style'
        for file in (file for file in source.rglob('*') if file.is_file()):
            assert (there / file.relative_to(source)).read_text() == file.read_text()


def test_jupyters_settings_are_where_jupyter_looks():
    source = ROOT / 'tools' / 'setup' / 'jupyter_config.json'
    assert (Path(sys.prefix) / 'etc' / 'jupyter' / source.name).read_text() == source.read_text()
