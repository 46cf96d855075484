"""Decode: a picture of any kind as eight bits of red, green and blue, or one sentence on why it is none.

Files come from anywhere: whatever PIL raises at a broken one is said in the reader's words, and what is broken beside
the pixels (EXIF, XMP, colour profiles) is left out.
"""
import io
import struct
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError, features

from .deep import LOWER, eight_bits, raw_mode, sixteen_bits
from .errors import brief, shown
from .kinds import TIFF, is_avif, is_heic, other_kind, without_metadata

Picture = Path | bytes | bytearray | memoryview | Image.Image | np.ndarray
MIN_SIDE = 16  # pixels: the networks halve a picture four times
MAX_PIXELS = 64_000_000  # more than any phone takes, and 800 MB as float32
MAX_BYTES = 500_000_000  # of a file: its pixels without any compression, and more
# what PIL raises at broken files
BROKEN = OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, KeyError, IndexError, TypeError
TURNS = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
         5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
         8: Image.Transpose.ROTATE_90}  # EXIF 2.32, tag 274
SCALED = {'PPM', 'JPEG2000'}  # grey of which Pillow brings to 16 bits itself, by what the file says


def decode(picture: Picture, name: str | None = None) -> Image.Image:
    """An RGB image of PIL out of a file (`Path`), its bytes, a PIL image of any mode, or an array.

    `name`: what messages call it. Arrays, rotation and transparency: see `read_image`. Raises `ValueError` for
    what is no picture, is damaged, or is too small or too large, `TypeError` for another kind of source.
    """
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', UserWarning)  # PIL's, about tags that nobody asks for
        return _decode(picture, name)


def _decode(picture, name):
    if isinstance(picture, np.ndarray):
        opened, name = _from_array(picture), name or 'the array'
    elif isinstance(picture, (bytes, bytearray, memoryview)):
        name = name or 'the uploaded file'
        opened = _open(bytes(picture), name)
    elif isinstance(picture, Path):
        name = name or shown(picture)
        opened = _open(_read(picture, name), name)
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


def _read(file, name):
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(f'{name} has {file.stat().st_size / 1e6:.0f} MB, at most {MAX_BYTES / 1e6:.0f} are read: '
                             'choose a picture, or make it smaller first')
        return file.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f'{name} cannot be read ({error.strerror}): choose a picture') from None


def _open(content, name):
    """The picture in `content` (bytes), its pixels loaded, with its metadata or, where that is broken, without."""
    if is_heic(content):
        _learn_heic(name)
    page = 0
    if content.startswith(TIFF):
        from .tiff import read_tiff  # for such files only: tifffile takes its time
        picture, page = read_tiff(content, name, check_size)
        if picture:
            return picture
    for attempt in (content, without_metadata(content)):
        try:
            picture = Image.open(io.BytesIO(attempt))
            picture.seek(page)
        except Image.DecompressionBombError:
            raise ValueError(f'{name} is too large: at most {MAX_PIXELS // 10**6} megapixels; '
                             'make it smaller first') from None
        except BROKEN as error:
            reason = error
            continue
        check_size(*picture.size, name)
        try:
            mode = raw_mode(picture)
            picture.load()
            return _all_bits(picture, attempt, mode, name) if mode in LOWER else picture
        except BROKEN as error:
            reason = error
    raise ValueError(f'{name} {_what_is_wrong(content, reason)}')


def _what_is_wrong(content, reason):
    """What is wrong with bytes that PIL cannot read for some `reason`, and what to do."""
    if is_heic(content) or (is_avif(content) and features.check('avif')):  # there is a reader
        return 'is damaged or cut short: copy or download it again'
    kind = other_kind(content)
    if kind:
        return kind
    if isinstance(reason, UnidentifiedImageError):
        return 'is not a picture, or is cut short: copy or save it again as JPEG or PNG'
    return f'is damaged or cut short ({brief(reason)}): copy or download it again'


def _all_bits(picture, content, mode, name):
    """A picture of 16 bits a channel by all of them: where only the lower 12 are used, the upper eight are black."""
    found = Image.fromarray(eight_bits(sixteen_bits(picture, content, mode), name))
    found.info, found.format = picture.info, picture.format
    found.getexif().update(picture.getexif())
    return found


def _learn_heic(name):
    """Have PIL read HEIC; `ValueError` where there is no reader."""
    try:
        from pillow_heif import register_heif_opener  # for such photographs only: few have one
        register_heif_opener()
    except (ImportError, OSError):
        raise ValueError(f'{name} is a photograph in HEIC, as iPhones take them, and pillow-heif, which reads it, is '
                         'not installed here: export it as JPEG, or let the iPhone take JPEG (Settings, Camera, '
                         'Formats, Most Compatible)') from None


def _to_rgb(picture, name):
    try:
        picture.load()
        top, turned = 65535 if picture.format in SCALED else None, _upright(picture)
        if turned.mode[0] not in 'IF':
            return _colours(turned, picture.info.get('icc_profile'))
    except BROKEN as error:  # a PIL image that was not loaded, broken transparency
        raise ValueError(f'{name} is damaged or cut short ({brief(error)}): copy or download it again') from None
    return Image.fromarray(eight_bits(np.asarray(turned), name, top)).convert('RGB')  # all of them grey


def _colours(picture, profile):
    """A picture of eight bits a channel as RGB, what is transparent as white."""
    if picture.mode in ('RGBA', 'LA', 'PA', 'La', 'RGBa') or 'transparency' in picture.info:
        picture = picture.convert('RGBA')
        white = Image.new('RGBA', picture.size, 'white')
        picture = Image.alpha_composite(white, picture).convert('RGB')
    return _in_srgb(picture, profile).convert('RGB')


def _upright(picture):
    """The picture turned as its EXIF or XMP says; what is broken there says nothing."""
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
    except BROKEN:
        turn = None
    return picture if turn is None else picture.transpose(turn)


def _in_srgb(picture, profile):
    """An RGB or CMYK picture in the colours of sRGB; a `profile` (bytes) that is broken or for others says nothing."""
    if not profile or picture.mode not in ('RGB', 'CMYK'):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if 'sRGB' in ImageCms.getProfileDescription(source):
            return picture
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile('sRGB'), outputMode='RGB',
                                         renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC)
    except (ImageCms.PyCMSError, *BROKEN):
        return picture


def _from_array(values):
    """PIL image of an array, after checking that it can be one."""
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if not (values.ndim == 2 or (values.ndim == 3 and values.shape[2] in (3, 4))):
        raise ValueError(f'an array of shape {values.shape} is no picture: give (h, w), (h, w, 3) or (h, w, 4)')
    check_size(values.shape[1], values.shape[0], 'the array')
    if values.dtype.kind not in 'biuf':
        raise ValueError(f'an array of {values.dtype} is no picture: give integers, bool or floats 0..1')
    if values.dtype.kind == 'f' and not (values.min() >= 0 and values.max() <= 1):  # NaN fails both
        raise ValueError('a picture of floats has values from 0 to 1: divide by 255, or give uint8')
    return Image.fromarray(eight_bits(values, 'the array'))
