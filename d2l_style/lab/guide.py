"""Guide: experiments that say what to try and ask what is expected; when the run is over, they say what is seen."""
from . import parts as widgets
from .controls import button
from .help import EXPERIMENTS

LEAST = 150  # epochs: by then everything was done that an experiment asks for, and a pause is its end, too
NOT_YET = f'Expected and seen will stand here, side by side, when the run is over, or paused after epoch {LEAST}.'


class Guide(widgets.VBox):
    """The experiments, one below the other. `begin(experiment)`: what "Set it up" does."""

    def __init__(self, begin):
        self.trials = [Trial(number, experiment, begin) for number, experiment in enumerate(EXPERIMENTS, start=1)]
        self.begun = None
        super().__init__(self.trials)
        for trial in self.trials:
            trial.start.on_click(lambda _, trial=trial: self._begin(trial))

    def saw(self, worker):
        """Take note of how far a `Worker` is: the experiment that was set up ends with its run."""
        over = worker.state == 'finished' or (worker.state == 'paused' and len(worker.history) >= LEAST)
        if self.begun and over and worker.history:
            self.begun.end()
            self.begun = None

    def forget(self):
        """The run is thrown away: nothing is to be seen of it."""
        self.begun = None

    def _begin(self, trial):
        trial.begin()
        self.begun = trial


class Trial(widgets.VBox):
    """One experiment: what to do, what is expected, and the place where both stand in the end."""

    def __init__(self, number, experiment, begin):
        self.experiment, self._set_up = experiment, begin
        self.start = button('Set it up', f'settings of experiment {number}, from the start', lambda _: None)
        self.guess = widgets.RadioButtons(options=experiment.guesses, value=None, layout={'width': '100%'})
        self.seen = widgets.HTML()
        texts = (f'<b>{number}. {experiment.title}</b><br>{experiment.do}',
                 f'<i>First say what you expect.</i> {experiment.question}')
        do, ask = (widgets.HTML(f'<div class="d2l-text">{text}</div>') for text in texts)
        self._show(NOT_YET, hidden=True)
        super().__init__([do, self.start, ask, self.guess, self.seen])

    def begin(self):
        """Set it up."""
        self.guess.disabled, self.guess.value = False, None
        self._show(NOT_YET, hidden=True)
        self._set_up(self.experiment)

    def end(self):
        """Say what was expected, and what is seen."""
        self.guess.disabled = True
        self._show('', hidden=False)

    def _show(self, instead, hidden):
        """The answer takes its room from the start, so that nothing moves when it comes."""
        look, expected = ' style="visibility: hidden"' * hidden, self.guess.value or 'you did not say'
        answer = (f'<div class="d2l-answer"{look}><div><b>Expected</b><br>{expected}</div>'
                  f'<div><b>Seen</b><br>{self.experiment.watch}</div></div>')
        self.seen.value = f'<div class="d2l-seen" role="status"><div>{instead}</div>{answer}</div>'
