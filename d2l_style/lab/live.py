"""Live: losses and picture of a training while it runs, for a loop in a cell."""
import time

import numpy as np
from IPython.display import Image, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..images import postprocess
from .drawing import picture_png

SHARE = 0.03  # of the time that the training may lose to the drawing
LINES = {'content': '-', 'style': '--', 'TV': '-.'}


class LiveView:
    """Shows curves and picture below the cell that calls it, anew as often as the training hardly notices.

    `losses`: {'content': [...], 'style': [...], 'TV': [...]}, those of the calls so far.
    """

    def __init__(self):
        self.epochs, self.losses = [], {name: [] for name in LINES}
        self.display, self.next = None, 0

    def __call__(self, epoch, X, losses, last=False):
        """Take the three weighted losses, numbers, of the picture `X` (1, 3, h, w). `last`: draw in any case."""
        self.epochs.append(epoch)
        for values, loss in zip(self.losses.values(), losses):
            values.append(loss)
        start = time.monotonic()
        if not last and start < self.next:
            return
        shown = Image(self._draw(postprocess(X).asnumpy()), width=760)
        if self.display:
            self.display.update(shown)
        else:
            self.display = display(shown, display_id=True)
        now = time.monotonic()
        self.next = now + (now - start) / SHARE

    def _draw(self, picture):
        figure = Figure(figsize=(8, 2.9), layout='constrained', dpi=100)
        curves, image = figure.subplots(1, 2)
        for (name, line), values in zip(LINES.items(), self.losses.values()):
            curves.plot(self.epochs, np.maximum(values, 1e-3), line, label=name)
        curves.set(xlabel='epoch', ylabel='weighted loss (log scale)', yscale='log')
        curves.legend(fontsize=8)
        image.imshow(picture)
        image.set_title(f'composite image, epoch {self.epochs[-1]}', fontsize=10)
        image.axis('off')
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return picture_png(np.asarray(canvas.buffer_rgba())[..., :3])
