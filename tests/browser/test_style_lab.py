"""The Style Lab as a student has it: JupyterLab in a real browser, by mouse and by keyboard."""
from d2l_style.lab.files import settings_in_png

import io
import re

import numpy as np
import pytest
from PIL import Image

from ..waiting import wait_for
from .drive import SEEN_TOGETHER, complaints, execute, expect, sticks_out

pytestmark = pytest.mark.slow
LONG = 'lab.training.stop.value = 10_000'  # a run that does not end before the test does


def button(page, name):
    return page.locator('.d2l-lab').get_by_role('button', name=name, exact=True)


def upload(page, name, file):
    with page.expect_file_chooser() as chooser:
        page.locator('.d2l-lab').get_by_role('button', name=name).click()
    chooser.value.set_files(file)


def tab(page, name):
    page.locator('.d2l-lab').get_by_role('tab', name=name, exact=True).first.click()


def wait_for_state(page, state):
    page.locator(f'.d2l-lab .d2l-{state}').wait_for()


def epoch(page):
    return int(page.locator('.d2l-epoch').inner_text())


def wait_for_epoch(page, number):
    page.wait_for_function('n => +document.querySelector(".d2l-epoch").textContent >= n', arg=number)


def composite(page):
    """The composite image's bytes, as the browser has them once all has come that the kernel has sent."""
    if page.evaluate('() => Boolean(window.jupyterapp?.shell.currentWidget?.sessionContext)'):  # not in the app
        execute(page, 'pass')  # answered after everything before it
    page.wait_for_timeout(300)
    source = page.locator('.d2l-composite .d2l-picture').get_attribute('src')
    return bytes(page.evaluate('async src => [...new Uint8Array(await (await fetch(src)).arrayBuffer())]', source))


def used(page):
    return page.locator('.d2l-used').inner_text()


def test_run_pause_step_reset(page, shots):
    start = composite(page)
    assert Image.open(io.BytesIO(start)).size == (225, 150)
    button(page, 'Run').click()
    wait_for_state(page, 'running')
    expect(button(page, 'Step')).to_be_disabled()
    wait_for_epoch(page, 30)
    page.screenshot(path=shots / 'running.png')
    button(page, 'Pause').click()
    wait_for_state(page, 'paused')
    expect(button(page, 'Step')).to_be_enabled()
    wait_for(lambda: composite(page) != start)
    done, picture = epoch(page), composite(page)
    button(page, 'Step').click()
    expect(page.locator('.d2l-epoch')).to_have_text(str(done + 1))
    wait_for(lambda: composite(page) != picture)
    button(page, 'Start over').click()
    wait_for_state(page, 'ready')
    page.wait_for_function('() => document.querySelector(".d2l-epoch").textContent === "0"')
    wait_for(lambda: composite(page) == start)


def test_every_slider_moves_by_keyboard_while_training_runs(page):
    execute(page, LONG)
    button(page, 'Run').click()
    wait_for_epoch(page, 5)
    for number, name in enumerate(('content', 'style', 'TV')):
        handle = page.locator('.d2l-controls [role=slider]').nth(number)
        before, loss = used(page), page.locator(f'.d2l-legend .d2l-{name}').inner_text()
        handle.focus()
        for _ in range(5):
            page.keyboard.press('ArrowRight')
        page.wait_for_function('before => document.querySelector(".d2l-used").textContent !== before', arg=before)
        page.wait_for_function('([name, loss]) => document.querySelector(`.d2l-legend .d2l-${name}`).textContent'
                               ' !== loss', arg=[name, loss])
    page.wait_for_function('() => document.querySelector(".d2l-used").textContent === "weights 3.16 / 3160 / 31.6"')
    for name, spoken in (('content weight', '3.16'), ('style weight', '3160'), ('TV weight', '31.6')):
        slider = page.locator('.d2l-controls').get_by_role('slider', name=name, exact=True)
        expect(slider).to_have_attribute('aria-valuetext', f'{name} {spoken}')
    expect(page.locator('.d2l-running')).to_have_count(1)
    button(page, 'Pause').click()


