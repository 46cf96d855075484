"""TIFF: what Pillow takes for another picture than it is: raw files, thumbnails, and numbers of more than eight bits.

What has eight bits or less is left to Pillow, the rest is read by tifffile, or by Pillow where that has no decoder.
"""
import io
import itertools
import logging
import re
import zlib
from collections.abc import Callable
from pathlib import PurePath

import numpy as np
import tifffile
from PIL import Image

from .deep import LOWER, eight_bits, raw_mode, sixteen_bits

RAW = "is a camera's raw file: save or export it as JPEG or PNG"
RAW_SUFFIXES = {'.3fr', '.arw', '.cr2', '.dcr', '.dng', '.erf', '.fff', '.iiq', '.k25', '.kdc', '.mef', '.mos', '.nef',
                '.nrw', '.orf', '.pef', '.rw2', '.rwl', '.sr2', '.srf', '.srw'}
RAW_COMPRESSIONS = {262, 32767, 32769, 32770, 34713, 34892, 65000, 65535}  # of Kodak, Sony, Epson, Samsung and others
RAW_BEGINNING = rb'.{8}(CR\x02\0|IIII.waR|MMMMRaw)'  # of Canon, of Phase One
RAW_COLOURS = {32803, 34892}  # a filter of colours before each pixel (TIFF/EP), or what was made of it (DNG)
MAKE, ORIENTATION, ICC_PROFILE, LARGEST_VALUE, DNG_VERSION = 271, 274, 34675, 341, 50706
WHITE_IS_0, BLACK_IS_0, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
PAGES = 8  # of a file are looked at
UNCOMPRESSED, DEFLATE = 1, (8, 32946)  # what tifffile decodes without further libraries, and can be held in bounds
MOST_SAMPLES = 5  # CMYK and transparency

logging.getLogger('tifffile').setLevel(logging.CRITICAL)  # about tags that nobody asks for


def read_tiff(content: bytes, name: str,
              check_size: Callable[[float, float, str], None]) -> tuple[Image.Image | None, int]:
    """(picture, page): the picture in eight bits, or None where Pillow is to read the page of that number.

    `name`: what messages call it; its suffix counts where the file has a maker. `check_size(width, height, name)`
    raises `ValueError` for a size that is not taken. Raises `ValueError` for a raw file, and for what cannot be read.
    """
    if re.match(RAW_BEGINNING, content[:20], re.DOTALL):
        raise ValueError(f'{name} {RAW}')
    try:
        file = tifffile.TiffFile(io.BytesIO(content))
        pages = [page.aspage() for page in itertools.islice(file.pages, PAGES)]
        raw = _is_raw(pages, PurePath(name.strip("'")).suffix.lower())
        index = next((i for i, page in enumerate(pages) if not page.is_reduced), 0)
        page, usual = pages[index], _is_usual(pages[index])
    except Exception:  # tifffile raises whatever it meets in a broken file
        return None, 0  # Pillow reads it, or says what is wrong
    if raw:
        raise ValueError(f'{name} {RAW}')
    check_size(page.imagewidth, page.imagelength, name)
    if usual:
        return None, index
    picture = _in_eight_bits(_values(content, page, index, name), page, name)
    if ORIENTATION in page.tags:
        picture.getexif()[ORIENTATION] = page.tags[ORIENTATION].value
    if ICC_PROFILE in page.tags and isinstance(page.tags[ICC_PROFILE].value, bytes):
        picture.info['icc_profile'] = page.tags[ICC_PROFILE].value
    return picture, index


def _is_raw(pages, suffix):
    """By the marks of a raw file, or by a thumbnail, a maker, and what a raw file of that maker is called."""
    inner = [inner for page in pages for inner in page.pages or ()]
    made = any(MAKE in page.tags for page in pages)
    return (DNG_VERSION in pages[0].tags
            or any(page.photometric in RAW_COLOURS or page.compression in RAW_COMPRESSIONS for page in [*pages, *inner])
            or (made and (suffix in RAW_SUFFIXES or (bool(inner) and all(page.is_reduced for page in pages)))))


