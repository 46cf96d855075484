"""Training thread: trains in a thread of its own, so that the kernel stays free for sliders.

All that computes happens in this thread, one thing after the other: an epoch, or one of the
`do` tasks between two epochs. Callbacks of widgets only set `settings` or hand over a task. The
thread sleeps when there is nothing to do, and ends with `close`. It is one for all runs of a lab,
because MXNet keeps some 15 MB for every thread that has computed, even when that is gone.
"""
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from mxnet import nd

from ..backbones import load_backbone
from ..images import postprocess
from ..training import DivergedError
from .digits import written
from .recipe import Part, Settings
from .transfer import FOREVER, Transfer

SMOOTH = 0.1  # share of the newest epoch in the epochs per second shown


@dataclass(frozen=True)
class Moment:
    """A picture and how it came about: what a snapshot keeps.

    `X`: the composite image (1, 3, h, w). `settings`: those of its last epoch. `parts`: the recipe.
    `history`: a `Step` for each epoch since the last reset, without its picture.
    """

    X: nd.NDArray
    settings: Settings
    parts: tuple
    history: tuple

    def picture(self):
        """The composite image as `uint8` (h, w, 3)."""
        return to_picture(self.X)


def to_picture(X):
    """Network input (1, 3, h, w) as `uint8` (h, w, 3)."""
    return np.uint8(postprocess(X).asnumpy() * 255 + 0.5)