def test_a_number_can_be_typed_and_reset(page):
    box = page.locator('.d2l-controls input[type=number]').nth(2)
    box.fill('0')
    box.press('Tab')
    button(page, 'Step').click()
    page.wait_for_function('() => document.querySelector(".d2l-used").textContent === "weights 1 / 1000 / 0"')
    button(page, 'default').nth(2).click()
    button(page, 'Step').click()
    page.wait_for_function('() => document.querySelector(".d2l-used").textContent === "weights 1 / 1000 / 10"')


def typed_and_read(page, box, number, where):
    """Type `number` into `box`, and return it as the box and as `where` in the kernel have it in the end."""
    box.fill(number)
    box.press('Tab')
    wait_for(lambda: float(execute(page, f'print({where})')) == float(number))
    page.wait_for_timeout(500)  # for a slider that would send back where it stands
    return box.input_value(), float(execute(page, f'print({where})'))


def test_what_is_typed_stays_to_its_last_digit(page, shots):
    style = page.locator('.d2l-controls input[type=number]').nth(1)
    for number in ('300', '777', '4500', '50000', '0.1234567', '999999.5', '1234'):
        assert typed_and_read(page, style, number, 'lab.worker.settings.weights.style') == (number, float(number))
    button(page, 'Step').click()
    page.wait_for_function('() => document.querySelector(".d2l-used").textContent === "weights 1 / 1234 / 10"')
    page.locator('.d2l-controls [role=slider]').nth(1).press('ArrowRight')  # from the nearest place, which is 1260
    wait_for(lambda: style.input_value() == '1580')
    tab(page, 'Training')
    boxes = page.locator('.d2l-controls input[type=number]:visible')
    for i, where, number in ((0, 'stop_after', '77'), (0, 'stop_after', '333'), (1, 'settings.lr', '0.03'),
                             (1, 'settings.lr', '0.05'), (2, 'settings.lr_decay_epoch', '7')):
        assert typed_and_read(page, boxes.nth(i), number, f'lab.worker.{where}') == (number, float(number))
    page.screenshot(path=shots / 'typed.png')


def test_another_backbone_brings_its_layers_and_says_how_to_fetch_it(page, shots):
    tab(page, 'Layers')
    backbones = page.locator('.d2l-controls select').filter(has_text='squeezenet1_1')
    backbones.select_option('squeezenet1_1')
    page.locator('.d2l-layers', has_text='fire9').wait_for()
    page.locator('.d2l-error', has_text='weights fetch squeezenet1_1').wait_for()
    page.screenshot(path=shots / 'backbone.png')
    backbones.select_option('vgg19_slim')
    page.locator('.d2l-layers', has_text='conv5_1').wait_for()
    button(page, 'Step').click()
    wait_for_epoch(page, 1)


def test_the_keyboard_goes_through_the_lab_in_reading_order(page):
    button(page, 'Run').focus()
    seen = []
    for _ in range(24):
        page.keyboard.press('Tab')
        seen.append(page.evaluate("""() => { const e = document.activeElement;
          return e.innerText || e.title || e.getAttribute('role') || e.tagName; }""").strip())
    order = [next((i for i, text in enumerate(seen) if text.startswith(name)), None) for name in
             ('Step', 'Snapshot', 'Start over', 'picture', 'fit', 'Weights', 'default', 'Chapter')]
    assert None not in order and order == sorted(order), seen
    button(page, 'Run').focus()
    page.keyboard.press('Space')
    wait_for_state(page, 'running')
    page.keyboard.press('Space')  # the same button, which now says Pause, keeps the focus
    wait_for_state(page, 'paused')


def test_a_layer_changes_in_the_middle_of_a_run(page, shots):
    button(page, 'Run').click()
    wait_for_epoch(page, 5)
    tab(page, 'Layers')
    row = page.locator('.d2l-layers')
    row.locator('input[type=checkbox]').nth(3).click()  # the style box of conv1_2
    page.locator('.d2l-bars th', has_text='style conv1_2').wait_for()
    before = epoch(page)
    assert before >= 5  # the run goes on where it was
    wait_for_epoch(page, before + 5)
    page.screenshot(path=shots / 'layers.png')
    for number in (1, 3, 5, 9, 17, 25):  # all style layers off: the last one stays
        row.locator('input[type=checkbox]').nth(number).click()
    page.locator('.d2l-error', has_text='At least one style layer is needed').wait_for()


