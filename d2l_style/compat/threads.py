"""Threads: let MXNet use every core of the processor.

MXNet 1.9.1 takes half of the processors it sees, because it expects two for each core. Where
that is not so (virtual machines, Apple and Arm processors, many laptops) half of the cores idle.
A container may be allowed less than the machine has, which MXNet does not ask for either.
"""
import os

from . import settings


def cores():
    """Number of physical cores that this process, or its container, may use, at least 1."""
    import psutil
    from dask.system import cpu_count
    return max(1, min(cpu_count(), psutil.cpu_count(logical=False) or cpu_count()))


def use_all_cores():
    """Set what OpenMP reads when MXNet is loaded; what the user has set in the environment stays."""
    # where OpenMP's own limit holds back threads that oneDNN has asked for, it waits for them for ever
    limit = int(os.environ.pop('OMP_THREAD_LIMIT', settings.LARGEST))
    os.environ['OMP_NUM_THREADS'] = str(min(int(os.environ.get('OMP_NUM_THREADS') or cores()), limit))
    if 'OMP_WAIT_POLICY' not in os.environ:
        # an epoch is hundreds of short parallel loops: waking a sleeping thread takes longer than
        # some of them. Wait awake, but only as long as libgomp does by default (300,000 turns)
        os.environ['OMP_WAIT_POLICY'] = 'active'
        os.environ.setdefault('GOMP_SPINCOUNT', '300000')
