"""Effects: what has changed in the picture and in the loss since a weight was turned."""
import time
from dataclasses import dataclass

import numpy as np

from .digits import short, written

ONE_TURN = 1.5  # seconds: a drag reports many values, and is one turn
SPAN = 10  # epochs that a mean of the loss is taken of
STILL = 0.05  # the most that it moves from one span to the next once it has settled


@dataclass
class Turn:
    """A weight that was turned: which, its value before, when, and what there was then (see `Effects.saw`)."""

    name: str
    before: float
    when: float
    seen: tuple


class Effects:
    """Says what the turn of a slider has done: of the one that was turned last, once the losses have settled.

    `sliders`: {name: `Pair`}; `kinds`: {name: the loss it weighs}; `tell(text)`: shows it, at one place for all.
    """

    def __init__(self, sliders, kinds, tell):
        self.sliders, self.kinds, self.tell = sliders, kinds, tell
        self.turn = self.seen = None

    def saw(self, measured, picture, history):
        """Take note of a `Measured`, its picture, `uint8` (h, w, 3), and the run's `Step`s."""
        self.seen = measured, picture, len(history)
        if self.turn:
            self.tell(self._text(self.turn, history))

    def turned(self, name, before):
        """The slider `name` was turned from the value `before`."""
        now, last = time.monotonic(), self.turn
        if last and last.name == name and (now - last.when < ONE_TURN or last.seen is self.seen):
            last.when = now
        elif self.seen:
            self.turn = Turn(name, before, now, self.seen)
            self.tell('')

    def clear(self):
        """Forget it."""
        self.turn = None
        self.tell('')

    def _text(self, turn, history):
        (measured, picture, epoch), (old, old_picture, begun) = self.seen, turn.seen
        if epoch == begun:
            return ''
        slider = self.sliders[turn.name]
        head = f'{slider.description} {written(turn.before)} → {written(slider.value)}: '
        if not settled([step.total_loss for step in history[begun:]]):
            return f'{head}the losses have not settled yet.'
        parts, kind = [], self.kinds.get(turn.name)
        before, after = (loss_of(found, kind) for found in (old, measured))
        if before and measured.layers == old.layers:
            parts.append(f'{kind} loss {changed(after / before)} (before weighting)')
        if picture.shape == old_picture.shape:
            parts.append(f'picture changed by {np.abs(picture.astype(int) - old_picture).mean() / 255:.1%}')
        return head + ', '.join(parts)


def settled(losses):
    """Whether `losses`, those of all epochs since a turn, have settled.

    They have when the mean of ten epochs was within 5 % of that of the ten before, twice in a row: so after 30 epochs
    at the least, and mostly after 50 to 80. One by one they swing with the steps of Adam; and some stand still for a
    while before they fall.
    """
    if len(losses) < 3 * SPAN:
        return False
    means = np.reshape(losses[-3 * SPAN:], (3, SPAN)).mean(axis=1)
    return bool((np.abs(np.diff(means)) <= STILL * means[:-1]).all())


def changed(ratio):
    """A change in percent, or as a factor where it is more than twice as much."""
    return f'×{short(ratio)}' if ratio > 2 else f'{ratio - 1:+.0%}'.replace('-', '−')


def loss_of(measured, kind):
    """The loss of one kind before weighting, the sum over its layers."""
    return sum(l for (k, _), l in zip(measured.layers, measured.losses) if k == kind)
