"""Draw `d2l_style/pictures/painted-hills.jpg`, the default style picture: autumn hills under a turning sky.

A plan of colours and of stroke directions is painted over with curved strokes of four brush
sizes, coarse to fine, each only where the canvas is still far from the plan (Hertzmann 1998,
"Painterly Rendering with Curved Brush Strokes of Multiple Sizes"). Bristles leave ridges of
paint that are lit from the upper left. Takes about a minute.

    python tools/pictures/draw_style.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from colours import blend, rgb
from noise import fractal, smooth
from PIL import Image
from scipy.ndimage import gaussian_filter

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'painted-hills.jpg'
WIDTH, HEIGHT, EDGE = 1112, 812, 6  # few strokes reach the edge: it is cut off
BRUSHES = ((30, 0.0), (15, 0.05), (8, 0.08), (4.5, 0.12))  # radius in pixels, colour error that calls for a stroke
SUN, SUN_RADIUS = (0.70, 0.24), 0.085  # in units of the width
VORTICES = ((0.70, 0.24, 1.0, 0.20), (0.26, 0.20, -1.0, 0.13), (0.97, 0.07, -0.8, 0.10), (0.03, 0.42, 0.8, 0.08))

rng = np.random.RandomState(3)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)


SKY = [rgb(c) for c in ('1b2f7a', '2458a8', '3f8fc4', '7fc0c8', 'f0d890')]
SUNLIGHT = [rgb(c) for c in ('fff3b0', 'ffd447', 'f79a1e')]
HILLS = [[rgb(c) for c in hill] for hill in (
    ('5b4a96', '7d6ab5', '3d4f9c'), ('2f7f86', '4fa59a', '1f5f7c'), ('d9982b', 'efc04a', 'b86a1c'),
    ('c23b1e', 'e8722a', '8a1f2a'), ('35641f', '7d9a2a', '1d4a3a'), ('8a2f4a', 'd9622b', '4a1f45'))]
FOLIAGE = [[rgb(c) for c in tree] for tree in (
    ('e2481b', 'f7941e', '8f1d1d'), ('f2b21f', 'ffd95a', 'c26a12'), ('b3202c', 'e8572a', '5a1030'))]


def plan():
    """The colours (h, w, 3) and the directions of the strokes (h, w, in radians) to paint."""
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype('float64')
    x, y = column / WIDTH, row / WIDTH
    colour, angle = sky(x, y)
    for k, shades in enumerate(HILLS):
        crest = 0.36 + 0.062 * k + 0.13 * (fractal(x * (2.2 + 0.3 * k) + 0.2, 0 * x, 4, shift=10 * k + 3) - 0.5)
        inside = y > crest
        slope = np.arctan2(np.gradient(crest, axis=1) * WIDTH, 1)
        depth = y - crest
        furrow = fractal(x * 5 + 6 * depth, depth * 34 + 0.8 * noise(x * 4, y * 4, k), 3, shift=30 + k)
        light = np.clip(1.5 * furrow - 0.30 + 0.5 * np.exp(-depth / 0.02), 0, 1)
        colour = np.where(inside[..., None], blend([shades[2], shades[0], shades[1]], light), colour)
        bend = 0.55 * np.sin(9 * x + 2.2 * k) * np.clip(depth / 0.10, 0, 1)
        angle = np.where(inside, slope + bend, angle)
        colour, angle = plant(colour, angle, x, y, crest, k)
    return colour, angle


def sky(x, y):
    """Currents around the sun and two other centres, pale where they are close to one."""
    angle = 0.5 * (fractal(x * 2.5, y * 4, 3, shift=1) - 0.5)
    flow = np.stack([np.cos(angle), np.sin(angle)]) * 0.6
    glow = 0
    for cx, cy, turn, size in VORTICES:
        dx, dy = x - cx, y - cy
        distance = np.hypot(dx, dy) + 1e-6
        pull = np.exp(-(distance / size) ** 2) * 2.2
        flow = flow + turn * pull * np.stack([-dy, dx]) / distance
        ring = 0.5 + 0.5 * np.cos(distance / size * 13)
        glow = glow + np.exp(-(distance / (0.8 * size)) ** 2) * (0.35 + 0.65 * ring)
    angle = np.arctan2(flow[1], flow[0])
    along, across = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    bands = fractal(along * 3, across * 26, 4, shift=5)
    colour = blend(SKY, 0.9 * bands - 0.12 + 0.45 * y / 0.45 + 0.55 * np.clip(glow, 0, 1) - 0.12)
    distance = np.hypot(x - SUN[0], y - SUN[1]) / SUN_RADIUS
    disc = blend(SUNLIGHT, distance * 0.8)
    return np.where((distance < 1)[..., None], disc, colour), angle


def plant(colour, angle, x, y, crest, k):
    """Round autumn trees on the crest of hill `k`, larger towards the front."""
    if k in (0, 1):
        return colour, angle
    for _ in range((0, 0, 9, 7, 5, 4)[k]):
        cx, size = rng.uniform(0, 1), (0.010 + 0.0085 * k) * rng.uniform(0.7, 1.3)
        ground = crest[0, int(cx * (WIDTH - 1))] + 0.008 * k * rng.rand()
        cy = ground - 1.35 * size
        shades = FOLIAGE[rng.randint(len(FOLIAGE))]
        trunk = (abs(x - cx) < 0.13 * size) & (y > cy) & (y < ground + 0.3 * size)
        colour = np.where(trunk[..., None], rgb('3a1d22'), colour)
        angle = np.where(trunk, np.pi / 2, angle)
        dx, dy = x - cx, (y - cy) / 1.15
        edge = size * (0.8 + 0.45 * fractal(dx / size * 1.2 + 9 * cx, dy / size * 1.2, 2, shift=60))
        crown = np.hypot(dx, dy) < edge
        light = 0.5 - 0.42 * (dx * 0.3 + dy) / size + 0.5 * (fractal(x * 90, y * 90, 2, shift=61) - 0.5)
        colour = np.where(crown[..., None], blend([shades[2], shades[0], shades[1]], light), colour)
        angle = np.where(crown, np.arctan2(dy, dx) + np.pi / 2 + 0.4, angle)
    return colour, angle


def curve(row, column, angle, reference, canvas, radius):
    """Points (n, 2) of a stroke that follows the directions as long as it improves the canvas."""
    colour = reference[int(row), int(column)]
    points = [(row, column)]
    heading = rng.choice([-1, 1])
    for i in range(14):
        r, c = int(row), int(column)
        if i > 4 and abs(reference[r, c] - canvas[r, c]).sum() < abs(reference[r, c] - colour).sum():
            break
        row, column = (row + heading * radius * np.sin(angle[r, c]), column + heading * radius * np.cos(angle[r, c]))
        if not (0 <= row < HEIGHT and 0 <= column < WIDTH):
            break
        points.append((row, column))
    return np.array(points), colour


def stamp(points, colour, radius, canvas, relief):
    """Leave the paint of one stroke: bristles that run along it, thin at both ends."""
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    if length[-1] < radius:
        return
    s = np.arange(0, length[-1], 0.6)
    path = gaussian_filter(np.stack([np.interp(s, length, points[:, k]) for k in (0, 1)], -1),
                           (radius, 0), mode='nearest')
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    t = np.arange(-radius, radius + 0.1, 0.6)
    width = np.clip(np.minimum(s, length[-1] - s) / (0.8 * radius) + 0.35, 0, 1) ** 0.5
    bristle = noise(t / 2.2 + rng.uniform(0, 200), np.full(len(t), rng.uniform(0, 200)))
    dry = noise(s[:, None] / 26 + rng.uniform(0, 200), t[None] / 1.8 + rng.uniform(0, 200))
    keep = (abs(t)[None] <= radius * width[:, None]) & (dry > 0.16 + 0.25 * (s / s[-1])[:, None] ** 3)
    place = path[:, None] + t[None, :, None] * np.stack([-tangent[:, 1], tangent[:, 0]], -1)[:, None]
    r, c = np.clip(place[..., 0].round(), 0, HEIGHT - 1).astype(int), \
        np.clip(place[..., 1].round(), 0, WIDTH - 1).astype(int)
    tone = 1 + 0.34 * (bristle - 0.5)[None] + 0.12 * (dry - 0.5)
    canvas[r[keep], c[keep]] = np.clip(colour * tone[..., None], 0, 1)[keep]
    body = (1 - (abs(t) / radius) ** 4)[None] * (0.35 + 0.65 * bristle)[None] * (0.7 + 0.6 * dry)
    relief[r[keep], c[keep]] = 0.35 * relief[r[keep], c[keep]] + (radius ** 0.5 * body)[keep]


def vary(colour):
    """Paint is never mixed twice the same; now and then the brush holds a neighbouring colour."""
    colour = colour * (1 + rng.normal(0, 0.10)) + rng.normal(0, 0.035, 3)
    if rng.rand() < 0.06:
        colour = colour[[0, 2, 1]] if rng.rand() < 0.5 else colour[[2, 1, 0]]
    return np.clip(colour, 0, 1)


def paint(colour, angle):
    """Canvas (h, w, 3) and the thickness of its paint (h, w)."""
    canvas = np.ones((HEIGHT, WIDTH, 3)) * rgb('8a5a3a')
    relief = np.zeros((HEIGHT, WIDTH))
    for radius, threshold in BRUSHES:
        reference = gaussian_filter(colour, (radius / 3, radius / 3, 0))
        step = max(4, radius * 0.9)
        error = gaussian_filter(abs(reference - canvas).mean(-1), radius / 2)
        rows, columns = np.mgrid[0:HEIGHT:step, 0:WIDTH:step]
        starts = np.stack([rows.ravel(), columns.ravel()], -1) + rng.uniform(0, step, (rows.size, 2))
        starts = starts[(starts[:, 0] < HEIGHT) & (starts[:, 1] < WIDTH)]
        rng.shuffle(starts)
        for row, column in starts:
            if error[int(row), int(column)] >= threshold:
                points, tint = curve(row, column, angle, reference, canvas, radius)
                stamp(points, vary(tint), radius, canvas, relief)
    return canvas, relief


def varnish(canvas, relief):
    """Light from the upper left on the ridges of paint."""
    relief = gaussian_filter(relief, 0.8)
    down, right = np.gradient(relief)
    light = np.clip(1 + 0.20 * (down + right), 0.70, 1.35)
    return np.clip(gaussian_filter(canvas, (0.5, 0.5, 0)) * light[..., None], 0, 1)


def main():
    picture = varnish(*paint(*plan()))
    picture = picture[EDGE:-EDGE, EDGE:-EDGE]
    Image.fromarray((picture * 255).round().astype('uint8')).save(FILE, quality=90)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


if __name__ == '__main__':
    main()
