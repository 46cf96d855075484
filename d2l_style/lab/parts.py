"""Parts: what the sliders of notebooks 2 and 3 and the Style Lab are built from.

None of them knows what it shows. Where no kernel runs, the stored page shows a still picture.
"""
import base64
import html
import io
import math
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image, ImageDraw, ImageFont

STYLE = (Path(__file__).parent / 'parts.css').read_text(encoding='utf-8')


class Panel(widgets.VBox):
    """A box of controls that the stored notebook shows as a still picture, with a line on it that says so.

    `still`: PNG bytes. `about`: one sentence, shown where there are no pictures either.
    """

    def __init__(self, children, still, about):
        look = widgets.HTML(f'<style>{STYLE}</style>', layout={'display': 'none'})
        super().__init__([look, *children], layout={'width': '100%'})
        self.add_class('d2l-panel')
        self._fallback = {'image/png': base64.b64encode(as_still(still)).decode(), 'text/plain': about}

    def _repr_mimebundle_(self, **kwargs):
        return {**super()._repr_mimebundle_(**kwargs), **self._fallback}


def as_still(picture):
    """PNG bytes with a line above that says that this is a picture, and what to do."""
    picture = Image.open(io.BytesIO(picture)).convert('RGB')
    height = max(26, picture.width // 40)
    still = Image.new('RGB', (picture.width, picture.height + height), '#fff3cd')
    still.paste(picture, (0, height))
    ImageDraw.Draw(still).text((10, height / 2), 'Picture: run this cell in Jupyter, and the controls appear.',
                               fill='#533f03', anchor='lm', font=ImageFont.load_default(round(0.55 * height)))
    buffer = io.BytesIO()
    still.save(buffer, format='png')
    return buffer.getvalue()


class Message(widgets.HTML):
    """A sentence beside the control that caused it; not there while there is nothing to say."""

    def __init__(self):
        super().__init__(layout={'display': 'none'})

    def say(self, text, kind='error'):
        """Show a text, an 'error' or a 'note'; an empty one takes it away."""
        role = 'alert' if kind == 'error' else 'status'
        self.value = f'<div class="d2l-{kind}" role="{role}">{html.escape(text)}</div>' if text else ''
        self.layout.display = '' if text else 'none'


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


class Drawing:
    """A matplotlib figure whose `moving` artists change: the rest, and where all of it is, is drawn once.

    So a slider's picture takes a tenth of the time (matplotlib's guide calls it blitting).
    """

    def __init__(self, figure, moving):
        figure.set_dpi(108)  # a notebook's width on a laptop
        self.canvas, self.moving = FigureCanvasAgg(figure), moving
        self.canvas.draw()  # finds the places of all
        for artist in moving:
            artist.set_animated(True)
        self.canvas.draw()
        self.still = self.canvas.copy_from_bbox(figure.bbox)

    def png(self):
        """PNG bytes of the figure as it is now."""
        self.canvas.restore_region(self.still)
        for artist in self.moving:
            artist.axes.draw_artist(artist)
        return picture_png(np.asarray(self.canvas.buffer_rgba())[..., :3])