def test_uploads_good_and_broken(page, shots):
    tab(page, 'Pictures')
    image = io.BytesIO()
    Image.fromarray(np.random.RandomState(0).randint(0, 255, (60, 90, 3), 'uint8')).save(image, format='png')
    expect(button(page, 'Upload')).to_be_visible()  # and no "(0)" behind it
    expect(button(page, 'Load settings')).to_be_visible()
    upload(page, 'Upload', {'name': 'broken.png', 'mimeType': 'image/png', 'buffer': image.getvalue()[:200]})
    error = page.locator('.d2l-error', has_text='broken.png')
    error.wait_for()
    assert 'pictures stay as they are' in error.inner_text()
    page.screenshot(path=shots / 'broken-upload.png')
    before = composite(page)
    upload(page, 'Upload', {'name': 'noise.png', 'mimeType': 'image/png', 'buffer': image.getvalue()})
    button(page, '✓ noise.png').wait_for()
    expect(error).to_have_count(0)
    wait_for(lambda: composite(page) != before)  # "ready" it was before, too
    wait_for_state(page, 'ready')


def test_a_photograph_larger_than_jupyters_messages_arrives(page):
    image = io.BytesIO()
    noise = np.random.RandomState(0).randint(0, 255, (1900, 2000, 3), 'uint8')
    Image.fromarray(noise).save(image, format='png', compress_level=0)
    assert len(image.getvalue()) > 11_000_000
    tab(page, 'Pictures')
    upload(page, 'Upload', {'name': 'large.png', 'mimeType': 'image/png', 'buffer': image.getvalue()})
    button(page, '✓ large.png').wait_for()


def test_a_saved_picture_has_its_settings_and_brings_them_back(page, tmp_path):
    button(page, 'Run').click()
    wait_for_epoch(page, 5)
    button(page, 'Pause').click()
    wait_for_state(page, 'paused')
    with page.expect_download() as download:
        button(page, 'Save PNG').click()
    file = tmp_path / 'saved.png'
    download.value.save_as(file)
    parts = settings_in_png(file.read_bytes())
    assert sum(part.epochs for part in parts) == epoch(page)
    assert (np.asarray(Image.open(file)) == np.asarray(Image.open(io.BytesIO(composite(page))))).all()
    upload(page, 'Load settings', file)
    page.locator('.d2l-note', has_text='Settings loaded').wait_for()
    assert 'composite = train(' in page.locator('.d2l-code textarea').input_value()


def test_a_snapshot_can_be_gone_back_to(page):
    button(page, 'Step').click()
    wait_for_epoch(page, 1)
    kept = composite(page)
    button(page, 'Snapshot').click()
    button(page, 'Go back').wait_for()
    button(page, 'Step').click()
    wait_for_epoch(page, 2)
    wait_for(lambda: composite(page) != kept)
    button(page, 'Go back').click()
    page.wait_for_function('() => document.querySelector(".d2l-epoch").textContent === "1"')
    wait_for(lambda: composite(page) == kept)


def test_views_of_the_composite_image(page, shots):
    button(page, 'Run').click()
    wait_for_epoch(page, 20)
    button(page, 'Pause').click()
    wait_for_state(page, 'paused')
    pictures = [composite(page)]
    for kind in ('before / after', 'change map'):
        page.locator('.d2l-tools').get_by_role('button', name=kind).click()
        wait_for(lambda: composite(page) not in pictures)
        pictures.append(composite(page))
        page.screenshot(path=shots / f'{kind.replace(" / ", "-").replace(" ", "-")}.png')
    assert len(set(pictures)) == 3
    image = page.locator('.d2l-composite .d2l-picture')
    assert image.bounding_box()['width'] > 400
    page.locator('.d2l-tools').get_by_role('button', name='real pixels').click()
    page.wait_for_function('() => document.querySelector(".d2l-composite .d2l-picture").width === 225')
    tab(page, 'Gram matrices')
    expect(page.locator('.d2l-grams img')).to_have_count(2)


