"""Layer controls: the backbone, which of its layers count, and how much each style layer does."""

from ..backbones import BACKBONES, find_backbone
from ..store import own_weights
from . import parts as widgets
from .controls import Reporting, helped
from .help import HELP
from .panel import Message
from .recipe import Settings
from .sliders import Number


class LayerControls(Reporting):
    """Backbone; content layers, style layers and the factor of each style layer."""

    def __init__(self, settings, changed):
        self.backbone = widgets.Dropdown(options=[*BACKBONES, *own_weights()], description='backbone',
                                         tooltip=HELP['backbone'])
        self.names, self.message, self.note = [], Message(), Message()
        self.grid = widgets.GridBox(layout={'grid_template_columns': '5em 4.8em 3.6em minmax(0, 6em)'})
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
