"""The Style Lab in a browser: how soon it answers, what it costs, and whether it grows.

    python tools/bench/lab.py

Drives JupyterLab in a headless Chromium on the same machine, so the browser's own work counts too.
"""
import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from processor import processor

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.browser.drive import chrome, execute, new_page, open_notebook, serve  # noqa: E402

BARE = """
import time
from d2l_style import *
def bare(epochs=60):
    net = FeatureNet(load_backbone('vgg19_slim'))
    X, contents_Y = get_contents(read_image('mountain_lake'), (225, 150), net)
    _, styles_Y = get_styles(read_image('painted_hills'), (225, 150), net)
    for step in train_steps(X, contents_Y, styles_Y, net, 0.1, epochs):
        if step.epoch == 9:
            start = time.time()
    return (epochs - 10) / (time.time() - start)
print(bare())
"""
MEMORY = """
import gc, os, psutil
lab.worker.stop_after = 60
def megabytes():
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6
def one_run():
    lab.worker.reset(); lab.worker.wait(); lab.worker.run(); lab.worker.wait()
    return megabytes()
"""
SAMPLE = """
import threading, time
backlog = []
def sample(seconds):
    def look():
        for _ in range(int(seconds / 0.1)):
            lab.pace.turned()  # ten pictures a second are wanted all the time
            backlog.append(lab.pace.pictures - lab.pace.back.value)
            time.sleep(0.1)
    lab.worker.stop_after = 10**6; lab.worker.reset(); lab.worker.run()
    threading.Thread(target=look).start()
"""
# from the next key press to the first picture that was made with other weights, in milliseconds
LATENCY = """() => { window.latency = new Promise(resolve => document.addEventListener('keydown', () => {
  const used = () => document.querySelector('.d2l-used').textContent, before = used(), start = performance.now();
  const look = () => used() !== before ? resolve(performance.now() - start) : requestAnimationFrame(look);
  look(); }, {once: true, capture: true})); }"""


def measure_speed(page, rounds=3, seconds=8):
    """Epochs a second of the bare loop in the same kernel, and of the lab, in turn."""
    bare, lab = [], []
    for _ in range(rounds):
        bare.append(float(execute(page, 'print(bare())')))
        execute(page, 'lab.worker.stop_after = 10**6; lab.worker.reset(); lab.worker.run()')
        time.sleep(2)  # the first epochs compile
        before = int(execute(page, 'print(len(lab.worker.history))'))
        start = time.time()
        time.sleep(seconds)
        done = int(execute(page, 'print(len(lab.worker.history))')) - before
        lab.append(done / (time.time() - start))
        execute(page, 'lab.worker.pause(); lab.worker.wait()')
    return {'bare_epochs_per_second': bare, 'lab_epochs_per_second': lab,
            'ratio': statistics.median(b / a for a, b in zip(bare, lab))}


def measure_latency(page, presses=20):
    """Milliseconds from a key press on the TV slider to the first picture that a new weight has made."""
    handle = page.locator('.d2l-lab [role=slider]').nth(2)
    execute(page, 'lab.worker.run()')
    time.sleep(2)
    times = []
    for i in range(presses):
        handle.focus()
        page.evaluate(LATENCY)
        page.keyboard.press('ArrowLeft' if i % 2 else 'ArrowRight')
        times.append(page.evaluate('() => window.latency'))
        time.sleep(0.5)
    execute(page, 'lab.worker.pause(); lab.worker.wait()')
    return {'median_ms': statistics.median(times), 'slowest_ms': max(times), 'presses': presses}


def measure_memory(page, runs=10):
    """Memory of the kernel after each of some runs of 60 epochs, in megabytes."""
    execute(page, MEMORY)
    sizes = [float(execute(page, 'print(one_run())')) for _ in range(runs)]
    return {'megabytes': sizes, 'growth': sizes[-1] / sizes[0] - 1}


def measure_slow_browser(page, seconds=20):
    """Pictures sent since the last one that the browser is known to have shown; the browser is slowed down 20 times."""
    session = page.context.new_cdp_session(page)
    session.send('Emulation.setCPUThrottlingRate', {'rate': 20})
    execute(page, SAMPLE)
    execute(page, f'sample({seconds})')
    time.sleep(seconds)
    session.send('Emulation.setCPUThrottlingRate', {'rate': 1})
    time.sleep(3)
    backlog = json.loads(execute(page, 'lab.worker.pause(); lab.worker.wait(); print(backlog)'))
    sent = int(execute(page, 'print(lab.pace.pictures)'))
    return {'most_behind': max(backlog), 'median_behind': statistics.median(backlog), 'samples': len(backlog),
            'pictures_in_all': sent}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--output', type=Path, default=ROOT / 'tools' / 'bench' / 'results' / 'lab.json')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / 'notebooks', folder / 'notebooks')
        with serve('lab', folder, folder / 'home') as address, chrome() as started, new_page(started) as page:
            open_notebook(page, address, 'notebooks/05_style_lab.ipynb')
            page.locator('.d2l-lab').scroll_into_view_if_needed()
            execute(page, BARE)
            results = {}
            for measure in (measure_speed, measure_latency, measure_slow_browser, measure_memory):
                results[measure.__name__] = measure(page)
                print(measure.__name__, json.dumps(results[measure.__name__]))
    print(processor())
    args.output.write_text(json.dumps({'processor': processor(), **results}, indent=1) + '\n')


if __name__ == '__main__':
    main()
