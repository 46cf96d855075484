"""Packs: weights on a USB stick or a share, for machines without internet, and files of a user's own."""
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

import pooch

from .copies import Facts, read_copy, write_copy
from .download import download, last_part
from .errors import WeightsError, shown
from .find import Found
from .folders import cache_folder, copy_file, lock, make_folder
from .formats import BROKEN, Shapes, open_weights, read_arrays
from .registry import WEIGHTS
from .zoo import read_zoo, sha1, unzip

MOST_BYTES = 700_000_000  # the zoo's VGG-19 has 575 million


def export(found: Found, file: str | Path) -> Path:
    """Write the weights `found` as a pack to `file`: one file, which holds its hash and its licence."""
    file = Path(file).expanduser()
    if file.is_dir():
        file = file / f'{found.facts.name}.safetensors'
    make_folder(file.parent, 'give another place for the pack')
    write_copy(file, found.arrays, found.facts)
    return file


def bring_in(source: str | Path, backbones: dict[str, Shapes], name: str | None = None, *, half: bool = False,
             sha256: str | None = None) -> Facts:
    """Bring `source`, a path or an http(s) address, into the cache and return its `Facts`.

    It may be a pack, a published file of Gluon's model zoo (`.params`, or its zip), or weights of your
    own as `.params`, `.safetensors` or `.npz`, which need a `name`. `backbones`: {name: {name: shape}},
    the networks that it may fit. `sha256`: what its hash has to be.
    Raises `WeightsError` for anything else, `ValueError` for a bad name, `DownloadError`.
    """
    if '://' in str(source):
        return _from_address(source, backbones, name, half, sha256)
    file = Path(source).expanduser()
    if not file.is_file():
        raise WeightsError(f'there is no file {file}: check the path (from {Path.cwd()})')
    if sha256 and pooch.file_hash(str(file)) != sha256.lower():
        raise WeightsError(f'{file} has another SHA-256 than {sha256}: copy it again')
    arrays, facts = _look_into(file, backbones, name)
    with lock(facts.name):
        write_copy(copy_file(facts.name), arrays, facts, half=half)
    return facts


def _from_address(source, backbones, name, half, sha256):
    incoming = cache_folder() / 'incoming' / 'pack'
    file = incoming / (last_part(source) or 'pack')
    with lock('pack'):
        download(source, file, sha256=sha256 and sha256.lower(), limit=MOST_BYTES, describe=shown(source))
        try:
            return bring_in(file, backbones, name, half=half)
        finally:
            shutil.rmtree(incoming)


def _look_into(file, backbones, name):
    published = _published(file)
    if published:
        return _from_zoo(file, published, backbones)
    opened = open_weights(file)
    if opened.facts.get('format'):
        arrays, facts = read_copy(file)
        _check_fit({key: array.shape for key, array in arrays.items()}, facts, backbones, file)
        return arrays, facts
    return _own(opened, backbones, check_name(name))


def _published(file):
    """The name of the published weights that `file` is, or None. What is in a zip is checked later."""
    if zipfile.is_zipfile(file):
        try:
            with zipfile.ZipFile(file) as archive:
                held = archive.namelist()
        except BROKEN:
            return None  # and who opens it as weights is told
        return next((name for name, weights in WEIGHTS.items() if weights.zoo and weights.file in held), None)
    sizes = {name: weights for name, weights in WEIGHTS.items()
             if weights.zoo and abs(file.stat().st_size - weights.size) < 0.05 * weights.size}
    digest = sha1(file) if sizes else ''
    return next((name for name, weights in sizes.items() if weights.sha1 == digest), None)


def _from_zoo(file, name, backbones):
    if not zipfile.is_zipfile(file):
        return read_zoo(name, WEIGHTS[name], file, backbones[name])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / WEIGHTS[name].file
        unzip(file, WEIGHTS[name], target)
        return read_zoo(name, WEIGHTS[name], target, backbones[name])


def _check_fit(shapes, facts, backbones, file):
    expected = backbones.get(facts.backbone, {})
    if not _fits(shapes, expected) or (facts.name in WEIGHTS and shapes != expected):
        raise WeightsError(f'{file} says it is for {facts.backbone}, and does not fit: ask for the file again')
    check_name(facts.name, own=facts.name not in WEIGHTS)


def check_name(name: str | None, own: bool = True) -> str:
    """`name`, if weights of one's own may be called so; `ValueError` if not."""
    if name is None:
        raise ValueError('this file is none that was published: say under which name you want it, for example '
                         '--as my_vgg19')
    if not re.fullmatch(r'[A-Za-z0-9][A-Za-z0-9_-]{0,40}', name) or (own and name in WEIGHTS):
        raise ValueError(f'{name!r} can not be the name of weights of your own: letters, digits, _ and -, and none of '
                         f'{", ".join(WEIGHTS)}')
    return name


def _own(opened, backbones, name):
    """Weights of a user's own: the layers of a known network, from the first one on, as far as they go."""
    for backbone, shapes in backbones.items():
        held = {key: shape for key, shape in opened.shapes.items() if key in shapes}
        if _fits(held, shapes):
            licence = 'weights of your own: the licence is that of whoever made them'
            return read_arrays(opened, list(held)), Facts(
                name, backbone, f'own file {opened.file.name}', 'names, shapes and finite values', licence)
    raise WeightsError(f'{opened.file} fits no backbone: features.0.weight and features.0.bias, and so on, of '
                       f'{", ".join(backbones)} are needed, from the first layer on')


def _fits(held, shapes):
    """Whether `held` is a beginning of `shapes`, which has weight and bias of the layers in turn."""
    beginning = list(shapes.items())[:len(held)]
    return bool(held) and len(held) % 2 == 0 and dict(beginning) == held
