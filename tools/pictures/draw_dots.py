"""Draw `d2l_style/pictures/river-in-dots.jpg`: poplars by a river at sunset, in dots of unmixed paint.

A plan of colours is covered with some ten thousand dots. Each has the colour of its place, pushed to one
of a few pure paints, and in shadow sometimes to the complement, so that the eye has to mix them
(Seurat's way; M.-E. Chevreul, *De la loi du contraste simultané des couleurs*, 1839). Takes a minute.

    python tools/pictures/draw_dots.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from colours import blend, rgb
from noise import fractal, smooth
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage.color import hsv2rgb, rgb2hsv

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'river-in-dots.jpg'
WIDTH, HEIGHT = 1100, 800
LAYERS = ((9.0, 0.95), (6.0, 0.8), (4.2, 0.62))  # radius of the dots in pixels, their distance in diameters
HORIZON, SUN = 0.42, (0.30, 0.325)  # of the width

rng = np.random.RandomState(5)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)


SKY = [rgb(c) for c in ('5d7fc9', '9fb4e0', 'f2d3b0', 'fbb86a', 'f58a52')]
WATER = [rgb(c) for c in ('f3a964', 'd9a5a0', '7d95cf', '3c66b4')]
MEADOW = [rgb(c) for c in ('e0c24a', '93b844', '4a8f3f', '2d6b45')]
TREE = [rgb(c) for c in ('f0cf4a', '7fae3c', '2f7a4a', '23456b')]


def plan():
    """The colours (h, w, 3) to paint: sky, hills, river, meadow, poplars and what the river mirrors."""
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype('float64')
    x, y = column / WIDTH, row / WIDTH
    glow = np.exp(-np.hypot(x - SUN[0], (y - SUN[1]) * 1.3) / 0.16)
    cloud = fractal(x * 3, y * 14, 4, shift=2)
    colour = blend(SKY, y / HORIZON * 0.85 + 0.35 * glow + 0.35 * (cloud - 0.5))
    disc = np.hypot(x - SUN[0], y - SUN[1]) < 0.036
    colour[disc] = rgb('fff4b8')
    hills = y > HORIZON - 0.035 - 0.05 * fractal(x * 3.2, 0 * x, 4, shift=9)
    colour[hills] = blend([rgb('8f86c8'), rgb('6f78b8')], fractal(x * 20, y * 20, 3, 12))[hills]
    bank = HORIZON + 0.006 + 0.012 * noise(x * 5, 0 * x, 14)
    water = y > bank
    ripple = fractal(x * 4, y * 42, 3, shift=20)
    path = np.exp(-((x - SUN[0]) / (0.03 + 0.25 * (y - HORIZON).clip(0))) ** 2)
    lake = blend(WATER, (y - HORIZON) / 0.25 + 0.45 * (ripple - 0.5) - 0.75 * path * (0.4 + 0.9 * ripple))
    colour[water] = lake[water]
    poplars(colour, x, y, bank, ripple)
    shore = 0.60 + 0.16 * (1 - x) - 0.30 * np.exp(-((x - 1.05) / 0.42) ** 2) + 0.03 * noise(x * 4, 0 * x, 31)
    near = y > shore
    light = 0.45 + 1.1 * (y - shore) + 0.7 * (fractal(x * 8, y * 18, 4, shift=33) - 0.5)
    colour[near] = blend(MEADOW, light)[near]
    flowers = near & (noise(x * 55, y * 70, 40) > 0.83)
    colour[flowers] = np.array([rgb('f2f0e6'), rgb('e0452f'), rgb('f39ac0')])[
        (fractal(x * 9, y * 9, 2, 41)[flowers] * 2.99).astype(int)]
    crown(colour, x, y, 0.845, 0.33, 0.155, 0.225)
    trunk = (abs(x - 0.845 - 0.008 * np.sin(y * 40)) < 0.013) & (y > 0.40) & (y < 0.62)
    colour[trunk] = blend([rgb('7a4a5a'), rgb('3a2f5f')], (x - 0.832) / 0.026)[trunk]
    crown(colour, x, y, 0.845, 0.25, 0.135, 0.16)
    return colour


def poplars(colour, x, y, bank, ripple):
    """A row of slim trees on the far bank, and upside down in the water."""
    for centre in (0.055, 0.10, 0.46, 0.505, 0.55, 0.585, 0.64, 0.70):
        height, width = rng.uniform(0.13, 0.22), rng.uniform(0.013, 0.019)
        wobble = width * (0.75 + 0.5 * fractal(x * 30 + 40 * centre, y * 30, 2, 50))
        for mirrored in (False, True):
            up = (y - bank if mirrored else bank - y) / height
            shape = np.sqrt(np.clip(up * (1 - up) * 4, 0, 1)) * (1.15 - 0.5 * up)
            shift = 0.012 * (ripple - 0.5) * mirrored
            inside = (up > 0) & (up < 1) & (abs(x + shift - centre) < wobble * shape)
            light = 0.5 + 0.5 * (x - centre) / width + 0.5 * (fractal(x * 50, y * 50, 2, 51) - 0.5)
            tint = blend(TREE, light)
            colour[inside] = (0.55 * colour + 0.45 * tint if mirrored else tint)[inside]


def crown(colour, x, y, cx, cy, width, height):
    """The round crown of the large tree, lit from the sun's side."""
    dx, dy = (x - cx) / width, (y - cy) / height
    inside = np.hypot(dx, dy) < 0.85 + 0.35 * fractal(dx * 2 + 7, dy * 2, 3, 60)
    light = 0.42 + 0.42 * dx + 0.18 * dy + 0.9 * (fractal(x * 26, y * 26, 3, 61) - 0.5)
    colour[inside] = blend(TREE, light)[inside]


