"""Kept: settings and snapshots as text and bytes, which the page keeps for the time after a kernel's end."""
import json
from dataclasses import asdict, replace

import numpy as np
from mxnet import nd

from ..losses import Weights
from ..training import Step
from .recipe import Part, from_text, to_text
from .training_thread import Moment

MOST = 8_000_000  # bytes of a snapshot: larger ones go with the kernel


class Kept:
    """Keeps settings and snapshots in the page, and brings them back when a new kernel runs the cell.

    `page`: a `Page`. `worker`: whose settings. `gallery`: of the snapshots. `begin(settings, stop_after)`: starts with
    what came back. `say(text, kind)`: tells it.
    """

    def __init__(self, page, worker, gallery, begin, say):
        self.page, self.worker, self.gallery, self._begin, self._say = page, worker, gallery, begin, say
        self.began = worker.settings
        page.observe(self._opened, 'before')
        gallery.changed = self.snapshot

    def settings(self):
        """Keep the settings as they are now."""
        self.page.keep('settings', settings_to_text(self.began, self.worker.settings, self.worker.stop_after))

    def snapshot(self, number, moment):
        """Keep a snapshot, or with None in its place no more."""
        name = f'snapshot {number}'
        kept = moment and moment_to_bytes(moment)
        if kept:
            self.page.keep(name, *kept)
        elif not moment:
            self.page.drop(name)

    def _opened(self, change):
        """A page has opened the lab, maybe with something from an earlier kernel."""
        before = change['new']
        if before is None:
            return
        if before and not self.worker.history and not self.gallery.moments:
            self._bring_back(before)
        self.settings()
        for number, moment in self.gallery.moments.items():
            self.snapshot(number, moment)

    def _bring_back(self, before):
        here, lost, back, parts = {*self.worker.pictures}, set(), [], []
        for name, text, X in before:
            try:
                if name == 'settings':
                    began, settings, stop_after = settings_from_text(text)
                    needed = {settings.content, settings.style}
                else:
                    moment = moment_from_bytes(text, X, self.worker.X.context)
                    needed = {name for part in moment.parts for name in (part.settings.content, part.settings.style)}
            except ValueError:  # of another version of the lab
                continue
            lost |= needed - here
            if not needed <= here:
                continue
            if name != 'settings':
                back.append(moment)
            elif began == self.began:  # else the cell asks for something else now
                self._begin(settings, stop_after)
                parts.append('the settings')
        self.worker.do(lambda: [self.gallery.add(moment) for moment in back])
        if back:
            parts.append(f'{len(back)} snapshot{"s" * (len(back) > 1)}')
        said = [f'Back from before the kernel ended: {" and ".join(parts)}. The run itself is gone: press Run.'] * bool(
            parts) + [f'The picture “{name}” is not here: upload it again.' for name in sorted(lost)]
        self._say(' '.join(said), 'note')


def settings_to_text(began, settings, stop_after):
    """`Settings` that a lab began with, those of now, and the end of a run as text."""
    return json.dumps({'began': to_text((Part(began),)), 'settings': to_text((Part(settings),)),
                       'stop_after': stop_after})


def settings_from_text(text):
    """What `settings_to_text` was given; `ValueError` for anything else."""
    stored = _loaded(text, 'began', 'settings', 'stop_after')
    return _settings(stored['began']), _settings(stored['settings']), int(stored['stop_after'])


def moment_to_bytes(moment):
    """A `Moment` as text and bytes; None where they are too many."""
    text = json.dumps({
        'settings': to_text((Part(moment.settings),)), 'parts': to_text(moment.parts), 'shape': moment.X.shape,
        'history': [asdict(replace(step, X=None)) for step in moment.history]})
    X = moment.X.asnumpy().tobytes()
    return (text, X) if len(text) + len(X) <= MOST else None


def moment_from_bytes(text, X, ctx):
    """The `Moment` that `moment_to_bytes` wrote, its picture on the device `ctx`; `ValueError` for anything else."""
    stored = _loaded(text, 'settings', 'parts', 'shape', 'history')
    try:
        history = tuple(Step(**{**step, 'contents_l': tuple(step['contents_l']), 'styles_l': tuple(step['styles_l']),
                                'weights': Weights(**step['weights'])}) for step in stored['history'])
        X = nd.array(np.frombuffer(X, 'float32').reshape(stored['shape']), ctx=ctx)
    except (TypeError, KeyError) as error:
        raise ValueError(f'no snapshot: {error}') from None
    return Moment(X, _settings(stored['settings']), from_text(stored['parts']), history)


def _settings(text):
    parts = from_text(text)
    if len(parts) != 1:
        raise ValueError('no lab has kept this')
    return parts[0].settings


def _loaded(text, *names):
    try:
        stored = json.loads(text)
    except ValueError:
        stored = None
    if not isinstance(stored, dict) or set(stored) != set(names):
        raise ValueError('no lab has kept this')
    return stored
