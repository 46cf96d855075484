"""Live: losses and picture of a training while it runs, for a loop in a cell."""
import time

import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..compat.memory import give_back
from ..images import postprocess
from .digits import short, written
from .drawing import described, picture_png

SHARE = 0.02  # of the time that the training may lose to the drawing
SIZE = {'image/png': {'width': 760}}
LEAST = 1e-3  # of a curve: the first content loss is 0, but for rounding, and would stretch the axis
LINES = {'content': '-', 'style': '--', 'TV': '-.'}


class LiveView:
    """Shows curves and picture below the cell that calls it, anew as often as the training hardly notices.

    A call takes the epoch, the picture X (1, 3, h, w), and its three weighted losses; `last=True` draws in any case.

    Attributes:
        losses: {'content': [...], 'style': [...], 'TV': [...]}, those of the calls so far.
    """

    def __init__(self):
        self.epochs, self.losses = [], {name: [] for name in LINES}
        self.display, self.canvas, self.next = None, None, 0

    def __call__(self, epoch, X, losses, last=False):
        """Take the three weighted losses, numbers, of the picture `X` (1, 3, h, w). `last`: draw in any case."""
        self.epochs.append(epoch)
        for values, loss in zip(self.losses.values(), losses):
            values.append(loss)
        start = time.monotonic()
        if not last and start < self.next:
            return
        shown = described(self._draw(postprocess(X).asnumpy()), self._alt())
        metadata = {**SIZE, 'alt': shown['text/plain']}
        if self.display:
            self.display.update(shown, raw=True, metadata=metadata)
        else:
            self.display = display(shown, display_id=True, raw=True, metadata=metadata)
        if last:
            give_back()  # a kernel goes on living, with what 500 epochs have freed
        now = time.monotonic()
        self.next = now + (now - start) / SHARE

    def _alt(self):
        last = ', '.join(f'{name} {short(values[-1])}' for name, values in self.losses.items())
        return f'Weighted losses over the epochs, beside the composite image. Epoch {self.epochs[-1]}: {last}.'

    def _make(self, picture):
        """The figure, which is laid out once: that takes longer than to draw it."""
        figure = Figure(figsize=(8, 2.9), layout='constrained', dpi=100)
        self.axes, image = figure.subplots(1, 2)
        self.lines = [self.axes.plot([0], [1], line, label=name)[0] for name, line in LINES.items()]
        self.axes.set(xlabel='epoch', ylabel='weighted loss (log scale)', yscale='log')
        self.axes.yaxis.set_major_formatter(lambda loss, _: written(loss))
        self.axes.legend(fontsize=8)
        self.image = image.imshow(picture)
        self.title = image.set_title('composite image, epoch 000', fontsize=10)
        image.axis('off')
        self.canvas = FigureCanvasAgg(figure)
        self.canvas.draw()
        figure.set_layout_engine('none')

    def _draw(self, picture):
        if self.canvas is None:
            self._make(picture)
        for line, values in zip(self.lines, self.losses.values()):
            line.set_data(self.epochs, np.where(np.greater(values, LEAST), values, np.nan))
        self.axes.relim()
        self.axes.autoscale_view()
        self.image.set_data(picture)
        self.title.set_text(f'composite image, epoch {self.epochs[-1]}')
        self.canvas.draw()
        return picture_png(np.asarray(self.canvas.buffer_rgba())[..., :3])
