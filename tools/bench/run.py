"""Run the competitors in turn, several rounds, and print what came out as tables.

    python tools/bench/run.py [--only speed quality start large] [--rounds 3]

Every figure of a table was measured in this run, on this machine; figures are medians over the
rounds, with the least and the most. Results go to tools/bench/results/, each as soon as it is measured, in
a place of their own for each kind of processor; a part that is not run keeps what was stored.
Nothing fails because something was slow.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from statistics import median

import psutil
from processor import processor
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
RESULTS = HERE / 'results' / 'results.json'
TORCH = HERE.parents[1] / '.venv-bench' / 'bin' / 'python'
SIZES = [(225, 150), (450, 300), (900, 600), (1800, 1200)]
EPOCHS = {225: 12, 450: 6, 900: 3, 1800: 2}  # by width; the first compiles and is left out
FEWER = {225: 0, 450: 0, 900: 1, 1800: 2}  # rounds less
ALL_CORES = {'OMP_NUM_THREADS': str(psutil.cpu_count(logical=False)), 'OMP_WAIT_POLICY': 'active',
             'GOMP_SPINCOUNT': '300000'}

SPEED = {  # label: competitor, network, environment
    'chapter, VGG-19': ('chapter', 'vgg19', {}),
    'chapter, VGG-19, all cores': ('chapter', 'vgg19', ALL_CORES),
    'PyTorch, VGG-19, Adam': ('torch-adam', 'vgg19', {}),
    'PyTorch, VGG-19, L-BFGS': ('torch-lbfgs', 'vgg19', {}),
    'train, VGG-19': ('ours', 'vgg19', {}),
    'train_fast, VGG-19': ('fast', 'vgg19', {}),
    'PyTorch, embedded, Adam': ('torch-adam', 'slim', {}),
    'PyTorch, embedded, L-BFGS': ('torch-lbfgs', 'slim', {}),
    'train, embedded': ('ours', 'slim', {}),
    'train_fast, embedded': ('fast', 'slim', {}),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--only', nargs='+', choices=list(PARTS), default=list(PARTS))
    parser.add_argument('--widths', type=int, nargs='+', choices=[width for width, _ in SIZES],
                        default=[width for width, _ in SIZES], help='sizes of the part speed')
    parser.add_argument('--rounds', type=int, default=3, help='the parts that take longest have fewer')
    parser.add_argument('--real', type=Path, help='weights of the real VGG-19 up to conv3_4 (.npz, keys features.N.*)')
    args = parser.parse_args()
    if not TORCH.exists():
        print('PyTorch is not measured: there is no .venv-bench (make bench makes it)')
    stored = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    here = machine()
    results = stored.setdefault(here['processor'], {})
    for part in args.only:
        for found in PARTS[part](args):  # as far as it is measured
            results[part] = {'machine': here, **found}
            RESULTS.write_text(json.dumps(stored, indent=1) + '\n')
    import report
    report.write(stored, HERE / 'results')


def machine():
    """Where and when a part ran, without names."""
    return {'date': date.today().isoformat(), 'processor': processor(), 'cores': psutil.cpu_count(logical=False),
            'memory_gb': round(psutil.virtual_memory().total / 2 ** 30), 'python': platform.python_version(),
            'blas_core': competitor('sgemm', 'slim', SIZES[0], 1)['core']}


def competitor(name, net, size, epochs, environment=None, **options):
    """Run one competitor in a fresh process; None where PyTorch is missing."""
    width, height = size
    with tempfile.TemporaryDirectory() as folder:
        python = sys.executable
        if name.startswith('torch'):
            if not TORCH.exists():
                return None
            python, options['file'] = TORCH, f'{folder}/stored.npz'
            competitor('store', net, size, 1, file=options['file'])
        settings = {'net': net, 'width': width, 'height': height, 'epochs': epochs, **options}
        command = [str(python), str(HERE / 'competitor.py'), name,
                   *(f'--{key}={value}' for key, value in settings.items())]
        clean = {key: value for key, value in os.environ.items()
                 if not key.startswith(('OMP_', 'GOMP_', 'MXNET_', 'OPENBLAS_'))}
        done = subprocess.run(command, env={**clean, **(environment or {})}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f'{" ".join(command)} failed:\n{done.stderr[-2000:]}')
    return json.loads(done.stdout)


def speed(args):
    """Seconds an epoch and peak memory, every competitor at every size; the processor's rate in every round."""
    rows, rates = [], [competitor('sgemm', 'slim', SIZES[0], 1)['gflop_per_second']]
    gflop = {net: {w: competitor('store', net, (w, h), 1, file=os.devnull)['gflop'] for w, h in SIZES}
             for net in ('vgg19', 'slim')}
    for size in [size for size in SIZES if size[0] in args.widths]:
        turns = [label for _ in range(max(1, args.rounds - FEWER[size[0]])) for label in (*SPEED, None)]
        for label in tqdm(turns, desc='×'.join(map(str, size))):
            if label is None:
                rates.append(competitor('sgemm', 'slim', size, 1)['gflop_per_second'])
                continue
            name, net, environment = SPEED[label]
            done = competitor(name, net, size, EPOCHS[size[0]], environment)
            if done:
                rows.append({'label': label, 'width': size[0], 'gflop': gflop[net][size[0]],
                             'epoch': median(done['seconds'][1:]), 'peak_mb': done['peak_mb']})
                yield {'rows': rows, 'sgemm': rates}


