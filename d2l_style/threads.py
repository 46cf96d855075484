"""Threads: let MXNet use every core of the processor. Has to be imported before MXNet is.

MXNet 1.9.1 takes half of the processors it sees, because it expects two for each core. Where
that is not so (virtual machines, Apple and Arm processors, many laptops) half of the cores idle.
"""
import os
import sys
import warnings

import psutil


def cores():
    """Number of physical cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))


def use_all_cores():
    """Set what OpenMP reads when MXNet is loaded; what the user has set in the environment stays.

    Warns if MXNet was loaded before with another setting, because then nothing can be changed.
    """
    if 'mxnet' in sys.modules:
        if 'OMP_NUM_THREADS' not in os.environ:
            warnings.warn('mxnet was imported before d2l_style and may use half of the cores: import d2l_style '
                          'first, or set the environment variable OMP_NUM_THREADS', stacklevel=3)
        return
    os.environ.setdefault('OMP_NUM_THREADS', str(cores()))
    if 'OMP_WAIT_POLICY' not in os.environ:
        # an epoch is hundreds of short parallel loops: waking a sleeping thread takes longer than
        # some of them. Wait awake, but only as long as libgomp does by default (300,000 turns)
        os.environ['OMP_WAIT_POLICY'] = 'active'
        os.environ.setdefault('GOMP_SPINCOUNT', '300000')
