"""Find: the weights of a backbone on this machine. Nothing here asks the internet.

In this order: a copy in the folder `D2L_STYLE_WEIGHTS`, a copy in the cache, the published file in
one of these folders or in MXNet's, of which a copy is made for the next time.
"""
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .copies import Facts, read_copy, read_facts, write_copy
from .errors import WeightsError
from .folders import cache_folder, copy_file, lock, shared_folder, zoo_folder
from .formats import Arrays, Shapes, pick
from .registry import WEIGHTS
from .zoo import read_zoo, zoo_file


@dataclass(frozen=True)
class Found:
    """Weights that were found: `arrays` {name: float32}, the `file` they are in, and its `facts`."""

    arrays: Arrays
    file: Path
    facts: Facts


def find_weights(name: str, shapes: Shapes) -> Found:
    """The weights of a backbone on this machine.

    Args:
        name: Of the backbone, or of weights that were brought in.
        shapes: {name: shape} of what the backbone uses, from `parameter_shapes`.

    Returns:
        A `Found`, with the arrays, the file they are in, and its facts.

    Raises:
        WeightsError: Where they are missing, with the command that fetches them, or are damaged.
    """
    weights = WEIGHTS.get(name)
    if weights and weights.embedded:
        facts = Facts(name, name, weights.source, '', weights.licence)
        return Found(pick(weights.embedded, shapes), weights.embedded, facts)
    for file in copy_files(name):
        if file.is_file():
            arrays, facts = read_copy(file)
            return _fitting(Found(arrays, file, facts), shapes)
    published = zoo_file(weights) if weights and weights.zoo else None
    if not weights or not published:
        raise WeightsError(_missing(name))
    arrays, facts = read_zoo(name, weights, published, shapes)
    _keep(name, arrays, facts)
    return Found(arrays, published, facts)


def copy_files(name: str) -> list[Path]:
    """Where a copy of the weights `name` may lie, the first one first."""
    shared = shared_folder()
    return [*([shared / f'{name}.safetensors'] if shared else []), copy_file(name)]


def own_weights() -> dict[str, tuple[str, int]]:
    """The weights that a user has brought in.

    Returns:
        A dictionary from their name to (backbone, index of the last layer that they cover).
    """
    found = {}
    for folder in (cache_folder() / 'weights', shared_folder()):
        for file in sorted(folder.glob('*.safetensors')) if folder and folder.is_dir() else []:
            try:
                facts, layers = read_facts(file)
            except WeightsError:  # whoever asks for it by name is told
                continue
            if facts.name not in WEIGHTS and facts.name == file.stem:
                found[facts.name] = facts.backbone, layers[-1]
    return found


def _fitting(found, shapes):
    """`found`, which has to be complete and under its own name."""
    if found.facts.name != found.file.stem:
        raise WeightsError(f'{found.file} holds the weights of {found.facts.name}: give the file that name again')
    if {name: array.shape for name, array in found.arrays.items()} != shapes:
        raise WeightsError(f'{found.file} has other layers than {found.facts.backbone}: fetch or import it again')
    return found


def _keep(name, arrays, facts):
    try:
        with lock(name):
            if not copy_file(name).exists():
                write_copy(copy_file(name), arrays, facts)
    except OSError:
        pass  # a cache that can't be written costs the next start a second, and nothing else


def _quoted(program):
    """`program` as the shell of this system takes it."""
    return subprocess.list2cmdline([program]) if sys.platform == 'win32' else shlex.quote(program)


def _missing(name):
    places = [str(file) for file in copy_files(name)]
    weights, fetch = WEIGHTS.get(name), ''
    if weights and weights.zoo:
        places.append(str(zoo_folder() / weights.file))
    if weights:
        fetch = ('Fetch them, in a terminal, or in a cell of a notebook with ! in front:\n'
                 f'    {_quoted(sys.executable)} -m d2l_style weights fetch {name}\n')
    return (f"the weights of '{name}' are not on this machine. {fetch}They can come from another machine as well "
            '(weights import FILE), and the backbone vgg19_slim needs no file. '
            f'Looked for: {", ".join(places)}')
