"""Draw `d2l_style/pictures/still-life.jpg`, a content picture with a few large shapes: a jug, a bowl and fruit.

The shapes are distance fields: a ray goes on by the distance to the nearest shape until it meets one (Hart 1996,
"Sphere Tracing"). A large window on the left gives light and soft shadows. Takes about three minutes.

    python tools/pictures/draw_still_life.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from colours import rgb
from noise import fractal, smooth
from PIL import Image
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'still-life.jpg'
WIDTH, HEIGHT, FINAL = 1800, 1200, (1200, 800)
EYE, TARGET, FOCAL = np.array([0.0, 1.95, -6.2]), np.array([0.0, 0.92, 0.0]), 1.55
LIGHT = np.array([-0.62, 0.66, -0.42])
WINDOW, SKY, WARM = np.array([1.45, 1.32, 1.12]), np.array([0.30, 0.36, 0.46]), np.array([0.20, 0.13, 0.08])
WALL = 2.6  # how far behind the middle the wall stands

rng = np.random.RandomState(2)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)

# outline of the jug: (radius, height), from its foot to its lip
JUG, JUG_AT = ((0.40, 0.0), (0.56, 0.20), (0.66, 0.55), (0.60, 0.95), (0.40, 1.30), (0.30, 1.52), (0.33, 1.72),
               (0.42, 1.84)), (-1.15, 0.45)
BOWL_AT, BOWL = (1.02, 0.35), 0.86  # place on the table, radius
# fruit: (x, height of the middle, z, radius, colours from shade to light)
FRUIT = ((0.70, 0.70, 0.22, 0.36, 'apple'), (1.32, 0.72, 0.20, 0.37, 'orange'), (1.02, 0.74, 0.78, 0.36, 'apple'),
         (1.02, 1.15, 0.36, 0.35, 'lemon'), (-0.22, 0.37, -0.72, 0.37, 'orange'), (0.36, 0.30, -1.18, 0.30, 'lemon'),
         (-1.72, 0.36, -0.78, 0.36, 'apple'))


COLOURS = {'apple': ('b3202a', 'd8a53a'), 'orange': ('e8801a', 'f29a2c'), 'lemon': ('e9c61e', 'f2dc5a'),
           'jug': ('2f6f8f', 'dfe8e4'), 'bowl': ('e9e2d2', 'e9e2d2'), 'cloth': ('f0ebe0', 'b23a3a'),
           'wall': ('8f9f86', '76886f')}
NAMES = ('wall', 'cloth', 'jug', 'bowl', *[item[4] for item in FRUIT])


def distances(p):
    """Distance of the points (n, 3) to each shape, in the order of `NAMES`: (len(NAMES), n)."""
    x, y, z = p.T
    fold = 0.020 * np.sin(3.1 * x + 0.8 * z) * np.exp(-((z + 1.6) / 0.8) ** 2)
    cloth = np.maximum(y - fold, -(z + 2.25))
    shapes = [WALL - z, cloth * 0.8, jug(p), bowl(p)]
    for cx, cy, cz, radius, kind in FRUIT:
        q = p - (cx, cy, cz)
        if kind == 'lemon':
            along = q @ np.array([0.86, 0.10, 0.50])
            across = np.linalg.norm(q - along[:, None] * np.array([0.86, 0.10, 0.50]), axis=1)
            tip = 0.12 * radius * np.exp(-((abs(along) - radius * 1.18) / (0.25 * radius)) ** 2)
            shapes.append((np.hypot(along / 1.25, across) - radius * 0.88 - tip) * 0.8)
        elif kind == 'apple':
            flat = np.hypot(q[:, 0], q[:, 2])
            dimple = 0.30 * radius * np.exp(-(flat / (0.34 * radius)) ** 2) * (q[:, 1] > 0)
            shapes.append((np.linalg.norm(q * (1, 1.08, 1), axis=1) - radius + dimple) * 0.8)
        else:
            shapes.append(np.linalg.norm(q, axis=1) - radius)
    return np.stack(shapes)


def jug(p):
    """A surface of revolution with a wall of its own, and a handle."""
    x, y, z = (p - (JUG_AT[0], 0, JUG_AT[1])).T
    outline, heights = np.array(JUG)[:, 0], np.array(JUG)[:, 1]
    radius = CubicSpline(heights, outline)(np.clip(y, 0, 1.84))
    around = np.hypot(x, z)
    body = np.maximum(np.maximum((around - radius) * 0.72, y - 1.84), -y)
    hollow = np.maximum((around - radius + 0.06) * 0.72, -(y - 1.3))
    body = np.maximum(body, -hollow)
    ring = np.hypot(np.hypot(x - 0.50, (y - 1.22) * 0.85) - 0.40, z) - 0.065
    return np.minimum(body, np.maximum(ring * 0.8, 0.28 - x))


def bowl(p):
    """The lower part of a hollow sphere, on a foot."""
    q = p - (BOWL_AT[0], BOWL + 0.06, BOWL_AT[1])
    shell = abs(np.linalg.norm(q, axis=1) - BOWL) - 0.030
    rim = np.maximum(shell, q[:, 1] + 0.26)
    foot = np.maximum(np.hypot(q[:, 0], q[:, 2]) - 0.36, abs(p[:, 1] - 0.05) - 0.05)
    return np.minimum(rim, foot)


def march(origin, direction, longest, steps=110):
    """How far each ray goes until it meets a shape, and which one."""
    way = np.full(len(direction), 0.02)
    active = np.arange(len(direction))
    for _ in range(steps):
        gap = distances(origin[active] + way[active, None] * direction[active]).min(0)
        way[active] += gap
        active = active[(gap > 0.0006) & (way[active] < longest)]
        if not len(active):
            break
    return way, distances(origin + way[:, None] * direction).argmin(0)


def shadow(point, towards, steps=60):
    """Share of a wide light that a point sees: 0..1 (the nearer a ray passes, the darker)."""
    way, seen = np.full(len(point), 0.03), np.ones(len(point))
    for _ in range(steps):
        p = point + way[:, None] * towards
        gap = distances(p)[1:].min(0)  # the wall gives no shadow
        seen = np.minimum(seen, 0.5 + 0.5 * gap / (0.11 * way))
        way += np.clip(gap, 0.02, 0.25)
    seen = np.clip(seen, 0, 1)
    return seen * seen * (3 - 2 * seen)


def normals(p, e=0.002):
    offsets = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]])
    normal = sum(k * distances(p + e * k).min(0)[:, None] for k in offsets)
    return normal / (np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9)


def material(p, which):
    """Colour of each point, before light: (n, 3)."""
    colour = np.zeros((len(p), 3))
    x, y, z = p.T
    for k, name in enumerate(NAMES):
        here = which == k
        dark, light = (rgb(code) ** 2.2 for code in COLOURS[name])  # as light
        if name == 'wall':
            share = 0.5 + 1.2 * (fractal(x[here] * 1.3, y[here] * 1.3, 5, 3) - 0.5)
        elif name == 'cloth':
            stripe = abs(((z[here] + 0.06 * np.sin(2 * x[here])) % 1.15) - 0.55) < 0.055
            share = 0.9 * stripe + 0.05 * noise(x[here] * 60, z[here] * 60, 5)
        elif name == 'jug':
            band = (y[here] > 1.42) | (y[here] < 0.16) | (abs(y[here] - 0.98) < 0.035)
            share = 0.88 * band + 0.10 * fractal(x[here] * 9, y[here] * 9, 3, 7)
        elif name == 'apple':
            cx, cy, cz, radius, _ = FRUIT[k - 4]
            streak = fractal(np.arctan2(x[here] - cx, z[here] - cz) * 3.4, y[here] * 3, 4, 9 + k)
            share = np.clip(1.9 * (streak - 0.50) + 0.55 * (y[here] - cy) / radius, 0, 1)
        else:
            share = noise(x[here] * 34, y[here] * 34 + z[here] * 34, 11 + k)
        share = np.clip(share, 0, 1)[:, None]
        colour[here] = dark * (1 - share) + light * share
    return colour


def main():
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype('float64')
    forward = (TARGET - EYE) / np.linalg.norm(TARGET - EYE)
    right = np.cross([0, 1, 0], forward)
    right /= np.linalg.norm(right)
    u, v = (column.ravel() + 0.5) / WIDTH - 0.5, (HEIGHT / 2 - row.ravel() - 0.5) / WIDTH
    direction = u[:, None] * right + v[:, None] * np.cross(forward, right) + FOCAL * forward
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    way, which = march(np.broadcast_to(EYE, direction.shape), direction, 14.0)
    p = EYE + way[:, None] * direction
    normal, towards = normals(p), LIGHT / np.linalg.norm(LIGHT)
    colour = material(p, which)
    lit = np.clip(normal @ towards, 0, 1) * shadow(p + 0.01 * normal, np.broadcast_to(towards, p.shape))
    near = np.clip(sum(distances(p + h * normal).min(0) / h * w for h, w in ((0.06, 0.4), (0.18, 0.35), (0.45, 0.25))),
                   0.12, 1)  # how open the place is
    shine = np.clip((direction - 2 * (direction * normal).sum(1, keepdims=True) * normal) @ towards, 0, 1)
    glossy = np.isin(which, [k for k, name in enumerate(NAMES) if name not in ('wall', 'cloth')])
    up = (0.5 + 0.5 * normal[:, 1])[:, None]
    light = lit[:, None] * WINDOW + near[:, None] * (SKY * up + WARM * (1 - up) + 0.06)
    falloff = np.where(which == 0, 0.62 + 0.42 * np.exp(-((p[:, 0] + 1.9) / 2.6) ** 2), 1)[:, None]
    picture = colour * light * falloff + (glossy * (0.75 * shine ** 60 + 0.10 * shine ** 8) * lit)[:, None]
    picture = picture.reshape(HEIGHT, WIDTH, 3)
    picture = np.clip(picture / (1 + 0.18 * picture), 0, 1) ** (1 / 2.2)
    picture = gaussian_filter(picture, (0.6, 0.6, 0)) + rng.normal(0, 0.008, picture.shape)
    picture = Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype('uint8'))
    picture.resize(FINAL, Image.LANCZOS).save(FILE, quality=92)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


if __name__ == '__main__':
    main()
