"""Controls: everything that can be set. Each part has `set(settings)` and reports what a user changed.

A report is `changed(field=value, ...)` with fields of `Settings`: nothing is computed here.
"""
import base64
import math
import re
from contextlib import contextmanager
from dataclasses import replace
from threading import local

import ipywidgets as widgets
import numpy as np
from PIL import Image

from ..backbones import BACKBONES, find_backbone
from ..images import fit_shape, read_image
from ..store import CATALOGUE, own_weights
from ..store.decode import MIN_SIDE
from .help import HELP
from .parts import LogSlider, Message, Number, picture_png, weight_sliders
from .recipe import OPTIMISERS, STARTS, Settings

SIZES = (('225 × 150 (chapter, first)', (225, 150)), ('450 × 300 (chapter, second)', (450, 300)), ('free', None))
THUMBNAIL = 72, 48
EPOCHS = 100  # of a run with the lab's own settings: after that the picture dissolves into strokes


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
    """The three weights, and the size of the style."""

    def __init__(self, settings, changed):
        self.sliders = weight_sliders(settings.weights)
        self.scale = LogSlider('style size', settings.style_scale, 0.5, 2, zero=False, least=0.25, most=4,
                               step=math.log10(2) / 12)  # 1 is one of its steps
        super().__init__([*(helped(HELP[name], slider) for name, slider in self.sliders.items()),
                          helped(HELP['style_scale'], self.scale)], changed)
        for slider in self.sliders.values():
            slider.observe(lambda _: self.report(weights={n: s.value for n, s in self.sliders.items()}), 'value')
        self.scale.observe(lambda change: self.report(style_scale=change['new']), 'value')

    def set(self, settings):
        """Show `settings` without reporting them."""
        with self.quietly():
            for name, slider in self.sliders.items():
                slider.value = getattr(settings.weights, name)
            self.scale.value = settings.style_scale


class LayerControls(Reporting):
    """Backbone; content layers, style layers and the factor of each style layer."""

    def __init__(self, settings, changed):
        self.backbone = widgets.Dropdown(options=[*BACKBONES, *own_weights()], description='backbone',
                                         tooltip=HELP['backbone'])
        self.names, self.message, self.note = [], Message(), Message()
        self.grid = widgets.GridBox(layout={'grid_template_columns': '5em 4.2em 3.6em minmax(0, 6em)'})
        self.grid.add_class('d2l-layers')
        super().__init__([helped(HELP['backbone'], self.backbone), self.message, self.note,
                          helped(HELP['layers'], self.grid)], changed)
        self.set(settings)
        self.backbone.observe(self._other_backbone, 'value')

    def _make(self, names):
        """Rows for the layers `names`, in place of those of another network."""
        before, self.names = self.grid.children, names
        self.content = {name: self._box('content layer', name) for name in names}
        self.style = {name: self._box('style layer', name) for name in names}
        self.factors = {name: Number(1, 0, 1000, tooltip=f'factor of the style weight for {name}', width='100%')
                        for name in names}
        head = [widgets.HTML(f'<b>{title}</b>') for title in ('layer', 'content', 'style', 'factor')]
        rows = [(widgets.Label(name), self.content[name], self.style[name], self.factors[name]) for name in names]
        for control in (*self.content.values(), *self.style.values(), *self.factors.values()):
            control.observe(self._tick, 'value')
        self.grid.children = [*head, *(cell for row in rows for cell in row)]
        for widget in before:
            widget.close()

    @staticmethod
    def _box(kind, name):
        return widgets.Checkbox(indent=False, tooltip=f'{name} as a {kind}', layout={'width': '3em'})

    def set(self, settings):
        """Show `settings` without reporting them."""
        factors = settings.weights.layers or (1,) * len(settings.style_layers)
        names = find_backbone(settings.backbone).learned()
        with self.quietly():
            self.backbone.value = settings.backbone
            if names != self.names:
                self._make(names)
            for name in self.names:
                self.content[name].value = name in settings.content_layers
                self.style[name].value = name in settings.style_layers
                if name in settings.style_layers:
                    self.factors[name].value = factors[settings.style_layers.index(name)]
                self.factors[name].disabled = not self.style[name].value

    def _other_backbone(self, change):
        """A network with the same layers keeps what was ticked, another one begins with what suits it."""
        backbone, layers = find_backbone(change['new']), {}
        if backbone.learned() != self.names:
            layers = {'content_layers': backbone.content_layers, 'style_layers': backbone.style_layers}
            self.set(Settings(backbone=change['new'], **layers))
        self.report(backbone=change['new'], **layers)

    def _tick(self, change):
        layers = {kind: tuple(name for name in self.names if boxes[name].value)
                  for kind, boxes in (('content', self.content), ('style', self.style))}
        for kind, chosen in layers.items():
            if not chosen:  # the last one stays
                change['owner'].value = True
                self.note.say(f'At least one {kind} layer is needed.')
                return
        self.note.say('')
        factors = tuple(self.factors[name].value for name in layers['style'])
        for name in self.names:
            self.factors[name].disabled = not self.style[name].value
        self.report(content_layers=layers['content'], style_layers=layers['style'],
                    weights={'layers': () if set(factors) == {1} else factors})


