"""Pictures: read them, turn them into network input and back.

Chapter, "Read the Content and Style Images" and "Preprocessing and Postprocessing".
"""
import io
import os
from pathlib import Path

import numpy as np
import skimage.data
from mxnet import image, nd
from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

from .store import is_remote, picture_file

MIN_SIDE = 16  # pixels: the network halves a picture four times
MAX_PIXELS = 64_000_000  # more than any phone takes, and 800 MB as float32

rgb_mean = nd.array([0.485, 0.456, 0.406])
rgb_std = nd.array([0.229, 0.224, 0.225])

_PICTURES = Path(__file__).resolve().parent / 'pictures'
_SKIMAGE = Path(skimage.data.__file__).parent

CATALOGUE = {
    'mountain_lake': _PICTURES / 'mountain-lake.jpg',
    'painted_hills': _PICTURES / 'painted-hills.jpg',
    'astronaut': _SKIMAGE / 'astronaut.png', 'cat': _SKIMAGE / 'chelsea.png',
    'coffee': _SKIMAGE / 'coffee.png', 'rocket': _SKIMAGE / 'rocket.jpg',
    'hubble': _SKIMAGE / 'hubble_deep_field.jpg', 'motorcycle': _SKIMAGE / 'motorcycle_left.png',
    'brick': _SKIMAGE / 'brick.png', 'grass': _SKIMAGE / 'grass.png', 'gravel': _SKIMAGE / 'gravel.png',
}


def read_image(source):
    """Read a picture as `uint8` RGB of shape (height, width, 3), like the chapter's `image.imread`.

    `source`: a name in `CATALOGUE`, one of the chapter's ('rainier', 'autumn_oak') or an http(s)
    address, both of which are fetched once, a path, the bytes of a file, a PIL image, or an array of
    shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) in `uint8`, `uint16`, `bool` or floats 0..1.
    The camera's rotation (EXIF) is applied, transparency becomes white.

    Raises `FileNotFoundError` for a missing file (its `DownloadError` for one that does not come),
    `ValueError` for what is no picture or has a side below 16 pixels or more than 64 megapixels,
    `TypeError` for another kind of source.
    """
    if isinstance(source, (nd.NDArray, np.ndarray)):
        picture, name = _from_array(source), 'the array'
    elif isinstance(source, Image.Image):
        picture, name = source, 'the image'
    elif isinstance(source, (bytes, bytearray, memoryview)):
        picture, name = io.BytesIO(source), 'the uploaded file'
    elif isinstance(source, str) and is_remote(source):
        name = f"'{source}'"
        picture = picture_file(source, check=lambda file: _decode(file, name))
    elif isinstance(source, (str, os.PathLike)):
        picture = _find(source)
        name = f"'{picture}'"
    else:
        raise TypeError(f'cannot read a picture from {type(source).__name__}: give a path, a catalogue '
                        'name, an array, bytes or a PIL image')
    return nd.array(np.asarray(_decode(picture, name)), dtype='uint8')


def preprocess(img, image_shape, *, keep_aspect=False):
    """Resize, normalise each RGB channel, and bring to the network's form.

    `img`: (h, w, 3), values 0..255. `image_shape`: (width, height) in pixels.
    `keep_aspect`: fit the picture inside `image_shape` in place of stretching it to it.
    Returns `float32` of shape (1, 3, height, width). Chapter, "Preprocessing and Postprocessing".
    """
    image_shape = check_shape(image_shape)
    if keep_aspect:
        image_shape = fit_shape(img, image_shape)
    img = image.imresize(img, *image_shape)
    img = (img.astype('float32') / 255 - rgb_mean) / rgb_std
    return img.transpose((2, 0, 1)).expand_dims(axis=0)


def postprocess(img):
    """Undo the normalisation: (1, 3, h, w) → `float32` (h, w, 3), clipped to 0..1, on the CPU."""
    img = img[0].as_in_context(rgb_std.context)
    return (img.transpose((1, 2, 0)) * rgb_std + rgb_mean).clip(0, 1)


def fit_shape(img, image_shape):
    """Largest (width, height) inside `image_shape` that has the aspect ratio of `img` (h, w, 3)."""
    height, width = img.shape[:2]
    scale = min(image_shape[0] / width, image_shape[1] / height)
    return tuple(max(MIN_SIDE, round(side * scale)) for side in (width, height))


def check_shape(image_shape):
    """`image_shape` as whole numbers; `ValueError` unless it is a (width, height) that the network can take."""
    try:
        width, height = image_shape
        if (width, height) != (int(width), int(height)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f'image_shape is {image_shape!r}: give (width, height) in whole pixels, '
                         'for example (225, 150)') from None
    _check_size(width, height, 'image_shape')
    return int(width), int(height)


def _check_size(width, height, name):
    if min(width, height) < MIN_SIDE or width * height > MAX_PIXELS:
        raise ValueError(f'{name} is {width}×{height} pixels: each side needs at least {MIN_SIDE}, and all '
                         f'together at most {MAX_PIXELS // 10**6} megapixels; choose or resize accordingly')


def _find(source):
    path = Path(CATALOGUE.get(source, source) if isinstance(source, str) else source).expanduser()
    if path.is_dir():
        raise ValueError(f"'{path}' is a folder: give the path of one picture in it")
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture '{source}': check the path (from {Path.cwd()}), or take "
                                f'one of the catalogue: {", ".join(CATALOGUE)}')
    return path


def _decode(picture, name):
    """An RGB image of PIL, out of one of any mode, or out of a file."""
    if isinstance(picture, (Path, io.BytesIO)):
        picture = _open(picture, name)
    _check_size(*picture.size, name)
    return _to_rgb(picture, name)


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
    values = values.asnumpy() if isinstance(values, nd.NDArray) else values
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[:, :, 0]
    if not (values.ndim == 2 or values.ndim == 3 and values.shape[2] in (3, 4)):
        raise ValueError(f'an array of shape {values.shape} is no picture: give (h, w), (h, w, 3) or (h, w, 4)')
    _check_size(values.shape[1], values.shape[0], 'the array')
    if values.dtype.kind == 'f' and not (values.min() >= 0 and values.max() <= 1):  # NaN fails both
        raise ValueError('a picture of floats has values from 0 to 1: divide by 255, or give uint8')
    if values.dtype.kind != 'f' and values.dtype not in (np.uint8, np.uint16, bool):
        raise ValueError(f'an array of {values.dtype} is no picture: give uint8, uint16, bool or floats 0..1')
    return Image.fromarray(img_as_ubyte(values))
