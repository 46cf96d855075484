"""Start a program that can write into one folder only, reaches no network, and signals no process but its own.

    python classroom/course/landlock.py FOLDER PROGRAM ARGUMENT …

Landlock does it, a part of Linux since 5.13 (network since 6.7, signals since 6.12) that asks for no rights and no
program to be installed; https://docs.kernel.org/userspace-api/landlock.html. PyPI's `landlock` knows files only. Where
the system lacks it, the program runs as it is: `strength` says how much there is.
"""
import ctypes
import os
import sys
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446  # numbers of the system calls, the same on every processor
VERSION, PATH_BENEATH, NO_NEW_PRIVILEGES = 1, 1, 38
WRITE, TRUNCATE = 1 << 1, 1 << 14
CHANGES = WRITE | sum(1 << bit for bit in range(4, 13))  # remove and make whatever a folder can hold
RENAME = 1 << 13  # from one folder to another
BIND_AND_CONNECT, ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3
DEVICES = ('null', 'zero', 'full', 'random', 'urandom', 'tty')


class Rules(ctypes.Structure):
    """What a program is kept from: bits for files, TCP, and processes outside."""

    _fields_ = [('files', ctypes.c_uint64), ('network', ctypes.c_uint64), ('scope', ctypes.c_uint64)]


class Allowed(ctypes.Structure):
    """A path below which some of it is allowed."""

    _pack_ = 1
    _layout_ = 'ms'
    _fields_ = [('files', ctypes.c_uint64), ('path', ctypes.c_int32)]


def strength():
    """The version of Landlock: 0 nothing, 1 files, 4 the network too, 6 signals too."""
    try:
        return max(0, _call(CREATE, None, ctypes.c_size_t(0), VERSION))
    except (OSError, AttributeError, TypeError):  # not Linux, or switched off
        return 0


def confine(folder):
    """Keep this process and all that it starts from everything but `folder`; for good."""
    version = strength()
    if not version:
        return
    files = CHANGES | (RENAME if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = Rules(files, BIND_AND_CONNECT if version >= 4 else 0, ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _call(CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    for path in (folder, '/dev/shm'):
        _allow(ruleset, path, files)
    for name in DEVICES:
        _allow(ruleset, f'/dev/{name}', files & (WRITE | TRUNCATE))
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _call(RESTRICT, ruleset, 0)


def _allow(ruleset, path, files):
    if Path(path).exists():
        opened = os.open(path, os.O_PATH)
        _call(ADD, ruleset, PATH_BENEATH, ctypes.byref(Allowed(files, opened)), 0)
        os.close(opened)


def _call(number, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    result = library.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


if __name__ == '__main__':
    confine(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])
