"""Drawing: pictures and matplotlib's figures as PNG, quickly enough for a slider."""
import base64
import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image


def picture_png(picture):
    """A picture, `uint8` (h, w, 3) or (h, w), as PNG bytes: quickly rather than as small as possible."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format='png', compress_level=1)
    return buffer.getvalue()


def described(png, alt):
    """PNG bytes with a description, as what a notebook shows and stores."""
    return {'image/png': base64.b64encode(png).decode(), 'text/plain': alt}


class Drawing:
    """A matplotlib figure whose `moving` artists change: the rest, and where all of it is, is drawn once.

    So a slider's picture takes a tenth of the time (matplotlib's guide calls it blitting).
    """

    def __init__(self, figure, moving):
        figure.set_dpi(108)  # a notebook's width on a laptop
        self.canvas, self.moving = FigureCanvasAgg(figure), moving
        self.canvas.draw()  # finds the places of all
        for artist in moving:
            artist.set_animated(True)
        self.canvas.draw()
        self.still = self.canvas.copy_from_bbox(figure.bbox)

    def png(self):
        """PNG bytes of the figure as it is now."""
        self.canvas.restore_region(self.still)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        return picture_png(np.asarray(self.canvas.buffer_rgba())[..., :3])
