"""Guide: experiments that say what to try, ask what is expected, and then say what to watch."""
from functools import partial

import ipywidgets as widgets

from .controls import button
from .help import EXPERIMENTS


class Guide(widgets.VBox):
    """The experiments, one below the other. `begin(experiment)`: what "Set it up" does."""

    def __init__(self, begin):
        parts = []
        for number, experiment in enumerate(EXPERIMENTS, start=1):
            start = button('Set it up', f'settings of experiment {number}, from the start',
                           lambda _, experiment=experiment: begin(experiment))
            guess = widgets.RadioButtons(options=experiment.guesses, value=None, layout={'width': '100%'})
            watch = widgets.HTML(layout={'display': 'none'})
            guess.observe(partial(_tell, watch, experiment), 'value')
            texts = (f'<b>{number}. {experiment.title}</b><br>{experiment.do}',
                     f'<i>First say what you expect.</i> {experiment.question}')
            do, ask = (widgets.HTML(f'<div class="d2l-text">{text}</div>') for text in texts)
            parts += [do, start, ask, guess, watch]
        super().__init__(parts)


def _tell(watch, experiment, change):
    watch.value = (f'<div class="d2l-text">You expect: {change["new"]}. <i>Watch:</i> {experiment.watch}</div>')
    watch.layout.display = ''
