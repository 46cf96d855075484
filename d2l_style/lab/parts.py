"""Parts: what the sliders of notebooks 2 and 3 and the Style Lab are built from.

None of them knows what it shows. Where no kernel runs, the stored page shows a still picture.
"""
import base64
import io
import math

import ipywidgets as widgets
import traitlets
from PIL import Image


class Panel(widgets.VBox):
    """A box of controls that the stored notebook shows as a still picture.

    `still`: PNG bytes. `about`: one sentence, shown where there are no pictures either.
    """

    def __init__(self, children, still, about):
        super().__init__(children)
        self._fallback = {'image/png': base64.b64encode(still).decode(), 'text/plain': about}

    def _repr_mimebundle_(self, **kwargs):
        return {**super()._repr_mimebundle_(**kwargs), **self._fallback}


class LogSlider(widgets.HBox):
    """A slider on a logarithmic scale, a box to type an exact value, and a button back to the default.

    `lowest`, `highest`: of the slider; the box takes any value from 0 to `most`. With `zero` the
    leftmost position means 0. `value` has three significant digits unless it was typed.
    """

    value = traitlets.Float()

    def __init__(self, description, value, lowest, highest, *, zero=True, most=1e6, step=0.1):
        self.default, self.lowest, self.highest, self.zero = value, lowest, highest, zero
        self.slider = widgets.FloatLogSlider(
            base=10, min=math.log10(lowest), max=math.log10(highest), step=step, value=max(value, lowest),
            description=description, readout=False, tooltip=f'{description} (logarithmic)',
            style={'description_width': '8em'}, layout={'flex': '1 1 auto', 'min_width': '9em', 'width': 'auto'})
        self.box = widgets.BoundedFloatText(
            min=0 if zero else 1e-6, max=most, value=value, tooltip=f'{description}, as a number',
            layout={'width': '5.6em'})
        self.back = widgets.Button(description='reset', tooltip=f'{description} back to {value:g}',
                                   layout={'width': 'auto'})
        self._mover = None
        super().__init__([self.slider, self.box, self.back], value=value)
        self.layout.align_items = 'center'
        self.slider.observe(self._moved, 'value')
        self.box.observe(lambda change: self._set(change['new'], self.box), 'value')
        self.back.on_click(lambda _: self._set(self.default, self.back))
        self.observe(self._follow, 'value')

    @property
    def description(self):
        """What the slider is called."""
        return self.slider.description

    @property
    def disabled(self):
        """Whether slider, box and button can be used."""
        return self.slider.disabled

    @disabled.setter
    def disabled(self, disabled):
        for control in self.children:
            control.disabled = disabled

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
            if mover is not self.box:
                self.box.value = change['new']
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


def close_parts(widget):
    """Close all that a widget is made of, so that none stays behind in kernel and browser. Not the widget itself."""
    found = [widget]
    for one in found:
        for value in (getattr(one, name) for name in one.keys):
            values = value.values() if isinstance(value, dict) else value
            parts = values if isinstance(values, (list, tuple, type({}.values()))) else [values]
            found += [part for part in parts if isinstance(part, widgets.Widget) and part not in found]
    for part in found[1:]:
        part.close()


def picture_png(picture):
    """A picture, `uint8` (h, w, 3) or (h, w), as PNG bytes: quickly rather than as small as possible."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format='png', compress_level=1)
    return buffer.getvalue()


def figure_png(figure):
    """A matplotlib figure as PNG bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format='png', dpi=80)
    return buffer.getvalue()
