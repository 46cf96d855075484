"""Keep a program from what is not its own: files that it has no use for, the network, and other programs.

Landlock does it, a part of Linux since 5.13 (network since 6.7, signals since 6.12) that asks for no rights and no
program to be installed; https://docs.kernel.org/userspace-api/landlock.html. PyPI's `landlock` knows files only. Where
the system lacks it, the program runs as it is: `strength` says how much there is. `apart.py` calls it.
"""
import ctypes
import importlib.util
import os
import sys
from pathlib import Path

CREATE, ADD, RESTRICT = 444, 445, 446  # numbers of the system calls, the same on every processor
VERSION, PATH_BENEATH, NO_NEW_PRIVILEGES = 1, 1, 38
EXECUTE, WRITE, READ_FILE, READ_FOLDER, MAKE_SOCKET, TRUNCATE = (1 << bit for bit in (0, 1, 2, 3, 9, 14))
READ = EXECUTE | READ_FILE | READ_FOLDER
CHANGES = WRITE | sum(1 << bit for bit in range(4, 13))  # remove and make whatever a folder can hold
RENAME = 1 << 13  # from one folder to another
OF_FILES = EXECUTE | WRITE | READ_FILE | TRUNCATE  # what a rule for one file may hold
BIND_AND_CONNECT, ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3
DEVICES = ('null', 'zero', 'full', 'random', 'urandom', 'tty')
# programs, libraries and what they look up; of the system's settings only what Python, fonts and libraries ask for
SYSTEM = ('/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store', '/gnu/store', '/proc', '/sys/devices',
          '/var/cache/fontconfig', *(f'/etc/{name}' for name in (
              'alternatives', 'fonts', 'group', 'hosts', 'ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'locale.alias',
              'localtime', 'magic', 'mime.types', 'nsswitch.conf', 'os-release', 'passwd', 'ssl/openssl.cnf',
              'timezone')))


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


def readable():
    """What a submission may read besides its home: the system's programs, this Python, its packages, and ours."""
    package = importlib.util.find_spec('d2l_style')
    libraries = os.environ.get('LD_LIBRARY_PATH', '').split(os.pathsep)
    return [*SYSTEM, sys.prefix, sys.base_prefix, *(package.submodule_search_locations if package else ()),
            *filter(os.path.isabs, libraries)]


def confine(folders, sockets):
    """Keep this process and all that it starts from everything but `folders` and what is `readable`; for good.

    `sockets`: a folder in which it may make those of a kernel, and change nothing.
    """
    version = strength()
    if not version:
        return
    changes = CHANGES | (RENAME if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = Rules(READ | changes, BIND_AND_CONNECT if version >= 4 else 0,
                  ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _call(CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    for path in readable():
        _allow(ruleset, path, READ)
    for path in folders:
        _allow(ruleset, path, READ | changes)
    _allow(ruleset, sockets, READ | MAKE_SOCKET)
    for name in DEVICES:
        _allow(ruleset, f'/dev/{name}', READ_FILE | changes & (WRITE | TRUNCATE))
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _call(RESTRICT, ruleset, 0)


def _allow(ruleset, path, files):
    if Path(path).exists():
        opened = os.open(path, os.O_PATH)
        _call(ADD, ruleset, PATH_BENEATH,
              ctypes.byref(Allowed(files if Path(path).is_dir() else files & OF_FILES, opened)), 0)
        os.close(opened)


def _call(number, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    result = library.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
