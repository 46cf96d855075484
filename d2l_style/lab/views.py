"""Views: what the lab shows of a run as pictures. Each gets arrays and draws; none of them computes a loss."""
import numpy as np

from . import parts as widgets
from .digits import short, weights_text
from .drawing import picture_png
from .pixels import before_after, change_map, gram_picture


class PictureView(widgets.VBox):
    """A picture with a title above it: as wide as the page allows, or (`real`) a screen pixel for each of its own."""

    def __init__(self, title, real=True):
        self.image = widgets.Image(format='png', layout=widgets.Layout())  # a tooltip would break ipywidgets' image
        self.image.add_class('d2l-picture')
        self.title = widgets.HTML(f'<b>{title}</b>')
        self.real = real
        super().__init__([self.title, self.image])
        self.add_class('d2l-view')

    def show(self, picture):
        """Show a picture, `uint8` (h, w, 3)."""
        height, width = (f'{side}px' for side in picture.shape[:2]) if self.real else ('auto', '100%')
        if (self.image.layout.width, self.image.layout.height) != (width, height):
            self.image.layout.width, self.image.layout.height = width, height
            (self.image.add_class if self.real else self.image.remove_class)('d2l-real')
        self.image.value = picture_png(picture)


class CompositeView(widgets.VBox):
    """The composite image: itself, before and after with a slider, or where it has changed.

    `tools` are the controls, to be put beside or below.
    """

    KINDS = ('picture', 'before / after', 'change map')
    CAPTIONS = ('', 'Left of the line: content image; right: composite image.',
                'Black: as in the content image. Yellow: moved by half of the range or more.')

    def __init__(self):
        self.view = PictureView('composite image', real=False)
        self.kind = widgets.ToggleButtons(options=self.KINDS, tooltips=[
            'the composite image', 'content image and composite image, with a slider between them',
            'how far each pixel is from the content image'], style={'button_width': 'auto'})
        self.kind.add_class('d2l-toggle')
        self.share = widgets.FloatSlider(value=0.5, min=0, max=1, step=0.01, readout=False, description='before',
                                         tooltip='where the content image ends',
                                         layout=widgets.Layout(width='20em', max_width='100%'))
        self.zoom = widgets.ToggleButtons(options=[('fit', False), ('real pixels', True)],
                                          tooltips=['as large as the page allows', 'a screen pixel for each pixel'],
                                          style={'button_width': 'auto'})
        self.zoom.add_class('d2l-toggle')
        self.caption = widgets.HTML()
        self.caption.add_class('d2l-help')
        self.picture = self.content = None
        self.tools = widgets.HBox([self.kind, self.zoom, self.share, self.caption])
        self.tools.add_class('d2l-tools')
        super().__init__([self.view])
        self.add_class('d2l-composite')
        for control in (self.kind, self.share, self.zoom):
            control.observe(self._draw, 'value')
        self._draw()

    def show(self, picture, content, weights):
        """Show `picture`, made with `weights`; `content` is what it is compared with, both `uint8` (h, w, 3)."""
        self.picture, self.content = picture, content
        self._draw()
        self.view.title.value = ('<b>composite image</b> <span class="d2l-used" title="content, style, TV weight">'
                                 f'weights {weights_text(weights)}</span>')

    def _draw(self, _=None):
        kind = self.KINDS.index(self.kind.value)
        self.share.layout.display = '' if kind == 1 else 'none'
        if self.caption.value != self.CAPTIONS[kind]:
            self.caption.value = self.CAPTIONS[kind]
        self.view.real = self.zoom.value
        picture, content = self.picture, self.content
        if picture is None:
            return
        if picture.shape != content.shape:  # between two sizes
            kind = 0
        self.view.show((picture, before_after(content, picture, self.share.value),
                        change_map(content, picture))[kind] if kind else picture)


class GramView(widgets.VBox):
    """The Gram matrices of composite image and style image side by side, for one layer."""

    def __init__(self):
        self.layer = widgets.Dropdown(description='layer', tooltip='style layer whose Gram matrices are shown',
                                      style={'description_width': '3em'}, layout={'width': '12em'})
        self.composite, self.style = PictureView('composite image'), PictureView('style image')
        self.caption = widgets.HTML()
        self.caption.add_class('d2l-help')
        self.measured = None
        pair = widgets.HBox([self.composite, self.style])
        pair.add_class('d2l-grams')
        super().__init__([self.layer, pair, self.caption])
        self.layer.observe(self._draw, 'value')

    def show(self, measured):
        """Draw a `Measured`; the chosen layer stays if it still is a style layer."""
        self.measured, names = measured, [name for kind, name in measured.layers if kind == 'style']
        if list(self.layer.options) != names:
            chosen = self.layer.value
            self.layer.options = names
            self.layer.value = chosen if chosen in names else names[0]
        self._draw()

    def _draw(self, _=None):
        names = [name for kind, name in self.measured.layers if kind == 'style']
        if self.layer.value not in names:
            return
        i = names.index(self.layer.value)
        pair = self.measured.grams[i], self.measured.styles_grams[i]
        top = np.quantile(np.abs(pair[1]), 0.99)  # the style's scale, so that the other is seen to come nearer
        for view, G in zip((self.composite, self.style), pair):
            view.show(gram_picture(G, top))
        loss = measured_style_loss(self.measured, self.layer.value)
        self.caption.value = (f'{len(pair[0])} × {len(pair[0])} channels; red: answer together, blue: opposite signs. '
                              f'Mean squared difference: {short(loss)}')


def measured_style_loss(measured, layer):
    """The unweighted style loss of a layer, by name."""
    return measured.losses[measured.layers.index(('style', layer))]
