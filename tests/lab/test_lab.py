from d2l_style import Weights
from d2l_style.lab import style_lab
from d2l_style.lab.controls import EFFECT
from d2l_style.lab.help import EXPERIMENTS

import io
import re
import threading
import warnings

import ipywidgets as widgets
from PIL import Image

from ..waiting import wait_for
from .conftest import composite, press, upload


def test_it_shows_the_start_and_is_ready(lab):
    assert 'ready' in lab.bar.state.value
    assert Image.open(io.BytesIO(composite(lab))).size == (48, 32)
    assert lab.bar.run.description == 'Run'
    assert 'content conv4_4' in lab.bars.table.value


def test_run_step_and_reset_change_the_picture_and_what_is_said(lab):
    start = composite(lab)
    press(lab, 'Step')
    assert composite(lab) != start
    assert 'paused' in lab.bar.state.value
    assert '<b class="d2l-epoch">1</b>' in lab.bar.numbers.value
    lab.training.stop.value = 5
    press(lab, 'Run')
    assert 'finished' in lab.bar.state.value
    assert lab.bar.progress.value == lab.bar.progress.max == 5
    press(lab, 'Start over')
    assert 'ready' in lab.bar.state.value
    assert composite(lab) == start


def test_buttons_tell_what_can_be_done(lab):
    lab.training.stop.value = 100_000
    lab.bar.run.click()
    assert (lab.bar.run.description, lab.bar.step.disabled) == ('Pause', True)
    wait_for(lambda: lab.worker.history)
    lab.bar.run.click()
    assert lab.worker.wait()
    assert (lab.bar.run.description, lab.bar.step.disabled) == ('Run', False)
    assert 'paused' in lab.bar.state.value


def test_a_weight_changes_the_bars_at_once_even_without_a_run(lab):
    before = lab.bars.table.value
    lab.weights.sliders['tv'].number.box.value = 100
    assert lab.bars.table.value != before
    assert lab.worker.settings.weights == Weights(tv=100)


def test_pictures_size_and_start_show_at_once_while_nothing_is_trained(lab):
    start = composite(lab)
    lab.training.start.value = 'noise'
    assert lab.worker.wait()
    assert composite(lab) != start
    lab.choice.size.value = (225, 150)
    assert lab.worker.wait()
    assert Image.open(io.BytesIO(composite(lab))).size == (225, 150)
    content = lab.content.image.value
    lab.choice.tiles['content'].buttons['cat'].click()
    assert lab.worker.wait()
    assert lab.content.image.value != content
    assert lab.choice.question.value == ''  # there is no run yet that it could spoil


def test_another_content_image_in_a_run_asks_what_to_do(lab):
    press(lab, 'Step')
    done = composite(lab)
    cat = lab.choice.tiles['content'].buttons['cat']
    anew, keep = lab.choice.answers.children
    cat.click()
    assert lab.worker.wait()
    for words in ('?', 'Start over from cat', 'throw away', 'go on', 'from mountain_lake towards cat'):
        assert words in lab.choice.question.value
    assert [answer.description for answer in (anew, keep)] == ['Start over from it', 'Go on with this picture']
    assert (lab.worker.settings.content, lab.choice.answers.layout.display) == ('mountain_lake', '')
    keep.click()
    assert lab.worker.wait()
    assert (lab.worker.settings.content, composite(lab), len(lab.worker.history)) == ('cat', done, 1)
    assert (lab.choice.question.value, lab.choice.answers.layout.display) == ('', 'none')
    lab.choice.tiles['content'].buttons['mountain_lake'].click()
    anew.click()
    assert lab.worker.wait()
    assert (lab.worker.settings.content, len(lab.worker.history)) == ('mountain_lake', 0)
    press(lab, 'Step')
    cat.click()
    press(lab, 'Start over')
    assert lab.choice.question.value == ''
    anew.click()  # the question is no more
    assert lab.worker.settings.content == 'mountain_lake'


def test_weights_that_are_all_0_are_said(lab):
    for pair in lab.weights.sliders.values():
        assert lab.message.value == ''
        pair.number.box.value = 0
    assert 'All weights are 0' in lab.message.value
    press(lab, 'Step')
    assert 'No loss counts' in lab.bars.table.value
    lab.weights.sliders['tv'].number.box.value = 1
    assert lab.message.value == ''


def test_an_end_that_lies_behind_is_not_said_to_come(lab):
    for _ in range(3):
        press(lab, 'Step')
    lab.training.stop.number.box.value = 2
    assert '<b class="d2l-epoch">3</b> past the end, 2' in lab.bar.numbers.value
    press(lab, 'Run')
    assert '3 epochs are done, more than the 2 asked for' in lab.message.value


def test_a_question_is_not_answered_for_the_user_by_an_upload(lab):
    press(lab, 'Step')
    buffer = io.BytesIO()
    Image.new('RGB', (40, 30), 'red').save(buffer, format='png')
    lab.choice.upload.value = upload('red.png', buffer.getvalue())
    assert 'red.png' in lab.choice.question.value
    assert lab.worker.settings.content == 'mountain_lake'
    lab.choice.swap.click()
    assert 'painted_hills' in lab.choice.question.value


