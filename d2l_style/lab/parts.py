"""Parts: ipywidgets' controls and boxes, which share how they look.

ipywidgets gives each a Layout and a Style of its own, two models more for kernel, connection and browser. Here all that
look the same share one: what is given as a dictionary, or not at all, must not change. What changes gets a `Layout`.
"""
import ipywidgets as widgets
from ipywidgets import Layout, jslink

__all__ = ['Layout', 'Widget', 'is_shared', 'jslink']
Widget = widgets.Widget
KINDS = ('Box', 'Button', 'Checkbox', 'Dropdown', 'FloatSlider', 'FloatText', 'GridBox', 'HBox', 'HTML', 'Image',
         'IntProgress', 'IntSlider', 'IntText', 'Label', 'RadioButtons', 'Tab', 'Textarea', 'ToggleButton',
         'ToggleButtons', 'VBox')

_shared = {}  # {(class, traits): look}, for all labs of the kernel


class _Fixed:
    """A look of many widgets."""

    made = False

    def __setattr__(self, name, value):
        if self.made and name in self.keys and not name.startswith('_'):
            raise AttributeError(f'many widgets look like this: give one that changes its {name} a Layout of its own')
        super().__setattr__(name, value)


class _Sharing:
    """A widget that shares its looks."""

    def __init__(self, *args, layout=None, style=None, **options):
        for name, given in (('layout', layout), ('style', style)):
            if name in self.traits():
                kind = self.traits()[name].klass
                options[name] = given if isinstance(given, Widget) else _look(kind, given or {})
        super().__init__(*args, **options)


def _look(kind, traits):
    key = kind, tuple(sorted(traits.items()))
    if key not in _shared or _shared[key].comm is None:  # somebody has closed all widgets
        _shared[key] = type(kind.__name__, (_Fixed, kind), {})(**traits)
        _shared[key].made = True
    return _shared[key]


def is_shared(widget):
    """Whether a widget is the look of many, which stays when one of them is closed."""
    return isinstance(widget, _Fixed)


for _name in KINDS:
    globals()[_name] = type(_name, (_Sharing, getattr(widgets, _name)), {})
