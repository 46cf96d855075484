"""Pictures: read them, turn them into network input and back.

Chapter, "Read the Content and Style Images" and "Preprocessing and Postprocessing".
"""
import os
from pathlib import Path

import numpy as np
import skimage.data
from mxnet import image, nd

from .store import is_remote, picture_file
from .store.decode import MIN_SIDE, Picture, check_size, decode

Shape = tuple[int, int]  # width, height in pixels
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


def read_image(source: str | os.PathLike | Picture | nd.NDArray) -> nd.NDArray:
    """Read a picture as `uint8` RGB of shape (height, width, 3), like the chapter's `image.imread`.

    `source`: a name in `CATALOGUE`, one of the chapter's ('rainier', 'autumn_oak') or an http(s)
    address, both of which are fetched once, a path, the bytes of a file, a PIL image, or an array of
    shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) in `uint8`, `uint16`, `bool` or floats 0..1.
    The camera's rotation (EXIF) is applied, transparency becomes white.

    Raises `FileNotFoundError` for a missing file (its `DownloadError` for one that does not come),
    `ValueError` for what is no picture or has a side below 16 pixels or more than 64 megapixels,
    `TypeError` for another kind of source.
    """
    if isinstance(source, nd.NDArray):
        picture = decode(source.asnumpy())
    elif isinstance(source, str) and is_remote(source):
        name = f"'{source}'"
        picture = decode(picture_file(source, check=lambda file: decode(file, name)), name)
    else:
        picture = decode(_find(source) if isinstance(source, (str, os.PathLike)) else source)
    return nd.array(np.asarray(picture), dtype='uint8')


def preprocess(img: nd.NDArray, image_shape: Shape, *, keep_aspect: bool = False) -> nd.NDArray:
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


def postprocess(img: nd.NDArray) -> nd.NDArray:
    """Undo the normalisation: (1, 3, h, w) → `float32` (h, w, 3), clipped to 0..1, on the CPU."""
    img = img[0].as_in_context(rgb_std.context)
    return (img.transpose((1, 2, 0)) * rgb_std + rgb_mean).clip(0, 1)


def fit_shape(img: nd.NDArray, image_shape: Shape) -> Shape:
    """Largest (width, height) inside `image_shape` that has the aspect ratio of `img` (h, w, 3)."""
    height, width = img.shape[:2]
    scale = min(image_shape[0] / width, image_shape[1] / height)
    return max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale))


def check_shape(image_shape: Shape) -> Shape:
    """`image_shape` as whole numbers; `ValueError` unless it is a (width, height) that the network can take."""
    try:
        width, height = image_shape
        if (width, height) != (int(width), int(height)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f'image_shape is {image_shape!r}: give (width, height) in whole pixels, '
                         'for example (225, 150)') from None
    check_size(width, height, 'image_shape')
    return int(width), int(height)


def _find(source):
    path = Path(CATALOGUE.get(source, source) if isinstance(source, str) else source).expanduser()
    if path.is_dir():
        raise ValueError(f"'{path}' is a folder: give the path of one picture in it")
    if not path.is_file():
        raise FileNotFoundError(f"there is no picture '{source}': check the path (from {Path.cwd()}), or take "
                                f'one of the catalogue: {", ".join(CATALOGUE)}')
    return path
