"""A confined program writes into its folder, and reaches nothing else."""
import socket
import subprocess
import sys
import threading

import apart
import landlock
import pytest

TRIES = '''
import os, socket, sys
inside, outside, port = sys.argv[1:]
def can(what, *arguments):
    try:
        what(*arguments)
        return 'can'
    except PermissionError:
        return 'may not'
def write(name):
    open(name, 'w').close()
print('write inside', can(write, inside + '/new'))
print('rename inside', can(os.rename, inside + '/new', inside + '/newer'))
print('read outside', can(lambda: open(outside).read()))
print('list outside', can(os.listdir, os.path.dirname(outside)))
print('null', can(write, '/dev/null'))
print('write', can(write, outside))
print('make', can(os.mkdir, outside + '.folder'))
print('remove', can(os.unlink, outside))
print('rename out', can(os.rename, inside + '/newer', outside + '.moved'))
print('connect', can(socket.create_connection, ('127.0.0.1', int(port))))
print('memory of another', can(lambda: open(f'/proc/{os.getppid()}/environ').read()))
print('signal', can(os.kill, os.getppid(), 0))
'''
pytestmark = pytest.mark.skipif(landlock.strength() < 1, reason='NO LANDLOCK: Linux 5.13 or newer has it, '
                                'unless lsm= at its start leaves it out')


def test_a_confined_program_writes_into_its_folder_only(tmp_path):
    inside, sockets, outside = tmp_path / 'home', tmp_path / 'run', tmp_path / 'other'
    inside.mkdir()
    sockets.mkdir()
    outside.write_text('of another')
    with socket.create_server(('127.0.0.1', 0)) as server:
        threading.Thread(target=lambda: [server.accept() for _ in range(1)], daemon=True).start()
        program = [sys.executable, '-c', TRIES, inside, outside, str(server.getsockname()[1])]
        done = subprocess.run(apart.command(inside, sockets, program, 'no'), capture_output=True, text=True)
    assert not done.stderr
    allowed = {line.rsplit(' ', 1 if line.endswith('can') else 2)[0]: line.endswith('can')
               for line in done.stdout.splitlines()}
    assert allowed == {'write inside': True, 'rename inside': True, 'read outside': False,
                       'list outside': False, 'null': True, 'write': False,
                       'make': False, 'remove': False, 'rename out': False, 'connect': landlock.strength() < 4,
                       'memory of another': False, 'signal': landlock.strength() < 6}
    assert outside.read_text() == 'of another'


@pytest.mark.parametrize('way', ['no', 'yes'][:1 + apart.possible()])
def test_each_program_has_a_keyring_of_its_own(tmp_path, way):
    for name in ('home', 'run'):
        (tmp_path / name).mkdir()
    serial = f'print(__import__("ctypes").CDLL(None).syscall({apart.KEYCTL}, 0, -3, 1))'  # of the session's keyring
    command = [str(part) for part in apart.command(tmp_path / 'home', tmp_path / 'run', [sys.executable, '-c', serial],
                                                   way)]
    session = f"""import ctypes, subprocess
ctypes.CDLL(None).syscall({apart.KEYCTL}, {apart.NEW_KEYRING}, None)
for _ in range(2):
    subprocess.run({command!r})
{serial}"""
    done = subprocess.run([sys.executable, '-c', session], capture_output=True, text=True)
    serials = done.stdout.split()
    if '-1' in serials:
        pytest.skip('NO KEYRINGS: this system or container keeps them from programs')
    assert len(serials) == len(set(serials)) == 3, done.stderr


def test_a_program_runs_where_the_system_cannot_confine(tmp_path, monkeypatch):
    def no_such_call(*arguments):
        raise OSError('not here')
    monkeypatch.setattr(landlock, '_call', no_such_call)
    assert landlock.strength() == 0
    landlock.confine([tmp_path], tmp_path)  # and goes on
