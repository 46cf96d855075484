"""Controls: what can be set. Each part has `set(settings)` and reports what a user changed; here weights and training.

A report is `changed(field=value, ...)` with fields of `Settings`: nothing is computed here.
"""
from contextlib import contextmanager
from dataclasses import replace
from threading import local

from . import parts as widgets
from .help import BRIEFLY, HELP
from .recipe import OPTIMISERS, STARTS
from .sliders import Pair, epoch_places, log_places, weight_sliders

EPOCHS = 100  # of a run with the lab's own settings: after that the picture dissolves into strokes

EFFECT = 'Turn a weight during a run: what that did to loss and picture is said here.'


def helped(sentence, *controls):
    """Controls, one below the other, with a sentence of help below."""
    text = widgets.HTML(sentence)
    text.add_class('d2l-help')
    return widgets.VBox([*controls, text])


def button(text, tooltip, on_click, style=''):
    """A button as wide as its text. `on_click(button)`."""
    made = widgets.Button(description=text, tooltip=tooltip, button_style=style, layout={'width': 'auto'})
    made.on_click(on_click)
    return made


class Reporting(widgets.VBox):
    """Controls that report what the user changes, and not what the program sets."""

    def __init__(self, children, changed):
        self._changed, self._setting = changed, local()
        super().__init__(children)

    @contextmanager
    def quietly(self):
        """Within it, in this thread, nothing is reported."""
        before = getattr(self._setting, 'now', False)
        self._setting.now = True
        try:
            yield
        finally:
            self._setting.now = before

    def report(self, **values):
        """Tell the lab what was changed, unless it was the lab that changed it."""
        if not getattr(self._setting, 'now', False):
            self._changed(**values)


class WeightControls(Reporting):
    """The three weights, and the size of the style. `effect`: where it is said what turning one did."""

    def __init__(self, settings, changed):
        self.sliders = weight_sliders(settings.weights)
        self.scale = Pair('style size', settings.style_scale, log_places(0.5, 2, 25, zero=False), 0.25, 4)
        self.effect = widgets.HTML()
        for name in ('effect', 'effect-place'):
            self.effect.add_class(f'd2l-{name}')
        self.tell('')
        every = {**self.sliders, 'style_scale': self.scale}
        for name, slider in every.items():
            slider.title.tooltip = HELP[name]
        super().__init__([helped(BRIEFLY[name], slider) for name, slider in every.items()], changed)
        self.add_class('d2l-weights')
        for slider in self.sliders.values():
            slider.observe(lambda _: self.report(weights={n: s.value for n, s in self.sliders.items()}), 'value')
        self.scale.observe(lambda change: self.report(style_scale=change['new']), 'value')

    def tell(self, text):
        """Say what turning a slider did, where there always is room for it."""
        self.effect.value = f'<span role="status">{text or EFFECT}</span>'

    def set(self, settings):
        """Show `settings` without reporting them."""
        with self.quietly():
            for name, slider in self.sliders.items():
                slider.value = getattr(settings.weights, name)
            self.scale.value = settings.style_scale


class TrainingControls(Reporting):
    """Optimiser, learning rate, start, and when to stop."""

    def __init__(self, settings, changed, most_epochs):
        wide = {'style': {'description_width': '7em'}}
        self.optimiser = widgets.Dropdown(options=OPTIMISERS, description='optimiser', tooltip='optimiser', **wide)
        self.lr = Pair('learning rate', settings.lr, log_places(1e-3, 1, 31, zero=False), 1e-6, 10)
        rounds = epoch_places(most_epochs)
        self.decay = Pair('÷ 10 every … epochs', 0, [0, *rounds], 0, most_epochs, whole=True)
        self.start = widgets.Dropdown(options=STARTS, description='start', tooltip='start picture', **wide)
        self.stop = Pair('stop after … epochs', EPOCHS, rounds, 1, most_epochs, whole=True)
        super().__init__([helped(HELP['start'], self.start), helped(HELP['stop'], self.stop),
                          helped(HELP['lr'], self.lr), helped(HELP['decay'], self.decay),
                          helped(HELP['optimiser'], self.optimiser)], changed)
        self.set(settings)
        for name, control in (('optimiser', self.optimiser), ('lr', self.lr), ('lr_decay_epoch', self.decay),
                              ('start', self.start), ('stop_after', self.stop)):
            control.observe(lambda change, name=name: self.report(**{name: change['new']}), 'value')
        self.optimiser.observe(self._disable, 'value')

    def set(self, settings):
        """Show `settings` without reporting them."""
        with self.quietly():
            self.optimiser.value, self.lr.value = settings.optimiser, settings.lr
            self.decay.value, self.start.value = settings.lr_decay_epoch, settings.start
        self._disable()

    def _disable(self, _=None):
        self.lr.disabled = self.decay.disabled = self.optimiser.value != 'Adam'


def merged(settings, weights=None, **values):
    """`settings` with what a control has reported."""
    weights = replace(settings.weights, **(weights or {}))
    if len(weights.layers) != len(values.get('style_layers', settings.style_layers)):
        weights.layers = ()
    return replace(settings, weights=weights, **values)
