"""Keep: snapshots to go back to, pictures and films to take along, settings inside the picture's file."""
import base64
import io

import imageio.v3 as imageio
import ipywidgets as widgets
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from .parts import close_parts, picture_png
from .recipe import from_text, to_text
from .views import PictureView, at_most

KEY = 'd2l_style lab'  # of the text chunk in a PNG
FRAMES = 60  # of a film: five seconds
FILM_SIDE = 450  # pixels, of its longer side
FRAMES_PER_SECOND = 12
THUMBNAIL_SIDE = 150


def png_with_settings(picture, parts):
    """PNG bytes of a picture, `uint8` (h, w, 3), with the recipe (a tuple of `Part`) as a text inside."""
    info, buffer = PngInfo(), io.BytesIO()
    info.add_itxt(KEY, to_text(parts))
    Image.fromarray(picture).save(buffer, format='png', pnginfo=info)
    return buffer.getvalue()


def settings_in_png(content):
    """The recipe in the bytes of a PNG; `ValueError` if there is none."""
    try:
        text = Image.open(io.BytesIO(content)).text[KEY]
    except (OSError, SyntaxError, ValueError, AttributeError, KeyError):
        raise ValueError('this file has no settings of the Style Lab inside: take a PNG that it has saved, '
                         'not one that another program has saved again') from None
    return from_text(text)


class Film:
    """Pictures of a run, at most `FRAMES`: when there are more, every second one goes."""

    def __init__(self):
        self.clear()

    def clear(self):
        """Begin a new film."""
        self.frames, self.every = [], 1

    def wants(self, epoch):
        """Whether the picture after `epoch` epochs belongs into the film."""
        return epoch % self.every == 0

    def add(self, picture):
        """Add a picture, `uint8` (h, w, 3); one of another size begins a new film."""
        small = at_most(picture, FILM_SIDE)
        if self.frames and self.frames[0].shape != small.shape:
            self.clear()
        self.frames.append(small)
        if len(self.frames) > FRAMES:
            self.frames, self.every = self.frames[::2], 2 * self.every

    def encode(self, kind):
        """The film as bytes; `kind`: 'gif' or 'mp4'. `ValueError` if there are no two pictures yet."""
        if len(self.frames) < 2:
            raise ValueError('a film needs at least two epochs: press Run first')
        frames = np.stack([*self.frames, *self.frames[-1:] * FRAMES_PER_SECOND])  # a second on the last one
        if kind == 'gif':
            return imageio.imwrite('<bytes>', frames, extension='.gif', duration=1000 / FRAMES_PER_SECOND, loop=0)
        even = frames[:, :frames.shape[1] // 2 * 2, :frames.shape[2] // 2 * 2]  # the codec takes no odd sides
        return imageio.imwrite('<bytes>', even, extension='.mp4', plugin='FFMPEG', fps=FRAMES_PER_SECOND,
                               macro_block_size=2, quality=8)


def download_link(name, content, media):
    """HTML of a link that saves `content` (bytes) as `name` where the browser is."""
    data = base64.b64encode(content).decode()
    return (f'<a class="d2l-download" download="{name}" href="data:{media};base64,{data}">Download {name}</a> '
            f'({len(content) / 1000:,.0f} kB)')


class Gallery(widgets.VBox):
    """Snapshots with their settings; two of them can be laid side by side. `go_back(moment)`: what a button does."""

    def __init__(self, go_back):
        self.go_back, self.number, self.compared = go_back, 0, []
        self.empty = widgets.HTML('No snapshot yet. A snapshot keeps the picture and its settings, to go back to, or '
                                  'to lay beside another one.')
        self.empty.add_class('d2l-help')
        self.row = widgets.HBox(layout={'flex_flow': 'row wrap'})
        self.pair = widgets.HBox(layout={'display': 'none'})
        self.pair.add_class('d2l-pair')
        super().__init__([self.empty, self.row, self.pair])

    def add(self, moment):
        """Add a `Moment`, which must not change any more."""
        self.number += 1
        number, small = self.number, at_most(moment.picture(), THUMBNAIL_SIDE)
        image = widgets.Image(value=picture_png(small), format='png',
                              layout={'width': f'{small.shape[1]}px', 'height': f'{small.shape[0]}px'})
        text = widgets.HTML(describe(number, moment))
        text.add_class('d2l-help')
        back = widgets.Button(description='Go back', tooltip=f'go back to snapshot {number}', layout={'width': 'auto'})
        beside = widgets.ToggleButton(description='Compare', tooltip=f'lay snapshot {number} beside another one',
                                      layout={'width': 'auto'})
        remove = widgets.Button(description='Remove', tooltip=f'remove snapshot {number}', layout={'width': 'auto'})
        card = widgets.VBox([image, text, widgets.HBox([back, beside, remove], layout={'flex_flow': 'row wrap'})],
                            layout={'width': '184px'})
        card.add_class('d2l-card')
        back.on_click(lambda _: self.go_back(moment))
        beside.observe(lambda change: self._lay_beside(beside, (number, moment), change['new']), 'value')
        remove.on_click(lambda _: self._remove(card, beside))
        self.row.children = (*self.row.children, card)
        self.empty.layout.display = 'none'

    def _lay_beside(self, beside, shown, wanted):
        self.compared = [other for other in self.compared if other[0] is not beside]
        if wanted:
            self.compared.append((beside, shown))
        if len(self.compared) > 2:
            self.compared[0][0].value = False  # comes back here
            return
        before = self.pair.children
        self.pair.children = [_large(*shown) for _, shown in self.compared] if len(self.compared) == 2 else []
        self.pair.layout.display = '' if self.pair.children else 'none'
        for view in before:
            close_parts(view)
            view.close()

    def _remove(self, card, beside):
        beside.value = False
        self.row.children = tuple(other for other in self.row.children if other is not card)
        self.empty.layout.display = 'none' if self.row.children else ''
        close_parts(card)
        card.close()


def _large(number, moment):
    view = PictureView('', real=False)
    view.title.value = describe(number, moment)
    view.show(moment.picture())
    return view


def describe(number, moment):
    """A few words about a `Moment`: which epoch, loss and settings."""
    settings, weights = moment.settings, moment.settings.weights
    loss = f', loss {moment.history[-1].total_loss:.1f}' if moment.history else ''
    return (f'<b>{number}.</b> epoch {len(moment.history)}{loss}<br>{settings.content} × {settings.style}<br>'
            f'weights {weights.content:g} / {weights.style:g} / {weights.tv:g}'
            f'{f", style size {settings.style_scale:g}" if settings.style_scale != 1 else ""}<br>'
            f'{", ".join(settings.style_layers)}')
