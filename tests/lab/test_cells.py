from d2l_style import FeatureNet, get_contents, get_styles
from d2l_style.lab import browse_features, cells, mix_losses, style_lab

import gc
import weakref
from types import SimpleNamespace

import pytest

pytestmark = pytest.mark.slow
SMALL = (48, 32)


@pytest.fixture
def execute(monkeypatch):
    """`execute(code, cell)`: the next things are made by a cell with this code, whose id the front end may tell."""
    requests = []

    def execute(code, cell=None):
        metadata = {'cellId': cell} if cell else {}
        requests.append({'metadata': metadata, 'content': {'code': code}, 'header': {'msg_id': str(len(requests))}})

    kernel = SimpleNamespace(get_parent=lambda channel: requests[-1])
    monkeypatch.setattr(cells, 'get_ipython', lambda: SimpleNamespace(kernel=kernel))
    monkeypatch.setattr(cells, '_made', {})
    yield execute
    for _, made in cells._made.values():
        for live in made:
            live.close()


def lab():
    return style_lab(image_shape=SMALL)


def alive(lab):
    return lab.worker.thread.is_alive()


def test_a_cell_that_is_run_again_ends_its_lab_and_no_other(execute):
    execute('lab', 'one')
    first = lab()
    execute('lab', 'two')
    other = lab()
    execute('lab, changed', 'one')
    second = lab()
    assert (alive(first), alive(other), alive(second)) == (False, True, True)


@pytest.mark.parametrize('code', ['lab', 'lab = style_lab("cat")'])
def test_where_the_front_end_tells_no_cell_a_new_lab_ends_the_one_before_which_trained(execute, code):
    execute('lab')
    first = lab()
    first.worker.run()
    execute(code)
    second = lab()
    assert not alive(first) and alive(second)
    assert first.comm is None and all(part.comm is None for part in first.children)
    assert first.worker.transfer is None  # nor does it hold the network
    assert first.worker.moment().picture().shape == (32, 48, 3)  # but its picture


def test_labs_of_one_execution_live_side_by_side(execute):
    execute('labs')
    labs = [lab(), lab()]
    assert all(map(alive, labs))
    execute('labs')
    labs.append(lab())
    assert [alive(one) for one in labs] == [False, False, True]


def test_outside_of_a_notebook_nothing_is_closed(monkeypatch):
    monkeypatch.setattr(cells, 'get_ipython', lambda: None)
    labs = [lab(), lab()]
    assert all(map(alive, labs))
    for one in labs:
        one.close()


@pytest.mark.parametrize('cell', [None, 'one'])
def test_a_panel_that_is_made_again_lets_go_of_the_first_ones_network(execute, pretrained_net, content_img, style_img,
                                                                     cell):
    def panels():
        net = FeatureNet(pretrained_net)
        X, style_X = get_contents(content_img, SMALL, net)[0], get_styles(style_img, SMALL, net)[0]
        return [browse_features(X, net), mix_losses(X, style_X, net)], weakref.ref(net)

    execute('panels', cell)
    first, net = panels()  # as `Out` holds them
    execute('other panels', cell and 'two')
    second, _ = panels()
    assert first[0].comm and net()
    execute('panels', cell)
    panels()
    gc.collect()
    assert first[0].comm is None and first[1].comm is None and net() is None
    assert second[0].comm and second[1].comm
