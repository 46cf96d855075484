"""Accounts of a class on one machine: each student has a Unix account, a home closed to all others, and notebooks.

`jupyterhub_config.py` calls these as root. What an update of the project changes reaches a student's copy only where
the student has not changed it.
"""
import dbm
import hashlib
import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SYSTEMD = Path('/run/systemd/system')  # is there where systemd runs
LONGEST = 21  # letters; below it: /run/, a name of 31, /kernel-, its number of 36, -ipc-1
MARK = 'Neural style class'  # accounts that are ours; the machine's own are nobody's to sign in with
COPIED, LINKED = ('notebooks',), ('d2l_style', 'docs', 'img', 'README.md')
PRIVATE = ('classroom/course', 'tests', '.git')  # where solutions and hidden tests are


def unfit(folders, data):
    """Why the hub can't be run here, a sentence, or ''.

    `folders`: those that every student has to read. `data`: the hub's, below which are the sockets of kernels.
    """
    if os.geteuid():
        return 'The hub gives each student an account of their own, which only root can do: sudo make hub'
    closed = next((parent for folder in folders for parent in (folder, *folder.parents)
                   if not parent.stat().st_mode & 0o001), None)
    if closed:
        return (f'Students cannot read {closed}, where the project or its Python is: move the project to a folder that '
                'all may read, such as /opt, make clean, and make hub again')
    if len(str(data)) > LONGEST:
        return f'HUB_DATA={data} is too long: at most {LONGEST} letters, since Linux allows a socket a path of 107'
    return ''


def of_the_machine():
    """Names of accounts that were there before the class: nobody signs in with them."""
    return {entry.pw_name for entry in pwd.getpwall() if entry.pw_gecos.split(',')[0] != MARK}


def make_account(name, homes):
    """The entry of the account `name`, made where there is none. Raises `PermissionError` for one of the machine's."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        subprocess.run(['useradd', '--create-home', '--base-dir', homes, '--user-group', '--shell', '/bin/bash',
                        '--comment', MARK, '--', name], check=True, capture_output=True)
        entry = pwd.getpwnam(name)
    if entry.pw_gecos.split(',')[0] != MARK:
        raise PermissionError(f'{name} is an account of this machine: sign up with another name')
    Path(entry.pw_dir).chmod(0o700)
    return entry


def make_runtime(entry, folder):
    """A folder of the account `entry` for the sockets of its kernels, closed to others: its path has to be short."""
    folder.mkdir(exist_ok=True)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)
    return folder


def limits(uid, memory, processors, tasks):
    """What to put before a command of account `uid` where there is no systemd.

    `memory`: bytes of all that it may use; a process may ask for twice as much, since most of that is never touched.
    It gets `processors` of those of this machine, its neighbour the next ones.
    """
    usable = sorted(os.sched_getaffinity(0))
    own = {usable[(uid * processors + k) % len(usable)] for k in range(processors)}
    return ['prlimit', f'--as={2 * memory}', f'--nproc={tasks}',
            'taskset', '--cpu-list', ','.join(map(str, sorted(own)))]


def close_what_is_private(teacher):
    """Solutions, hidden tests and marks: for the teacher's account and root only."""
    for name in PRIVATE:
        if (PROJECT / name).exists():
            (PROJECT / name).chmod(0o700)
    course = PROJECT / 'classroom' / 'course'
    for path in (course, *course.rglob('*')):
        os.chown(path, teacher.pw_uid, teacher.pw_gid, follow_symlinks=False)


def give_notebooks(home):
    """Copy the notebooks into `home`, and show the package beside them; what was changed there stays as it is.

    Runs with the student's rights. What was given is kept in `.neural-style.json`, {file: SHA-256}.
    """
    target, record = home / 'neural-style', home / '.neural-style.json'
    given = json.loads(record.read_text()) if record.exists() else {}
    target.mkdir(exist_ok=True)
    for name in LINKED:
        if not (target / name).is_symlink() and not (target / name).exists():
            (target / name).symlink_to(PROJECT / name)
    for source in (file for folder in COPIED for file in sorted((PROJECT / folder).rglob('*.ipynb'))):
        name = str(source.relative_to(PROJECT))
        file, new = target / name, _digest(source)
        if (file.exists() and _digest(file) != given.get(name)) or (not file.exists() and name in given):
            continue  # changed, or thrown away
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, file)
        given[name] = new
    record.write_text(json.dumps(given))


def secure_dask(home):
    """Let Dask's workers of this account speak to nobody else: on one machine, all can reach their ports.

    Runs with the student's rights. `sweep` on workers, and `Client()`, then use TLS with a certificate of their own.
    """
    folder = home / '.config' / 'dask'
    if (folder / 'hub.yaml').exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / 'key.pem', folder / 'certificate.pem'
    curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    subprocess.run(['openssl', 'req', '-x509', *curve, '-days', '3650', '-subj', '/CN=dask', '-keyout', key,
                    '-out', certificate], check=True, capture_output=True)
    pair = {'key': str(key), 'cert': str(certificate)}
    (folder / 'hub.yaml').write_text(json.dumps({'distributed': {'comm': {  # JSON is YAML
        'require-encryption': True,
        'tls': {'ca-file': str(certificate), 'client': pair, 'scheduler': pair, 'worker': pair}}}}))


def _digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def set_password(file, name, password):
    """Store a password where FirstUseAuthenticator keeps those that students choose: for the teacher."""
    import bcrypt
    with dbm.open(file, 'c', 0o600) as passwords:
        passwords[name] = bcrypt.hashpw(password.encode(), bcrypt.gensalt())


if __name__ == '__main__':
    give_notebooks(Path(sys.argv[1]))
    if '--dask' in sys.argv:
        secure_dask(Path(sys.argv[1]))
