"""The Style Lab alone, as `make app` serves it."""
import io

import pytest
from PIL import Image

from .drive import ROOT, new_page, serve
from .test_style_lab import button, composite, tab, wait_for_epoch, wait_for_state

pytestmark = pytest.mark.slow


def test_the_page_has_the_lab_and_no_code(chromium, tmp_path, shots):
    with serve('voila', ROOT / 'notebooks' / 'app_style_lab.ipynb', tmp_path) as address, new_page(chromium) as page:
        page.goto(address)
        page.locator('.d2l-lab .d2l-ready').wait_for()
        assert 'import' not in page.locator('body').inner_text()
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
        assert composite(page) != start
        tab(page, 'Pictures')
        page.locator('.d2l-controls select').filter(has_text='free').select_option('free')
        for name in ('width', 'height'):
            box = page.get_by_title(f'{name} in pixels').last
            box.fill('2000')
            box.press('Tab')
        page.locator('.d2l-error', has_text='too large').wait_for()
        assert Image.open(io.BytesIO(composite(page))).size == (225, 150)
