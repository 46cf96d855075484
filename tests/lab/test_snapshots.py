from d2l_style.lab.snapshots import Gallery

from .conftest import trained


def test_snapshots_can_be_gone_back_to_and_removed(worker):
    trained(worker, 3)
    back = []
    gallery = Gallery(back.append)
    moments = [worker.moment(), trained(worker, 1).moment()]
    for moment in moments:
        gallery.add(moment)
    first, second = gallery.row.children
    assert 'epoch 3' in first.children[1].value
    assert 'mountain_lake × painted_hills' in first.children[1].value
    go_back, _, remove = second.children[-1].children
    go_back.click()
    assert back == [moments[1]]
    remove.click()
    assert gallery.row.children == (first,)
    assert gallery.empty.layout.display == 'none'
