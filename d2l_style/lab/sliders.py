"""Sliders: a number to type, a number to drag, and the choices of notebooks 2 and 3. None knows what it is for."""
import math

import ipywidgets as widgets
import traitlets


class Number(widgets.VBox):
    """A box for a number, which says below what is allowed when it was not. `value` is allowed always.

    `lowest`, `highest`: limits. `whole`: for whole numbers.
    """

    value = traitlets.Any()

    def __init__(self, value, lowest, highest, *, whole=False, description='', tooltip='', width='7em', **options):
        self.lowest, self.highest = lowest, highest
        self.box = (widgets.IntText if whole else widgets.FloatText)(
            value=value, description=description, tooltip=tooltip, layout={'width': width}, **options)
        self.note = widgets.HTML(layout={'display': 'none'})
        self.note.add_class('d2l-allowed')
        super().__init__([self.box, self.note], value=value)
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
        if change['new'] == self.value:
            return
        if self.lowest <= change['new'] <= self.highest:  # NaN is not
            self.value = change['new']
        else:
            self._say(f'Allowed: {plain(self.lowest)} to {plain(self.highest)}. It stays at {plain(self.value)}.')
            self.box.value = self.value

    def _follow(self, change):
        self._say('')
        self.box.value = change['new']

    def _say(self, text):
        self.note.layout.display = '' if text else 'none'
        self.note.value = f'<span role="alert">{text}</span>' if text else ''


def plain(number):
    """A number as people write it: 1,000,000 and 0.000001, without an exponent."""
    return f'{number:,.6f}'.rstrip('0').rstrip('.')


class LogSlider(widgets.VBox):
    """A slider on a logarithmic scale, a box to type an exact value, and a button back to the default.

    `lowest`, `highest`: of the slider; the box takes any value from 0 to `most`. With `zero` the
    leftmost position means 0, without one the box begins at `least`. `value` has three significant digits
    unless it was typed. `effect`: a text below, for what turning it did.
    """

    value = traitlets.Float()

    def __init__(self, description, value, lowest, highest, *, zero=True, least=1e-6, most=1e6, step=0.1):
        self.default, self.lowest, self.highest, self.zero = value, lowest, highest, zero
        self.description = description
        self.slider = widgets.FloatLogSlider(
            base=10, min=math.log10(lowest), max=math.log10(highest), step=step, value=max(value, lowest),
            readout=False, tooltip=f'{description} (logarithmic)',
            layout={'flex': '1 1 8em', 'min_width': '8em', 'width': 'auto'})
        self.number = Number(value, 0 if zero else least, most, tooltip=f'{description}, as a number')
        self.back = widgets.Button(description='default', tooltip=f'{description} back to {value:g}',
                                   layout={'width': 'auto'})
        self.effect = widgets.HTML(layout={'display': 'none'})
        self.effect.add_class('d2l-effect')
        self._mover = None
        title = widgets.Label(description)
        row = widgets.HBox([self.slider, self.number, self.back], layout={'align_items': 'center', 'width': '100%'})
        for part, name in ((title, 'title'), (row, 'slider')):
            part.add_class(f'd2l-{name}')
        # what appears is below, or it would push the slider away from under the mouse
        super().__init__([title, row, self.effect], value=value, layout={'width': '100%'})
        self.slider.observe(self._moved, 'value')
        self.number.observe(lambda change: self._set(change['new'], self.number), 'value')
        self.back.on_click(lambda _: self._set(self.default, self.back))
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
        if self.effect.value != text:
            self.effect.value, self.effect.layout.display = text, '' if text else 'none'

    def _moved(self, change):
        leftmost = self.zero and change['new'] < self.lowest * 1.001
        self._set(0.0 if leftmost else float(f'{change["new"]:.3g}'), self.slider)

    def _set(self, value, mover):
        if self._mover is None:  # else it is an echo of the value
            self._mover = mover
            try:
                self.value = value
            finally:
                self._mover = None

    def _follow(self, change):
        """Move the controls, but not the one under the user's hand: that would pull it back."""
        mover, self._mover = self._mover, self
        try:
            if mover is not self.slider:
                self.slider.value = min(max(change['new'], self.lowest), self.highest)
            if mover is not self.number:
                self.number.value = change['new']
        finally:
            self._mover = mover


def layer_choice(net, description='layer'):
    """A menu of the layers of a `FeatureNet` that shows their names; its `value` is the index."""
    return widgets.Dropdown(options=[(f'{net.names[i]} (index {i})', i) for i in net.layers],
                            description=description)


def weight_sliders(weights):
    """A `LogSlider` for each of the three weights: {name in `Weights`: slider}."""
    ranges = (('content', 'content weight', 1e-2, 1e2), ('style', 'style weight', 1e1, 1e5),
              ('tv', 'TV weight', 1e-1, 1e3))
    return {name: LogSlider(title, getattr(weights, name), low, high) for name, title, low, high in ranges}
