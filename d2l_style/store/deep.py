"""Deep: pictures of more than eight bits a channel, or of another kind of number, as eight bits.

Files seldom say how many of their bits they use: cameras and microscopes write 10, 12 or 14 bits into numbers of 16.
So the largest value says it: the range goes up to the smallest even number of bits, from 8 on, that holds it.
"""
import io
import sys

import numpy as np
from PIL import Image, ImageFile
from skimage.util import img_as_ubyte

LITTLE = sys.byteorder == 'little'
# how Pillow unpacks 16 bits a channel, of which it keeps the upper byte, and what to say for it to keep the lower one
LOWER = {'RGB;16B': 'RGB;16L', 'RGB;16L': 'RGB;16B', 'RGB;16N': 'RGB;16B' if LITTLE else 'RGB;16L',
         'RGBA;16B': 'RGBA;16L', 'RGBA;16L': 'RGBA;16B', 'RGBA;16N': 'RGBA;16B' if LITTLE else 'RGBA;16L'}


def eight_bits(values: np.ndarray, name: str, top: float | None = None) -> np.ndarray:
    """Numbers of any kind, of any shape, as `uint8`. `top`: the value of white, where that is known.

    Else it is 1 for floats up to 1, and 2**bits - 1 for integers and larger floats, with as few bits of 8, 10, 12, ...
    as hold the largest value (at most those of the type). Raises `ValueError` for values below 0, for numbers that are
    not finite, and for floats up to between 1 and 16, which say no range.
    """
    if values.dtype == np.uint8 and top is None:
        return values
    if values.dtype == bool:
        return img_as_ubyte(values)
    low, high = float(values.min()), float(values.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(f'{name} has values that are no finite numbers: replace them first')
    if low < 0:
        raise ValueError(f'{name} has values from {low:g} to {high:g}: a picture has none below 0; add to them, or cut '
                         'them off there')
    top = top or _top(values.dtype, high)
    if top is None:
        raise ValueError(f'{name} has floats up to {high:g}, which is the range of no picture: bring them to 0..1')
    return img_as_ubyte((values / np.float32(top)).astype('float32').clip(0, 1))


def _top(kind, high):
    """The value of white, by the largest one; None where that is not clear."""
    if kind.kind == 'f' and high < 16:
        return 1 if high <= 1 else None
    bits = int(high * 0.999 if kind.kind == 'f' else high).bit_length()  # floats may be rounded up a little
    top = 2 ** max(8, bits + bits % 2) - 1
    return top if kind.kind == 'f' else min(top, np.iinfo(kind).max)


def raw_mode(picture: Image.Image) -> str:
    """How the pixels of a picture lie in its file, which is opened and not loaded yet: 'RGB;16B' and so on, or ''."""
    args = picture.tile[0][3] if isinstance(picture, ImageFile.ImageFile) and picture.tile else ''
    mode = args[0] if isinstance(args, tuple) and args else args
    return mode if isinstance(mode, str) else ''


def sixteen_bits(picture: Image.Image, content: bytes, mode: str, frame: int = 0) -> np.ndarray:
    """All 16 bits of a colour picture, `uint16` (h, w, channels), of which Pillow keeps the upper eight.

    `picture`: as loaded from the page `frame` of `content`. `mode`: its `raw_mode`, one of `LOWER`.
    """
    lower = Image.open(io.BytesIO(content))
    lower.seek(frame)
    lower.tile[:] = [_with_mode(tile, LOWER[mode]) for tile in lower.tile]
    return np.asarray(picture).astype('uint16') << 8 | np.asarray(lower)


def _with_mode(tile, mode):
    """A part of a file of Pillow's, (codec, box, offset, arguments), unpacked in another way."""
    args = (mode, *tile[3][1:]) if isinstance(tile[3], tuple) else mode
    return tile._replace(args=args) if hasattr(tile, '_replace') else (*tile[:3], args)  # a tuple before Pillow 11
