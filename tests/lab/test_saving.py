from d2l_style.lab.files import png_with_settings
from d2l_style.lab.recipe import Part, Settings

import errno

import pytest

from .conftest import composite, press, upload

pytestmark = pytest.mark.slow


def test_what_is_kept_can_be_had_back(lab):
    press(lab, 'Step')
    press(lab, 'Snapshot')
    kept = composite(lab)
    lab.weights.sliders['style'].number.box.value = 5
    press(lab, 'Step')
    press(lab, 'Step')
    card = lab.saving.gallery.row.children[0]
    card.children[-1].children[0].click()
    assert lab.worker.wait()
    assert composite(lab) == kept
    assert lab.weights.sliders['style'].value == 1000
    assert len(lab.worker.history) == 1


def test_files_are_saved_and_offered_for_download(lab, monkeypatch):
    sent = []
    monkeypatch.setattr(lab.saving.page, 'send', lambda message, buffers=None: sent.append((message, buffers)))
    press(lab, 'Save GIF')
    assert 'press Run' in lab.saving.message.value
    assert lab.message.value == ''
    press(lab, 'Step')
    press(lab, 'Step')
    assert 'failed' not in lab.bar.state.value
    for ending in ('PNG', 'GIF', 'MP4'):
        press(lab, f'Save {ending}')
        assert f'style-lab-epoch-2.{ending.lower()}' in lab.saving.link.value
        message, (content,) = sent[-1]
        assert message['save'] == f'style-lab-epoch-2.{ending.lower()}'
        assert len(content) > 100
    press(lab, 'Copy as code')
    assert 'composite = train(' in lab.saving.code.value
    assert sent[-1] == ({'copy': lab.saving.code.value}, None)
    lab.saving.page._answered(lab.saving.page, {'copied': True}, [])
    assert 'Copied' in lab.saving.message.value
    lab.saving.page.copy('again')
    lab.saving.page._answered(lab.saving.page, {'copied': False}, [])
    assert 'does not let' in lab.saving.message.value


def test_settings_come_back_from_a_saved_picture(lab):
    lab.weights.sliders['content'].number.box.value = 3
    press(lab, 'Step')
    lab.weights.sliders['content'].number.box.value = 4
    press(lab, 'Step')
    moment = lab.worker.moment()
    lab.lively.click()
    lab.saving.load.value = upload('a.png', png_with_settings(moment.picture(), moment.parts))
    assert lab.worker.wait()
    assert lab.weights.sliders['content'].value == 4
    assert not lab.worker.history
    assert 'Settings loaded' in lab.saving.message.value
    assert 'Weights(4, 1000, 10)' in lab.saving.code.value


@pytest.mark.parametrize(('settings', 'sentence'), [
    ({'content': '<b>mine</b>.jpg'}, 'upload it'), ({'image_shape': (9000, 9000)}, 'megapixels')])
def test_settings_that_cannot_be_used_here_are_told(lab, settings, sentence):
    picture = lab.worker.moment().picture()
    lab.saving.load.value = upload('a.png', png_with_settings(picture, (Part(Settings(**settings), 3),)))
    assert sentence in lab.saving.message.value
    assert '<b>mine' not in lab.saving.message.value
    lab.saving.load.value = upload('a.png', png_with_settings(picture, ()))
    assert 'before anything was trained' in lab.saving.message.value
    lab.saving.load.value = upload('a.png', b'no png')
    assert 'no settings' in lab.saving.message.value


def test_a_late_answer_of_the_page_does_not_draw_other_messages_to_itself(lab):
    press(lab, 'Copy as code')
    lab.layers.backbone.value = 'vgg19'
    assert lab.worker.wait()
    lab.saving.page._answered(lab.saving.page, {'copied': True}, [])
    assert 'Copied' in lab.saving.message.value
    lab.worker.reset()  # fails: the weights are not here
    assert lab.worker.wait()
    assert 'weights fetch vgg19' in lab.layers.message.value
    assert lab.saving.message.value == ''
    lab.worker.trace = ''


@pytest.mark.parametrize(('error', 'why'), [
    (OSError(errno.ENOSPC, 'No space left on device'), 'the disk is full'),
    (OSError('[Errno 32] Broken pipe\n\nFFMPEG COMMAND:\n/usr/bin/ffmpeg ...'), 'Broken pipe')])
def test_a_film_without_room_for_it_is_told_and_kept(lab, monkeypatch, error, why):
    press(lab, 'Step')
    press(lab, 'Step')
    with monkeypatch.context() as patched:
        patched.setattr('d2l_style.lab.files.imageio.imwrite', lambda *_, **__: (_ for _ in ()).throw(error))
        press(lab, 'Save MP4')
    said = lab.saving.message.value
    assert why in said and 'the film is kept' in said and 'FFMPEG' not in said
    press(lab, 'Save MP4')
    assert 'style-lab-epoch-2.mp4' in lab.saving.link.value
