"""The profile that needs files, on a machine that has none and no internet."""
import pytest

from .drive import execute, new_page, open_notebook

pytestmark = pytest.mark.slow


def test_a_profile_whose_weights_are_missing_names_the_command(served, chromium, shots):
    with new_page(chromium) as page:
        open_notebook(page, served, 'notebooks/01_pictures.ipynb', run=False)
        execute(page, "import os; os.environ['D2L_STYLE_PROFILE'] = 'book'")
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")  # of which the first one fails
        page.locator('.jp-OutputArea-output', has_text='profile book').wait_for()
        page.locator('.jp-OutputArea-output', has_text='-m d2l_style weights fetch vgg19').first.wait_for()
        assert 'Traceback' not in page.locator('.jp-Notebook').inner_text()
        page.locator('.jp-OutputArea-output', has_text='profile book').scroll_into_view_if_needed()
        page.screenshot(path=shots / 'profile-missing.png')
        page.evaluate('() => jupyterapp.shell.currentWidget.sessionContext.shutdown()')
