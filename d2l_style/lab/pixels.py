"""Pixels: pictures as arrays, made out of two pictures or of a matrix, and shrunk."""
import matplotlib
import numpy as np
from PIL import Image

GRAM_SIDE = 176  # pixels


def before_after(before, after, share):
    """`before` in the left `share` (0..1) of the picture, `after` in the rest: `uint8` (h, w, 3)."""
    edge = round(share * after.shape[1])
    picture = after.copy()
    picture[:, :edge] = before[:, :edge]
    picture[:, max(0, edge - 1):edge + 1] = 255  # where one ends and the other begins
    return picture


def change_map(before, after):
    """How far each pixel has moved, mean of the channels: black 0, yellow half of the range or more."""
    moved = np.abs(after.astype('float32') - before).mean(axis=2) / 255
    return colours(moved / 0.5, 'inferno')


def gram_picture(G, top):
    """A Gram matrix (c, c) as a square picture: red above 0, blue below, full at ±`top`."""
    picture = Image.fromarray(colours(0.5 + 0.5 * G / max(top, 1e-12), 'RdBu_r'))
    side = GRAM_SIDE // len(G) * len(G) or GRAM_SIDE  # whole pixels for each element, where they fit
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


def colours(values, name):
    """Values 0..1 in a colour map of matplotlib: `uint8` (h, w, 3)."""
    return matplotlib.colormaps[name](np.clip(values, 0, 1), bytes=True)[..., :3]


def at_most(picture, side):
    """A picture, `uint8` (h, w, 3), shrunk if its longer side has more than `side` pixels."""
    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = [max(1, round(n * scale)) for n in reversed(picture.shape[:2])]
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
