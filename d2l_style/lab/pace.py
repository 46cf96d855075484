"""Pace: no more pictures are sent than the browser shows.

A widget's message goes out whether or not anyone keeps up, and a slow browser would show a picture
of long ago. So some pictures are followed by a number, which a link inside the browser (`jslink`)
copies into a second widget: when that one arrives here, the picture has arrived there.
"""
import time

from . import parts as widgets
from .panel import close_parts

INTERVAL = 0.1  # seconds between two pictures while something is turned: ten a second are seen as a film
AT_REST = 0.5  # and else: to show a large picture costs the browser more of two cores than an epoch
LIVELY = 2  # seconds that a turn of something keeps the pace up
EVERY = 5  # pictures for a number: each answer costs the browser about as much as a picture
PATIENCE = 5  # seconds after which a number is held to be lost: the page was reloaded, or nobody looks


class Pace:
    """`ready()` says whether to send a picture now; `sent()` is called after it."""

    def __init__(self):
        self.out, self.back = widgets.IntText(0), widgets.IntText(0)
        self._link = widgets.jslink((self.out, 'value'), (self.back, 'value'))
        self._last, self._turned, self.pictures = 0, 0, 0

    @property
    def waiting(self):
        """Whether the browser has not shown the last numbered picture yet."""
        return self.out.value != self.back.value

    def turned(self):
        """Something was turned: keep the pace up for a while."""
        self._turned = time.monotonic()

    @property
    def interval(self):
        """Seconds between two pictures now."""
        return INTERVAL if time.monotonic() - self._turned < LIVELY else AT_REST

    def ready(self):
        """Whether it is time for a picture, and the browser has shown those before."""
        passed = time.monotonic() - self._last
        return passed >= (PATIENCE if self.waiting else self.interval)

    def sent(self):
        """A picture was sent: every few of them are followed by a number."""
        self._last = time.monotonic()
        self.pictures += 1
        if self.pictures % EVERY == 0 or self.waiting:  # waiting: the number before was lost, try this one
            self.out.value = self.pictures

    def close(self):
        """Close the widgets behind it."""
        for widget in (self._link, self.out, self.back):
            close_parts(widget)
            widget.close()