def test_what_a_turned_weight_did_is_told_at_one_place(lab):
    place, tv = lab.weights.effect, lab.weights.sliders['tv']
    for _ in range(3):
        press(lab, 'Step')
    tv.number.box.value = 1000
    assert EFFECT in place.value  # nothing has happened yet
    press(lab, 'Step')
    assert 'TV weight 10 → 1000: the losses have not settled yet.' in place.value
    lab.worker.run(95)
    assert lab.worker.wait()
    found = re.search(r'TV loss −(\d+)% \(before weighting\), picture changed by ([\d.]+)%', place.value)
    assert found and int(found[1]) > 5 and float(found[2]) > 0.5
    lab.weights.scale.number.box.value = 0.5
    press(lab, 'Start over')
    assert EFFECT in place.value


def test_messages_are_beside_their_cause_and_go_with_the_run(lab):
    lab.layers.backbone.value = 'vgg19'
    assert lab.worker.wait()
    assert 'weights fetch vgg19' in lab.layers.message.value
    assert lab.message.value == ''
    lab.layers.backbone.value = 'vgg19_slim'
    assert lab.worker.wait()
    assert lab.layers.message.value == ''
    lab.worker.trace = ''
    press(lab, 'Step')
    press(lab, 'Snapshot')
    press(lab, 'Save PNG')
    press(lab, 'Copy as code')
    assert lab.saving.link.value and lab.saving.code.value
    lab.training.stop.number.box.value = 1
    press(lab, 'Run')
    assert '1 epoch is done' in lab.message.value
    for action in (lab.bar.reset.click, lab.saving.gallery.row.children[0].children[-1].children[0].click):
        press(lab, 'Save PNG')
        action()
        assert lab.worker.wait()
        assert not any(message.value for message in lab.messages.values())
        assert (lab.saving.link.value, lab.saving.code.value) == ('', '')
        assert lab.saving.link.layout.display == lab.saving.code.layout.display == 'none'


def test_two_snapshots_lie_side_by_side(lab):
    for _ in range(3):
        press(lab, 'Snapshot')
        press(lab, 'Step')
    cards = lab.saving.gallery.row.children
    toggles = [card.children[-1].children[1] for card in cards]
    toggles[0].value = True
    assert lab.saving.gallery.pair.children == ()
    toggles[1].value = True
    assert [view.title.value[:9] for view in lab.saving.gallery.pair.children] == ['<b>1.</b>', '<b>2.</b>']
    toggles[2].value = True  # the first one makes room
    assert [toggle.value for toggle in toggles] == [False, True, True]
    assert [view.title.value[:9] for view in lab.saving.gallery.pair.children] == ['<b>2.</b>', '<b>3.</b>']
    cards[1].children[-1].children[2].click()
    assert lab.saving.gallery.pair.children == ()
    assert len(lab.saving.gallery.row.children) == 2


def test_a_picture_changed_in_a_run_does_not_throw_the_run_away(lab):
    press(lab, 'Step')
    before = composite(lab)
    lab.choice.tiles['style'].buttons['cat'].click()
    assert lab.worker.wait()
    assert composite(lab) == before
    press(lab, 'Step')
    assert [part.settings.style for part in lab.worker.parts] == ['painted_hills', 'cat']


def test_presets_and_experiments_set_everything(lab):
    lab.weights.sliders['tv'].number.box.value = 100
    lab.chapter.click()
    assert (lab.weights.sliders['tv'].value, lab.training.lr.value, lab.training.decay.value) == (10, 0.01, 200)
    lab.lively.click()
    assert (lab.training.lr.value, lab.training.decay.value) == (0.1, 0)
    for experiment in EXPERIMENTS:
        lab._experiment(experiment)
        assert lab.worker.wait()
        assert lab.worker.settings.style_layers == experiment.settings.style_layers
        assert lab.worker.settings.image_shape == (48, 32)
        assert lab.training.start.value == experiment.settings.start
        press(lab, 'Step')
        assert 'paused' in lab.bar.state.value


def test_an_error_in_the_run_is_shown_in_the_lab(lab):
    press(lab, 'Step')
    before = composite(lab)
    lab.layers.backbone.value = 'vgg19'
    press(lab, 'Run')
    assert 'failed' in lab.bar.state.value
    assert 'weights fetch vgg19' in lab.message.value
    assert lab.layers.message.value == ''
    assert composite(lab) == before
    lab.layers.backbone.value = 'vgg19_slim'
    press(lab, 'Step')
    assert 'paused' in lab.bar.state.value
    lab.worker.trace = ''


def test_closing_leaves_no_thread_and_no_widget():
    def alive():
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            return set(widgets.Widget.widgets)
    before, threads = alive(), threading.active_count()
    lab = style_lab(image_shape=(48, 32))
    lab.bar.run.click()
    wait_for(lambda: lab.worker.history)
    lab.worker.do(lambda: lab.saving.gallery.add(lab.worker.moment()))
    wait_for(lambda: lab.saving.gallery.row.children)
    lab.close()
    assert threading.active_count() == threads
    left = [widgets.Widget.widgets[key] for key in alive() - before]
    assert not left


def test_the_stored_page_shows_a_picture_of_the_lab(lab):
    stored, metadata = lab._repr_mimebundle_()
    assert stored['image/png'].startswith('iVBOR')
    assert 'run this cell' in stored['text/plain']
    assert metadata == {'alt': stored['text/plain']}