def paint_of(colour):
    """The paint on the brush: saturated, of a hue near to the place's or opposite to it. (n, 3) → (n, 3)."""
    hsv = rgb2hsv(colour[None])[0]
    number = len(hsv)
    hue = hsv[:, 0] + rng.normal(0, 0.035, number)
    opposite = rng.rand(number) < 0.05 + 0.16 * (1 - hsv[:, 2])
    hue = np.where(opposite, hue + 0.5 + rng.normal(0, 0.06, number), hue)
    saturation = np.clip(hsv[:, 1] * rng.uniform(0.85, 1.6, number) + 0.08, 0, 0.95)
    value = np.clip(hsv[:, 2] * rng.normal(1.03, 0.10, number), 0, 1)
    return hsv2rgb(np.stack([hue % 1, saturation, value], -1)[None])[0]


def main():
    colour = plan()
    canvas = np.ones((HEIGHT, WIDTH, 3)) * rgb('efe4cf')
    relief = np.zeros((HEIGHT, WIDTH))
    for radius, spacing in LAYERS:
        reference = gaussian_filter(colour, (radius / 3, radius / 3, 0))
        step = 2 * radius * spacing
        rows, columns = np.mgrid[0:HEIGHT + step:step * 0.87, 0:WIDTH + step:step]
        columns[1::2] += step / 2
        places = np.stack([rows.ravel(), columns.ravel()], -1) + rng.normal(0, 0.22 * step, (rows.size, 2))
        rng.shuffle(places)
        inside = np.clip(places, 0, (HEIGHT - 1, WIDTH - 1)).astype(int)
        for (row, column), paint in zip(places, paint_of(reference[inside[:, 0], inside[:, 1]])):
            dab(canvas, relief, row, column, radius * rng.uniform(0.75, 1.1), paint)
    down, right = np.gradient(gaussian_filter(relief, 0.8))
    light = np.clip(1 + 0.28 * (down + right), 0.75, 1.3)
    picture = np.clip(gaussian_filter(canvas, (0.5, 0.5, 0)) * light[..., None], 0, 1)
    Image.fromarray((picture * 255).round().astype('uint8')).save(FILE, quality=84)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


def dab(canvas, relief, row, column, radius, paint):
    """One dot, a little oval, thick in the middle."""
    row, column = np.clip((row, column), 0, (HEIGHT - 1, WIDTH - 1))
    top, left = max(0, int(row - radius - 2)), max(0, int(column - radius - 2))
    r, c = np.mgrid[top:min(HEIGHT, int(row + radius + 3)), left:min(WIDTH, int(column + radius + 3))]
    turn, oval = rng.uniform(0, np.pi), rng.uniform(0.78, 1)
    along = (c - column) * np.cos(turn) + (r - row) * np.sin(turn)
    across = (r - row) * np.cos(turn) - (c - column) * np.sin(turn)
    distance = np.hypot(along, across / oval) / radius
    cover = np.clip((1 - distance) * radius, 0, 1)[..., None]
    place = (slice(top, top + r.shape[0]), slice(left, left + r.shape[1]))
    canvas[place] = canvas[place] * (1 - cover) + paint * cover
    body = np.clip(1 - distance ** 2, 0, 1) ** 0.5 * radius / 3
    relief[place] = np.maximum(relief[place] * (1 - cover[..., 0]), body)


if __name__ == '__main__':
    main()
