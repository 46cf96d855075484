"""Fetch: weights from where they were published to a copy of what is used of them."""
import math
import shutil
from collections.abc import Callable
from pathlib import Path

from .copies import Facts, read_copy, write_copy
from .errors import WeightsError
from .find import copy_files
from .folders import cache_folder, copy_file, lock, megabytes
from .formats import Shapes, pick
from .hugging_face import fetch_hub
from .registry import WEIGHTS
from .zoo import fetch_zoo, read_zoo, zoo_file


def fetch(name: str, shapes: Shapes, *, half: bool = False, report: Callable[[str], None] = print) -> Path:
    """Fetch the published weights `name`, unless they are here, and return the path of the copy.

    `shapes`: {name: shape} of what the backbone uses. `half`: store as float16. `report`: is told what is
    done. Several processes at once fetch once. Raises `WeightsError`, `DownloadError`.
    """
    weights, file = WEIGHTS[name], copy_file(name)
    here = [copy for copy in copy_files(name) if copy != file and _is_sound(copy)]  # in a folder that may be read-only
    if here:
        report(f'{name} is here: {here[0]} ({megabytes(here[0].stat().st_size)})')
        return here[0]
    with lock(name):
        if _is_sound(file):
            report(f'{name} is here: {file} ({megabytes(file.stat().st_size)})')
            return file
        if weights.hub:
            arrays, facts = _from_hub(name, weights, shapes, report)
        else:
            arrays, facts = _from_zoo(name, weights, shapes, report)
        write_copy(file, arrays, facts, half=half)
    report(f'{name} is ready: {file} ({megabytes(file.stat().st_size)})')
    return file


def _is_sound(file):
    try:
        return file.is_file() and bool(read_copy(file))
    except WeightsError:
        return False  # and is written anew


def _from_zoo(name, weights, shapes, report):
    file = zoo_file(weights)
    if file is None:
        report(f'fetching {name}: {megabytes(weights.size)} from {weights.source}')
        file = fetch_zoo(name, weights, name)
        report(f'{file} holds all of it and is not needed any more: python -m d2l_style weights clean')
    return read_zoo(name, weights, file, shapes)


def _from_hub(name, weights, shapes, report):
    size = 4 * sum(math.prod(shape) for shape in shapes.values())
    report(f'fetching {name}: {megabytes(size)} of {megabytes(weights.size)} from the {weights.source}')
    incoming = cache_folder() / 'incoming' / name
    file, revision = fetch_hub(weights, shapes, incoming / 'features.safetensors', name)
    try:
        arrays = pick(file, shapes)
    finally:
        shutil.rmtree(incoming)
    checked = ('names, shapes and finite values, as a part of a file has no published hash; '
               f'revision {revision or "unknown"}')
    return arrays, Facts(name, name, weights.source, checked, weights.licence)

