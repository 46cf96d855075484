"""The locks: complete, installed as they are, and named where no lock is used."""
import ast
import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from ..systems import WINDOWS

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ['requirements.txt', *(f'requirements/{name}.txt' for name in ('teach', 'hub', 'site', 'test'))]
if WINDOWS:  # the hub is Linux's
    LOCKS.remove('requirements/hub.txt')
UNLOCKED = {'pip', 'd2l-style'}  # an environment's own, and this project


def pins(*names):
    """{name: version} of the locks `names`, for this Python and system."""
    lines = [line for name in names for line in (ROOT / name).read_text().splitlines() if re.match(r'\w', line)]
    found = [Requirement(line) for line in lines]
    return {normal(pin.name): str(pin.specifier)[2:] for pin in found if not pin.marker or pin.marker.evaluate()}


def normal(name):
    return re.sub('[-_.]+', '-', name).lower()


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
    providers = {}  # by the lists of files: Python 3.10's `packages_distributions` does not know them all
    for found in metadata.distributions():
        name = normal(found.name)
        for file in found.files or []:
            providers.setdefault(file.parts[0].removesuffix('.py'), set()).add(name)
    assert modules <= set(providers)
    assert not [module for module in modules if not providers[module] & set(pins('requirements.txt'))]
    # and is named in pyproject.toml, for those who install without the lock
    named = {normal(Requirement(line).name) for line in metadata.requires('d2l-style')}
    assert not [module for module in modules if not providers[module] & named]


def test_the_lock_for_gpus_differs_in_mxnet_and_cuda_only():
    cpu, gpu = (set((ROOT / f'{lock}.txt').read_text().splitlines()) for lock in ('requirements', 'requirements/gpu'))
    others = {"mxnet==1.9.1 ; sys_platform != 'win32'", "mxnet==1.7.0.post2 ; sys_platform == 'win32'"}
    assert {line for line in cpu - gpu if not line.startswith('msvc-runtime')} == others
    assert all(re.match('mxnet-cu112|nvidia-', line) for line in gpu - cpu)
