"""The explorer: in JupyterLab whose kernel is gone, in an exported page without any server, and as a widget."""
from d2l_style.lab.explorer import as_html

import json

import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from .drive import ROOT, complaints, execute, expect, new_page, open_notebook

pytestmark = pytest.mark.slow

SIZES = (1366, 768), (1920, 1080), (390, 844)
TABLES = {'02_features': 'layers', '03_losses': 'weights', '04_training': 'time'}
# what a finger can't hit: less than 44 pixels wide or high. A box counts with the label that is clicked for it
SMALL = """explorer => [...explorer.shadowRoot.querySelectorAll('button, input')].map(e => e.closest('label') ?? e)
  .filter(e => { const box = e.getBoundingClientRect(); return Math.min(box.width, box.height) < 43.5; })
  .map(e => e.outerHTML)"""
OUTSIDE = 'd2l.explorer.invalid'
# what a page that nbconvert makes asks for, whatever is in it: its formulas and its old widgets
NBCONVERT = '/mathjax/', '/require.js/'


def table_of(name):
    return json.loads((ROOT / 'd2l_style' / 'grids' / f'{TABLES[name]}.json').read_text(encoding='utf-8'))


def listens(page):
    """All that the page asks other hosts for, which get no answer."""
    asked = []

    def answer(route):
        if route.request.url.startswith(('file:', 'http://127.0.0.1')):
            return route.continue_()
        asked.append(route.request.url)
        return route.abort()
    page.route('**', answer)
    return asked


def chosen(page, table):
    """The index of the value of each setting, as its control shows it."""
    found = []
    for setting in table['settings']:
        place = page.locator(f'.d2l-explorer .setting[data-name={setting["name"]}]')
        if setting['kind'] == 'slider':
            found.append(int(place.get_by_role('slider').input_value()))
            assert place.locator('output').inner_text().split(',')[0] == setting['values'][found[-1]]
        else:
            found.append(place.get_by_role('radio').evaluate_all('all => all.findIndex(one => one.checked)'))
    return found


def written(text):
    return float(text.replace('\u202f', ''))


def equals_the_table(page, table):
    """Picture and numbers are those of the chosen values; returns the cell."""
    number = 0
    for setting, i in zip(table['settings'], chosen(page, table)):
        number = number * len(setting['values']) + i
    cell = table['cells'][number]
    numbers = page.locator('.d2l-explorer .number').all_inner_texts()
    expected = [loss for pair in zip(cell['losses'], cell['weighted']) for loss in pair]
    assert [written(text) for text in numbers] == pytest.approx([*expected, sum(cell['weighted'])], rel=6e-3)
    picture = page.locator('.d2l-explorer img')
    assert picture.get_attribute('src').endswith(table['pictures'][cell['picture']])
    assert picture.evaluate('image => image.decode().then(() => image.naturalWidth)') == table['size'][0]
    return number


def moves(page, table):
    """Drag every slider with the mouse and step it by keyboard, choose by keyboard, and look at each result."""
    for setting in table['settings']:
        place = page.locator(f'.d2l-explorer .setting[data-name={setting["name"]}]')
        place.scroll_into_view_if_needed()
        if setting['kind'] == 'choice':
            place.get_by_role('radio', checked=True).focus()
            before = equals_the_table(page, table)
            page.keyboard.press('ArrowLeft')
            assert equals_the_table(page, table) != before
            continue
        slider, last = place.get_by_role('slider'), len(setting['values']) - 1
        box, before = slider.bounding_box(), int(slider.input_value())
        x = [box['x'] + 10 + (box['width'] - 20) * i / last for i in (before, last)]
        page.mouse.move(x[0], box['y'] + box['height'] / 2)
        page.mouse.down()
        page.mouse.move(x[1], box['y'] + box['height'] / 2, steps=4)
        page.mouse.up()
        assert int(slider.input_value()) == last
        equals_the_table(page, table)
        for key, value in (('ArrowLeft', last - 1), ('ArrowDown', max(0, last - 2)), ('Home', 0), ('ArrowUp', 1)):
            slider.press(key)
            assert int(slider.input_value()) == value
            equals_the_table(page, table)


def reads_well(page, small):
    """Names, values and contrast for everybody, nothing sticks out; on a phone no target is too small."""
    assert not complaints(page, '.d2l-explorer')
    for slider in page.locator('.d2l-explorer').get_by_role('slider').all():
        assert slider.get_attribute('aria-valuetext')
    assert page.locator('.d2l-explorer section').evaluate('it => it.scrollWidth <= it.clientWidth + 1')
    assert not (small and page.locator('.d2l-explorer').evaluate(SMALL))


