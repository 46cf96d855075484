"""Copies: what is kept of the weights, the layers that style transfer uses, with what is known of them inside.

A copy is a safetensors file: 52 MB for VGG-19 in place of 575, or 26 as float16. Its header says
where the weights came from, under which licence, and the SHA-256 of the numbers, which is checked
whenever it is read. The same file is the pack for a classroom.
"""
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from .errors import WeightsError
from .folders import make_folder, need_space, whole
from .formats import Arrays, open_weights, read_arrays

FORMAT = '1'


@dataclass(frozen=True)
class Facts:
    """What a copy says of itself. `name`: under which it is asked for. `backbone`: of which network.

    `source`: where it came from. `checked`: how that was made sure. `licence`: its text.
    """

    name: str
    backbone: str
    source: str
    checked: str
    licence: str


def write_copy(file: Path, arrays: Arrays, facts: Facts, *, half: bool = False) -> None:
    """Store `arrays` {name: float array} with `facts` as `file`, whole or not at all."""
    with np.errstate(over='ignore'):  # what is too large becomes infinite, and that is an error below
        arrays = {name: np.ascontiguousarray(array, 'float16' if half else 'float32') for name, array in arrays.items()}
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise WeightsError(f'the weights of {facts.name} are too large for float16: leave --half away')
    data = save(arrays, {**vars(facts), 'format': FORMAT, 'sha256': digest(arrays, facts)})
    make_folder(file.parent)
    need_space(file.parent, len(data))
    with whole(file) as new:
        new.write_bytes(data)


def read_facts(file: Path) -> tuple[Facts, list[int]]:
    """(`Facts`, indices of the layers) of the copy `file`, without its numbers; `WeightsError` if it is no copy."""
    opened = open_weights(file)
    return _facts(opened), sorted({int(name.split('.')[1]) for name in opened.shapes})


def read_copy(file: Path) -> tuple[Arrays, Facts]:
    """Arrays {name: float32} and `Facts` of the copy `file`; `WeightsError` if anything in it was changed."""
    opened = open_weights(file)
    facts, arrays = _facts(opened), read_arrays(opened, list(opened.shapes))
    if digest(arrays, facts) != opened.facts.get('sha256'):
        raise WeightsError(f'{file} was changed or damaged (its SHA-256 is another one): copy or fetch it again')
    return arrays, facts


def digest(arrays: Arrays, facts: Facts) -> str:
    """SHA-256 over what is known of the weights, and their names, shapes and numbers as float32."""
    sha = hashlib.sha256(repr(facts).encode())
    for name in sorted(arrays):
        sha.update(f'{name} {arrays[name].shape}'.encode())
        sha.update(np.ascontiguousarray(arrays[name], 'float32').data)
    return sha.hexdigest()


def _facts(opened):
    if opened.facts.get('format') != FORMAT:
        raise WeightsError(f'{opened.file} was not written by this project: bring it in with '
                           f'python -m d2l_style weights import {opened.file} --as NAME')
    return Facts(**{field: opened.facts.get(field, '') for field in Facts.__dataclass_fields__})
