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


def write(stored, folder):
    """Print the tables of each processor, and store them with its plot in `folder`. `stored`: {processor: results}."""
    parts = {'speed': speed_tables, 'quality': quality_table, 'start': start_table, 'large': large_table}
    texts = []
    for processor, results in stored.items():
        texts.append(f'## {processor}\n\n' + '\n\n'.join(table(results[part]) for part, table in parts.items()
                                                          if part in results))
        if 'speed' in results and 'quality' in results:  # a half of the figure each
            plot(results, Path(folder) / f'{"-".join(processor.split())}.svg')
    text = '\n\n'.join(texts)
    print(text)
    (Path(folder) / 'results.md').write_text(text + '\n', encoding='utf-8')


def machine(part):
    m = part['machine']
    return (f'{m["processor"]}, {m["cores"]} cores, {m["memory_gb"]} GB, OpenBLAS for {m["blas_core"]}, '
            f'Python {m["python"]}, {m["date"]}')


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
    """Seconds an epoch, how often as fast as chapter and PyTorch, share of the processor's rate, memory, growth."""
    widths = sorted({row['width'] for row in part['rows']})
    on = f'{part["machine"]["processor"]}, OpenBLAS for {part["machine"]["blas_core"]}'
    sizes = [f'{w}×{w * 2 // 3}' for w in widths]
    rate = max(part['sgemm'])
    seconds, ratios, shares, memory = [], [], [], []
    measured = {label: by_size(part, label, 'epoch') for label in labels(part)}
    against = {'embedded': 'PyTorch, embedded, Adam', 'VGG-19': 'PyTorch, VGG-19, Adam'}
    for label, epochs in measured.items():
        work, peaks = (by_size(part, label, key) for key in ('gflop', 'peak_mb'))
        seconds.append([label, *(f'{median(epochs[w]):.3g} ({min(epochs[w]):.3g} to {max(epochs[w]):.3g})'
                                 if w in epochs else '' for w in widths)])
        others = [measured.get(name, {}) for name in
                  (REFERENCE, REFERENCE + ', all cores', against['embedded' if 'embedded' in label else 'VGG-19'])]
        ratios.append([label, *(' / '.join(times_as_fast(other.get(w), epochs.get(w)) for other in others)
                                for w in widths), on])
        if not label.startswith('chapter'):
            shares.append([label, *(f'{median(epochs[w]) / (work[w][0] / rate):.2f}' if w in epochs else ''
                                    for w in widths)])
        memory.append([label, *(f'{median(peaks[w]):.0f}' if w in peaks else '' for w in widths),
                       *growth({w: median(s) for w, s in epochs.items()}, {w: median(p) for w, p in peaks.items()})])
    return '\n\n'.join([
        f'### Speed\n\n{machine(part)}. Seconds an epoch, median of the rounds (least to most):',
        table(['', *sizes], seconds),
        "Times as fast as the chapter's loop as printed / as the same with all cores / as PyTorch's Adam:",
        table(['', *sizes, 'measured on'], ratios),
        f'Seconds over what the convolutions and Gram matrices need at {rate:.0f} GFLOP/s, the best rate of sgemm in '
        f'this run ({min(part["sgemm"]):.0f} to {rate:.0f}):',
        table(['', *sizes], shares),
        'Peak memory of the process in MB; exponent of the seconds over the pixels; MB for each further megapixel:',
        table(['', *sizes, 'exponent', 'MB a megapixel'], memory)])


def times_as_fast(reference, seconds):
    """Ratio of the medians of two lists, or a dash where one was not measured."""
    return f'{median(reference) / median(seconds):.2f}' if reference and seconds else '–'


def growth(seconds, peaks):
    """Exponent p of seconds ~ pixels^p, fitted over the sizes, and MB a megapixel; dashes where there is one size."""
    if len(seconds) < 2:
        return '–', '–'
    widths = sorted(seconds)
    exponent = np.polyfit(2 * np.log(widths), np.log([seconds[w] for w in widths]), 1)[0]
    first, last = widths[0], widths[-1]
    return f'{exponent:.2f}', f'{(peaks[last] - peaks[first]) / (last ** 2 - first ** 2) * 1.5e6:.0f}'


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
    runs = {run['label']: run for run in results['quality']['runs'] if run['title'] == 'embedded'}
    for (label, run), line in zip(runs.items(), lines):
        times = np.cumsum([0, *run['seconds'][1:]])
        left.plot(times[1:], np.minimum.accumulate(run['losses'])[1:], ls=line, label=label)
    left.set(xscale='log', yscale='log', xlabel='seconds (log scale)', ylabel='least loss so far (log scale)',
             title='embedded backbone, 225×150')
    left.legend(fontsize=8)
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
