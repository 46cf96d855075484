"""Sliders: a number to type, a number to drag, and the choices of notebooks 2 and 3. None knows what it is for."""
import numpy as np
import traitlets

from . import parts as widgets
from .digits import written


class Number(widgets.VBox):
    """A box for a number, which says below what is allowed when it was not. `value` is allowed always.

    `lowest`, `highest`: limits. `whole`: for whole numbers.
    """

    value = traitlets.Any()

    def __init__(self, value, lowest, highest, *, whole=False, description='', tooltip='', width='7em', **options):
        self.lowest, self.highest, self.whole = lowest, highest, whole
        self.box = widgets.FloatText(value=value, description=description, tooltip=tooltip, layout={'width': width},
                                     **options)  # an IntText would cut 2.5 down to 2
        self.note = None
        super().__init__([self.box], value=value)
        self.add_class('d2l-box')
        self.box.observe(self._typed, 'value')
        self.observe(self._follow, 'value')

    @property
    def description(self):
        """What the box is called."""
        return self.box.description

    @property
    def disabled(self):
        """Whether the box can be used."""
        return self.box.disabled

    @disabled.setter
    def disabled(self, disabled):
        self.box.disabled = disabled

    def _typed(self, change):
        typed = change['new']
        if typed == self.value:
            return
        if self.lowest <= typed <= self.highest and not (self.whole and typed % 1):  # NaN is not
            self.value = int(typed) if self.whole else typed
        else:
            self._say(f'Allowed: {"whole numbers from " if self.whole else ""}{written(self.lowest)} to '
                      f'{written(self.highest)}. It stays at {written(self.value)}.')
            self.box.value = self.value

    def _follow(self, change):
        self._say('')
        self.box.value = change['new']

    def _say(self, text):
        if not self.note and text:  # which most never need
            self.note = widgets.HTML()
            for name in ('message', 'allowed'):
                self.note.add_class(f'd2l-{name}')
            self.children = self.box, self.note
        if self.note:
            self.note.value = f'<span role="alert">{text}</span>' if text else ''


class Pair(widgets.VBox):
    """A slider to drag, a box to type an exact value, and a button back to the default. All keep one `value`.

    `places`: the values that the slider stops at, in ascending order. `least`, `most`: what the box takes;
    `whole`: whole numbers only. The slider only counts its places: of a value in between it shows the nearest one,
    and leaves the value as it is. `effect`: a text below, for what turning it did,
    once there is one.
    """

    value = traitlets.Any()

    def __init__(self, description, value, places, least, most, *, whole=False):
        self.default, self.places, self.description = value, places, description
        self.slider = widgets.IntSlider(
            self._nearest(value), min=0, max=len(places) - 1, readout=False, tooltip=description,
            layout={'flex': '1 1 8em', 'min_width': '8em', 'width': 'auto'})
        self.number = Number(value, least, most, whole=whole, tooltip=f'{description}, as a number')
        self.back = widgets.Button(description='default', tooltip=f'{description} back to {written(value)}',
                                   layout={'width': 'auto'})
        self.title = widgets.Label(description)
        row = widgets.HBox([self.slider, self.number, self.back], layout={'align_items': 'center', 'width': '100%'})
        for part, name in ((self.title, 'title'), (row, 'slider')):
            part.add_class(f'd2l-{name}')
        self.effect = None
        super().__init__([self.title, row], value=value, layout={'width': '100%'})
        self.slider.observe(self._moved, 'value')
        self.number.observe(lambda change: self.set_trait('value', change['new']), 'value')
        self.back.on_click(lambda _: self.set_trait('value', self.default))
        self.observe(self._follow, 'value')

    @property
    def disabled(self):
        """Whether slider, box and button can be used."""
        return self.slider.disabled

    @disabled.setter
    def disabled(self, disabled):
        for control in (self.slider, self.number, self.back):
            control.disabled = disabled

    def tell(self, text):
        """Say below the slider what turning it did; an empty text takes that away."""
        if not self.effect and text:  # below, or it would push the slider away from under the mouse
            self.effect = widgets.HTML()
            self.effect.add_class('d2l-effect')
            self.children = *self.children, self.effect
        if self.effect:
            self.effect.value = text

    def _nearest(self, value):
        place = min(range(len(self.places)), key=lambda i: abs(self.places[i] - value))
        return max(place, 1) if value and not self.places[0] else place  # nothing but 0 is shown as 0

    def _moved(self, change):
        if change['new'] != self._nearest(self.value):  # else it shows the value already
            self.value = self.places[change['new']]

    def _follow(self, change):
        self.slider.value, self.number.value = self._nearest(change['new']), change['new']


def log_places(lowest, highest, number, *, zero=True):
    """`number` values on a logarithmic scale, with three digits as a person would say them; `zero`: the first is 0."""
    places = [float(f'{value:.3g}') for value in np.geomspace(lowest, highest, number)]
    return [0.0, *places[1:]] if zero else places


def even_places(highest, step):
    """Values from 0 to `highest` at the distance `step`."""
    return [round(step * i, 9) for i in range(round(highest / step) + 1)]


def epoch_places(most):
    """Round numbers of epochs up to `most`."""
    return [n for power in range(1, 6) for n in (factor * 10 ** power // 10 for factor in (10, 15, 20, 30, 50, 70))
            if n <= most]


def layer_choice(net, description='layer'):
    """A menu of the layers of a `FeatureNet` that shows their names; its `value` is the index."""
    return widgets.Dropdown(options=[(f'{net.names[i]} (index {i})', i) for i in net.layers],
                            description=description)


def weight_sliders(weights):
    """A `Pair` for each of the three weights: {name in `Weights`: pair}."""
    ranges = (('content', 'content weight', 1e-2, 1e2), ('style', 'style weight', 1e1, 1e5),
              ('tv', 'TV weight', 1e-1, 1e3))
    return {name: Pair(title, getattr(weights, name), log_places(low, high, 41), 0, 1e6)
            for name, title, low, high in ranges}
