"""Draw `d2l_style/pictures/ink-mountains.jpg`: mountains in mist and a bamboo, in a few tones of ink on paper.

Each range is a wash: dark along its crest, paler downwards until it is mist. The bamboo is made of single brush strokes
that run dry. Takes a few seconds.

    python tools/pictures/draw_ink.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from noise import fractal, smooth
from PIL import Image
from scipy.ndimage import gaussian_filter

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'ink-mountains.jpg'
WIDTH, HEIGHT = 1100, 800
PAPER, INK, SEAL = np.array([0.94, 0.91, 0.83]), np.array([0.10, 0.11, 0.14]), np.array([0.75, 0.16, 0.12])
# height of the crest, how steep it is, how dark, how far down the wash goes; in units of the width
RANGES = ((0.20, 0.50, 0.20, 0.13), (0.32, 0.42, 0.34, 0.12), (0.42, 0.34, 0.50, 0.11), (0.57, 0.26, 0.72, 0.10))

rng = np.random.RandomState(8)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)
ROW, COLUMN = np.mgrid[0:HEIGHT, 0:WIDTH].astype('float64')
X, Y = COLUMN / WIDTH, ROW / WIDTH


def crest(level, steepness, k):
    """Height of the crest of a range in each column: pointed peaks."""
    x = X[0] * (2.3 + 0.5 * k) + 7.3 * k
    peaks = 1 - abs(2 * fractal(x, 0 * x, 6, shift=11 * k + 2) - 1)
    return level - steepness * (peaks - 0.80)


def mountains(ink):
    """Washes from back to front; mist between them."""
    for k, (level, steepness, dark, fade) in enumerate(RANGES):
        line = crest(level, steepness, k)[None]
        depth = Y - line - 0.0016 * (noise(X * 220, Y * 60, 60 + k) - 0.5)
        inside = np.clip(depth * WIDTH / 1.5, 0, 1)
        wash = np.exp(-depth.clip(0) / fade) * (0.75 + 0.5 * fractal(X * 6, Y * 9, 4, shift=30 + k))
        rim = 0.55 * np.exp(-depth.clip(0) / 0.006) * (0.4 + fractal(X * 40, 0 * Y, 3, shift=70 + k))
        slope = fractal(X * 46 + 14 * depth, Y * 9 - 20 * depth, 4, shift=40 + k)  # strokes that run down the flanks
        strokes = 0.6 * np.clip((slope - 0.53) * 7, 0, 1) * np.exp(-depth.clip(0) / (0.55 * fade))
        tone = dark * np.clip(wash + rim + strokes, 0, 1.25)
        hidden = inside * np.clip(1 - depth / (2.2 * fade), 0.25, 1)  # mist lets the range behind be guessed
        ink[:] = ink * (1 - hidden) + np.maximum(tone, 0.35 * ink * (1 - inside)) * inside
        if k == 2:
            trees(ink, line[0], 0.75)


def trees(ink, line, dark):
    """Small pines along a crest."""
    for _ in range(46):
        x = rng.uniform(0.02, 0.60)
        foot = line[int(x * WIDTH)] + rng.uniform(0, 0.03)
        size = rng.uniform(0.010, 0.024)
        for level in np.linspace(0.25, 1, 6):
            reach = size * 0.42 * (1.15 - level) + 0.001
            brush(ink, [(x - reach, foot - size * level + 0.002), (x, foot - size * level), (x + reach,
                  foot - size * level + 0.002)], 0.0014 + 0.06 * reach, dark * rng.uniform(0.6, 1.1), 0.2)
        brush(ink, [(x, foot), (x, foot - size)], 0.0010, dark, 0)


def brush(ink, points, radius, dark, dry, taper=(0.3, 0.05)):
    """One stroke through `points` (in units of the width): thick in the middle, streaky where it is `dry`."""
    points = np.array(points) * WIDTH
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    s = np.arange(0, length[-1], 0.5)
    path = np.stack([np.interp(s, length, points[:, k]) for k in (0, 1)], -1)
    path = gaussian_filter(path, (max(1, 0.06 * len(s)), 0), mode='nearest')
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    share = s / length[-1]
    width = radius * WIDTH * np.minimum(1, np.minimum(share / max(taper[0], 1e-6) + 0.25,
                                                      (1 - share) / max(taper[1], 1e-6) + 0.05))
    t = np.arange(-radius * WIDTH, radius * WIDTH + 0.26, 0.5)
    if not len(t) or not len(s):
        return
    streak = noise(s[:, None] / 40 + rng.uniform(0, 200), t[None] / 1.3 + rng.uniform(0, 200))
    keep = (abs(t)[None] <= width[:, None]) & (streak > dry * (0.25 + 0.75 * share[:, None]))
    tone = dark * (0.82 + 0.36 * (streak - 0.5)) * (1 + 0.25 * (abs(t)[None] / (width[:, None] + 0.1)).clip(0, 1) ** 3)
    place = path[:, None] + t[None, :, None] * np.stack([-tangent[:, 1], tangent[:, 0]], -1)[:, None]
    c, r = place[..., 0].round().astype(int), place[..., 1].round().astype(int)
    keep &= (c >= 0) & (c < WIDTH) & (r >= 0) & (r < HEIGHT)
    np.maximum.at(ink, (r[keep], c[keep]), np.broadcast_to(tone, keep.shape)[keep])


def bamboo(ink):
    """Three canes in pieces from joint to joint, twigs, and leaves in groups that hang."""
    canes = ((0.845, 0.0155, 0.80, 0.05), (0.905, 0.0115, 0.62, -0.03), (0.775, 0.0075, 0.42, 0.08))
    for foot, radius, dark, lean in canes[::-1]:
        y, x = 0.76, foot
        while y > -0.05:
            piece = rng.uniform(0.085, 0.12)
            end = x + lean * piece, y - piece
            brush(ink, [(x, y), ((x + end[0]) / 2, (y + end[1]) / 2), end], radius, dark, 0.42, taper=(0.04, 0.04))
            brush(ink, [(x - radius * 1.15, y + 0.001), (x + radius * 1.15, y)], 0.0022, dark * 1.25, 0)
            if y < 0.62 and rng.rand() < 0.85:
                twig(ink, x, y, rng.choice([-1, 1]), min(1, dark * 1.2))
            x, y = end[0], end[1] - 0.004


def twig(ink, x, y, side, dark):
    """A thin twig with leaves at its end."""
    reach = rng.uniform(0.04, 0.085)
    end = x + side * reach, y - rng.uniform(0.012, 0.045)
    brush(ink, [(x, y), ((x + end[0]) / 2, (y + end[1]) / 2 - 0.004), end], 0.0016, dark, 0.1)
    for _ in range(rng.randint(4, 8)):
        turn = rng.normal(1.05, 0.42)
        size = rng.uniform(0.045, 0.085)
        start = (x + (end[0] - x) * rng.uniform(0.6, 1), y + (end[1] - y) * rng.uniform(0.6, 1))
        tip = start[0] + side * size * np.cos(turn), start[1] + size * np.sin(turn)
        middle = ((start[0] + tip[0]) / 2 + 0.006 * side, (start[1] + tip[1]) / 2 - 0.004)
        brush(ink, [start, middle, tip], rng.uniform(0.0042, 0.0068), dark * rng.uniform(0.75, 1.1), 0.25,
              taper=(0.30, 0.62))


def birds(ink):
    for _ in range(7):
        x, y, size = 0.30 + rng.normal(0, 0.05), 0.085 + rng.normal(0, 0.022), rng.uniform(0.006, 0.011)
        brush(ink, [(x - size, y - 0.3 * size), (x - 0.4 * size, y - 0.55 * size), (x, y)], 0.0011, 0.75, 0)
        brush(ink, [(x, y), (x + 0.4 * size, y - 0.5 * size), (x + size, y - 0.25 * size)], 0.0011, 0.75, 0)


def main():
    ink = np.zeros((HEIGHT, WIDTH))
    sun = np.clip((0.047 - np.hypot(X - 0.52, Y - 0.115)) * WIDTH, 0, 1) * (0.82 + 0.3 * fractal(X * 30, Y * 30, 3, 90))
    mountains(ink)
    water = fractal(X * 3, Y * 70, 3, shift=95)
    ink = np.maximum(ink, 0.16 * np.clip((water - 0.6) * 5, 0, 1) * np.clip((Y - 0.62) / 0.05, 0, 1))
    birds(ink)
    behind = ink.copy()
    bamboo(ink)
    ink = np.clip(gaussian_filter(ink, 0.6), 0, 1)
    spread = 0.18 * gaussian_filter(ink, 5)  # ink creeps into the paper
    grain = 0.05 * (fractal(X * 160, Y * 160, 3, 97) - 0.5)
    density = np.clip(np.maximum(ink, spread) * (1 + 3 * grain), 0, 1)[..., None]
    fibre = (0.03 * (fractal(X * 9, Y * 120, 3, 98) - 0.5) + 0.02 * (noise(X * 500, Y * 500, 99) - 0.5))[..., None]
    picture = (PAPER + fibre) * (1 - density) + INK * density
    red = (sun * (1 - np.clip(2.2 * gaussian_filter(behind, 1), 0, 1)) * 0.85)[..., None]
    picture = picture * (1 - red) + SEAL * red * (1 - density) + picture * red * density
    stamp(picture)
    Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype('uint8')).save(FILE, quality=90)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


def stamp(picture):
    """A red seal in the lower left corner."""
    top, left, side = 690, 60, 58
    block = np.zeros((side, side))
    block[3:-3, 3:-3] = 1
    for a, b, c, d in ((12, 15, 10, 48), (24, 27, 10, 48), (43, 46, 10, 48), (12, 46, 27, 31), (27, 46, 12, 15),
                       (27, 46, 43, 46)):
        block[a:b, c:d] = 0
    pressure = 0.75 + 0.5 * noise(COLUMN[:side, :side] / 4, ROW[:side, :side] / 4, 5)
    worn = np.clip(gaussian_filter(block, 0.7) * pressure, 0, 1)[..., None]
    place = picture[top:top + side, left:left + side]
    place[:] = place * (1 - worn) + SEAL * worn


if __name__ == '__main__':
    main()
