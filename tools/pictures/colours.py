"""Colours for the scripts that draw the pictures."""
import numpy as np


def rgb(code):
    """'ff8000' as three numbers 0..1."""
    return np.array([int(code[i:i + 2], 16) for i in (0, 2, 4)]) / 255


def blend(colours, t):
    """Colour at `t` (0..1, an array) along a list of colours."""
    t = np.clip(t, 0, 1) * (len(colours) - 1)
    return np.stack([np.interp(t, range(len(colours)), [c[k] for c in colours]) for k in range(3)], -1)
