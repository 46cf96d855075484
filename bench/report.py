"""Tables and a plot of what `run.py` measured."""
from pathlib import Path
from statistics import median

import matplotlib
import numpy as np

matplotlib.use('Agg')
matplotlib.rcParams['svg.hashsalt'] = 'bench'
import matplotlib.pyplot as plt  # noqa: E402

REFERENCE = 'chapter, VGG-19'
TARGET = "train (the chapter's Adam)"


def write(results, folder):
    """Print the tables, and store them with the plot in `folder`."""
    parts = {'speed': speed_tables, 'quality': quality_table, 'start': start_table, 'large': large_table}
    text = '\n\n'.join(table(results[part]) for part, table in parts.items() if part in results)
    print(text)
    (Path(folder) / 'results.md').write_text(text + '\n', encoding='utf-8')
    plot(results, Path(folder) / 'results.svg')


def machine(part):
    m = part['machine']
    return f'{m["processor"]}, {m["cores"]} cores, {m["memory_gb"]} GB, Python {m["python"]}, {m["date"]}'


def table(head, rows):
    return '\n'.join(['| ' + ' | '.join(map(str, row)) + ' |' for row in (head, ['---'] * len(head), *rows)])


def by_size(part, label, key):
    """{width: values of all rounds} of one competitor."""
    found = {}
    for row in part['rows']:
        if row['label'] == label:
            found.setdefault(row['width'], []).append(row[key])
    return found


def labels(part):
    return list(dict.fromkeys(row['label'] for row in part['rows']))


def speed_tables(part):
    """Seconds an epoch, how often as fast as the chapter, share of the processor's rate, memory, growth."""
    widths = sorted({row['width'] for row in part['rows']})
    sizes = [f'{w}×{w * 2 // 3}' for w in widths]
    rate = max(part['sgemm'])
    seconds, ratios, shares, memory = [], [], [], []
    reference, all_cores = (by_size(part, label, 'epoch') for label in (REFERENCE, REFERENCE + ', all cores'))
    for label in labels(part):
        epochs, work, peaks = (by_size(part, label, key) for key in ('epoch', 'gflop', 'peak_mb'))
        seconds.append([label, *(f'{median(epochs[w]):.3g} ({min(epochs[w]):.3g} to {max(epochs[w]):.3g})'
                                 for w in widths)])
        ratios.append([label, *(f'{median(reference[w]) / median(epochs[w]):.2f} / '
                                f'{median(all_cores[w]) / median(epochs[w]):.2f}' for w in widths)])
        if not label.startswith('chapter'):
            shares.append([label, *(f'{median(epochs[w]) / (work[w][0] / rate):.2f}' for w in widths)])
        peaks = [median(peaks[w]) for w in widths]
        exponent = growth(widths, [median(epochs[w]) for w in widths])
        memory.append([label, *(f'{peak:.0f}' for peak in peaks), f'{exponent:.2f}',
                       f'{(peaks[-1] - peaks[0]) / (widths[-1] ** 2 - widths[0] ** 2) * 1.5e6:.0f}'])
    return '\n\n'.join([
        f'### Speed\n\n{machine(part)}. Seconds an epoch, median of the rounds (least to most):',
        table(['', *sizes], seconds),
        "Times as fast as the chapter's loop as printed / as the same with all cores:",
        table(['', *sizes], ratios),
        f'Seconds over what the convolutions and Gram matrices need at {rate:.0f} GFLOP/s, the best rate of sgemm in '
        f'this run ({min(part["sgemm"]):.0f} to {rate:.0f}):',
        table(['', *sizes], shares),
        'Peak memory of the process in MB; exponent of the seconds over the pixels; MB for each further megapixel:',
        table(['', *sizes, 'exponent', 'MB a megapixel'], memory)])


def growth(widths, seconds):
    """Exponent p of seconds ~ pixels^p, fitted over the sizes."""
    return np.polyfit(2 * np.log(widths), np.log(seconds), 1)[0]


def reached(run, target):
    """Seconds and epochs after the first loss until one is at most `target`; None if none is."""
    for epoch, loss in enumerate(run['losses']):
        if loss <= target:
            return sum(run['seconds'][1:epoch + 1]), epoch + 1
    return None


