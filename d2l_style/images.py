"""Pictures: read them, turn them into network input and back.

Chapter, "Read the Content and Style Images" and "Preprocessing and Postprocessing".
"""
import os

import numpy as np
from mxnet import image, nd

from .checks.shapes import Shape, check_pixels, check_shape, sides
from .store import read_source
from .store.decode import MIN_SIDE, Picture, decode

rgb_mean = nd.array([0.485, 0.456, 0.406])
rgb_std = nd.array([0.229, 0.224, 0.225])

def read_image(source: str | os.PathLike | Picture | nd.NDArray) -> nd.NDArray:
    """Read a picture, like the chapter's `image.imread`.

    The camera's rotation (EXIF) is applied, transparency becomes white. Of integers of more than 8 bits, white is
    2**bits - 1, with as few bits of 8, 10, 12, 14, ... as hold the largest value of the picture.

    Args:
        source: A name in `CATALOGUE`, one of the chapter's ('rainier', 'autumn_oak') or an http(s) address, both of
            which are fetched once, a path, a data: URI, the bytes of a file, a PIL image, or an array of shape
            (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) of integers, `bool` or floats 0..1.

    Returns:
        The picture in RGB, `uint8` of shape (height, width, 3).

    Raises:
        FileNotFoundError: For a missing file; its `DownloadError` for one that does not come.
        ValueError: For what is no picture, or has a side below 16 pixels or more than 64 megapixels.
        TypeError: For another kind of source.
    """
    if isinstance(source, (str, os.PathLike)):
        picture = read_source(source)
    else:
        picture = decode(source.asnumpy() if isinstance(source, nd.NDArray) else source)
    return nd.array(np.asarray(picture), dtype='uint8')


def preprocess(img: nd.NDArray, image_shape: Shape, *, keep_aspect: bool = False) -> nd.NDArray:
    """Resize, normalise each RGB channel, and bring to the network's form.

    Chapter, "Preprocessing and Postprocessing".

    Args:
        img: (h, w, 3), values 0..255.
        image_shape: (width, height) in pixels.
        keep_aspect: Fit the picture inside `image_shape` in place of stretching it to it.

    Returns:
        Network input, `float32` of shape (1, 3, height, width).

    Raises:
        ValueError: For a size that is too small, too large, or no two integers.
    """
    image_shape = check_shape(image_shape)
    if keep_aspect:
        image_shape = fit_shape(img, image_shape)
    img = (resize(img, image_shape) / 255 - rgb_mean) / rgb_std
    return img.transpose((2, 0, 1)).expand_dims(axis=0)


def resize(img: nd.NDArray, image_shape: Shape) -> nd.NDArray:
    """Bring a picture to another size. Bilinear, as in the chapter, but for two cases.

    A side that shrinks to less than half is averaged over areas: bilinear takes 2×2 pixels and drops those
    between, which makes grain and moiré of fine texture. Larger on both sides: Lanczos over 8×8 pixels,
    because bilinear steps would leave a pattern of the old pixels to be seen.

    Args:
        img: (h, w, 3), values 0..255.
        image_shape: (width, height) in pixels.

    Returns:
        `float32` of shape (height, width, 3), values 0..255.
    """
    height, width = img.shape[:2]
    halved = [new if old > 2 * new else old for old, new in zip((width, height), image_shape)]
    if halved != [width, height]:  # on its own, as OpenCV averages nothing where the other side grows
        img = image.imresize(img, *halved, interp=3)
    grows = image_shape[0] > width and image_shape[1] > height
    return image.imresize(img, *image_shape, interp=4 if grows else 1).astype('float32')


def postprocess(img: nd.NDArray) -> nd.NDArray:
    """Undo the normalisation. Chapter, "Preprocessing and Postprocessing".

    Args:
        img: A composite image or other network input, (1, 3, h, w).

    Returns:
        `float32` (h, w, 3) in RGB, clipped to 0..1, on the CPU.
    """
    img = img[0].as_in_context(rgb_std.context)
    return (img.transpose((1, 2, 0)) * rgb_std + rgb_mean).clip(0, 1)


def fit_shape(img: nd.NDArray, image_shape: Shape) -> Shape:
    """Largest size inside `image_shape` that has the aspect ratio of `img`.

    Args:
        img: (h, w, 3).
        image_shape: (width, height) in pixels.

    Returns:
        (width, height), each at least 16.
    """
    height, width = sides(img)
    scale = min(image_shape[0] / width, image_shape[1] / height)
    return max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale))


def fit_area(img: nd.NDArray, pixels: int = 225 * 150) -> Shape:
    """Size of about `pixels` pixels with the aspect ratio of `img`: (225, 150) for 3:2.

    Args:
        img: (h, w, 3).
        pixels: How many; by default as many as in the chapter.

    Returns:
        (width, height), each at least 16.

    Raises:
        ValueError: For a number of pixels that makes no picture.
    """
    height, width = sides(img)
    scale = (check_pixels(pixels) / (width * height)) ** 0.5
    return max(MIN_SIDE, round(width * scale)), max(MIN_SIDE, round(height * scale))
