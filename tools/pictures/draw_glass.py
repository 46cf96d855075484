"""Draw `d2l_style/pictures/stained-glass.jpg`: a rose window, panes of coloured glass between lead.

The plan is a flower of rings and petals. Points are strewn over it, closer where it changes, and
moved to the middle of their cells (Lloyd 1982), so that cells become panes of like size. Takes half a minute.

    python tools/pictures/draw_glass.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from colours import rgb
from noise import fractal, smooth
from PIL import Image
from scipy.ndimage import distance_transform_edt, gaussian_filter
from scipy.spatial import cKDTree

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'stained-glass.jpg'
WIDTH, HEIGHT = 1100, 800
PANES, LEAD = 640, 3.2  # number of panes; half of the width of the lead, in pixels
PETALS = 12

rng = np.random.RandomState(11)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)


RINGS = [[rgb(c) for c in ring] for ring in (
    ('ffd84a', 'ffb01f'), ('c3172f', 'e2403a'), ('f7c531', 'f08c1a'), ('1746a8', '2b6fd6'),
    ('7a1fa0', 'b03ac2'), ('0f7a52', '37b06a'), ('12307d', '1c54b8'))]
CORNER = [rgb(c) for c in ('0e6f86', '1aa0a8', '134b86', '6fc7b4')]


def flower(x, y):
    """Which ring, and which side of a petal, a place belongs to; `x`, `y` in units of half the height."""
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    wave = np.abs(((angle / (2 * np.pi) * PETALS) % 1) - 0.5) * 2  # 0 in the middle of a petal, 1 between two
    ring = np.clip((radius + 0.10 * wave * radius) / 0.92 * len(RINGS), 0, len(RINGS) - 1e-6).astype(int)
    side = (((angle / (2 * np.pi) * PETALS * (1 + (ring > 2))) % 1) > 0.5).astype(int)
    return ring, side, radius


def colour_of(points):
    """The glass of each pane, by its middle: (n, 2) in pixels → (n, 3)."""
    x, y = (points[:, 0] - WIDTH / 2) / (HEIGHT / 2), (points[:, 1] - HEIGHT / 2) / (HEIGHT / 2)
    ring, side, radius = flower(x, y)
    colours = np.array([[ring_colours[s] for s in (0, 1)] for ring_colours in RINGS])[ring, side]
    outside = radius > 0.93
    colours[outside] = np.array(CORNER)[rng.randint(len(CORNER), size=outside.sum())]
    colours = colours * (1 + rng.normal(0, 0.11, (len(points), 1))) + rng.normal(0, 0.025, (len(points), 3))
    return np.clip(colours, 0, 1)


def middles():
    """Points that lie evenly, on rings inside the rose and anywhere outside it: (n, 2) in pixels."""
    points = []
    for ring in range(len(RINGS)):
        radius = (ring + 0.5) / len(RINGS) * 0.92 * HEIGHT / 2
        number = 1 if ring == 0 else PETALS * (1, 1, 2, 2, 4, 4, 4)[ring]
        turn = np.arange(number) / number * 2 * np.pi + 0.26 * ring
        points.append(np.stack([WIDTH / 2 + radius * np.cos(turn), HEIGHT / 2 + radius * np.sin(turn)], -1))
    rose = np.concatenate(points)
    loose = rng.uniform((0, 0), (WIDTH, HEIGHT), (PANES, 2))
    loose = loose[np.hypot(*(loose - (WIDTH / 2, HEIGHT / 2)).T) > 0.97 * HEIGHT / 2]
    grid = np.stack(np.meshgrid(np.arange(0, WIDTH, 4), np.arange(0, HEIGHT, 4)), -1).reshape(-1, 2)
    for _ in range(12):
        nearest = cKDTree(np.concatenate([rose, loose])).query(grid)[1] - len(rose)
        for k in range(len(loose)):
            cell = grid[nearest == k]
            if len(cell):
                loose[k] = cell.mean(0)
    return np.concatenate([rose, loose])


def main():
    points = middles()
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype('float64')
    bend = 7 * (np.stack([noise(column / 60, row / 60, 1), noise(column / 60, row / 60, 2)]) - 0.5)
    pane = cKDTree(points).query(np.stack([column + bend[0], row + bend[1]], -1).reshape(-1, 2))[1]
    pane = pane.reshape(HEIGHT, WIDTH)
    edge = np.zeros((HEIGHT, WIDTH), bool)
    edge[:-1] |= pane[:-1] != pane[1:]
    edge[:, :-1] |= pane[:, :-1] != pane[:, 1:]
    circle = abs(np.hypot(column - WIDTH / 2, row - HEIGHT / 2) - 0.945 * HEIGHT / 2) < 1
    distance = distance_transform_edt(~(edge | circle))
    glass = colour_of(points)[pane]
    streaks = fractal(column / 90 + 3 * noise(column / 150, row / 150, 5), row / 22, 4, shift=7)
    seeds = noise(column / 7, row / 7, 20) > 0.86  # bubbles in the glass
    glow = np.exp(-((column / WIDTH - 0.5) ** 2 + (row / HEIGHT - 0.45) ** 2) / 0.28)
    light = (0.74 + 0.48 * glow) * (0.80 + 0.45 * streaks) * (1 - np.exp(-distance / 9) * 0.45) * (1 + 0.10 * seeds)
    glass = np.clip(glass * light[..., None], 0, 1)
    glass = 1 - (1 - glass) * (1 - 0.35 * gaussian_filter(glass, (14, 14, 0)))  # light spreads
    width = LEAD + 2.6 * (gaussian_filter(circle.astype(float), 3) > 0.02)
    relief = np.clip(1 - (distance / width) ** 2, 0, 1) ** 0.5
    down, right = np.gradient(gaussian_filter(relief * width, 0.7))
    lead = np.array([0.10, 0.10, 0.12]) * np.clip(1 + 1.3 * (down + right), 0.25, 3)[..., None]
    cover = np.clip(width + 0.5 - distance, 0, 1)[..., None]
    picture = glass * (1 - cover) + np.clip(lead, 0, 1) * cover
    Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype('uint8')).save(FILE, quality=88)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


if __name__ == '__main__':
    main()
