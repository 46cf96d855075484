"""Sizes as people give them, (width, height)."""
import numbers

from ..store.decode import MAX_PIXELS, MIN_SIDE, check_size

Shape = tuple[int, int]  # width, height in pixels


def scaled_shape(image_shape: Shape, scale: float) -> Shape:
    """`image_shape` times `scale`, which is from 0.25 to 4; `ValueError` for another one."""
    if not (isinstance(scale, numbers.Real) and 0.25 <= scale <= 4):
        raise ValueError(f'style_scale is {scale!r}: give a factor from 0.25 to 4; 1 is the chapter\'s')
    width, height = (max(MIN_SIDE, round(side * scale)) for side in check_shape(image_shape))
    return width, height


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


def check_pixels(pixels: float) -> float:
    """`pixels`, if a picture may have so many; `ValueError` if not."""
    if not (isinstance(pixels, numbers.Real) and MIN_SIDE ** 2 <= pixels <= MAX_PIXELS):
        raise ValueError(f'pixels is {pixels!r}: give how many there shall be in all, from {MIN_SIDE ** 2} to '
                         f'{MAX_PIXELS}, for example 450 * 300')
    return pixels


def sides(img) -> tuple[int, int]:
    """(height, width) of a picture (h, w, 3) from `read_image`; `ValueError` for anything else."""
    shape = getattr(img, 'shape', None)
    if not (isinstance(shape, tuple) and len(shape) == 3 and shape[2] == 3 and min(shape) > 0):
        found = f'a {type(img).__name__}' if shape is None else f'an array of shape {shape}'
        raise ValueError(f'img is {found}: give a picture of shape (height, width, 3) from read_image')
    return shape[0], shape[1]
