"""Panel: a box of controls that a stored notebook shows as a still picture, and messages in it."""
import html
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from . import parts as widgets
from .drawing import described
from .spoken import Spoken
from .watch import NOTEBOOK, Watch

STYLE = (Path(__file__).parent / 'panel.css').read_text(encoding='utf-8')


class Panel(widgets.VBox):
    """A box of controls that the stored notebook shows as a still picture, with a line on it that says so.

    `still`: PNG bytes. `about`: one sentence, shown where there are no pictures either. `words`: those of a `Watch`.
    """

    def __init__(self, children, still, about, words=NOTEBOOK):
        look, self.watch = widgets.HTML(f'<style>{STYLE}</style>', layout={'display': 'none'}), Watch(words)
        super().__init__([look, self.watch, Spoken(), *children], layout={'width': '100%'})
        self.add_class('d2l-panel')
        self._fallback = described(as_still(still), about)

    def close(self):
        """Take it off the page, and let go of what its controls hold."""
        self.watch.stop()
        close_parts(self)
        super().close()

    def _repr_mimebundle_(self, **kwargs):
        self.watch.start()  # somebody looks at it from now on
        return {**super()._repr_mimebundle_(**kwargs), **self._fallback}, {'alt': self._fallback['text/plain']}


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
    """A sentence beside the control that caused it. It lies over what is below, so that nothing moves when it comes."""

    def __init__(self):
        super().__init__()
        self.add_class('d2l-message')

    def say(self, text, kind='error'):
        """Show a text, an 'error' or a 'note'; an empty one takes it away."""
        role = 'alert' if kind == 'error' else 'status'
        self.value = f'<div class="d2l-{kind}" role="{role}">{html.escape(text)}</div>' if text else ''


def close_parts(widget):
    """Close all that a widget is made of, so that none stays behind in kernel and browser. Not the widget itself.

    Nobody is told of their changes any more: what listens may hold a network's features, and `Out` holds the widget.
    """
    found = [widget]
    for one in found:
        for value in (getattr(one, name) for name in one.keys):
            values = value.values() if isinstance(value, dict) else value
            parts = values if isinstance(values, (list, tuple, type({}.values()))) else [values]
            found += [part for part in parts if isinstance(part, widgets.Widget) and part not in found
                      and not widgets.is_shared(part)]
    for part in found[1:]:
        part.close()
        part.unobserve_all()
