"""Formats: weights files of three kinds, told apart by what is inside, read without trusting them.

`.params` (MXNet), `.safetensors` and `.npz` hold named arrays of numbers. `open_weights` reads the names
and shapes only; nothing is loaded before they were compared with what a network needs, and a
file that could run code (pickle) is never loaded.
"""
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mxnet import nd
from mxnet.base import MXNetError
from safetensors import SafetensorError, safe_open

from .errors import WeightsError

Arrays = dict[str, np.ndarray]
Shapes = dict[str, tuple[int, ...]]
PARAMS_MAGIC = 0x112  # MXNet, src/ndarray/ndarray.cc: kMXAPINDArrayListMagic
HEADER_LIMIT = 1 << 20  # bytes: a header of VGG-19 has a few thousand
MOST_ARRAYS = 1000
# what the readers raise at a file that is none of theirs, or was damaged somewhere
BROKEN = (OSError, ValueError, KeyError, TypeError, ArithmeticError, EOFError, SyntaxError, RuntimeError, MemoryError,
          struct.error, zlib.error, zipfile.BadZipFile, SafetensorError, MXNetError)
_DTYPES = {'F16': np.float16, 'F32': np.float32}
_PARAMS_DTYPES = {0: np.float32, 1: np.float64, 2: np.float16}


@dataclass(frozen=True)
class Opened:
    """A weights file, looked into. `shapes`: {name: shape}. `load(names)`: {name: array}. `facts`: {key: text}."""

    file: Path
    shapes: Shapes
    load: Callable[[list[str]], Arrays]
    facts: dict[str, str]


def open_weights(file: Path) -> Opened:
    """What `file` declares, an `Opened`; `WeightsError` for a missing, broken or unsafe file."""
    try:
        with open(file, 'rb') as opened:
            start = opened.read(16)
        return _reader(start)(file)
    except BROKEN as error:
        raise _unusable(file, error) from None


def read_arrays(opened: Opened, names: list[str]) -> Arrays:
    """The arrays `names` of an `Opened` as float32, all finite; `WeightsError` otherwise."""
    try:
        arrays = opened.load(names)
    except BROKEN as error:
        raise _unusable(opened.file, error) from None
    arrays = {name: np.asarray(array, 'float32') for name, array in arrays.items()}
    for name, array in arrays.items():
        if array.shape != opened.shapes[name] or not np.isfinite(array).all():
            raise _unusable(opened.file, f'{name} is not what it declares, or has values that are not finite')
    return arrays


def pick(file: Path, shapes: Shapes) -> Arrays:
    """The arrays of `file` that a network needs; `WeightsError` where one is missing or of another shape."""
    opened = open_weights(file)
    for name, shape in shapes.items():
        if opened.shapes.get(name) != shape:
            raise WeightsError(f'{file} does not fit: {name} should be {shape} and is '
                               f'{opened.shapes.get(name, "missing")}')
    return read_arrays(opened, list(shapes))


def _unusable(file, why):
    why = str(why).split('\n')[0] or type(why).__name__
    return WeightsError(f'{file} cannot be read as weights ({why}): it is damaged or holds something else; copy or '
                        'fetch it again, or take the backbone vgg19_slim, which needs no file')


def _reader(start):
    if start[:4] == b'PK\x03\x04':
        return _open_npz
    if start[:8] == struct.pack('<Q', PARAMS_MAGIC):
        return _open_params
    if start[8:9] == b'{':
        return _open_safetensors
    if start[:1] == b'\x80':
        raise ValueError('a pickle, which could run code, and is never opened')
    raise ValueError('no .params, .safetensors or .npz')


def _open_safetensors(file):
    with safe_open(str(file), framework='np') as opened:  # checks header, offsets and length
        names = opened.keys()
        slices = {name: opened.get_slice(name) for name in names}
        odd = [name for name, part in slices.items() if part.get_dtype() not in _DTYPES]
        if odd:
            raise ValueError(f'{odd[0]} is no float16 or float32')
        shapes = {name: tuple(part.get_shape()) for name, part in slices.items()}
        facts = opened.metadata() or {}

    def load(names):
        with safe_open(str(file), framework='np') as again:
            return {name: again.get_tensor(name) for name in names}

    return Opened(file, shapes, load, facts)


