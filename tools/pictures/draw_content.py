"""Draw `d2l_style/pictures/mountain-lake.jpg`, the default content picture: a lake, a forest and mountains.

A fractal terrain (ridged noise, Musgrave 1998) is rendered column by column from front to
back, with a low sun, snow above the tree line, haze that grows with distance and a lake that
mirrors what is above it. Takes about a minute.

    python tools/pictures/draw_content.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from noise import fractal, smooth
from PIL import Image
from scipy.ndimage import gaussian_filter, map_coordinates

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'mountain-lake.jpg'
WIDTH, HEIGHT, OVERSAMPLING = 1200, 800, 2
CAMERA, HORIZON, FOCAL = 9.0, 0.60, 1.15  # metres above the lake, fraction of the height, of the width
NEAR, FAR, DEPTHS = 40.0, 9000.0, 2200
SUN = np.array([-0.72, 0.40, -0.56])  # towards the sun: from the left, behind the camera
SHORE = 640.0  # metres to the far shore
HAZE = np.array([0.70, 0.79, 0.90])

rng = np.random.RandomState(7)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)


def ridges(x, y, octaves, shift=0):
    """Noise with sharp crests, whose detail grows where it is already high."""
    total, weight, amplitude = 0, 1, 1
    for octave in range(octaves):
        crest = (1 - abs(2 * noise(x * 2**octave, y * 2**octave, shift + octave) - 1)) ** 2
        total = total + amplitude * crest * weight
        weight, amplitude = np.clip(1.6 * crest * weight + 0.15, 0, 1), amplitude * 0.5
    return total / 2


def terrain(x, z):
    """Height of the bare ground in metres at `x` (to the right) and `z` (away from the camera)."""
    warp = 500 * (fractal(x / 2600, z / 2600, 3, shift=40) - 0.5)
    rise = np.clip((z - SHORE - 900) / 4200, 0, 1) ** 1.25
    peak = 0.70 * np.exp(-((x - 620) / 1150) ** 2 - ((z - 6600) / 1500) ** 2)
    massif = 0.62 + 0.25 * np.clip(abs(x - 250) / 2600, 0, 1) + peak
    mountains = 1800 * rise * massif * ridges((x + warp) / 2100 + 3.1, (z - warp) / 2100, 9, shift=5)
    hills = 330 * np.clip((z - SHORE) / 1500, 0, 1) * fractal(x / 620, z / 620, 6, shift=20) ** 1.5
    flank = 260 * np.clip((abs(x + 60) - 210 - 0.10 * z) / 700, 0, 1) * fractal(x / 300, z / 300, 5, shift=25)
    bay = 420 * (fractal(x / 330, z / 800, 4, shift=30) - 0.5)
    shore = np.clip((z - SHORE - bay) / 60, -1, 1) * 4 + 0.5
    return shore + mountains + hills + flank


def trees(x, z, ground, slope):
    """Height of the forest above the ground: cones on a jittered grid, below the tree line."""
    spacing = 6.0
    column, row = np.floor(x / spacing), np.floor(z / spacing)
    best = np.zeros_like(x)
    tint = np.zeros_like(x)
    for i in (-1, 0, 1):
        for j in (-1, 0, 1):
            a, b = (column + i).astype(int), (row + j).astype(int)
            u, v, w = (LATTICE[(b + k) % 256, (a + 3 * k) % 256] for k in (0, 83, 171))
            distance = np.hypot(x - (a + u) * spacing, z - (b + v) * spacing)
            size = 8 + 15 * w
            cone = size * (1 - distance / (1.5 + 0.20 * size))
            higher = cone > best
            best, tint = np.where(higher, cone, best), np.where(higher, u, tint)
    line = 560 + 260 * (fractal(x / 500, z / 500, 4, shift=50) - 0.5)
    clearing = fractal(x / 160, z / 160, 4, shift=55)
    forest = (ground > 2.5) & (ground < line) & (slope < 1.05) & (clearing > 0.42)
    return np.where(forest, best, 0), tint, forest


def render_ground(columns, rows):
    """Colour (rows, columns, 3) above the lake, its distance, and where there is ground at all."""
    depth = NEAR * (FAR / NEAR) ** np.linspace(0, 1, DEPTHS)[:, None]
    x = depth * (np.linspace(-0.5, 0.5, columns) / FOCAL)[None]
    z = np.broadcast_to(depth, x.shape)
    ground = terrain(x, z)
    step = 0.004 * depth + 1
    dx = (terrain(x + step, z) - ground) / step
    dz = (terrain(x, z + step) - ground) / step
    canopy, tint, forest = trees(x, z, ground, np.hypot(dx, dz))
    pixels = FOCAL * columns
    canopy = np.where(ground > 0, canopy, 0)
    level = HORIZON * rows - (ground + canopy - CAMERA) * pixels / depth  # screen row, downwards
    level = np.where(ground > 0, level, np.inf)  # under water
    top = np.minimum.accumulate(level, axis=0)
    colour = shade(x, z, ground, dx, dz, canopy, tint, forest, depth)
    front = np.take_along_axis(level, (ground > 0).argmax(axis=0)[None], axis=0)[0]  # the water line
    picture = np.zeros((rows, columns, 3))
    distance = np.full((rows, columns), np.inf)
    for c in range(columns):
        index = np.searchsorted(-top[:, c], -np.arange(rows) - 0.5)
        seen = (index < DEPTHS) & (np.arange(rows) <= front[c])
        picture[seen, c] = colour[index[seen], c]
        distance[seen, c] = depth[index[seen], 0]
    return picture, distance


def shade(x, z, ground, dx, dz, canopy, tint, forest, depth):
    """Colour of every terrain sample in the light of the sun and the sky, through haze."""
    normal = np.stack([-dx, np.ones_like(dx), -dz], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    direct = np.clip(normal @ (SUN / np.linalg.norm(SUN)), 0, 1)
    slope = np.hypot(dx, dz)
    speckle = fractal(x / 25, z / 25, 4, shift=60)[..., None]
    rock = np.array([0.40, 0.36, 0.34]) * (0.65 + 0.7 * speckle)
    grass = np.array([0.42, 0.46, 0.20]) * (0.6 + 0.8 * speckle)
    sand = np.array([0.62, 0.56, 0.44]) * (0.7 + 0.5 * speckle)
    snow = np.array([0.97, 0.98, 1.00])
    colour = np.where((ground < 1.8)[..., None], sand, grass)
    high = np.clip((ground - 480) / 260 + slope - 0.75, 0, 1)[..., None]
    colour = colour * (1 - high) + rock * high
    white = np.clip((ground - 830 + 420 * (speckle[..., 0] - 0.5)) / 120, 0, 1) \
        * np.clip((1.75 - slope) / 0.55, 0, 1)
    colour = colour * (1 - white[..., None]) + snow * white[..., None]
    relief = np.clip(canopy / 20, 0, 1)[..., None]
    needle = np.array([0.07, 0.14, 0.08]) + relief * np.array([0.10, 0.15, 0.05])
    larch = (tint > 0.45 + 0.9 * fractal(x / 240, z / 240, 3, shift=65))[..., None]  # in autumn colour
    stand = fractal(x / 420, z / 420, 3, shift=67)  # old and young parts of the forest
    needle = needle * (0.55 + 0.5 * tint + 0.5 * stand)[..., None] + larch * np.array([0.26, 0.13, 0.0]) * relief
    colour = np.where(forest[..., None], needle, colour)
    light = np.where(forest, 0.45 + 0.55 * direct, direct)[..., None]
    lit = colour * (light * np.array([1.28, 1.12, 0.90]) + np.array([0.20, 0.26, 0.36]))
    veil = 1 - np.exp(-np.broadcast_to(depth, ground.shape) / 9500)[..., None] * \
        np.exp(-60.0 / (60 + ground.clip(0)) * depth / 16000)[..., None]
    return lit * (1 - veil) + HAZE * veil


def render_sky(columns, rows):
    """A sky that pales towards the horizon, with clouds in perspective."""
    row, column = np.mgrid[0:rows, 0:columns].astype('float64')
    up = np.clip((HORIZON * rows - row) / (HORIZON * rows), 0.004, 1)
    across = (column / columns - 0.5) / FOCAL
    blue = np.array([0.18, 0.40, 0.75])
    sky = HAZE * 1.06 + (blue - HAZE * 1.06) * (up ** 0.62)[..., None]
    glow = np.exp(-((across + 0.62) ** 2 + (0.5 * up) ** 2) / 0.09)[..., None]
    sky = sky + glow * np.array([0.22, 0.13, 0.0])
    far = 1 / (up + 0.10)
    warp = fractal(across * far * 1.3, far * 1.1, 4, shift=70)
    cloud = fractal(across * far * 2.6 + warp, far * 2.0 + warp, 7, shift=80, gain=0.55)
    cover = np.clip((cloud - 0.40) / 0.13, 0, 1) ** 1.2 * np.clip(up * 5, 0, 1)
    lower = fractal(across * far * 2.6 + warp + 0.05, far * 2.0 + warp + 0.10, 6, shift=80, gain=0.55)
    bright = np.clip(0.88 + 1.6 * (cloud - lower), 0.62, 1.08)[..., None]
    return sky * (1 - cover[..., None]) + bright * np.array([1.0, 0.97, 0.93]) * cover[..., None]


def reflect(scene, land):
    """The lake: the scene upside down from the water line, rippled; deeper colour where one looks down."""
    rows, columns = land.shape
    shore = rows - land[::-1].argmax(axis=0).astype('float64')  # first row of water in each column
    line = gaussian_filter(shore, 25)
    row, column = np.mgrid[0:rows, 0:columns].astype('float64')
    below = np.clip((row - line) / (rows - line.min()), 0, 1)
    near = 1 / (below + 0.04)
    waves = fractal(column / columns * near * 3, near * 9, 4, shift=90) - 0.5
    fine = noise(column / columns * near * 14, near * 45, shift=95) - 0.5
    offset = (60 * waves + 30 * fine) * (0.10 + below) * rows / 1600
    source = np.clip(2 * line - row * 1.04 + 0.04 * line + offset, 0, rows - 1)
    source = np.minimum(source, shore - 2)
    side = np.clip(column + 0.3 * offset, 0, columns - 1)
    mirror = np.stack([map_coordinates(scene[..., k], [source, side], order=1) for k in range(3)], -1)
    deep = np.array([0.04, 0.12, 0.16])
    share = (0.86 - 0.40 * below)[..., None]
    water = mirror * share + deep * (1 - share) * (1 + 2 * fine[..., None] * below[..., None])
    return np.where((row >= shore)[..., None], water, scene)


def main():
    columns, rows = WIDTH * OVERSAMPLING, HEIGHT * OVERSAMPLING
    ground, distance = render_ground(columns, rows)
    land = np.isfinite(distance)
    scene = np.where(land[..., None], ground, render_sky(columns, rows))
    scene = gaussian_filter(reflect(scene, land), (0.6, 0.6, 0))
    scene = np.clip(scene, 0, 1) ** 0.92
    picture = Image.fromarray((scene * 255).round().astype('uint8')).resize((WIDTH, HEIGHT), Image.LANCZOS)
    picture.save(FILE, quality=92)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


if __name__ == '__main__':
    main()
