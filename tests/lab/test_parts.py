from d2l_style.lab import parts
from d2l_style.lab.panel import close_parts

import ipywidgets
import pytest


def test_widgets_that_look_the_same_share_their_looks():
    one, two = (parts.Button(description=text, layout={'width': 'auto'}) for text in 'ab')
    assert one.layout is two.layout and one.style is two.style
    assert one.layout.width == 'auto'
    assert parts.Button().layout is not one.layout
    assert isinstance(one, ipywidgets.Button) and one.layout.comm
    assert parts.VBox([one]).layout is parts.HBox().layout


def test_a_look_of_many_does_not_change_and_one_of_its_own_does():
    with pytest.raises(AttributeError, match='Layout of its own'):
        parts.HTML().layout.display = 'none'
    own = parts.HTML(layout=parts.Layout())
    own.layout.display = 'none'
    assert parts.HTML().layout.display != 'none'


def test_what_is_closed_leaves_others_their_looks():
    one, two = parts.VBox([parts.HTML()]), parts.HTML()
    close_parts(one)
    assert two.layout.comm and two.style.comm
    assert parts.is_shared(two.layout) and not parts.is_shared(two)


def test_a_lab_is_made_of_few_models(lab):
    """It had 915; each takes the kernel, the connection and the browser some milliseconds."""
    found = [lab]
    for one in found:
        for value in (getattr(one, name) for name in one.keys):
            found += [part for part in (value if isinstance(value, (list, tuple)) else [value])
                      if isinstance(part, ipywidgets.Widget) and part not in found]
    assert 100 < len(found) < 400