class Worker:
    """Runs the package's training generator, an epoch at a time.

    `settings`: what is wanted; may be replaced at any time, and is changed by `set`. `pictures`: {name: `uint8`
    (h, w, 3)}. `watch(worker)`: is called in the thread after every epoch and task. `state`: 'ready', 'preparing',
    'running', 'paused', 'finished' or 'failed'; `message` says why. `stop_after`: epochs since the last reset.
    """

    def __init__(self, settings, pictures, watch):
        self.settings, self.pictures, self.watch = settings, pictures, watch
        self.stop_after = 500
        self.state, self.message, self.trace = 'ready', '', ''
        self.rate = 0  # epochs a second
        self.X = self.transfer = None
        self.history = []
        self._parts, self._part, self._steps = (), None, None
        self._backbone, self._clock = (None, None), None
        self._tasks, self._epochs, self._busy, self._closed = deque(), 0, False, False
        self._lock = threading.Condition()
        self.thread = threading.Thread(target=self._work, name='style lab', daemon=True)
        self.thread.start()

    # For callbacks: none of these computes or waits, but for the last two.

    def set(self, change):
        """Want `change(settings)` from now on, with what another thread sets at the same time; returns those before."""
        with self._lock:
            before, self.settings = self.settings, change(self.settings)
        return before

    def run(self, epochs=FOREVER):
        """Train for `epochs` epochs, or up to `stop_after`."""
        with self._lock:
            self._epochs = epochs
            self._wake()

    def pause(self):
        """Stop after the epoch that is running."""
        with self._lock:
            self._epochs = 0

    def do(self, task):
        """Call `task()` in the thread, between two epochs."""
        with self._lock:
            self._tasks.append(task)
            self._wake()

    def reset(self):
        """Throw the run away and show the start picture."""
        self.pause()
        self.do(self._reset)

    def restore(self, moment):
        """Go back to `moment`: the next epoch starts from its picture."""
        self.pause()
        self.do(lambda: self._restore(moment))

    def wait(self, timeout=60):
        """Wait until there is nothing to do; False if there still is after `timeout` seconds."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._busy, timeout)

    def close(self, timeout=60):
        """End for good, after the epoch that is running; False if that took longer than `timeout` seconds."""
        with self._lock:
            self._closed, self._epochs = True, 0
            self._tasks.clear()
            self._lock.notify_all()
        self.thread.join(timeout)
        return not self.thread.is_alive()

    # From here on: in the thread.

    @property
    def parts(self):
        """The recipe of the picture as it is."""
        return (*self._parts, self._part) if self._part and self._part.epochs else self._parts

    @property
    def training(self):
        """Whether epochs are still to be done."""
        return self._epochs > 0

    def moment(self):
        """The picture as it is, to be kept."""
        return Moment(self.X, self.used(), tuple(part.done() for part in self.parts), tuple(self.history))

    def _wake(self):
        self._busy = not self._closed
        self._lock.notify_all()

    def _next(self):
        """What to do next; waits until there is something, None at the end."""
        with self._lock:
            while not self._closed:
                if self._tasks:
                    return self._tasks.popleft()
                if self._epochs:
                    return self._train
                if self.state == 'running':
                    return lambda: self._rest('paused')
                self._busy = False
                self._lock.notify_all()
                self._lock.wait()
            self._busy = False
            self._lock.notify_all()
        return None

    def _work(self):
        for task in iter(self._next, None):
            try:
                task()
            except Exception as error:  # whatever it is, it has to be seen: nobody looks at a thread's output
                self._fail(error)
            self._look()
        self.transfer, self._steps, self._backbone = None, None, (None, None)  # whoever holds the lab needs its picture

    def _look(self):
        """Have the views look, unless they are being closed; a mistake of theirs must not end the run."""
        try:
            if not self._closed:
                self.watch(self)
        except Exception:
            self.trace = traceback.format_exc()

    def _train(self):
        """One epoch, with the settings as they are now."""
        if len(self.history) >= self.stop_after:
            return self._rest('finished', f'{self._enough()} To go on, raise “stop after”; to begin again, press '
                                          '“Start over”.')
        wanted = self._prepare()
        self.state, self.message = 'running', ''
        started = self._clock or time.time()
        step = next(self._steps, None)
        if step is None:
            self._end_part()
            return self._rest('finished', 'L-BFGS has arrived: no step makes the loss smaller. '
                                          'With other weights there may be one: change them, and press Run.')
        self.X = step.X.copy()
        self._part = replace(self._part, epochs=self._part.epochs + 1)
        # what the generator has multiplied by 0.1 is said as a person would: 0.01, not 0.010000000000000002
        lr = step.lr if step.lr in (None, wanted.lr) else float(f'{step.lr:.12g}')
        self.history.append(replace(step, X=None, lr=lr))
        if lr and lr != wanted.lr:
            self.set(lambda settings: replace(settings, lr=lr) if settings.lr == wanted.lr else settings)
        self._clock = time.time()
        speed = 1 / (self._clock - started)
        self.rate = (1 - SMOOTH) * self.rate + SMOOTH * speed if self.rate else speed
        with self._lock:
            self._epochs = max(0, self._epochs - 1)
        if len(self.history) >= self.stop_after:
            self._rest('finished', self._enough())
        return None

    def _enough(self):
        """That the run is over, in a sentence."""
        done, asked = len(self.history), self.stop_after
        than = 'as asked for' if done == asked else f'more than the {written(asked)} asked for'
        return f'{written(done)} {"epoch is" if done == 1 else "epochs are"} done, {than}.'

    def _rest(self, state, message=''):
        with self._lock:
            self._epochs = 0
        self._show(state, message)

    def _show(self, state, message=''):
        self.state, self.message, self._clock = state, message, None

    def _prepare(self):
        """Have a generator that follows the wanted settings, the same or that of a new part; returns the settings."""
        wanted = self.settings
        if not self._part or wanted.frame() != self._part.settings.frame():
            self._begin(replace(wanted, start='current') if self.X is not None and self.history else wanted)
        lr, weights = wanted.live()
        if not self._steps:
            self._part = Part(replace(self._part.settings, lr=wanted.lr, weights=weights))
            self._steps = self.transfer.steps(wanted.lr, weights, self._part.changes)
        elif (lr, weights) != self.used().live():
            self._part.changes[self._part.epochs] = weights if lr is None else (lr, weights)
        return wanted

    def used(self):
        """The settings that the last epoch used: learning rate and weights may have changed since the part began."""
        if not (self._part and self._part.epochs):
            return self._part.settings if self._part else self.settings
        last = self.history[-1]
        return replace(self._part.settings, weights=last.weights, lr=last.lr or self._part.settings.lr)

    def _begin(self, settings):
        """Begin a part. Where that fails, everything stays as it was."""
        self.state, self.message = 'preparing', ''
        self._look()
        if settings.backbone != self._backbone[0]:
            self._backbone = settings.backbone, load_backbone(settings.backbone)
        if settings.start == 'current' and not self.parts:  # nothing was trained: it still is that start
            settings = replace(settings, start=self._part.settings.start if self._part else 'content')
        self.transfer = Transfer(settings, self.pictures, self._backbone[1], self.X)
        self._parts = self.parts if settings.start == 'current' else ()
        self._part, self._steps, self.X = Part(settings), None, self.transfer.X

    def _end_part(self):
        """The next epoch begins a new part, from the picture as it is."""
        self._parts, self._part, self._steps = self.parts, None, None

    def _reset(self):
        self._begin(self.settings)
        self.history, self.rate = [], 0
        self._show('ready')

    def _restore(self, moment):
        self.X, self.history, self._parts, self._part = moment.X, list(moment.history), moment.parts, None
        self._begin(replace(moment.settings, start='current') if moment.parts else moment.settings)
        self._show('paused' if moment.history else 'ready')

    def _fail(self, error):
        """Keep the last good picture, and say what was wrong."""
        self.trace = traceback.format_exc()
        if isinstance(error, DivergedError) and self._part:
            if self.history and not np.array_equal(error.image.asnumpy(), self.X.asnumpy()):
                self._part = replace(self._part, epochs=self._part.epochs - 1)  # its losses were not finite
                self.history.pop()
            self.X = error.image.copy()
        self._end_part()
        known = isinstance(error, (ValueError, FileNotFoundError, ArithmeticError))
        self._rest('failed', str(error) if known else f'{type(error).__name__}: {error}')