def test_a_reload_of_the_page_leaves_the_run_alive(page):
    execute(page, LONG)
    button(page, 'Run').click()
    wait_for_epoch(page, 5)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    page.wait_for_function("""() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel
                              ?.connectionStatus === 'connected'""")
    before = int(execute(page, 'print(len(lab.worker.history))'))
    wait_for(lambda: int(execute(page, 'print(len(lab.worker.history))')) > before)
    execute(page, 'lab.worker.pause(); lab.worker.wait()')
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")  # closes that lab, makes another
    page.wait_for_function('() => document.querySelector(".d2l-epoch")?.textContent === "0"')
    threads = execute(page, "import threading; print(sum(t.name == 'style lab' for t in threading.enumerate()))")
    assert threads.strip() == '1'
    page.locator('.d2l-lab .d2l-ready').first.wait_for()
    page.errors.clear()  # the old lab's widgets are looked for in vain


def test_two_labs_run_at_once(page):
    execute(page, "other = style_lab('cat', 'painted_hills'); other.worker.stop_after = 10; other.worker.run()")
    button(page, 'Run').click()
    wait_for_epoch(page, 10)
    assert execute(page, 'other.worker.wait(); print(other.worker.state, len(other.worker.history))').strip() \
        == 'finished 10'
    assert epoch(page) >= 10
    execute(page, 'other.close()')


def test_a_kernel_restart_ends_the_run_and_the_cell_runs_again(page):
    button(page, 'Run').click()
    wait_for_epoch(page, 5)
    page.evaluate('() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()')
    page.wait_for_function("""() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.connectionStatus
                              === 'connected'""")
    assert page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')") is True
    page.wait_for_function('() => document.querySelector(".d2l-epoch")?.textContent === "0"')
    button(page, 'Step').click()
    wait_for_epoch(page, 1)
    page.errors.clear()  # the old kernel's widgets are looked for in vain


def test_a_number_that_is_not_allowed_is_answered_beside_its_box(page, shots):
    boxes = page.locator('.d2l-controls input[type=number]')
    notes = page.locator('.d2l-allowed [role=alert]', has_text='Allowed')
    for typed in ('-3', '1000000000000'):
        boxes.nth(1).fill(typed)
        boxes.nth(1).press('Tab')
        wait_for(lambda: boxes.nth(1).input_value() == '1000')  # the kernel has answered
        notes.filter(has_text='0 to 1e6').wait_for()
    page.screenshot(path=shots / 'allowed.png')
    box, note = boxes.nth(1).bounding_box(), notes.first.bounding_box()
    assert 0 <= note['y'] - box['y'] - box['height'] < 30
    boxes.nth(1).fill('1000000')
    boxes.nth(1).press('Tab')
    notes.first.wait_for(state='hidden')
    assert boxes.nth(1).evaluate('box => box.scrollWidth <= box.clientWidth')  # all seven digits are seen
    tab(page, 'Training')
    rate = page.locator('.d2l-controls input[type=number]:visible').nth(1)
    rate.fill('1000')
    rate.press('Tab')
    notes.filter(has_text='to 10. It stays at 0.1').wait_for()


# each message of the lab, said by the kernel: {what says it: how it is taken back}
MESSAGES = {
    **{f"{message}.say('A sentence that is long enough to take a line or two. ' * 3)": f"{message}.say('')"
       for message in ('lab.message', 'lab.layers.message', 'lab.layers.note', 'lab.choice.message',
                       'lab.choice.size_message', 'lab.saving.message')},
    "lab.choice._ask({'content': 'cat'})": 'lab.choice.forget()',
    "lab.weights.tell('What a weight did, in a sentence of some length. ' * 2)": "lab.weights.tell('')",
    **{f'{number}.box.value = -1': f"{number}._say('')" for number in (
        "lab.weights.sliders['content'].number", "lab.weights.sliders['tv'].number", 'lab.weights.scale.number',
        'lab.training.lr.number', 'lab.training.decay.number', 'lab.choice.width', "lab.layers.factors['conv1_1']")},
    'lab.guide.trials[0].end()': 'lab.guide.trials[0]._show("Later.", hidden=True)'}
PLACES = """() =>
  [...document.querySelectorAll('.d2l-lab :is(button, input, select, img, [role=slider], [role=tab], svg)')].filter(
    e => e.checkVisibility() && !e.closest('.d2l-ask')).map(e => { const box = e.getBoundingClientRect();
    return [e.title || e.textContent || e.tagName, box.x, box.y, box.width, box.height].join(' '); })"""


