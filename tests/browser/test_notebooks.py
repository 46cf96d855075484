"""The notebooks with sliders, by mouse, at the size of a student's laptop."""
import pytest
from nbconvert import HTMLExporter

from .drive import ROOT, complaints, drag, expect, new_page, open_notebook, sticks_out

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(('name', 'number'), [('02_features', 1), ('03_losses', 5), ('05_style_lab', 4)])
def test_every_slider_can_be_dragged_to_a_value_in_between(served, chromium, shots, name, number):
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
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')


def test_numbers_typed_in_notebook_3_stay(served, chromium, shots):
    with new_page(chromium, 1366, 768) as page:
        open_notebook(page, served, 'notebooks/03_losses.ipynb')
        boxes = page.locator('.d2l-panel input[type=number]')
        boxes.nth(4).wait_for()
        for number, typed in enumerate(('0.123', '0.017', '7', '60000', '123.4')):
            boxes.nth(number).fill(typed)
            boxes.nth(number).press('Tab')
        page.wait_for_timeout(2000)  # for a slider that would send back where it stands
        assert [box.input_value() for box in boxes.all()] == ['0.123', '0.017', '7', '60000', '123.4']
        page.locator('.d2l-panel').screenshot(path=shots / 'mixer-typed.png')
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')


def test_exported_notebooks_can_be_read_by_everybody(chromium, tmp_path):
    with new_page(chromium, 1366, 768) as page:
        page.route('http*://**', lambda route: route.abort())  # nbconvert's pages ask for MathJax
        for file in sorted((ROOT / 'notebooks').glob('0*.ipynb')):
            text, _ = HTMLExporter().from_filename(file)
            assert 'No description has been provided' not in text, file.name
            (tmp_path / 'page.html').write_text(text, encoding='utf-8')
            page.goto((tmp_path / 'page.html').as_uri())
            # the colours of code, prompts and links are nbconvert's
            assert not complaints(page, 'main', ['color-contrast', 'link-in-text-block']), file.name


@pytest.fixture(scope='module')
def lab(served, chromium):
    """A page with JupyterLab, in which one notebook after the other is opened."""
    with new_page(chromium, 1366, 768) as page:
        page.goto(f'{served}/lab?reset')
        page.wait_for_function('() => window.jupyterapp?.shell.currentWidget')
        yield page


@pytest.mark.parametrize('name', sorted(file.stem for file in (ROOT / 'notebooks').glob('0*.ipynb')))
def test_no_line_and_no_output_needs_a_horizontal_scroll_bar(lab, name):
    lab.evaluate("async path => { await jupyterapp.commands.execute('docmanager:open', {path}); }",
                 f'notebooks/{name}.ipynb')
    lab.wait_for_selector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell')
    lab.evaluate("""async () => { const box = document.querySelector('.jp-WindowedPanel-outer');
      for (let y = 0; y < box.scrollHeight; y += 300) {
        box.scrollTop = y; await new Promise(done => setTimeout(done, 50)); } }""")
    assert not sticks_out(lab, '.jp-Notebook')
    lab.evaluate("""async () => { const panel = jupyterapp.shell.currentWidget;
      await panel.sessionContext.shutdown();
      panel.dispose(); }""")  # to close it would ask whether to save
    lab.wait_for_selector('.jp-Notebook', state='detached')
