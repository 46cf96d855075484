"""The profile that needs files, on a machine that has none and no internet."""
import shutil

import pytest

from .drive import ROOT, new_page, open_notebook, serve

pytestmark = pytest.mark.slow


def test_a_profile_whose_weights_are_missing_names_the_command(chromium, tmp_path, shots):
    (tmp_path / 'notebooks').mkdir()
    shutil.copy(str(ROOT / 'notebooks' / '01_pictures.ipynb'), str(tmp_path / 'notebooks'))
    with serve('lab', tmp_path, tmp_path / 'home', profile='book') as address, new_page(chromium) as page:
        open_notebook(page, address, 'notebooks/01_pictures.ipynb', run=False)
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        page.locator('.jp-OutputArea-output', has_text='profile book').wait_for()
        page.locator('.jp-OutputArea-output', has_text='-m d2l_style weights fetch vgg19').first.wait_for()
        assert 'Traceback' not in page.locator('.jp-Notebook').inner_text()
        page.locator('.jp-OutputArea-output', has_text='profile book').scroll_into_view_if_needed()
        page.screenshot(path=shots / 'profile-missing.png')
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