def at_rest(page):
    """Where everything is, once nothing has moved for a second."""
    places, same = page.evaluate(PLACES), 0
    while same < 5:
        page.wait_for_timeout(200)
        before, places = places, page.evaluate(PLACES)
        same = same + 1 if before == places else 0
    return places


def test_no_control_moves_because_a_text_appears(page, shots):
    execute(page, 'lab.choice.size.value = None')
    for width, height in ((1366, 768), (1920, 1080), (1024, 700)):
        page.set_viewport_size({'width': width, 'height': height})
        for name in ('Weights', 'Layers', 'Training', 'Pictures', 'Try it'):
            tab(page, name)
            places = at_rest(page)
            assert not execute(page, '\n'.join(MESSAGES))
            page.wait_for_timeout(300)
            assert page.evaluate(PLACES) == places, (width, name)
            assert not execute(page, '\n'.join(MESSAGES.values()))
        execute(page, "lab.weights.sliders['style'].number.box.value = -1")
        tab(page, 'Weights')
        page.screenshot(path=shots / f'message-{width}.png')


def test_what_a_weight_did_is_told_at_one_place_and_goes_with_the_run(page):
    execute(page, LONG)
    button(page, 'Run').click()
    wait_for_epoch(page, 10)
    place = page.locator('.d2l-effect-place')
    page.locator('.d2l-controls [role=slider]').nth(2).focus()
    for _ in range(5):
        page.keyboard.press('ArrowRight')
    expect(place).to_contain_text('TV weight 10 → 31.6: the losses have not settled yet')
    expect(place).to_contain_text(re.compile(r'TV loss [−+×][\d.]+%? .*picture changed by [\d.]+%'))
    button(page, 'Start over').click()
    expect(place).to_contain_text('Turn a weight')


def test_code_is_on_the_clipboard(page):
    page.context.grant_permissions(['clipboard-read', 'clipboard-write'])
    button(page, 'Step').click()
    wait_for_epoch(page, 1)
    button(page, 'Copy as code').click()
    page.locator('.d2l-note', has_text='Copied').wait_for()
    assert 'composite = train(' in page.evaluate('() => navigator.clipboard.readText()')
    button(page, 'Start over').click()
    page.locator('.d2l-note', has_text='Copied').wait_for(state='detached')
    expect(page.locator('.d2l-code')).to_be_hidden()


def test_code_is_copied_where_the_clipboard_is_closed(page):
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    button(page, 'Step').click()
    wait_for_epoch(page, 1)
    button(page, 'Copy as code').click()
    page.locator('.d2l-note', has_text='Copied').wait_for()
    page.evaluate('() => delete navigator.clipboard')


def test_another_content_image_asks(page, shots):
    button(page, 'Step').click()
    wait_for_epoch(page, 1)
    tab(page, 'Pictures')
    button(page, 'cat').first.click()
    button(page, 'Start over from it').wait_for()
    page.wait_for_timeout(300)
    page.screenshot(path=shots / 'question.png')
    panel = page.locator('.d2l-controls .widget-tab-contents').first.bounding_box()
    answer = button(page, 'Start over from it').bounding_box()
    assert panel['y'] <= answer['y'] and answer['y'] + answer['height'] <= panel['y'] + panel['height']
    button(page, 'Start over from it').click()
    page.wait_for_function('() => document.querySelector(".d2l-epoch").textContent === "0"')
    button(page, '✓ cat').wait_for()
    expect(button(page, 'Go on with this picture')).to_be_hidden()


def test_two_snapshots_side_by_side(page, shots):
    for number in (1, 2):
        button(page, 'Step').click()
        wait_for_epoch(page, number)
        button(page, 'Snapshot').click()
        page.locator('.d2l-card', has_text=f'epoch {number}').wait_for()
    for number in range(2):
        button(page, 'Compare').nth(number).click()
    pictures = page.locator('.d2l-pair img')
    pictures.nth(1).wait_for()
    left, right = (pictures.nth(i).bounding_box() for i in range(2))
    assert left['y'] == right['y'] and right['x'] >= left['x'] + left['width']
    page.locator('.d2l-pair').scroll_into_view_if_needed()
    page.screenshot(path=shots / 'side-by-side.png')