def quality_table(part):
    """For each network: when the chapter's last loss was reached, when the best of all, and what each ended with."""
    texts = [f'### Time to a loss\n\n{machine(part)}. 225×150, from the first loss on (loading, targets and compiling '
             'left out), median of the rounds.']
    for title in dict.fromkeys(run['title'] for run in part['runs']):
        runs = {}
        for run in part['runs']:
            if run['title'] == title:
                runs.setdefault(run['label'], []).append(run)
        target = 1.01 * runs[TARGET][0]['losses'][-1]
        adam = [run[0]['losses'] for label, run in runs.items() if label.startswith('Adam')]
        best = 1.02 * min(map(min, adam)) if adam else None
        rows = [quality_row(label, same, runs[TARGET], target, best) for label, same in runs.items()]
        second = f', the second 2 % above the best of Adam, {best:.3f}' if best else ''
        texts += [f"**{title}.** The chapter's 500 epochs end at {target / 1.01:.2f}; the first goal is "
                  f'1 % above it, {target:.2f}{second}.',
                  table(['', 'epochs to the first goal', 'seconds', 'of train', 'epochs to the second', 'seconds',
                         'least loss', 'loss after 1 s', '3 s', '10 s'], rows)]
    return '\n\n'.join(texts)


def quality_row(label, same, reference, target, best):
    base = median(reached(run, target)[0] for run in reference)
    row = [label]
    for goal in (target, best):
        found = [reached(run, goal) for run in same] if goal else [None]
        if None in found:
            row += ['never', ''] + ['' for _ in range(goal == target)]
            continue
        seconds = median(s for s, _ in found)
        row += [found[0][1], f'{seconds:.2f}'] + ([f'1/{base / seconds:.1f}'] if goal == target else [])
    row.append(f'{min(same[0]["losses"]):.3f}')
    for seconds in (1, 3, 10):
        times = np.cumsum([0, *same[0]['seconds'][1:]])
        seen = np.asarray(same[0]['losses'])[times <= seconds]
        row.append(f'{seen.min():.2f}')
    return row


def start_table(part):
    rows = [[name, f'{median(values):.1f} ({min(values):.1f} to {max(values):.1f})']
            for name, values in part['seconds'].items()]
    return f'### Waiting\n\n{machine(part)}. Seconds, median (least to most):\n\n' + table(['', 'seconds'], rows)


def large_table(part):
    rows = [[size, len(run['seconds']), f'{median(run["seconds"]):.2f}', f'{run["losses"][0]:.1f}',
             f'{min(run["losses"]):.2f}'] for size, run in part['run']['sizes'].items()]
    seams = part['seams']
    return '\n\n'.join([
        f'### 12 megapixels\n\n{machine(part)}. Embedded backbone, `train_fast`: '
        f'{part["run"]["total"]:.0f} s in all, peak memory {part["run"]["peak_mb"] / 1024:.1f} GB.',
        table(['size', 'epochs', 'seconds an epoch', 'first loss', 'least loss'], rows),
        f'Tiles against the whole picture at 1800×1200: losses differ by at most {seams["losses"]:.1e} of their '
        f'value, the gradient by {seams["gradient"]:.1e} of its largest value; on average {seams["near_seams"]:.1e} '
        f'within 4 pixels of a seam and {seams["elsewhere"]:.1e} elsewhere.'])


def plot(results, file):
    """Loss over time, and seconds an epoch over the size."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout='constrained')
    lines = ['-', '--', '-.', ':', (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1))]
    if 'quality' in results:
        runs = {run['label']: run for run in results['quality']['runs'] if run['title'] == 'embedded'}
        for (label, run), line in zip(runs.items(), lines):
            times = np.cumsum([0, *run['seconds'][1:]])
            left.plot(times[1:], np.minimum.accumulate(run['losses'])[1:], ls=line, label=label)
        left.set(xscale='log', yscale='log', xlabel='seconds (log scale)', ylabel='least loss so far (log scale)',
                 title='embedded backbone, 225×150')
        left.legend(fontsize=8)
    if 'speed' in results:
        part = results['speed']
        shown = [label for label in labels(part) if 'L-BFGS' not in label and 'fast' not in label]
        for label, line in zip(shown, lines):
            epochs = by_size(part, label, 'epoch')
            right.plot([w * w * 2 / 3 / 1e6 for w in epochs], [median(s) for s in epochs.values()], ls=line, marker='o',
                       ms=4, label=label)
        right.set(xscale='log', yscale='log', xlabel='megapixels (log scale)', ylabel='seconds an epoch (log scale)',
                  title='one epoch with Adam')
        right.legend(fontsize=8)
    figure.savefig(file, metadata={'Date': None})