class TrainingControls(Reporting):
    """Optimiser, learning rate, start, and when to stop."""

    def __init__(self, settings, changed, most_epochs):
        wide = {'style': {'description_width': '7em'}}
        self.optimiser = widgets.Dropdown(options=OPTIMISERS, description='optimiser', tooltip='optimiser', **wide)
        self.lr = LogSlider('learning rate', settings.lr, 1e-3, 1, zero=False, most=10)
        self.decay = Number(0, 0, most_epochs, whole=True, description='÷ 10 every', width='14em',
                            tooltip='epochs after which the learning rate is divided by ten', **wide)
        self.start = widgets.Dropdown(options=STARTS, description='start', tooltip='start picture', **wide)
        self.stop = Number(EPOCHS, 1, most_epochs, whole=True, description='stop after', width='14em',
                           tooltip='epochs after which a run ends', **wide)
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


class Tiles(widgets.VBox):
    """Pictures to choose from, as buttons that look like them."""

    def __init__(self, kind, choose):
        self.kind, self.choose, self.buttons = kind, choose, {}
        self.sheet = widgets.HTML(layout={'display': 'none'})
        self.grid = widgets.HBox(layout={'flex_flow': 'row wrap'})
        super().__init__([widgets.HTML(f'<b>{kind} image</b>'), self.sheet, self.grid])

    def add(self, name, picture):
        """Add a picture from `read_image`; one of the same name is replaced."""
        small = np.asarray(Image.fromarray(picture.asnumpy()).resize(THUMBNAIL, Image.Resampling.LANCZOS))
        data = base64.b64encode(picture_png(small)).decode()
        rule = f'.d2l-tile-{self.model_id}-{_slug(name)}{{background-image:url(data:image/png;base64,{data})}}'
        before = self.sheet.value.removesuffix('</style>') or '<style>'
        self.sheet.value = f'{before}{rule}</style>'
        if name not in self.buttons:
            button = self.buttons[name] = widgets.Button(tooltip=f'{name} as {self.kind} image', description=name)
            button.add_class('d2l-tile')
            button.add_class(f'd2l-tile-{self.model_id}-{_slug(name)}')
            button.on_click(lambda _: self.choose(name))
            self.grid.children = tuple(self.buttons.values())

    def select(self, chosen):
        """Mark the picture called `chosen`."""
        for name, button in self.buttons.items():
            (button.add_class if name == chosen else button.remove_class)('d2l-chosen')
            button.description = f'✓ {name}' if name == chosen else name


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
            for tiles in self.tiles.values():
                tiles.add(name, picture)
        self.swap = widgets.Button(description='Swap', tooltip='swap content image and style image',
                                   layout={'width': 'auto'})
        self.side = widgets.Dropdown(options=['content', 'style'], tooltip='what the uploaded picture is for',
                                     layout={'width': '7em'})
        self.upload = widgets.FileUpload(accept='image/*', description='Upload', layout={'width': 'auto'},
                                         tooltip='upload a picture of your own')
        self.size = widgets.Dropdown(options=SIZES, description='size', style={'description_width': '3em'},
                                     tooltip='size of the composite image')
        self.width, self.height = (Number(value, MIN_SIDE, 4000, whole=True, description=name, width='9em',
                                          style={'description_width': '3.5em'}, tooltip=f'{name} in pixels')
                                   for name, value in (('width', 300), ('height', 200)))
        self.free = widgets.HBox([self.width, self.height])
        self.proportions = widgets.Checkbox(value=True, description='keep the proportions of the content image',
                                            indent=False, tooltip=HELP['proportions'])
        self.answers = widgets.HBox([button('Start from the new picture', 'throw the run away', self._answer(True)),
                                     button('Keep going', 'the picture stays, and gets the new content image as '
                                            'its target', self._answer(False))],
                                    layout={'display': 'none', 'flex_flow': 'row wrap'})
        ask = widgets.VBox([self.question, self.answers])
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
        self.question.say(f'{names["content"]}: the content image of the run so far is {self.chosen["content"]}.',
                          'note')
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
            return self.size_message.say(f'{width} × {height} is too large: at most {self.most_pixels:,} pixels in '
                                         'all, for example 450 × 300.')
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
        for tiles in self.tiles.values():
            tiles.add(name, picture)
        self._choose(**{self.side.value: name})
        return None


def catalogue():
    """The catalogue's pictures: {name: picture from `read_image`}."""
    return {name: read_image(name) for name in CATALOGUE}


def merged(settings, weights=None, **values):
    """`settings` with what a control has reported."""
    weights = replace(settings.weights, **(weights or {}))
    if len(weights.layers) != len(values.get('style_layers', settings.style_layers)):
        weights.layers = ()
    return replace(settings, weights=weights, **values)


def _slug(name):
    return re.sub(r'\W', '-', name)


def _plain(name):
    """A file's name without anything that a page could take for markup or a path."""
    return re.sub(r'[^\w. -]', '_', name.replace('\\', '/').split('/')[-1])[-60:] or 'picture'


def _free_name(name, taken):
    """`name`, with a number if the catalogue or an upload has it already."""
    free, n = name, 2
    while free in taken:
        free, n = f'{n}-{name}', n + 1
    return free
