"""The Style Lab alone, as `make app` serves it: to visitors, on a projector, on a telephone, without internet."""
import contextlib
import io

import psutil
import pytest
from PIL import Image

from ..waiting import wait_for
from .drive import ROOT, SEEN_TOGETHER, complaints, drag, new_page, serve, sticks_out
from .test_style_lab import button, composite, tab, wait_for_epoch, wait_for_state

pytestmark = pytest.mark.slow

TABS = 'Weights', 'Layers', 'Training', 'Pictures', 'Try it', 'Gram matrices'
# what a finger can't hit: less than 44 pixels wide or high. A box counts with the label that is clicked for it
SMALL = """() => [...document.querySelectorAll('.d2l-lab :is(button, select, input, [role=tab], [role=slider])')]
  .filter(e => e.checkVisibility()).map(e => e.closest('label') ?? e)
  .filter(e => { const box = e.getBoundingClientRect(); return box.width && Math.min(box.width, box.height) < 43.5; })
  .map(e => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope='module')
def app(tmp_path_factory):
    with serve('voila', ROOT / 'notebooks' / 'app_style_lab.ipynb', tmp_path_factory.mktemp('app')) as address:
        yield address


def load(page, app):
    page.goto(app)
    page.locator('.d2l-lab .d2l-ready').wait_for()


@pytest.fixture(scope='module')
def visited(app, chromium):
    """A page that shows the lab, for one visitor after the other, and all that it has asked for."""
    asked = []
    with new_page(chromium) as page:
        page.on('request', lambda request: asked.append(request.url))
        try:
            load(page, app)
            yield page, asked
        finally:
            page.goto('about:blank')  # as a visitor leaves it


# texts of which an element around them shows a part only
CUT_OFF = """() => [...document.querySelectorAll('#rendered_cells :is(h1, p)')].filter(e => {
  const right = e.getBoundingClientRect().right;
  for (let x = e.parentElement; x; x = x.parentElement) {
    const end = x.getBoundingClientRect().x + x.clientLeft + x.clientWidth;
    if (getComputedStyle(x).overflowX !== 'visible' && right > end + 1) return e.checkVisibility();
  } return false; }).map(e => e.textContent)"""
# what is hard to read from the back row of a room
SMALL_LETTERS = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() &&
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) &&
  parseFloat(getComputedStyle(e).fontSize) < 28).map(e => e.textContent)"""


def seen_at(visited, width, height):
    """The page on a screen of another size, from its top."""
    page, _ = visited
    page.set_viewport_size({'width': width, 'height': height})
    page.evaluate('() => window.scrollTo(0, 0)')
    tab(page, 'Weights')
    page.wait_for_timeout(500)
    return page