def _open_npz(file):
    shapes = {}
    with zipfile.ZipFile(file) as archive:
        if len(archive.namelist()) > MOST_ARRAYS:
            raise ValueError('too many arrays')
        for member in archive.infolist():
            with archive.open(member) as stream:
                shape, dtype = _npy_header(stream, member)
            shapes[member.filename[:-len('.npy')]] = shape
            if dtype.kind != 'f' or np.prod(shape, dtype=float) * dtype.itemsize > member.file_size:
                raise ValueError(f'{member.filename} holds no numbers of floating point, or fewer than it declares')

    def load(names):
        with np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}

    return Opened(file, shapes, load, {})


def _npy_header(stream, member):
    if not member.filename.endswith('.npy'):
        raise ValueError(f'{member.filename} is no array')
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    return shape, dtype


def _open_params(file):
    """MXNet's own reader trusts the sizes that a file declares; here they are walked through first."""
    with open(file, 'rb') as stream:
        length = stream.seek(0, 2)
        stream.seek(16)
        (number,) = _unpack(stream, '<Q')
        if number > MOST_ARRAYS:
            raise ValueError(f'{number} arrays')
        shapes = [_skip_array(stream, length) for _ in range(number)]
        names = [_text(stream) for _ in range(*_unpack(stream, '<Q'))] if number else []
        if len(names) != number or stream.tell() != length:
            raise ValueError('it does not end where its arrays do')
    names = [name.split(':', 1)[-1] for name in names]  # Module's files say arg:name

    def load(wanted):
        loaded = {name.split(':', 1)[-1]: array for name, array in nd.load(str(file)).items()}
        return {name: loaded[name].asnumpy() for name in wanted}

    return Opened(file, dict(zip(names, shapes)), load, {})


def _skip_array(stream, length):
    """Step over one array; its shape. The forms are those of src/ndarray/ndarray.cc, NDArray::Load."""
    (magic,) = _unpack(stream, '<I')
    if magic in (0xF993FAC9, 0xF993FACA) and _unpack(stream, '<i') != (0,):  # first comes a storage type, 0 is dense
        raise ValueError('a sparse array')
    old = magic not in (0xF993FAC8, 0xF993FAC9, 0xF993FACA)  # the oldest form begins with the number of axes
    axes = magic if old else _unpack(stream, '<I')[0]
    if not 1 <= axes <= 8:
        raise ValueError(f'an array of {axes} axes')
    shape = _unpack(stream, f'<{axes}{"I" if old else "q"}')
    _, _, kind = _unpack(stream, '<iii')  # device, its number, type
    size = np.dtype(_PARAMS_DTYPES[kind]).itemsize * int(np.prod(shape, dtype=object))
    if min(shape) < 1 or stream.tell() + size > length:
        raise ValueError(f'an array of shape {shape}, more than the file holds')
    stream.seek(size, 1)
    return tuple(shape)


def _text(stream):
    (size,) = _unpack(stream, '<Q')
    if size > 1000:
        raise ValueError('a name of more than 1000 letters')
    text = stream.read(size)
    if len(text) < size:
        raise ValueError('it is cut short')
    return text.decode()


def _unpack(stream, form):
    return struct.unpack(form, stream.read(struct.calcsize(form)))


def part_of_safetensors(header: bytes, shapes: Shapes) -> tuple[bytes, list[list[int]]]:
    """From the JSON header (bytes) of a safetensors file: the header of one with the tensors `shapes` only.

    `shapes`: {name: shape}, of float32. Returns (new header as bytes with its length before it, list of
    (first, last + 1) of the bytes to put after it, counted from the start of the old data).
    Raises `WeightsError` where a tensor is missing or is another one.
    """
    try:
        tensors = json.loads(header)
        odd = [name for name, shape in shapes.items() if not _is_float32(tensors[name], shape)]
        parts = sorted((*tensors[name]['data_offsets'], name) for name in shapes)
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise WeightsError(f'the published file is not what was expected ({error} is missing or broken)') from None
    if odd:
        raise WeightsError(f'the published file is not what was expected ({odd[0]} has another shape, type or place)')
    new: dict[str, dict] = {}
    ranges: list[list[int]] = []
    at = 0
    for first, last, name in parts:
        new[name] = {**tensors[name], 'data_offsets': [at, at + last - first]}
        at += last - first
        if ranges and ranges[-1][1] == first:
            ranges[-1][1] = last
        else:
            ranges.append([first, last])
    text = json.dumps(new, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    return struct.pack('<Q', len(text)) + text, ranges


def _is_float32(tensor, shape):
    first, last = tensor['data_offsets']
    return (tensor['dtype'] == 'F32' and tuple(tensor['shape']) == shape
            and first >= 0 and last - first == 4 * int(np.prod(shape)))
