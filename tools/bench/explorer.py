"""The explorer in a browser: from the step of a slider to the frame with the other picture.

    python tools/bench/explorer.py

A page without a server, and JupyterLab without a kernel, in a headless Chromium on the same machine. A picture that
was shown before is in the browser's memory: every step goes to a new one.
"""
from d2l_style.lab.explorer import GRIDS, as_html

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from processor import processor

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.browser.drive import chrome, new_page, open_notebook, serve  # noqa: E402

STEPS = 20
AIM, LIMIT = 16, 50  # milliseconds
# the picture is decoded, and the frame after that has begun, which shows it
SECONDS = """async steps => {
  const root = document.querySelector('.d2l-explorer').shadowRoot;
  const picture = () => root.querySelector('img'), sliders = [...root.querySelectorAll('input[type=range]')];
  const frame = () => new Promise(done => requestAnimationFrame(done)), times = [], seen = new Set([picture().src]);
  const every = slider => [...Array(+slider.max + 1).keys()], [first, , last] = sliders;
  const all = every(first).flatMap(value => [[first, value], ...every(last).map(value => [last, value])]);
  for (const [slider, value] of all) {
    if (times.length === steps) break;
    await frame();
    const start = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event('input'));
    await picture().decode();
    await frame();
    const took = performance.now() - start;
    if (!seen.has(picture().src)) times.push(took);
    seen.add(picture().src);
  }
  const bare = [];  // frames with nothing to do: what the machine itself takes
  while (bare.length < steps) {
    const start = performance.now();
    await frame();
    bare.push(performance.now() - start);
  }
  return [times, bare]; }"""


@contextmanager
def from_a_folder(page, folder):
    table = (GRIDS / 'weights.json').read_text(encoding='utf-8')
    (folder / 'page.html').write_text(f'<!doctype html><meta charset="utf-8">{as_html(table)}', encoding='utf-8')
    page.goto((folder / 'page.html').as_uri())
    yield


@contextmanager
def in_jupyterlab(page, folder):
    shutil.copytree(ROOT / 'notebooks', folder / 'notebooks')
    with serve('lab', folder, folder / 'home') as address:
        open_notebook(page, address, 'notebooks/03_losses.ipynb', run=False)
        page.evaluate('() => jupyterapp.serviceManager.sessions.shutdownAll()')
        yield


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--output', type=Path, default=ROOT / 'tools' / 'bench' / 'results' / 'explorer.json')
    args = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as name, chrome() as started:
        for place in (from_a_folder, in_jupyterlab):
            with new_page(started, 1366, 768) as page, place(page, Path(name)):
                page.locator('.d2l-explorer img').wait_for()
                page.locator('.d2l-explorer').scroll_into_view_if_needed()
                times, bare = page.evaluate(SECONDS, STEPS)
                results[place.__name__] = {
                    'median_ms': round(statistics.median(times), 1), 'slowest_ms': round(max(times), 1),
                    'steps': len(times), 'empty_frame_ms': round(statistics.median(bare), 1)}
                print(place.__name__, json.dumps(results[place.__name__]))
    late = [place for place, found in results.items() if found['median_ms'] > LIMIT]
    print(f'aim {AIM} ms, limit {LIMIT} ms: {"too slow: " + ", ".join(late) if late else "kept"}')
    print(processor())
    args.output.write_text(json.dumps({'processor': processor(), **results}, indent=1) + '\n')


if __name__ == '__main__':
    main()