def kernels():
    """The kernels that the app's server has started: a set of their numbers."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            if 'ipykernel_launcher' in ' '.join(process.cmdline()) and 'voila' in ' '.join(process.parent().cmdline()):
                found.add(process.pid)
    return found


def test_the_page_is_for_visitors_and_asks_no_other_server(visited, app, shots):
    page, asked = visited
    text = page.locator('body').inner_text()
    for word in ('import', 'profile', 'embedded', 'app_style_lab'):
        assert word not in text
    assert page.title() == 'Style Lab: paint a photograph'
    start = composite(page)
    button(page, 'Run').click()
    wait_for_epoch(page, 20)
    before = page.locator('.d2l-used').inner_text()
    page.locator('.d2l-controls [role=slider]').nth(2).focus()
    page.keyboard.press('ArrowRight')
    page.wait_for_function('before => document.querySelector(".d2l-used").textContent !== before', arg=before)
    page.screenshot(path=shots / 'app.png')
    button(page, 'Pause').click()
    wait_for_state(page, 'paused')
    box = page.locator('.d2l-controls input[type=number]').nth(1)
    box.fill('777')
    box.press('Tab')
    button(page, 'Step').click()
    page.locator('.d2l-used', has_text='/ 777 /').wait_for()
    assert box.input_value() == '777'
    wait_for(lambda: composite(page) != start)
    tab(page, 'Pictures')
    page.locator('.d2l-controls select').filter(has_text='free').select_option('free')
    for name in ('width', 'height'):
        box = page.get_by_title(f'{name} in pixels').last
        box.fill('2000')
        box.press('Tab')
    page.locator('.d2l-error', has_text='too large').wait_for()
    assert Image.open(io.BytesIO(composite(page))).size == (225, 150)
    assert asked
    assert not [url for url in asked if not url.startswith((app, app.replace('http', 'ws'), 'data:', 'blob:'))]
    assert not page.errors


def test_until_the_lab_is_there_its_picture_is_and_it_is_said_what_is_waited_for(app, chromium, shots):
    with new_page(chromium, 1366, 768) as page:
        page.goto(app, wait_until='commit')
        page.locator('#loading', has_text='This is a picture. The lab is on its way, and waits for').wait_for()
        image = page.locator('#loading img')
        assert image.evaluate('async image => { await image.decode(); return image.width; }') > 700
        assert not page.locator('.d2l-lab').count()
        page.screenshot(path=shots / 'app-waiting.png')
        page.locator('.d2l-lab .d2l-ready').wait_for()
        assert not page.locator('#loading').count()
        page.goto('about:blank')


def test_a_projector_is_filled(visited, shots):
    page = seen_at(visited, 1920, 1080)
    picture = page.locator('.d2l-composite .d2l-picture').bounding_box()
    assert picture['width'] * picture['height'] > 1920 * 1080 / 3
    assert page.evaluate(SEEN_TOGETHER) == {'counts': [1, 1, 1, 6, 4, 4], 'cut': [], 'scrolls': False}
    for slider in page.locator('.d2l-controls .widget-slider:visible').all():
        assert slider.bounding_box()['y'] < 1050
        width, before, after, low, high = drag(page, slider)
        assert width > 200 and low < after < high and after != before
    for name in TABS:
        tab(page, name)
        page.wait_for_timeout(300)
        assert not page.evaluate(SMALL_LETTERS), name
        assert not sticks_out(page, '.d2l-lab'), name
        page.screenshot(path=shots / f'projector-{name}.png')


def test_on_a_small_screen_picture_losses_and_sliders_are_seen_together_too(visited, shots):
    page = seen_at(visited, 1366, 768)
    assert page.evaluate(SEEN_TOGETHER) == {'counts': [1, 1, 1, 6, 4, 4], 'cut': [], 'scrolls': False}
    page.screenshot(path=shots / 'app-laptop.png')


def test_on_a_telephone_the_picture_comes_first_and_the_sliders_below(visited, shots):
    page = seen_at(visited, 390, 844)
    assert not sticks_out(page, '.d2l-lab')
    picture = page.locator('.d2l-composite .d2l-picture').bounding_box()
    assert picture['width'] > 0.85 * 390
    sliders = page.locator('.d2l-controls .noUi-target:visible')
    first, knob = sliders.first.bounding_box(), page.locator('.d2l-controls [role=slider]').first.bounding_box()
    assert 0 < first['y'] - picture['y'] - picture['height'] < 150
    assert first['width'] > 0.65 * 390
    assert min(knob['width'], knob['height']) >= 32
    page.screenshot(path=shots / 'telephone.png')
    for slider in page.locator('.d2l-controls .widget-slider:visible').all():
        _, before, after, low, high = drag(page, slider)
        assert low < after < high and after != before
        view = page.locator('.d2l-composite .d2l-picture').bounding_box()
        assert view['y'] >= -1 and view['y'] + view['height'] < 844  # it stays in sight
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(500)
    bar, above = (page.locator(part).bounding_box() for part in ('.d2l-bar', '.d2l-composite'))
    assert bar['y'] + bar['height'] == pytest.approx(844, abs=1) and above['y'] == pytest.approx(0, abs=1)  # no strips
    page.screenshot(path=shots / 'telephone-scrolled.png')


def test_everybody_can_use_it_on_a_telephone(visited, shots):
    page = seen_at(visited, 390, 844)
    assert page.evaluate(CUT_OFF) == []
    for name in TABS:
        tab(page, name)
        page.wait_for_timeout(400)
        assert not complaints(page, 'body'), name
        assert not page.evaluate(SMALL), name
        page.screenshot(path=shots / f'telephone-{name}.png')


def test_a_page_that_is_left_ends_its_run(app, chromium):
    others = kernels()
    with new_page(chromium) as page:
        for _ in range(2):
            load(page, app)
            button(page, 'Run').click()
            wait_for_epoch(page, 5)
        wait_for(lambda: len(kernels() - others) == 1)
        page.goto('about:blank')
        wait_for(lambda: not kernels() - others)
