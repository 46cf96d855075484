import json
import subprocess
import sys
from pathlib import Path

import pytest
import report

from ..systems import WINDOWS

pytestmark = [pytest.mark.slow, pytest.mark.skipif(WINDOWS, reason='speed is measured on Linux')]

BENCH = Path(__file__).resolve().parents[2] / 'tools' / 'bench'
MACHINE = {'date': '2026-01-31', 'processor': 'none', 'cores': 2, 'memory_gb': 4, 'python': '3.11.0',
           'blas_core': 'Haswell'}


def competitor(*arguments):
    done = subprocess.run([sys.executable, BENCH / 'competitor.py', *map(str, arguments)], capture_output=True,
                          text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_all_competitors_start_from_the_same_loss():
    runs = {name: competitor(name, '--net', 'vgg19', '--width', 48, '--height', 32, '--epochs', 2)
            for name in ('chapter', 'ours', 'tuned', 'fast')}
    first = runs['chapter']['losses'][0]
    assert [run['losses'][0] for run in runs.values()] == pytest.approx([first] * 4, rel=1e-4)
    assert runs['ours']['losses'][1] == pytest.approx(runs['chapter']['losses'][1], rel=1e-4)
    assert all(len(run['seconds']) == 2 and run['peak_mb'] > 0 for run in runs.values())


def test_the_work_of_an_epoch_is_counted(tmp_path):
    # one 3×3 convolution of VGG-19, conv5_1 at 14×9, and its Gram matrix, forward and back
    conv5_1 = (9 * 512 * 512 + 512 * 512) * 14 * 9 * 4 / 1e9
    gflop = competitor('store', '--net', 'vgg19', '--file', tmp_path / 'stored.npz')['gflop']
    assert conv5_1 < gflop < 100 * conv5_1
    assert gflop == pytest.approx(49.9, abs=0.1)


def speed(label, width, epoch):
    return {'label': label, 'width': width, 'epoch': epoch, 'gflop': width ** 2 / 1e4, 'peak_mb': width}


def test_tables_give_medians_ratios_and_growth():
    chapter = [speed(report.REFERENCE + cores, w, s * w ** 2 / 1e4)
               for cores, s in (('', 4), (', all cores', 2)) for w in (100, 200)]
    ours = [speed('ours', w, s * w ** 2 / 1e4) for w in (100, 200) for s in (0.5, 0.4, 0.9)]
    text = report.speed_tables({'machine': MACHINE, 'rows': chapter + ours, 'sgemm': [3.0, 4.0]})
    assert '| ours | 0.5 (0.4 to 0.9) | 2 (1.6 to 3.6) |' in text
    assert '| ours | 8.00 / 4.00 / – | 8.00 / 4.00 / – | none, OpenBLAS for Haswell |' in text
    assert '| ours | 2.00 | 2.00 |' in text  # 0.25 s at 4 GFLOP/s
    assert '| ours | 100 | 200 | 1.00 |' in text


def test_one_size_and_no_chapter_leave_dashes():
    rows = [speed('train, embedded', 225, 0.03), speed('PyTorch, embedded, Adam', 225, 0.045)]
    text = report.speed_tables({'machine': MACHINE, 'rows': rows, 'sgemm': [3.0]})
    assert '| train, embedded | – / – / 1.50 | none, OpenBLAS for Haswell |' in text
    assert '| train, embedded | 225 | – | – |' in text


def test_each_processor_keeps_its_results(tmp_path, capsys):
    part = {'machine': MACHINE, 'rows': [speed('train, embedded', 225, 0.03)], 'sgemm': [3.0]}
    run = {'title': 'embedded', 'label': report.TARGET, 'losses': [9, 5], 'seconds': [1, 1]}
    quality = {'machine': MACHINE, 'runs': [run]}
    report.write({'AMD EPYC': {'speed': part, 'quality': quality}, 'Intel Xeon': {'speed': part}}, tmp_path)
    text = (tmp_path / 'results.md').read_text(encoding='utf-8')
    assert text.index('## AMD EPYC') < text.index('## Intel Xeon')
    assert {file.name for file in tmp_path.iterdir()} == {'results.md', 'AMD-EPYC.svg'}, 'a plot needs both halves'
    assert capsys.readouterr().out


def test_the_processors_rate_is_the_best_of_two_libraries():
    rates = competitor('sgemm')
    assert rates['gflop_per_second'] == max(rates['mxnet'], rates['numpy']) > 0
    assert rates['core']


def test_time_to_a_loss_counts_from_the_first_one():
    run = {'losses': [9, 5, 3, 2], 'seconds': [100, 1, 2, 4]}
    assert report.reached(run, 3) == (3, 3)
    assert report.reached(run, 9) == (0, 1)
    assert report.reached(run, 1) is None
