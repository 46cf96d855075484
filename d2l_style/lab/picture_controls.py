"""Picture controls: content and style image, from the catalogue or uploaded, and the size of the composite image."""
import base64
import re
from functools import cache

import numpy as np
from PIL import Image

from ..images import fit_shape, read_image
from ..store import CATALOGUE
from ..store.decode import MIN_SIDE
from . import parts as widgets
from .controls import Reporting, button, helped
from .digits import written
from .drawing import picture_png
from .help import HELP
from .panel import Message
from .sliders import Number
from .upload import Upload

SIZES = (('225 × 150 (chapter, first)', (225, 150)), ('450 × 300 (chapter, second)', (450, 300)), ('free', None))
THUMBNAIL = 72, 48
TILE, ROOM = 12, 14  # letters below it: of a name that is cut, and of one that is not


class Tiles(widgets.VBox):
    """Pictures to choose from, as buttons that look like them."""

    def __init__(self, kind, choose):
        self.kind, self.choose, self.buttons = kind, choose, {}
        self.sheet = widgets.HTML(layout={'display': 'none'})
        self.grid = widgets.HBox(layout={'flex_flow': 'row wrap'})
        super().__init__([widgets.HTML(f'<b>{kind} image</b>'), self.sheet, self.grid])

    def add(self, name, data):
        """Add a picture by its `thumbnail`; one of the same name is replaced."""
        rule = f'.d2l-tile-{self.model_id}-{_slug(name)}{{background-image:url({data})}}'
        before = self.sheet.value.removesuffix('</style>') or '<style>'
        self.sheet.value = f'{before}{rule}</style>'
        if name not in self.buttons:
            button = self.buttons[name] = widgets.Button(tooltip=f'{name} as {self.kind} image',
                                                         description=_label(name))
            button.add_class('d2l-tile')
            button.add_class(f'd2l-tile-{self.model_id}-{_slug(name)}')
            button.on_click(lambda _: self.choose(name))
            self.grid.children = tuple(self.buttons.values())

    def select(self, chosen):
        """Mark the picture called `chosen`."""
        for name, tile in self.buttons.items():
            (tile.add_class if name == chosen else tile.remove_class)('d2l-chosen')
            tile.description = f'✓ {_label(name)}' if name == chosen else _label(name)