def quality(args):
    """Losses over time: the chapter's schedule, Adam tuned, fast mode and PyTorch, in turn."""
    size, runs = SIZES[0], []
    plans = {'embedded': ('slim', {
        "train (the chapter's Adam)": ('ours', 500, {}),
        'Adam 0.2, cosine': ('tuned', 2000, {'lr': 0.2}),
        'Adam 0.4, cosine': ('tuned', 2000, {'lr': 0.4}),
        'PyTorch L-BFGS': ('torch-lbfgs', 500, {}),
        'train_fast': ('fast', 800, {})})}
    if args.real:
        plans['real VGG-19, blocks 1 to 3'] = (str(args.real.resolve()), {
            "train (the chapter's Adam)": ('ours', 500, {}), 'train_fast': ('fast', 100, {})})
    for title, (net, plan) in plans.items():
        turns = [label for _ in range(max(1, args.rounds - 1 - (net != 'slim'))) for label in plan]
        for label in tqdm(turns, desc=title):
            name, epochs, options = plan[label]
            done = competitor(name, net, size, epochs, **options)
            if done:
                runs.append({'title': title, 'label': label, 'seconds': [round(s, 5) for s in done['seconds']],
                             'losses': [round(l, 4) for l in done['losses']]})
                yield {'runs': runs}


def start(args):
    """Seconds that a student waits, in fresh processes."""
    import start as waits
    plan = {'import d2l_style, mxnet': lambda: waits.imports('d2l_style, mxnet'),
            'the same and all that trains': lambda: waits.imports('d2l_style.training, d2l_style.fast'),
            'new kernel to first composite image': waits.first_picture,
        '`make lab` to the first cells of notebook 1': waits.first_cell}
    seconds = {name: [] for name in plan}
    for _ in tqdm(range(args.rounds), desc='start'):
        for name, wait in plan.items():
            seconds[name].append(round(wait(), 2))
            yield {'seconds': {name: values for name, values in seconds.items() if values}}


def large(args):  # noqa: ARG001  every part gets them
    """Once, whatever the rounds: it takes minutes."""
    yield {part: json.loads(subprocess.run([sys.executable, str(HERE / 'large.py'), part], capture_output=True,
                                            text=True, check=True).stdout) for part in ('seams', 'run')}


PARTS = {'speed': speed, 'quality': quality, 'start': start, 'large': large}

if __name__ == '__main__':
    main()
