from d2l_style import Weights
from d2l_style.lab import style_lab
from d2l_style.lab.kept import MOST, moment_from_bytes, moment_to_bytes, settings_from_text, settings_to_text
from d2l_style.lab.recipe import Settings

import io

import pytest
from mxnet import nd
from PIL import Image

from .conftest import composite, press, trained, upload

pytestmark = pytest.mark.slow
SETTINGS = Settings(weights=Weights(1, 777.125, 0, (1, 2, 3, 4, 5)), lr=0.03, start='noise')


@pytest.fixture
def before(monkeypatch):
    """What a page has that keeps the things of a lab: {name: (text, bytes)}."""
    kept = {}

    def send(page, message, buffers=None):
        if 'keep' in message:
            kept[message['keep']] = message['text'], buffers[0]
        if 'drop' in message:
            del kept[message['drop']]

    monkeypatch.setattr('d2l_style.lab.saving.running_cell', lambda: 'a cell')
    monkeypatch.setattr('d2l_style.lab.page.Page.send', send)
    return kept


def open_page(lab, left):
    """Have a page open the lab that has kept the things `left` of another kernel."""
    for name, (text, content) in left.items():
        lab.saving.page._answered(lab.saving.page, {'left': name, 'text': text}, [memoryview(content)])
    lab.saving.page._answered(lab.saving.page, {'opened': True}, [])
    assert lab.worker.wait()


def test_settings_and_snapshots_survive_to_the_last_bit(worker):
    assert settings_from_text(settings_to_text(Settings(), SETTINGS, 333)) == (Settings(), SETTINGS, 333)
    moment = trained(trained(worker, 2), 2, weights=Weights(2, 500, 3)).moment()
    back = moment_from_bytes(*moment_to_bytes(moment), moment.X.context)
    assert (back.X == moment.X).asnumpy().all()
    assert (back.settings, back.parts, back.history) == (moment.settings, moment.parts, moment.history)


def test_what_is_too_large_is_not_kept(worker):
    moment = trained(worker, 1).moment()
    object.__setattr__(moment, 'X', nd.zeros((1, 3, 1, MOST // 12)))
    assert moment_to_bytes(moment) is None


@pytest.mark.parametrize('text', ['', 'null', '[1]', '{}', '{"settings": "[]", "stop_after": 1, "began": "[]"}'])
def test_what_is_no_such_text_is_refused(text):
    with pytest.raises(ValueError, match='no lab has kept this'):
        settings_from_text(text)
    with pytest.raises(ValueError, match='no lab has kept this'):
        moment_from_bytes(text, b'', None)


def test_a_lab_in_another_kernel_goes_on_with_what_the_page_has_kept(lab, before, request):
    first = style_lab(image_shape=(48, 32))
    request.addfinalizer(first.close)
    first.weights.sliders['style'].number.box.value = 777.125
    first.training.stop.number.box.value = 333
    for _ in range(3):
        press(first, 'Step')
        press(first, 'Snapshot')
    first.saving.gallery.row.children[1].children[-1].children[2].click()  # one is removed
    kept = composite(first)
    assert sorted(before) == ['settings', 'snapshot 1', 'snapshot 3']
    open_page(lab, before)
    assert 'the settings and 2 snapshots' in lab.saving.message.value
    assert lab.worker.settings == first.worker.settings
    assert (lab.worker.stop_after, lab.training.stop.value) == (333, 333)
    assert [moment.history[-1].epoch for moment in lab.saving.gallery.moments.values()] == [0, 2]
    lab.saving.gallery.row.children[1].children[-1].children[0].click()  # go back
    assert lab.worker.wait()
    assert (composite(lab), len(lab.worker.history)) == (kept, 3)
    open_page(lab, before)  # a second page with the same
    assert len(lab.saving.gallery.moments) == 2


def test_a_cell_that_asks_for_something_else_now_gets_it(lab, before, request):
    first = style_lab(image_shape=(48, 32), weights=(1, 5, 10))
    request.addfinalizer(first.close)
    open_page(first, {})
    open_page(lab, before)
    assert lab.worker.settings.weights == Weights()


def test_a_picture_that_the_new_kernel_lacks_is_said(lab, before, request):
    first = style_lab(image_shape=(48, 32))
    request.addfinalizer(first.close)
    buffer = io.BytesIO()
    Image.new('RGB', (60, 40), 'red').save(buffer, format='png')
    first.choice.upload.value = upload('red.png', buffer.getvalue())
    assert first.worker.wait()
    press(first, 'Step')
    press(first, 'Snapshot')
    open_page(lab, before)
    assert '“red.png” is not here: upload it again' in lab.saving.message.value
    assert not lab.saving.gallery.moments
    assert lab.worker.settings.content == 'mountain_lake'
