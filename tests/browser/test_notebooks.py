"""The notebooks with sliders, by mouse, at the size of a student's laptop."""
import pytest

from .drive import CONNECTED, ROOT, drag, expect, new_page, open_notebook, sticks_out

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(('name', 'number'), [('02_features', 1), ('03_losses', 5), ('05_style_lab', 4)])
def test_every_slider_can_be_dragged_to_a_value_in_between_and_what_is_typed_stays(
        served, chromium, shots, name, number):
    with new_page(chromium, 1366, 768) as page:
        open_notebook(page, served, f'notebooks/{name}.ipynb')
        sliders = page.locator('.d2l-panel .widget-slider:visible')
        sliders.nth(number - 1).wait_for()
        expect(sliders).to_have_count(number)
        for slider in sliders.all():
            width, before, after, low, high = drag(page, slider)
            assert width > 100
            assert low < after < high and after != before
        page.screenshot(path=shots / f'{name}.png')
        assert not sticks_out(page, '.d2l-panel')
        if name == '03_losses':
            numbers_that_are_typed_stay(page, shots)
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')


def numbers_that_are_typed_stay(page, shots):
    boxes = page.locator('.d2l-panel input[type=number]')
    for number, typed in enumerate(('0.123', '0.017', '7', '60000', '123.4')):
        boxes.nth(number).fill(typed)
        boxes.nth(number).press('Tab')
    page.wait_for_timeout(2000)  # for a slider that would send back where it stands
    assert [box.input_value() for box in boxes.all()] == ['0.123', '0.017', '7', '60000', '123.4']
    page.locator('.d2l-panel').screenshot(path=shots / 'mixer-typed.png')


@pytest.fixture(scope='module')
def jupyterlab(served, chromium):
    """A page with JupyterLab, in which one notebook after the other is opened."""
    with new_page(chromium, 1366, 768) as page:
        page.goto(f'{served}/lab?reset')
        page.wait_for_function('() => window.jupyterapp?.shell.currentWidget')
        yield page


@pytest.fixture
def lab(jupyterlab):
    """That page; what a test opens is closed, also when it fails."""
    yield jupyterlab
    jupyterlab.evaluate("""async () => { const panel = jupyterapp.shell.currentWidget;
      await panel.sessionContext?.shutdown();
      panel.dispose(); }""")
    jupyterlab.wait_for_selector('.jp-Notebook', state='detached')


@pytest.mark.parametrize('name', sorted(file.stem for file in (ROOT / 'notebooks').glob('*.ipynb')))
def test_no_line_and_no_output_needs_a_horizontal_scroll_bar_and_to_open_and_save_changes_nothing(lab, name):
    lab.evaluate("async path => { await jupyterapp.commands.execute('docmanager:open', {path}); }",
                 f'notebooks/{name}.ipynb')
    lab.wait_for_selector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell')
    lab.evaluate("""async () => { const box = document.querySelector('.jp-WindowedPanel-outer');
      for (let y = 0; y < box.scrollHeight; y += 300) {
        box.scrollTop = y; await new Promise(done => setTimeout(done, 50)); } }""")
    assert not sticks_out(lab, '.jp-Notebook')
    lab.wait_for_function(CONNECTED)
    changed, same = lab.evaluate("""async () => { const { context } = jupyterapp.shell.currentWidget;
      await context.sessionContext.session.kernel.info;  // which JupyterLab notes in the notebook
      await new Promise(done => setTimeout(done, 500));
      const changed = context.model.dirty;
      const as_text = () => jupyterapp.serviceManager.contents.get(context.path,
        { type: 'file', format: 'text', content: true });
      const before = (await as_text()).content;
      await context.save();
      return [changed, (await as_text()).content === before]; }""")
    assert same and not changed


def test_jupyterlab_says_what_a_stored_picture_shows(lab):
    lab.evaluate("async () => { await jupyterapp.commands.execute('docmanager:open', "
                 "{path: 'notebooks/01_pictures.ipynb'}); }")
    lab.wait_for_selector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell')
    image = lab.locator('.jp-RenderedImage img').first
    while not image.count():  # it is made when it comes in sight
        lab.evaluate("() => document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 200)")
        lab.wait_for_timeout(100)
    expect(image).to_have_attribute('alt', 'Figure: content image: mountain_lake.')
