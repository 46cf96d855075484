"""Draw `d2l_style/pictures/woodblock-wave.jpg`: breaking waves in flat colours with dark contours.

Each wave is a fan of bands between its back and its hollow, two curves through a few points; foam is made of
discs that overlap. All is printed on paper with the grain of a wood block. Takes a few seconds.

    python tools/pictures/draw_wave.py
"""
from functools import partial
from pathlib import Path

import numpy as np
from noise import fractal, smooth
from PIL import Image, ImageDraw
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter

FILE = Path(__file__).resolve().parents[2] / 'd2l_style' / 'pictures' / 'woodblock-wave.jpg'
WIDTH, HEIGHT, OVERSAMPLING = 1100, 800, 3
INK, PAPER, FOAM = '#16264d', '#efe3c4', '#f6f0de'
BLUES = ('#1d3a74', '#2f62a0', '#1d3a74', '#7fb0c8', '#2f62a0', '#cfe0d8')
LINE = 2.2  # width of the contours in pixels

rng = np.random.RandomState(21)
LATTICE = rng.rand(256, 256)
noise, fractal = partial(smooth, LATTICE), partial(fractal, LATTICE)

# Back and hollow of each wave, from its foot to its tip, in units of the width; how many bands; where foam begins
GREAT = ([(-0.06, 0.62), (0.06, 0.44), (0.17, 0.25), (0.30, 0.115), (0.44, 0.085), (0.555, 0.155), (0.595, 0.265)],
         [(0.30, 0.80), (0.335, 0.62), (0.355, 0.47), (0.40, 0.345), (0.475, 0.275), (0.545, 0.265), (0.575, 0.300)],
         17, 0.47)
RIGHT = ([(1.10, 0.70), (1.02, 0.55), (0.94, 0.46), (0.865, 0.415), (0.79, 0.425), (0.745, 0.485)],
         [(0.86, 0.78), (0.87, 0.66), (0.865, 0.585), (0.835, 0.52), (0.79, 0.50), (0.757, 0.505)],
         11, 0.50)
FRONT = ([(-0.08, 0.66), (0.02, 0.575), (0.11, 0.535), (0.20, 0.545), (0.265, 0.60), (0.28, 0.655)],
         [(0.10, 0.80), (0.13, 0.715), (0.155, 0.655), (0.19, 0.625), (0.235, 0.635), (0.262, 0.665)],
         9, 0.42)


def pixels(points):
    return [tuple(p) for p in np.asarray(points) * WIDTH * OVERSAMPLING]


def curve(points, number=160):
    """A smooth curve through `points`: (number, 2)."""
    points = np.array(points)
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(points, axis=0).T))]
    return CubicSpline(length, points)(np.linspace(0, length[-1], number))


def contour(draw, points, width=LINE):
    draw.line(pixels(points), fill=INK, width=round(width * OVERSAMPLING), joint='curve')


def sky(draw):
    """Paper that darkens towards the top, a low sun, a far mountain with snow."""
    for k in range(90):
        share = np.clip(1 - k / 34, 0, 1) ** 1.4
        colour = [round(a * (1 - share) + b * share) for a, b in zip((239, 227, 196), (78, 104, 140))]
        draw.rectangle(pixels([(0, k * 0.005), (1, k * 0.005 + 0.006)])[0] + pixels([(1, k * 0.005 + 0.006)])[0],
                       fill=tuple(colour))
    disc(draw, (0.735, 0.205), 0.062, '#d2492e')
    slopes = curve([(0.52, 0.52), (0.62, 0.468), (0.69, 0.405), (0.722, 0.366)], 60)
    right = curve([(0.752, 0.366), (0.785, 0.405), (0.86, 0.468), (0.99, 0.52)], 60)
    outline = np.r_[slopes, [(0.737, 0.372)], right]
    draw.polygon(pixels(np.r_[outline, [(0.99, 0.56), (0.52, 0.56)]]), fill='#5f7f9f')
    snow = np.r_[outline[outline[:, 1] < 0.418], [(0.782, 0.425), (0.768, 0.408), (0.752, 0.432), (0.737, 0.410),
                                                  (0.718, 0.434), (0.708, 0.410), (0.688, 0.424)]]
    draw.polygon(pixels(snow), fill=FOAM)
    contour(draw, outline, 1.6)
    for y, x0, x1 in ((0.300, 0.62, 0.80), (0.318, 0.80, 0.95), (0.115, 0.76, 0.95)):
        cloud = [(x, y + 0.005 * np.sin(30 * x)) for x in np.linspace(x0, x1, 60)]
        cloud += [(x, y + 0.014 + 0.004 * np.sin(22 * x + 1)) for x in np.linspace(x1 - 0.03, x0 + 0.04, 60)]
        draw.polygon(pixels(cloud), fill='#f2e7cc')


