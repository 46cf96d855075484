"""Take the pictures of the Style Lab: its still, which stored notebooks show, and the dark one of docs/package.md.

    python tools/pictures/take_lab.py

Needs Chromium and the test tools. Run notebook 5 and the app's anew after it: they store the still.
"""
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.browser.drive import chrome, execute, new_page, open_notebook, serve  # noqa: E402

FILES = {'Light': ROOT / 'd2l_style' / 'lab' / 'still.png', 'Dark': ROOT / 'img' / 'style-lab-dark.png'}
EPOCHS = 77
SIZE = 1500, 1250  # of the page: a lab of some 1113 pixels


def take(page, theme):
    """The lab in a theme of JupyterLab, as an image of 256 colours."""
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", f'JupyterLab {theme}')
    page.wait_for_timeout(3000)
    shot, below = (page.locator(f'.d2l-{part}').bounding_box() for part in ('stage', 'details'))
    lab = {'x': shot['x'] - 4, 'y': shot['y'] - 4, 'width': shot['width'] + 8,
           'height': below['y'] + below['height'] - shot['y'] + 8}
    return Image.open(io.BytesIO(page.screenshot(clip=lab))).convert('RGB').convert('P', palette=Image.Palette.ADAPTIVE)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / 'notebooks', folder / 'notebooks')
        with serve('lab', folder, folder / 'home') as address, chrome() as started, new_page(started, *SIZE) as page:
            open_notebook(page, address, 'notebooks/05_style_lab.ipynb')
            page.locator('.d2l-lab .d2l-ready').wait_for(state='attached')
            page.locator('.d2l-lab').evaluate('lab => lab.scrollIntoView()')
            execute(page, f'lab.worker.run({EPOCHS}); lab.worker.wait(600)')
            page.mouse.move(0, 0)
            for theme, file in FILES.items():
                image = take(page, theme)
                image.save(file, optimize=True)
                print(f'{file.relative_to(ROOT)}: {image.width} × {image.height}')


if __name__ == '__main__':
    main()
