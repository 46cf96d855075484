"""Snapshots: pictures of a run with their settings, to go back to, or to lay side by side."""
from . import parts as widgets
from .digits import short, weights_text, written
from .drawing import picture_png
from .panel import close_parts
from .pixels import at_most
from .views import PictureView

THUMBNAIL_SIDE = 150


class Gallery(widgets.VBox):
    """Snapshots with their settings; two of them can be laid side by side. `go_back(moment)`: what a button does.

    `moments`: {number: `Moment`}; `changed(number, moment or None)`: is called when one is added or removed.
    """

    def __init__(self, go_back):
        self.go_back, self.number, self.compared, self.moments = go_back, 0, [], {}
        self.changed = lambda *_: None
        self.empty = widgets.HTML('No snapshot yet. A snapshot keeps the picture and its settings, to go back to, or '
                                  'to lay beside another one.', layout=widgets.Layout())
        self.empty.add_class('d2l-help')
        self.row = widgets.HBox(layout={'flex_flow': 'row wrap'})
        self.pair = widgets.HBox(layout=widgets.Layout(display='none'))
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
        remove.on_click(lambda _: self._remove(card, beside, number))
        self.row.children = (*self.row.children, card)
        self.empty.layout.display = 'none'
        self.moments[number] = moment
        self.changed(number, moment)

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

    def _remove(self, card, beside, number):
        beside.value = False
        del self.moments[number]
        self.changed(number, None)
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
    loss = f', loss {short(moment.history[-1].total_loss)}' if moment.history else ''
    return (f'<b>{number}.</b> epoch {len(moment.history)}{loss}<br>{settings.content} × {settings.style}<br>'
            f'weights {weights_text(weights)}'
            f'{f", style size {written(settings.style_scale)}" if settings.style_scale != 1 else ""}<br>'
            f'{", ".join(settings.style_layers)}')
