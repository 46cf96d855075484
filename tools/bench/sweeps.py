"""Throughput of a sweep: in this process, with one Dask worker, and with two (or as many as there are cores).

    python tools/bench/sweeps.py

The same 12 cells (225×150, embedded backbone, 40 epochs), each way once to get warm and then
`ROUNDS` times in turn. Each process gets its share of the cores. Prints and stores cells per minute
and the ratio to this process, medians.
"""
from d2l_style.beyond.sweep import sweep
from d2l_style.compat.threads import cores

import json
import tempfile
import time
from pathlib import Path

import numpy as np
from distributed import Client, LocalCluster
from processor import processor

RESULTS = Path(__file__).parent / 'results' / 'sweep.json'
ROUNDS = 3


def cells_per_minute(client, grid):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        table = sweep(folder, client=client, progress=False, **grid).table
        seconds = time.perf_counter() - start
    assert (table['error'] == '').all()
    return 60 * len(table) / seconds


def main():
    grid = {'style_weight': [1e2, 1e3, 1e4, 1e5], 'tv_weight': [0, 10, 100], 'epochs': 40}
    many = max(2, cores())
    rates = {}
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as one, \
            LocalCluster(n_workers=many, threads_per_worker=1, dashboard_address=None) as more, \
            Client(one) as first, Client(more) as second:
        ways = {'this process': None, '1 worker, 1 thread': first, f'{many} workers, 1 thread each': second}
        for _ in range(ROUNDS + 1):
            for way, client in ways.items():
                rates.setdefault(way, []).append(cells_per_minute(client, grid))
    medians = {way: float(np.median(found[1:])) for way, found in rates.items()}
    print(processor())
    for way, rate in medians.items():
        print(f'{way:28s} {rate:6.1f} cells a minute, {rate / medians["this process"]:.2f} times this process')
    found = {'processor': processor(), 'cores': cores(), 'cells a minute': medians}
    RESULTS.write_text(json.dumps(found, indent=2) + '\n')


if __name__ == '__main__':
    main()