class PictureControls(Reporting):
    """Content and style image, size, uploads.

    `pictures`: {name: picture from `read_image`}, which uploads are added to. `trained()`: whether there is a
    picture that another content image would throw away or change; then the user is asked, and `anew` is reported
    too: whether the run begins with the new picture.
    """

    def __init__(self, settings, pictures, changed, trained, most_pixels, most_bytes):
        self.pictures, self.trained, self.most_pixels, self.most_bytes = pictures, trained, most_pixels, most_bytes
        self.message, self.size_message, self.question, self._wanted = Message(), Message(), Message(), {}
        self.chosen = {'content': settings.content, 'style': settings.style}
        self.tiles = {kind: Tiles(kind, lambda name, kind=kind: self._choose(**{kind: name}))
                      for kind in ('content', 'style')}
        for name, picture in pictures.items():
            self._add(name, picture)
        self.swap = widgets.Button(description='Swap', tooltip='swap content image and style image',
                                   layout={'width': 'auto'})
        self.side = widgets.Dropdown(options=['content', 'style'], tooltip='what the uploaded picture is for',
                                     layout={'width': '7em'})
        self.upload = Upload('Upload', 'upload a picture of your own', 'image/*', most_bytes)
        self.size = widgets.Dropdown(options=SIZES, description='size', style={'description_width': '3em'},
                                     tooltip='size of the composite image')
        self.width, self.height = (Number(value, MIN_SIDE, 4000, whole=True, description=name, width='9em',
                                          style={'description_width': '3.5em'}, tooltip=f'{name} in pixels')
                                   for name, value in (('width', 300), ('height', 200)))
        self.free = widgets.HBox([self.width, self.height], layout=widgets.Layout())
        self.proportions = widgets.Checkbox(value=True, description='keep the proportions of the content image',
                                            indent=False, tooltip=HELP['proportions'])
        self.answers = widgets.HBox([button('Start over from it', 'the run so far is thrown away', self._answer(True)),
                                     button('Go on with this picture', 'nothing is thrown away: the composite image '
                                            'stays, and is led towards the new content image', self._answer(False))],
                                    layout=widgets.Layout(display='none', flex_flow='row wrap'))
        ask = widgets.VBox([widgets.VBox([self.question, self.answers])])
        ask.add_class('d2l-ask')
        super().__init__([
            self.tiles['content'], ask, self.tiles['style'],
            helped(HELP['upload'], widgets.HBox([self.swap, self.upload, widgets.Label('as'), self.side],
                                                layout={'flex_flow': 'row wrap'}), self.message),
            helped(HELP['size'], self.size, self.free, self.size_message, self.proportions)], changed)
        self.set(settings)
        self.swap.on_click(lambda _: self._choose(content=self.chosen['style'], style=self.chosen['content']))
        self.upload.observe(self._uploaded, 'value')
        for control in (self.size, self.width, self.height, self.proportions):
            control.observe(self._resized, 'value')

    def _add(self, name, picture):
        data = thumbnail(picture)
        for tiles in self.tiles.values():
            tiles.add(name, data)

    def set(self, settings):
        """Show `settings` without reporting them."""
        self.chosen = {'content': settings.content, 'style': settings.style}
        for kind, tiles in self.tiles.items():
            tiles.select(self.chosen[kind])
        with self.quietly():
            if self.shape() != settings.image_shape:
                standard = [shape for _, shape in SIZES]
                self.size.value = settings.image_shape if settings.image_shape in standard else None
                self.width.value, self.height.value = settings.image_shape
                self.proportions.value = self.proportions.value and self.shape() == settings.image_shape
        self.free.layout.display = 'none' if self.size.value else ''

    def shape(self):
        """The (width, height) that the controls ask for."""
        shape = self.size.value or (self.width.value, self.height.value)
        return fit_shape(self.pictures[self.chosen['content']], shape) if self.proportions.value else shape

    def _choose(self, **names):
        self.message.say('')
        if names.get('content', self.chosen['content']) != self.chosen['content'] and self.trained():
            self._ask(names)
        else:
            self._take(names)

    def _ask(self, names):
        self._wanted = names
        new, now = names['content'], self.chosen['content']
        self.question.say(f'Start over from {new}, and throw away the run with {now}? Or go on with the composite '
                          f'image as it is, and lead it from {now} towards {new}?', 'note')
        self.answers.layout.display = ''

    def forget(self):
        """Take back a question that was not answered, and what was said about a size."""
        self._wanted = {}
        self.size_message.say('')
        self.question.say('')
        self.answers.layout.display = 'none'

    def _answer(self, anew):
        def take(_):
            names = self._wanted
            self.forget()
            if names:
                self._take(names, anew=anew)
        return take

    def _take(self, names, **how):
        self.forget()
        self.chosen.update(names)
        for kind, tiles in self.tiles.items():
            tiles.select(self.chosen[kind])
        self.report(**names, image_shape=self.shape(), **how)

    def _resized(self, _):
        self.free.layout.display = 'none' if self.size.value else ''
        width, height = self.shape()
        if width * height > self.most_pixels:
            return self.size_message.say(f'{width} × {height} is too large: at most {written(self.most_pixels)} pixels '
                                         'in all, for example 450 × 300.')
        self.size_message.say('')
        self.report(image_shape=(width, height))
        return None

    def _uploaded(self, change):
        if not change['new']:
            return None
        file, self.upload.value = change['new'][0], ()
        try:
            if file['size'] > self.most_bytes:
                raise ValueError(f'it has {file["size"] / 1e6:.0f} MB, at most {self.most_bytes / 1e6:.0f} are taken')
            picture = read_image(bytes(file['content']))
        except (ValueError, MemoryError) as error:
            return self.message.say(f'“{_plain(file["name"])}” was not taken: {error}. The pictures stay as they are.')
        name = _free_name(_plain(file['name']), self.pictures)
        self.pictures[name] = picture
        self._add(name, picture)
        self._choose(**{self.side.value: name})
        return None


def catalogue():
    """The catalogue's pictures: {name: picture from `read_image`}, read once for all labs."""
    return {name: _of_catalogue(name) for name in CATALOGUE}


@cache
def _of_catalogue(name):
    return read_image(name)


def thumbnail(picture):
    """A picture from `read_image` as the address of a small one."""
    small = np.asarray(Image.fromarray(picture.asnumpy()).resize(THUMBNAIL, Image.Resampling.LANCZOS))
    return f'data:image/png;base64,{base64.b64encode(picture_png(small)).decode()}'


def _slug(name):
    return re.sub(r'\W', '-', name)


def _plain(name):
    """A file's name without anything that a page could take for markup or a path."""
    return middle(re.sub(r'[^\w. -]', '_', name.replace('\\', '/').split('/')[-1]), 60) or 'picture'


def _label(name):
    return name if len(name) <= ROOM else middle(name, TILE)


def middle(name, most):
    """A name in at most `most` letters: of a long one beginning and end."""
    end = most // 3
    return name if len(name) <= most else f'{name[:most - end - 1]}…{name[-end:]}'


def _free_name(name, taken):
    """`name`, with a number if the catalogue or an upload has it already."""
    free, n = name, 2
    while free in taken:
        free, n = f'{n}-{name}', n + 1
    return free
