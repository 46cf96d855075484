"""Run bar: the buttons of a run, how far it is, and how long it still takes."""
from tqdm import tqdm

from . import parts as widgets
from .controls import EPOCHS, button
from .digits import written


class RunBar(widgets.HBox):
    """Buttons, state, progress and numbers. `run`, `step`, `snapshot`, `reset`: what the buttons do."""

    def __init__(self, run, step, snapshot, reset):
        self.run = button('Run', 'start or pause the training', run, 'primary')
        self.step = button('Step', 'train a single epoch', step)
        self.snapshot = button('Snapshot', 'keep the picture and its settings below, to go back to or to compare',
                               snapshot)
        self.reset = button('Start over', 'throw the run away and begin with the start picture', reset)
        self.progress = widgets.IntProgress(min=0, max=EPOCHS, layout={'flex': '1 1 60px', 'width': 'auto',
                                                                       'max_width': '240px'})
        self.state, self.numbers = widgets.HTML(), widgets.HTML()
        self.numbers.add_class('d2l-numbers')
        super().__init__([self.run, self.step, self.snapshot, self.reset, self.state, self.progress, self.numbers])

    def show(self, worker):
        """Show how far a `Worker` is."""
        done, state = len(worker.history), worker.state
        self.run.description = 'Pause' if worker.training else 'Run'
        self.step.disabled = worker.training
        self.progress.max, self.progress.value = worker.stop_after, min(done, worker.stop_after)
        left = max(0, worker.stop_after - done) / worker.rate if worker.rate else 0
        end = f'{"of" if done <= worker.stop_after else "past the end,"} {written(worker.stop_after)}'
        self.numbers.value = (f'<span>epoch <b class="d2l-epoch">{written(done)}</b> {end}</span>' + (
            f'<span>{worker.rate:.1f} epochs/s</span><span>{tqdm.format_interval(left)} left</span>' * bool(left)))
        self.state.value = f'<span class="d2l-state d2l-{state}" role="status">{state}</span>'