def _is_usual(page):
    """Whether Pillow reads the page rightly: unsigned numbers of eight bits or less. Raises where it is broken."""
    numbers = (page.imagewidth, page.imagelength, page.imagedepth, page.samplesperpixel, page.bitspersample,
               page.sampleformat, page.photometric, page.compression, page.planarconfig, *page.extrasamples)
    if not all(isinstance(number, int) for number in numbers):
        raise TypeError('a tag of the wrong type')
    if page.photometric == PALETTE and max(page.colormap.flat) < 256:
        return False  # colours of eight bits, where TIFF has 16
    if page.photometric == YCBCR and page.compression == 1:
        return tuple(page.subsampling or (2, 2)) == (1, 1)
    return page.sampleformat == 1 and page.bitspersample in (1, 2, 4, 8)


def _values(content, page, index, name):
    """The numbers of a page: (h, w) or (h, w, channels)."""
    if page.photometric == YCBCR or page.imagedepth > 1 or page.samplesperpixel > MOST_SAMPLES:
        raise _unknown(page, name)
    try:
        if _may_be_decoded(content, page):
            values = page.asarray()
            return np.moveaxis(values, 0, -1) if page.axes == 'SYX' else values
    except Exception:  # as above
        return _by_pillow(content, page, index, name)
    return _by_pillow(content, page, index, name)


def _may_be_decoded(content, page):
    """Whether tifffile can decode the page, and finds no more in it than belongs there: it would unpack all."""
    most = 2 * page.nbytes
    if page.is_tiled and page.tilewidth * page.tilelength * page.samplesperpixel > most + 10**7:
        return False
    return page.compression == UNCOMPRESSED or (page.compression in DEFLATE and all(
        len(zlib.decompressobj().decompress(content[start:start + count], most + 1)) <= most
        for start, count in zip(page.dataoffsets, page.databytecounts)))


def _by_pillow(content, page, index, name):
    """The same by Pillow, which has more decoders, and takes planes one after the other for pixels."""
    try:
        picture = Image.open(io.BytesIO(content))
        picture.seek(index)
        mode = raw_mode(picture)
        picture.load()
    except Exception:  # and so does Pillow
        raise _unknown(page, name) from None
    if page.samplesperpixel == 1 and picture.mode[0] in 'IFLP':
        return np.asarray(picture)
    if page.planarconfig == 1 and mode in LOWER:
        return sixteen_bits(picture, content, mode, index)
    raise _unknown(page, name)


def _in_eight_bits(values, page, name):
    """A picture of Pillow out of the numbers of a page."""
    if page.photometric == PALETTE:
        colours = np.moveaxis(page.colormap, 0, -1)
        return Image.fromarray(eight_bits(colours, name)[values.astype('int64')])
    channels = values.shape[2] if values.ndim == 3 else 1
    values = eight_bits(values, name, _stated_top(page))
    if page.photometric == CMYK and channels == 4:
        return Image.fromarray(values, 'CMYK')
    if page.photometric == WHITE_IS_0 and channels == 1:
        return Image.fromarray(255 - values)
    kind = {(BLACK_IS_0, 1): 'L', (BLACK_IS_0, 2): 'LA', (BLACK_IS_0, 3): 'RGB', (RGB, 3): 'RGB'}.get(
        (page.photometric, channels))
    if page.photometric == RGB and channels > 3:
        kind = {1: 'RGBa', 2: 'RGBA'}.get(next(iter(page.extrasamples), 0), 'RGB')
        values = values[..., :len(kind)]
    if not kind:
        raise _unknown(page, name)
    return Image.frombytes(kind, values.shape[1::-1], np.ascontiguousarray(values).tobytes())


def _stated_top(page):
    """The value of white where the page says it: by its largest value, or by 10, 12 or 14 bits."""
    stated = page.tags[LARGEST_VALUE].value if LARGEST_VALUE in page.tags else None
    top = stated[0] if isinstance(stated, tuple) and stated else stated
    if page.sampleformat == 1 and isinstance(top, int) and top > 1:
        return top
    return 2 ** page.bitspersample - 1 if page.sampleformat == 1 and page.bitspersample in (10, 12, 14) else None


def _unknown(page, name):
    planes = ', planes one after the other' if page.planarconfig == 2 else ''
    colours, compression = (getattr(value, 'name', value) for value in (page.photometric, page.compression))
    return ValueError(f'{name} is a TIFF of a kind that cannot be read here, or is damaged ({page.bitspersample} bits, '
                      f'{colours}, compression {compression}{planes}): save it as PNG or JPEG, or as TIFF with 8 bits')
