"""Start a submission's kernel apart: what it starts and what it leaves anywhere ends with it.

    python classroom/course/apart.py yes|no HOME SOCKETS PROGRAM ARGUMENT …

Namespaces of Linux do it, without root: the program has its own processes, shared memory and network (none), a disk
that it can only read, and a home and a `/dev/shm` in memory, of limited size. Then `landlock.py` says what of the disk
it may read. Ubuntu from 23.10 on and most containers give users no namespaces, and `possible` says so: there ("no")
Landlock alone holds, nothing is written to `/dev/shm`, and the grading process ends what is left.
"""
import ctypes
import functools
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import landlock

WRITTEN = 300_000_000  # bytes of all that a submission writes into its home, where it is in memory
SHARED = 100_000_000  # bytes in /dev/shm
PROGRAMS = 400  # processes and threads of a submission
USER, MOUNTS, PROCESSES, SHARED_MEMORY, NETWORK = 0x10000000, 0x20000, 0x20000000, 0x8000000, 0x40000000
BIND, ALL_BELOW, PRIVATE = 0x1000, 0x4000, 0x40000  # of mount
SET_ATTRIBUTES, HERE, RECURSIVE, READ_ONLY = 442, -100, 0x8000, 1  # of mount_setattr, since Linux 5.12
END_WITH_PARENT = 1  # of prctl
KEYCTL, NEW_KEYRING = {'x86_64': 250}.get(os.uname().machine, 219) if sys.platform == 'linux' else 0, 1
CAPABILITIES, NO_NEW_PRIVILEGES = 0x20080522, 38  # the version of capget and capset; of prctl
OF_ANY_OWNER = 1 << 1 | 1 << 2  # of root's capabilities: to read and write files, on which Landlock has the say
COVERED = ('/run', '/tmp/.X11-unix')  # sockets of the teacher's own session: systemd, D-Bus, the screen


class Attributes(ctypes.Structure):
    """What mount_setattr sets and clears."""

    _fields_ = [(name, ctypes.c_uint64) for name in ('set', 'clear', 'propagation', 'user')]


@functools.cache
def possible():
    """Whether namespaces are given to this account, a trial of which takes a tenth of a second."""
    if sys.platform != 'linux':
        return False
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as sockets:
        return not subprocess.run(command(home, sockets, [sys.executable, '-c', ''], 'yes'),
                                  capture_output=True).returncode


def command(home, sockets, program, apart=None):
    """What starts `program`, a list, apart, where that is `possible`."""
    return [sys.executable, __file__, apart or ('yes' if possible() else 'no'), home, sockets, *program]


def lacking():
    """Sentences on what this system can't keep a submission from."""
    found = []
    if not landlock.strength():
        found.append('This system lacks Landlock: a submission could read and change your files (docs/teachers.md)')
    if not possible():
        found.append('This system gives users no namespaces: a submission could change the permissions of your files, '
                     'and leave something behind (docs/teachers.md)')
    return found


def enter():
    """Namespaces of its own for what this process starts; of itself, for its files and network."""
    user, group = os.getuid(), os.getgid()
    _call('unshare', USER | MOUNTS | PROCESSES | SHARED_MEMORY | NETWORK)
    Path('/proc/self/setgroups').write_text('deny')
    Path('/proc/self/uid_map').write_text(f'{user} {user} 1')
    Path('/proc/self/gid_map').write_text(f'{group} {group} 1')


def close_the_disk(home, sockets):
    """Let nothing be written but in the empty places in memory that are laid over `home` and `/dev/shm`.

    Files that lie in `home` are there, too; `sockets` stays as it is, since who asks the kernel looks there.
    """
    working, given = Path.cwd(), {file.name: file.read_bytes() for file in Path(home).iterdir() if file.is_file()}
    _call('mount', None, b'/', None, ALL_BELOW | PRIVATE, None)
    _attributes('/', Attributes(set=READ_ONLY), RECURSIVE)
    _call('mount', os.fsencode(sockets), os.fsencode(sockets), None, BIND, None)
    _attributes(sockets, Attributes(clear=READ_ONLY), 0)
    needed = [home, sockets, *landlock.readable()]
    for folder in COVERED:
        if Path(folder).is_dir() and not any(Path(path).resolve().is_relative_to(folder) for path in needed):
            _memory(folder, 4096)
    _memory('/dev/shm', SHARED)
    _memory(home, WRITTEN)
    for name, content in given.items():
        Path(home, name).write_bytes(content)
    if working.is_relative_to(home):
        working.mkdir(parents=True, exist_ok=True)
    os.chdir(working)
    _call('mount', b'proc', b'/proc', b'proc', 0, None)


def run(home, sockets, command):
    """Run `command` in namespaces until it ends, hand interrupts on to it, and return its exit status."""
    enter()
    first = os.fork()  # process 1 of those: when it ends, the system ends all others
    if first == 0:
        os.setsid()  # else an interrupt of the group would be handed on by both, and the program have two
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
        close_the_disk(home, sockets)
        program = os.fork()
        if program == 0:
            os.setsid()
            _limit_programs()
            os.environ.pop('JPY_PARENT_PID', None)  # the kernel would think that nobody needs it: its parent is 1
            start(command, [home, '/dev/shm'], sockets)
        os._exit(_wait_for(program))
    return _wait_for(first)


def start(command, folders, sockets):
    """Become `command`, confined to `folders` and `sockets`."""
    if sys.platform == 'linux':  # a session's keyring would carry texts from one program to the next
        ctypes.CDLL(None).syscall(KEYCTL, NEW_KEYRING, None)
    landlock.confine(folders, sockets)
    if sys.platform == 'linux':
        give_up_capabilities()
    os.execv(command[0], command)


def give_up_capabilities():
    """Keep of root's rights only those `OF_ANY_OWNER`: CAP_PERFMON reads any process's memory, Landlock or not."""
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    header, rights = (ctypes.c_uint32 * 2)(CAPABILITIES), (ctypes.c_uint32 * 6)()
    _call('capget', header, rights)
    effective, permitted, *_ = rights
    rights[:] = [effective & OF_ANY_OWNER, permitted & OF_ANY_OWNER, 0, 0, 0, 0]
    _call('capset', header, rights)


def _wait_for(process):
    signal.signal(signal.SIGINT, lambda *_: os.kill(process, signal.SIGINT))
    while True:
        ended, status = os.wait()
        if ended == process:
            return os.waitstatus_to_exitcode(status) % 256


def _limit_programs():
    import resource
    resource.setrlimit(resource.RLIMIT_NPROC, (PROGRAMS, PROGRAMS))


def _memory(folder, size):
    """An empty folder in memory, laid over `folder`."""
    _call('mount', b'tmpfs', os.fsencode(folder), b'tmpfs', 0, f'size={size},nr_inodes=20000,mode=700'.encode())


def _attributes(path, attributes, how):
    landlock._call(SET_ATTRIBUTES, HERE, os.fsencode(path), how, ctypes.byref(attributes), ctypes.c_size_t(32))


def _call(name, *arguments):
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        raise OSError(ctypes.get_errno(), f'{name}: {os.strerror(ctypes.get_errno())}')


def main(apart, home, sockets, *command):
    if apart == 'yes':
        sys.exit(run(home, sockets, command))
    start(command, [home], sockets)


if __name__ == '__main__':
    main(*sys.argv[1:])
