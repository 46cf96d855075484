"""Decode: a picture of any kind as eight bits of red, green and blue, or one sentence on why it is none.

Files come from anywhere: whatever PIL raises at a broken one is said in the reader's words.
"""
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

Picture = Path | bytes | bytearray | memoryview | Image.Image | np.ndarray
MIN_SIDE = 16  # pixels: the networks halve a picture four times
MAX_PIXELS = 64_000_000  # more than any phone takes, and 800 MB as float32


def decode(picture: Picture, name: str | None = None) -> Image.Image:
    """An RGB image of PIL out of a file (`Path`), its bytes, a PIL image of any mode, or an array.

    `name`: what messages call it. Arrays, rotation and transparency: see `read_image`. Raises `ValueError` for
    what is no picture, is damaged, or is too small or too large, `TypeError` for another kind of source.
    """
    if isinstance(picture, np.ndarray):
        opened, name = _from_array(picture), name or 'the array'
    elif isinstance(picture, (bytes, bytearray, memoryview)):
        name = name or 'the uploaded file'
        opened = _open(io.BytesIO(picture), name)
    elif isinstance(picture, Path):
        name = name or f"'{picture}'"
        opened = _open(picture, name)
    elif isinstance(picture, Image.Image):
        opened, name = picture, name or 'the image'
    else:
        raise TypeError(f'cannot read a picture from {type(picture).__name__}: give a path, a catalogue '
                        'name, an array, bytes or a PIL image')
    width, height = opened.size
    check_size(width, height, name)
    return _to_rgb(opened, name)


def check_size(width: float, height: float, name: str) -> None:
    """Raise `ValueError` for a size that the networks cannot take, or that the memory cannot."""
    if min(width, height) < MIN_SIDE or width * height > MAX_PIXELS:
        raise ValueError(f'{name} is {width}×{height} pixels: each side needs at least {MIN_SIDE}, and all '
                         f'together at most {MAX_PIXELS // 10**6} megapixels; choose or resize accordingly')


def _open(file, name):
    try:
        return Image.open(file)
    except Image.DecompressionBombError:
        raise ValueError(f'{name} is too large: at most {MAX_PIXELS // 10**6} megapixels; '
                         'make it smaller first') from None
    except (OSError, SyntaxError, ValueError):  # what PIL's readers raise at a broken header
        raise ValueError(f'{name} is not a picture, or is cut short: copy or save it again as JPEG or PNG') from None


def _to_rgb(picture, name):
    try:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode[0] in 'IF':  # 16 bits, 32 bits or floats, all of them grey
            return _deep_grey(picture).convert('RGB')
        if picture.mode in ('RGBA', 'LA', 'PA', 'La', 'RGBa') or 'transparency' in picture.info:
            picture = picture.convert('RGBA')
            white = Image.new('RGBA', picture.size, 'white')
            return Image.alpha_composite(white, picture).convert('RGB')
        return picture.convert('RGB')
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # broken chunks, missing data
        raise ValueError(f'{name} is damaged or cut short ({error}): copy or download it again') from None


def _deep_grey(picture):
    """A grey picture of 16 or 32 bits, or of floats, as one of 8 bits."""
    values = np.asarray(picture).astype('float64')
    top = 65535 if picture.mode[0] == 'I' else 1 if values.max() <= 1 else 255
    return _from_array((values / top).clip(0, 1))


def _from_array(values):
    """PIL image of an array, after checking that it can be one."""
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if not (values.ndim == 2 or (values.ndim == 3 and values.shape[2] in (3, 4))):
        raise ValueError(f'an array of shape {values.shape} is no picture: give (h, w), (h, w, 3) or (h, w, 4)')
    check_size(values.shape[1], values.shape[0], 'the array')
    if values.dtype.kind == 'f' and not (values.min() >= 0 and values.max() <= 1):  # NaN fails both
        raise ValueError('a picture of floats has values from 0 to 1: divide by 255, or give uint8')
    if values.dtype.kind != 'f' and values.dtype not in (np.uint8, np.uint16, bool):
        raise ValueError(f'an array of {values.dtype} is no picture: give uint8, uint16, bool or floats 0..1')
    return Image.fromarray(img_as_ubyte(values))