def at_each_size(page, shots, name, table):
    for width, height in SIZES:
        page.set_viewport_size({'width': width, 'height': height})
        page.locator('.d2l-explorer').evaluate("it => it.scrollIntoView({block: 'start'})")
        page.locator('.d2l-explorer').get_by_role('button').click()
        assert chosen(page, table) == [setting['chapter'] for setting in table['settings']]
        moves(page, table)
        reads_well(page, small=width == 390)
        page.screenshot(path=shots / f'explorer-{name}-{width}.png')


@pytest.mark.parametrize('name', TABLES)
def test_an_exported_page_answers_from_a_folder_and_asks_nobody(chromium, tmp_path, shots, name):
    config = json.loads((ROOT / 'tools' / 'setup' / 'jupyter_config.json').read_text(encoding='utf-8'))
    exported, _ = HTMLExporter(config=Config(config)).from_filename(ROOT / 'notebooks' / f'{name}.ipynb')
    (tmp_path / 'page.html').write_text(exported, encoding='utf-8')
    with new_page(chromium, 1366, 768) as page:
        asked = listens(page)
        page.goto((tmp_path / 'page.html').as_uri())
        page.locator('.d2l-explorer img').wait_for()
        at_each_size(page, shots, name, table_of(name))
        assert not [url for url in asked if not any(part in url for part in NBCONVERT)]
        page.evaluate(f"fetch('https://{OUTSIDE}/').catch(() => {{}})")
        assert f'https://{OUTSIDE}/' in asked  # so such a request would have been seen


def test_what_is_missing_is_grey_and_named_on_any_page(chromium, tmp_path):
    table = table_of('04_training')
    table['cells'][1], table['cells'][7] = None, {'error': 'OSError: the disk is full'}  # epochs 0 and 1, rate 0.01
    (tmp_path / 'page.html').write_text(f'<!doctype html><meta charset="utf-8">{as_html(json.dumps(table))}',
                                        encoding='utf-8')
    with new_page(chromium, 390, 844) as page:
        page.goto((tmp_path / 'page.html').as_uri())
        missing = page.locator('.d2l-explorer .missing')
        expect(missing).to_have_text('No picture for epoch 0, learning rate 0.01: it was not computed')
        expect(missing).to_have_css('background-color', 'rgb(118, 118, 118)')
        expect(page.locator('.d2l-explorer img')).to_be_hidden()
        assert set(page.locator('.d2l-explorer .number').all_inner_texts()) == {'–'}
        page.get_by_role('slider', name='epoch').press('ArrowRight')
        expect(missing).to_have_text('No picture for epoch 1, learning rate 0.01: OSError: the disk is full')
        page.get_by_role('slider', name='epoch').press('ArrowRight')
        expect(missing).to_be_hidden()
        equals_the_table(page, table)
        assert not page.errors


def test_jupyterlab_needs_no_kernel_and_no_trust(served, chromium, shots):
    table = table_of('03_losses')
    with new_page(chromium, 1366, 768) as page:
        asked = listens(page)
        open_notebook(page, served, 'notebooks/03_losses.ipynb', run=False)
        # JupyterLab draws cells when they come in sight
        page.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(3, 'start')")
        page.locator('.d2l-explorer img').wait_for()
        assert not page.evaluate('() => [...jupyterapp.shell.currentWidget.content.model.cells][3].trusted')
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
        page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
        for theme in ('JupyterLab Dark', 'JupyterLab Light'):
            page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
            page.wait_for_function('theme => document.body.dataset.jpThemeName === theme', arg=theme)
            if 'Dark' in theme:
                reads_well(page, small=False)
                page.screenshot(path=shots / 'explorer-lab-dark.png')
        at_each_size(page, shots, 'lab', table)
        assert not asked
        assert not [error for error in page.errors if 'debugger' not in error]  # which misses the kernel


def test_a_widget_tells_the_kernel_what_is_chosen_and_lives_longer(served, chromium):
    """As in a front end without our extension, which shows the widget: here it is inside of another one."""
    with new_page(chromium, 1366, 768) as page:
        open_notebook(page, served, 'notebooks/03_losses.ipynb', run=False)
        page.evaluate("""() => { const cell = [...jupyterapp.shell.currentWidget.content.model.cells][3];
          cell.sharedModel.setSource("from d2l_style.lab import explore\\nimport ipywidgets\\n"
            + "explorer = explore('layers')\\nipywidgets.VBox([explorer])"); }""")
        page.evaluate("""async () => { const { content } = jupyterapp.shell.currentWidget;
          content.activeCellIndex = 3;
          await jupyterapp.commands.execute('notebook:run-cell'); }""")
        page.locator('.widget-vbox .d2l-explorer img').wait_for()
        page.get_by_role('radio', name='conv2_2').check()
        equals_the_table(page, table_of('02_features'))
        expect(page.locator('.d2l-explorer figcaption')).to_contain_text('content layers conv2_2')
        assert execute(page, 'print(explorer.cell)') == '[1, 6, 0]\n'
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
        page.get_by_role('radio', name='conv1_2').check()
        equals_the_table(page, table_of('02_features'))
