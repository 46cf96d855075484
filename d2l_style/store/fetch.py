"""Fetch: weights from where they were published to a copy of what is used of them."""
import shutil

from .copies import Facts, read_copy, write_copy
from .errors import WeightsError
from .folders import cache_folder, lock, megabytes
from .formats import open_weights, read_arrays
from .hub import fetch_hub
from .registry import WEIGHTS
from .zoo import fetch_zoo, zoo_file


def copy_file(name):
    """Where the cache keeps the copy of the weights `name`."""
    return cache_folder() / 'weights' / f'{name}.safetensors'


def fetch(name, shapes, *, half=False, report=print):
    """Fetch the published weights `name`, unless they are here, and return the path of the copy.

    `shapes`: {name: shape} of what the backbone uses. `half`: store as float16. `report`: is told what is
    done. Several processes at once fetch once. Raises `WeightsError`, `DownloadError`.
    """
    weights, file = WEIGHTS[name], copy_file(name)
    with lock(name):
        if file.is_file() and _is_sound(file):
            report(f'{name} is here: {file} ({megabytes(file.stat().st_size)})')
            return file
        if weights.hub:
            arrays, facts = _from_hub(name, weights, shapes, report)
        else:
            arrays, facts = _from_zoo(name, weights, shapes, report)
        write_copy(file, arrays, facts, half=half)
    report(f'{name} is ready: {file} ({megabytes(file.stat().st_size)})')
    return file


def copy_from_zoo(name, weights, file, shapes):
    """Arrays and `Facts` out of the published file `file`, whose hash was checked."""
    facts = Facts(name, name, weights.source, f'SHA-1 {weights.sha1}', weights.licence)
    return pick(file, shapes), facts


def pick(file, shapes):
    """The arrays of `file` that a network needs; `WeightsError` where one is missing or of another shape."""
    opened = open_weights(file)
    for name, shape in shapes.items():
        if opened.shapes.get(name) != shape:
            raise WeightsError(f'{file} does not fit: {name} should be {shape} and is '
                               f'{opened.shapes.get(name, "missing")}')
    return read_arrays(opened, list(shapes))


def _is_sound(file):
    try:
        read_copy(file)
    except WeightsError:
        return False  # and is written anew
    return True


def _from_zoo(name, weights, shapes, report):
    file = zoo_file(weights)
    if file is None:
        report(f'fetching {name}: {megabytes(weights.size)} from {weights.source}')
        file = fetch_zoo(name, weights, name)
        report(f'{file} holds all of it and is not needed any more: python -m d2l_style weights clean')
    return copy_from_zoo(name, weights, file, shapes)


def _from_hub(name, weights, shapes, report):
    size = 4 * sum(_numbers(shape) for shape in shapes.values())
    report(f'fetching {name}: {megabytes(size)} of {megabytes(weights.size)} from the {weights.source}')
    incoming = cache_folder() / 'incoming' / name
    file, revision = fetch_hub(weights, list(shapes), incoming / 'features.safetensors', name)
    try:
        arrays = pick(file, shapes)
    finally:
        shutil.rmtree(incoming)
    checked = ('names, shapes and finite values, as a part of a file has no published hash; '
               f'revision {revision or "unknown"}')
    return arrays, Facts(name, name, weights.source, checked, weights.licence)


def _numbers(shape):
    total = 1
    for side in shape:
        total *= side
    return total
