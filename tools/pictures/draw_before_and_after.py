"""Draw `img/before-and-after.jpg` of the README: lake, painting, and what the chapter makes of them.

The chapter's two trainings with the embedded network, the second at 675×450, where strokes are seen. Draw it again
when the two pictures or the network change. Takes some minutes.

    python tools/pictures/draw_before_and_after.py
"""
from d2l_style import FeatureNet, get_contents, get_styles, load_backbone, postprocess, preprocess, read_image, train

from pathlib import Path

import numpy as np
from PIL import Image

FILE = Path(__file__).resolve().parents[2] / 'img' / 'before-and-after.jpg'
SMALL, LARGE = (225, 150), (675, 450)  # (width, height)


def chapter(content_img, style_img, net):
    """The composite image of both trainings, a picture (450, 675, 3)."""
    X = None
    for shape, schedule in ((SMALL, (0.01, 500, 200)), (LARGE, (0.01, 300, 100))):
        content_X, contents_Y = get_contents(content_img, shape, net)
        _, styles_Y = get_styles(style_img, shape, net)
        X = content_X if X is None else preprocess(255 * postprocess(X), shape)
        X = train(X, contents_Y, styles_Y, net, *schedule)
    return (255 * postprocess(X)).asnumpy().round()


def small(picture, size):
    """An array (h, w, 3) of 0 to 255 as a picture of Pillow's, of `size` (width, height)."""
    return Image.fromarray(picture.astype(np.uint8)).resize(size, Image.LANCZOS)


def main():
    """Train, and lay the pictures side by side."""
    content_img, style_img = read_image('mountain_lake'), read_image('painted_hills')
    made = chapter(content_img, style_img, FeatureNet(load_backbone()))
    sheet = Image.new('RGB', (2 * LARGE[0] + 10, LARGE[1]), 'white')
    sheet.paste(small(content_img.asnumpy(), LARGE), (0, 0))
    sheet.paste('white', (LARGE[0] - 206, LARGE[1] - 152, LARGE[0], LARGE[1]))
    sheet.paste(small(style_img.asnumpy(), (198, 144)), (LARGE[0] - 198, LARGE[1] - 144))
    sheet.paste(small(made, LARGE), (LARGE[0] + 10, 0))
    sheet.save(FILE, quality=88)


if __name__ == '__main__':
    main()
