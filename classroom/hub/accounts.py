"""Accounts of a class on one machine: each student has a Unix account, a home closed to all others, and notebooks.

`jupyterhub_config.py` calls these as root. What an update of the project changes reaches a student's copy only where
the student has not changed it.
"""
import dbm
import hashlib
import json
import os
import pwd
import stat
import struct
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SYSTEMD = Path('/run/systemd/system')  # is there where systemd runs
LONGEST = 21  # letters; below it: /run/, a name of 31, /kernel-, its number of 36, -ipc-1
MARK = 'Neural style class'  # accounts that are ours; the machine's own are nobody's to sign in with
# what is the students' of this project, besides its Python: what they get a copy of, what lies beside it, our settings
NOTEBOOKS = ('01_pictures', '02_features', '03_losses', '04_training', '05_style_lab', '06_exercises', '07_sweeps',
             '08_why_is_it_fast', 'app_style_lab')
LINKED, SETTINGS = ('d2l_style', 'docs', 'img', 'README.md'), ('classroom/hub',)
ACL, ANYBODY = 'system.posix_acl_default', 0xffffffff  # what a folder says of all that is made in it, and a blank in it


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


def theirs():
    """The list of what students may read in this project; all else is closed."""
    python = [path for path in (Path(sys.prefix), Path(sys.base_prefix)) if path.is_relative_to(PROJECT)]
    return [path for path in (*(PROJECT / name for name in (*LINKED, *SETTINGS)), *python) if path.exists()]


def open_what_is_theirs():
    """Open what is on the list to all, where it was made anew in a closed folder."""
    for path in theirs():
        if not path.stat().st_mode & stat.S_IROTH:
            for one in (path, *path.rglob('*')):
                if not one.is_symlink():
                    mode = one.stat().st_mode
                    one.chmod(mode | (0o055 if mode & 0o100 else 0o044))
                    _closed_from_the_start(one, False)


def close_the_rest(teacher):
    """Close the project to students but for what is theirs, and leave it readable to the teacher.

    Through the folders above what is theirs they pass, and cannot list them. What is made there later, by whomever, is
    closed from the start, by the folder's default ACL; where the file system has none, at the next sign-in.
    """
    open_to_all = theirs()
    passed = {parent for path in open_to_all for parent in path.parents if parent.is_relative_to(PROJECT)}
    for folder in passed:
        os.chown(folder, -1, teacher.pw_gid)
        folder.chmod(0o2751)  # what is made in it gets the teacher's group
        _closed_from_the_start(folder, True)
        for path in folder.iterdir():
            if path not in passed and path not in open_to_all and not path.is_symlink():
                mode = path.stat().st_mode
                if mode & 0o007:
                    os.chown(path, -1, teacher.pw_gid)
                    path.chmod(mode & 0o700 | mode >> 3 & 0o050)


def _closed_from_the_start(path, closed):
    """Say in a folder's default ACL that what is made in it is not for others, or nothing."""
    try:
        if closed:
            entries = ((0x01, 7), (0x04, 5), (0x20, 0))  # its owner, its group, others
            os.setxattr(path, ACL, struct.pack('<I', 2) + b''.join(
                struct.pack('<HHI', who, what, ANYBODY) for who, what in entries))
        elif path.is_dir():
            os.removexattr(path, ACL)
    except OSError:  # a file system without
        pass


def give_course(teacher):
    """The course is the teacher's: nobody else but root looks into it."""
    course = PROJECT / 'classroom' / 'course'
    course.chmod(0o700)
    for path in (course, *course.rglob('*')):
        os.chown(path, teacher.pw_uid, teacher.pw_gid, follow_symlinks=False)


def make_exchange(exchange, teacher, course='neural-style'):
    """The folders of nbgrader's exchange for a course, the teacher's before a student could make them.

    Into inbound students write without seeing what is there, and only the teacher takes something away; in feedback
    each file has a name that its student alone knows. `exchange` itself everybody can write to, or nbgrader stops.
    """
    for folder, mode in ((exchange / course, 0o755), (exchange / course / 'outbound', 0o755),
                         (exchange / course / 'inbound', 0o3733), (exchange / course / 'feedback', 0o711)):
        if folder.is_symlink() or (folder.exists() and folder.stat().st_uid not in (0, teacher.pw_uid)):
            folder.rename(folder.with_name(f'{folder.name}-of-a-student-{os.getpid()}'))
        folder.mkdir(exist_ok=True)
        os.chown(folder, teacher.pw_uid, teacher.pw_gid, follow_symlinks=False)
        folder.chmod(mode)


def notebooks():
    """{name below the project: text} of the notebooks that students get."""
    files = {f'notebooks/{name}.ipynb': PROJECT / 'notebooks' / f'{name}.ipynb' for name in NOTEBOOKS}
    return {name: file.read_text('utf-8') for name, file in files.items() if file.exists()}


def give_notebooks(home, given_out):
    """Store notebooks in `home`, and show the package beside them; what was changed there stays as it is.

    Runs with the student's rights. `given_out`: see `notebooks`. What was given is kept in `.neural-style.json`,
    {file: SHA-256}.
    """
    target, record = home / 'neural-style', home / '.neural-style.json'
    given = json.loads(record.read_text()) if record.exists() else {}
    target.mkdir(exist_ok=True)
    for name in LINKED:
        if not (target / name).is_symlink() and not (target / name).exists():
            (target / name).symlink_to(PROJECT / name)
    for name, text in given_out.items():
        file = target / name
        if (file.exists() and _digest(file.read_bytes()) != given.get(name)) or (not file.exists() and name in given):
            continue  # changed, or thrown away
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        given[name] = _digest(text.encode())
    record.write_text(json.dumps(given))


def secure_dask(home):
    """Let Dask's workers of this account speak to nobody else: on one machine, all can reach their ports.

    Runs with the student's rights. `sweep` on workers, and `Client()`, then use TLS with a certificate of their own.
    Their status pages, which know no password, are empty.
    """
    folder = home / '.config' / 'dask'
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / 'key.pem', folder / 'certificate.pem'
    if not certificate.exists():
        curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
        subprocess.run(['openssl', 'req', '-x509', *curve, '-days', '3650', '-subj', '/CN=dask', '-keyout', key,
                        '-out', certificate], check=True, capture_output=True)
    pair, no_pages = {'key': str(key), 'cert': str(certificate)}, {'http': {'routes': []}}
    (folder / 'hub.yaml').write_text(json.dumps({'distributed': {  # JSON is YAML
        'comm': {'require-encryption': True,
                 'tls': {'ca-file': str(certificate), 'client': pair, 'scheduler': pair, 'worker': pair}},
        'scheduler': no_pages, 'worker': no_pages}}))


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def set_password(file, name, password):
    """Store a password where FirstUseAuthenticator keeps those that students choose: for the teacher."""
    import bcrypt
    with dbm.open(file, 'c', 0o600) as passwords:
        passwords[name] = bcrypt.hashpw(password.encode(), bcrypt.gensalt())


if __name__ == '__main__':
    said = sys.stdin.read()  # by the hub, whose students can't read the project; in a container each has one
    give_notebooks(Path(sys.argv[1]), json.loads(said) if said else notebooks())
    if '--dask' in sys.argv:
        secure_dask(Path(sys.argv[1]))
