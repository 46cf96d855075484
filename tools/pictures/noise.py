"""Smooth random fields for the scripts that draw the pictures."""
import numpy as np
from scipy.ndimage import map_coordinates


def smooth(lattice, x, y, shift=0):
    """Noise in 0..1 with one bump a unit of length, from a square array of random values.

    `shift`: another number, another field.
    """
    x, y = np.broadcast_arrays(x + 91.3 * shift, y + 37.7 * shift)
    return map_coordinates(lattice, [y, x], order=3, mode='grid-wrap', prefilter=False)


def fractal(lattice, x, y, octaves, shift=0, gain=0.5):
    """Sum of `octaves` of noise, each twice as fine and `gain` times as strong as the one before, about 0..1."""
    weights = gain ** np.arange(octaves)
    return sum(w * smooth(lattice, x * 2**k, y * 2**k, shift + k) for k, w in enumerate(weights)) / weights.sum()