def disc(draw, centre, radius, fill):
    (x, y), = pixels([centre])
    r = radius * WIDTH * OVERSAMPLING
    draw.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def sea(draw, level, amplitude, colours, shift):
    """Rows of rounded swells, each a stack of flat bands with a contour on top."""
    x = np.linspace(-0.02, 1.02, 400)
    for k, colour in enumerate(colours):
        swell = abs(np.sin(np.pi * (x / 0.17 + shift + 0.13 * k) + 0.6 * np.sin(5 * x))) ** 0.8
        y = level + 0.021 * k - amplitude * (1 - 0.12 * k) * swell
        draw.polygon(pixels(np.r_[np.c_[x, y], [(1.02, 0.8), (-0.02, 0.8)]]), fill=colour)
        contour(draw, np.c_[x, y], 1.7)


def wave(draw, back, hollow, bands, foam):
    """The bands between back and hollow, contours between them, and foam from the share `foam` of its length on."""
    back, hollow = curve(back), curve(hollow)
    shares = np.linspace(0, 1, bands + 1) ** 0.9
    edges = [back * (1 - s) + hollow * s for s in shares]
    # what the wave stands on: the sea under its back, down to the edge of the picture
    draw.polygon(pixels(np.r_[back, hollow[::-1], [(hollow[0, 0], 0.9), (back[0, 0], 0.9)]]), fill=BLUES[0])
    for k, (a, b) in enumerate(zip(edges, edges[1:])):
        draw.polygon(pixels(np.r_[a, b[::-1]]), fill=BLUES[k % len(BLUES)])
    for k, edge in enumerate(edges[1:-1]):
        contour(draw, edge, 1.0 + 0.5 * (k % 3 == 0))
    contour(draw, np.r_[back, hollow[::-1]], LINE * 1.2)
    crest(draw, back, hollow, foam)


def crest(draw, back, hollow, begin):
    """Foam: discs along the last part of the back and around the tip, and claws that hang from them."""
    start = int(begin * len(back))
    lip = np.r_[back[start:], hollow[:int(0.72 * len(hollow)):-1]]
    discs, claws = [], []
    outward = 1 if back[-1, 0] > back[0, 0] else -1
    for t, (x, y) in zip(np.linspace(0, 1, len(lip)), lip):
        size = 0.006 + 0.011 * np.sin(np.pi * min(1, t * 1.15)) ** 0.7
        for _ in range(2):
            dx, dy = rng.normal(0, 0.55 * size, 2)
            discs.append((x + dx, y + dy, size * rng.uniform(0.55, 1.0)))
        if t > 0.30 and rng.rand() < 0.45:
            reach = size * rng.uniform(1.6, 3.4)
            turn = rng.uniform(0.2, 1.1) + 0.9 * t
            for s in np.linspace(0, 1, 12):
                bend = turn + 1.3 * s
                claws.append((x + outward * reach * s * np.cos(bend), y + reach * s * np.sin(bend) + 0.004,
                              0.0042 * (1.15 - s) + 0.0008))
    spray(draw, lip, outward)
    ink = LINE / WIDTH
    for items in (claws, discs):
        for x, y, r in items:
            disc(draw, (x, y), r + ink, INK)
        for x, y, r in items:
            disc(draw, (x, y), r, FOAM)
    for x, y, r in discs[::7]:  # eyes of shadow in the foam
        disc(draw, (x + 0.2 * r, y + 0.3 * r), 0.30 * r, '#9fc0cc')


def spray(draw, lip, outward):
    """Drops around the foam, more on the side to which the wave breaks."""
    for _ in range(150):
        x, y = lip[rng.randint(len(lip))]
        away = abs(rng.normal(0, 0.035))
        place = x + outward * away * rng.uniform(-0.2, 1.3), y + away * rng.uniform(-1.3, 0.9)
        disc(draw, place, rng.uniform(0.0008, 0.0026), FOAM)


def draw_all():
    size = (WIDTH * OVERSAMPLING, HEIGHT * OVERSAMPLING)
    image = Image.new('RGB', size, PAPER)
    draw = ImageDraw.Draw(image)
    sky(draw)
    sea(draw, 0.535, 0.030, ('#8fb7c4', '#5f93b4', '#2f62a0'), 0.2)
    wave(draw, *RIGHT)
    sea(draw, 0.615, 0.036, ('#7fb0c8', '#2f62a0', '#1d3a74'), 0.65)
    wave(draw, *GREAT)
    sea(draw, 0.682, 0.034, ('#cfe0d8', '#5f93b4', '#2f62a0', '#1d3a74'), 0.05)
    wave(draw, *FRONT)
    return image.resize((WIDTH, HEIGHT), Image.LANCZOS)


def main():
    picture = np.asarray(draw_all()) / 255
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH].astype('float64')
    grain = fractal(column / 160, row / 3.2 + 6 * noise(column / 300, row / 90, 3), 3, shift=2) - 0.5
    fibre = gaussian_filter(rng.normal(0, 1, (HEIGHT, WIDTH)), (0.7, 1.6))
    picture = picture * (1 + 0.10 * grain + 0.035 * fibre)[..., None]
    Image.fromarray((np.clip(picture, 0, 1) * 255).round().astype('uint8')).save(FILE, quality=88)
    print(f'{FILE.name}: {FILE.stat().st_size / 1e3:.0f} kB')


if __name__ == '__main__':
    main()