def test_picture_and_sliders_are_on_the_screen_together(page, shots):
    """As on a student's laptop, with the file list open."""
    page.set_viewport_size({'width': 1366, 'height': 768})
    page.locator('.d2l-lab').evaluate('lab => lab.scrollIntoView()')
    page.wait_for_timeout(500)
    picture = page.locator('.d2l-composite .d2l-picture').bounding_box()
    assert picture['width'] >= 0.4 * 1366
    assert page.evaluate(SEEN_TOGETHER) == {'counts': [1, 1, 1, 6, 4, 4], 'cut': [], 'scrolls': False}
    for slider in page.locator('.d2l-controls .noUi-target:visible').all():
        box = slider.bounding_box()
        assert box['width'] > 100
        assert picture['x'] + picture['width'] < box['x'] and box['y'] < 740
    button(page, 'Run').click()
    wait_for_epoch(page, 20)
    page.locator('.d2l-controls [role=slider]').nth(1).focus()
    for key in ('ArrowRight', 'Home', 'End'):  # labels of other lengths
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        assert page.locator('.d2l-composite .d2l-picture').bounding_box() == pytest.approx(picture, abs=1)
    button(page, 'Pause').click()
    page.screenshot(path=shots / 'laptop.png')
    page.set_viewport_size({'width': 1920, 'height': 1080})
    page.wait_for_timeout(500)
    page.locator('.d2l-lab').evaluate('lab => lab.scrollIntoView()')
    assert page.evaluate(SEEN_TOGETHER) == {'counts': [1, 1, 1, 6, 4, 4], 'cut': [], 'scrolls': False}
    for width in (1280, 1366, 1920):
        page.set_viewport_size({'width': width, 'height': 900})
        page.wait_for_timeout(1000)
        for name in ('Weights', 'Layers', 'Training', 'Pictures', 'Try it'):
            tab(page, name)
            page.wait_for_timeout(200)
            assert not sticks_out(page, '.d2l-lab'), (width, name)
        button(page, 'Copy as code').click()
        page.locator('.d2l-code textarea').wait_for()
        assert not sticks_out(page, '.d2l-lab')


def test_it_can_be_read_in_both_themes_at_both_widths(page, shots):
    button(page, 'Run').click()
    wait_for_epoch(page, 30)
    button(page, 'Pause').click()
    for theme, view in (('Light', 'picture'), ('Dark', 'before / after')):
        page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", f'JupyterLab {theme}')
        page.locator('.d2l-tools').get_by_role('button', name=view).click()
        if theme == 'Dark':
            tab(page, 'Gram matrices')
        for width in (1280, 1920):
            can_be_read(page, shots, theme, width)
    page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")


def can_be_read(page, shots, theme, width):
    page.set_viewport_size({'width': width, 'height': 1300})
    page.locator('.d2l-lab').evaluate('lab => lab.scrollIntoView()')
    page.mouse.move(0, 0)
    page.screenshot(path=shots / f'{theme.lower()}-{width}.png')
    page.locator('.d2l-lab').screenshot(path=shots / f'lab-{theme.lower()}-{width}.png')
    assert not complaints(page, '.d2l-lab')
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 20
    assert not [found for found in contrasts if found['ratio'] < 4.5]
    lab = page.locator('.d2l-lab')
    assert lab.evaluate('lab => lab.scrollWidth <= lab.clientWidth + 1')  # nothing sticks out


# contrast of every visible text with what is behind it, by WCAG 2.1
CONTRASTS = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], back) => [r, g, b].map((c, i) => c * a + back[i] * (1 - a));
  const linear = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = element => { const colours = [];
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour[3] !== 0) { colours.push(colour); if ((colour[3] ?? 1) === 1) break; } }
    return colours.reduceRight((back, colour) => over(colour, back), [255, 255, 255]); };
  const found = [];
  for (const e of document.querySelectorAll('.d2l-lab *')) {
    const text = [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim()).map(n => n.textContent).join();
    if (!text || !e.offsetParent || e.tagName === 'STYLE' || e.closest('[disabled], svg')) continue;
    const back = behind(e), front = over(numbers(getComputedStyle(e).color), back);
    const [a, b] = [light(front), light(back)].sort((x, y) => y - x);
    found.push({text: text.trim().slice(0, 40), ratio: Math.round((a + 0.05) / (b + 0.05) * 100) / 100}); }
  return found; }"""
