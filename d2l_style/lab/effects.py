"""Effects: what has changed in the picture and in the loss since a weight was turned."""
import time
from dataclasses import dataclass

import numpy as np

from .digits import written

ONE_TURN = 1.5  # seconds: a drag reports many values, and is one turn


@dataclass
class Turn:
    """A weight that was turned: its value before, when, and what there was then (see `Effects.saw`)."""

    before: float
    when: float
    seen: tuple


class Effects:
    """Tells each `Pair` of `sliders` ({name: pair}) what turning it did. `kinds`: {name: the loss it weighs}."""

    def __init__(self, sliders, kinds):
        self.sliders, self.kinds, self.turns, self.seen = sliders, kinds, {}, None

    def saw(self, measured, picture):
        """Take note of a `Measured` and its picture, `uint8` (h, w, 3), and tell the sliders."""
        self.seen = measured, picture
        for name, turn in self.turns.items():
            self.sliders[name].tell(self._text(name, turn))

    def turned(self, name, before):
        """The slider `name` was turned from the value `before`."""
        now = time.monotonic()
        turn = self.turns.get(name)
        if turn and (now - turn.when < ONE_TURN or turn.seen is self.seen):
            turn.when = now
        elif self.seen:
            self.turns[name] = Turn(before, now, self.seen)

    def clear(self):
        """Forget all turns."""
        self.turns.clear()
        for slider in self.sliders.values():
            slider.tell('')

    def _text(self, name, turn):
        (measured, picture), (old, old_picture) = self.seen, turn.seen
        if measured is old:
            return ''
        parts, kind = [], self.kinds.get(name)
        before, after = (loss_of(found, kind) for found in (old, measured))
        if before and measured.layers == old.layers:
            change = f'{after / before - 1:+.0%}'.replace('-', '−')
            parts.append(f'{kind} loss {change} (before weighting)')
        if picture.shape == old_picture.shape:
            parts.append(f'picture changed by {np.abs(picture.astype(int) - old_picture).mean() / 255:.1%}')
        return f'Since {written(turn.before)}: {", ".join(parts)}' if parts else ''


def loss_of(measured, kind):
    """The loss of one kind before weighting, the sum over its layers."""
    return sum(l for (k, _), l in zip(measured.layers, measured.losses) if k == kind)
