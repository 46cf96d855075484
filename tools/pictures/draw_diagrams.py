"""Draw the two diagrams of `img/` as SVG: what goes in and comes out, and how training flows.

The first one holds small copies of the two default pictures and of what fast mode makes of them at
900×600, so draw it again when these or the bundled network change. Takes two minutes.

    python tools/pictures/draw_diagrams.py
"""
from d2l_style import FeatureNet, Weights, load_backbone, postprocess, read_image, train_fast

import base64
import io
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
IMG, PICTURES = ROOT / 'img', ROOT / 'd2l_style' / 'pictures'
INK, BLUE, ORANGE, GREY = '#222222', '#1f5fa8', '#c45a10', '#666666'
BACKGROUND = '<rect width="100%" height="100%" rx="8" fill="#ffffff"/>'  # readable on dark pages too


def svg(width, height, *parts):
    marks = ''.join(f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
                    f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
                    for name, colour in (('forward', INK), ('backward', ORANGE)))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'font-family="Helvetica, Arial, sans-serif" font-size="15">'
            f'<defs>{marks}</defs>{BACKGROUND}{"".join(parts)}</svg>\n')


def text(x, y, words, colour=INK, size=15, anchor='middle'):
    return f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">{words}</text>'


def box(x, y, width, height, words, colour=INK, fill='#f4f6f9'):
    lines = words.split('\n')
    top = y + height / 2 + 5 - 9 * (len(lines) - 1)
    return (f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="{fill}" stroke="{colour}" '
            'stroke-width="1.5"/>' + ''.join(text(x + width / 2, top + 18 * k, line, colour)
                                             for k, line in enumerate(lines)))


def arrow(*points, backward=False):
    path = 'M' + ' L'.join(f'{x} {y}' for x, y in points)
    style = f'stroke="{ORANGE}" stroke-dasharray="2 5" stroke-linecap="round"' if backward else f'stroke="{INK}"'
    head = 'backward' if backward else 'forward'
    return f'<path d="{path}" fill="none" {style} stroke-width="2" marker-end="url(#{head})"/>'


def picture(x, y, width, height, file, title):
    buffer = io.BytesIO()
    image = file if isinstance(file, Image.Image) else Image.open(file)
    small = image.convert('RGB').resize((2 * width, 2 * height), Image.LANCZOS)
    small.save(buffer, 'jpeg', quality=82)
    data = base64.b64encode(buffer.getvalue()).decode()
    return (f'<image x="{x}" y="{y}" width="{width}" height="{height}" href="data:image/jpeg;base64,{data}"/>'
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="none" stroke="{INK}"/>'
            + text(x + width / 2, y + height + 19, title))


def composite(style_weight=1e4):
    """Fast mode's picture of the two default ones, with the bundled network."""
    X = train_fast(read_image('mountain_lake'), read_image('painted_hills'), (900, 600), FeatureNet(load_backbone()),
                   weights=Weights(style=style_weight))
    return Image.fromarray((postprocess(X).asnumpy() * 255).round().astype('uint8'))


def draw_transfer():
    return svg(720, 330,
               picture(20, 16, 180, 120, PICTURES / 'mountain-lake.jpg', 'content image'),
               picture(20, 176, 165, 120, PICTURES / 'painted-hills.jpg', 'style image'),
               arrow((210, 76), (268, 140)), arrow((195, 236), (268, 182)),
               box(272, 126, 92, 70, 'style\ntransfer', BLUE, '#e9f1fb'),
               arrow((368, 161), (404, 161)),
               picture(410, 64, 288, 192, composite(), 'composite image'),
               text(554, 296, 'fast mode, 900×600, style weight 10⁴', GREY, 12))


def draw_network():
    x = (150, 300, 450)
    blocks = [box(x[k], 150, 96, 56, f'convolution\nblock {k + 1}', BLUE, '#e9f1fb') for k in range(3)]
    forward = [arrow((112, 170), (146, 170))] + [arrow((x[k] + 98, 170), (x[k + 1] - 4, 170)) for k in (0, 1)]
    back = [arrow((x[k + 1] - 2, 190), (x[k] + 100, 190), backward=True) for k in (1, 0)]
    back.append(arrow((148, 190), (116, 190), backward=True))
    losses = [box(150, 40, 96, 48, 'style loss'), box(300, 268, 96, 48, 'content loss'),
              box(450, 40, 96, 48, 'style loss'), box(10, 268, 110, 48, 'total variation\nloss')]
    taps = [arrow((190, 148), (190, 92)), arrow((490, 148), (490, 92)), arrow((340, 208), (340, 264)),
            arrow((56, 212), (56, 264))]
    returns = [arrow((208, 90), (208, 146), backward=True), arrow((508, 90), (508, 146), backward=True),
               arrow((358, 266), (358, 210), backward=True), arrow((74, 266), (74, 214), backward=True)]
    labels = [text(198, 26, 'against the style image', GREY, 13), text(498, 26, 'against the style image', GREY, 13),
              text(348, 336, 'against the content image', GREY, 13),
              arrow((470, 284), (520, 284)), text(530, 289, 'forward', INK, 14, 'start'),
              arrow((470, 308), (520, 308), backward=True), text(530, 313, 'backward', ORANGE, 14, 'start')]
    image = box(10, 148, 102, 60, 'composite\nimage', ORANGE, '#fdf1e7')
    note = [text(61, 118, 'this is trained', ORANGE, 13), text(348, 138, 'frozen network', GREY, 13)]
    return svg(620, 350, image, *blocks, *forward, *back, *losses, *taps, *returns, *labels, *note)


def main():
    (IMG / 'style-transfer.svg').write_text(draw_transfer())
    (IMG / 'neural-style.svg').write_text(draw_network())


if __name__ == '__main__':
    main()
