"""From a folder with everything that was handed in to one file a student, and why not the others.

Understood are NAME.ipynb, a folder or archive called NAME, such things below folders that are called nobody's name or
a class's, and what Moodle, Canvas and Blackboard let teachers download, packed or unpacked. No link is followed.
"""
import contextlib
import gzip
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from choose import written
from names import text_of
from reading import AGAIN, LARGEST, kind_of, unpacked
from whose import Owner, Owners, given_name, is_late_in, person, students, time_in

UNPACKED, MEMBERS, DEPTH = 1_000_000_000, 5000, 4  # bytes and files of an archive with all in it, how deep
UNPACKS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
PACKED = {9: 'Deflate64, which Windows takes for large files', 93: 'Zstandard', 95: 'XZ', 98: 'PPMd'}
NOISE = 'left by an operating system'
SYSTEM = {'.DS_Store', 'Thumbs.db', 'desktop.ini', '__MACOSX', '.gitkeep', '.git', '__pycache__'}
OF_NBGRADER = {'timestamp.txt', 'submission_secret.txt', 'user_info.json'}  # what its exchange puts beside a notebook
SOURCE = b'BEGIN HIDDEN TESTS'  # nobody but a teacher has a notebook with that
IS_SOURCE = f'is the course\'s own source with the solutions, which is no hand-in: {AGAIN} that was handed out'
DOCUMENTS = re.compile(r'\.(pdf|docx?|odt|rtf|txt|md|html?|pages|png|jpe?g)$', re.IGNORECASE)  # may hold answers


@dataclass(frozen=True, order=True)
class File:
    """Something that was handed in: where it lay (folders, archives, name), and its content here, or why none."""

    parts: tuple
    path: Path | None = None
    why_not: str = ''
    date: float = 0

    def __str__(self):
        return text_of('/'.join(self.parts))

    @property
    def is_noise(self):
        """Whether an operating system has left it, and nobody handed it in."""
        return any(part in SYSTEM or part.startswith('._') for part in self.parts)


@dataclass
class HandIn:
    """What a student handed in: the file that counts, if there is one, and what is to be said about the others."""

    student: str
    file: File | None = None
    called: str = ''  # what the file was called when it was handed in
    remarks: list = field(default_factory=list)
    problem: str = ''
    number: str = ''  # by which a learning platform tells students apart
    time: str = ''  # when it was handed in, where that is known: ISO 8601; 'late' where no more is known
    modules: dict = field(default_factory=dict)  # {file.py: File} that lies beside the notebook
    beside: list = field(default_factory=list)  # other files beside it, in which answers may stand


def take_in(entries, released, spool, by_folder=False, numbers=None, roster=frozenset(), before=()):
    """What was handed in, sorted by student.

    `entries`: paths of files and folders. `released`: the assignment, by which exercises are told from other notebooks.
    `spool`: an empty folder for what is unpacked. `by_folder`: each entry is called as its student. `numbers`: {number
    on a learning platform: student} of before. `roster`: spellings of the names on the list of the class. `before`:
    names that have handed in before.

    Returns a list of `HandIn`, and a list of (file, student or '', what became of it) that holds every file.
    """
    found = [(entry, list(leaves(entry, (entry.name,), tempfile.mkdtemp(dir=spool)))) for entry in entries]
    listed = [(str(file), '', NOISE) for _, files in found for file in files if file.is_noise]
    found = [(entry, [file for file in files if not file.is_noise]) for entry, files in found]
    if by_folder:
        owners = {file: Owner(_folder_owner(entry)) for entry, files in found for file in files}
    else:
        owners = Owners([files for _, files in found], roster).of
    names, said = students(owners, numbers or {}, before)
    by_student = {}
    for _, files in found:
        for file in files:
            if file in names:
                by_student.setdefault(names[file], []).append(file)
            else:
                listed.append((str(file), '', file.why_not or 'has nobody\'s name: call it NAME.ipynb'))
    hand_ins = [_choose(student, files, released, listed) for student, files in sorted(by_student.items())]
    for one in hand_ins:
        one.number = owners[by_student[one.student][0]].number
        one.remarks += said.get(one.student, [])
    return hand_ins, listed


# Whose it is

def _folder_owner(entry):
    """The student who is called as an entry of the folder submitted is, exactly."""
    return text_of(entry.stem if entry.is_file() else entry.name)


# What there is

def leaves(path, parts, spool, depth=0):
    """Each file at or below `path`, also in archives, which are unpacked into the folder `spool`."""
    if path.is_symlink():
        yield File(parts, why_not=f'is a link, which is not followed: {AGAIN} itself')
    elif path.is_dir():
        try:
            inside = sorted(path.iterdir())
        except OSError as error:
            yield File(parts, why_not=f'could not be read here ({error.strerror}): {AGAIN} again')
            return
        for child in inside:
            yield from leaves(child, (*parts, child.name), spool, depth)
        if not inside:
            yield File(parts, why_not=f'is an empty folder: {AGAIN}')
    elif not path.is_file():
        yield File(parts, why_not=f'is a device, a pipe or nothing: {AGAIN}')
    else:
        try:
            yield from _file(path, parts, spool, depth)
        except Exception as error:  # whatever a disk or an unpacker stumbles over: the others go on
            why = getattr(error, 'strerror', None) or type(error).__name__
            yield File(parts, why_not=f'could not be read here ({why}): {AGAIN} again')


def _file(path, parts, spool, depth):
    members = _members_of(path)
    if members is None:
        size = path.stat().st_size
        too_large = f'has more than {LARGEST // 10**6} MB: ask for it without outputs' if size > LARGEST else ''
        yield File(parts, None if too_large else path, too_large, path.stat().st_mtime)
    elif depth == DEPTH:
        yield File(parts, why_not=f'is packed {depth} times: {AGAIN} itself')
    else:
        yield from _unpacked(members, parts, spool, depth)


def _members_of(path):
    """A generator of (name, date, open or a sentence) for an archive, None for another file."""
    with path.open('rb') as file:
        start = file.read(4)
    if start[:2] == b'PK':
        return _zip_members(path)
    if start[:2] in (b'\x1f\x8b', b'BZ', b'\xfd7') or path.suffix.lower() == '.tar':
        with contextlib.suppress(EOFError, zlib.error):
            if tarfile.is_tarfile(path):
                return _tar_members(path)
        if start[:2] == b'\x1f\x8b':
            return iter([(re.sub(r'\.gz$', '', path.name), path.stat().st_mtime, lambda: gzip.open(path))])
    return None


def _zip_members(path):
    with zipfile.ZipFile(path) as archive:
        if {'[Content_Types].xml', 'mimetype'} & set(archive.namelist()):
            yield '', 0, f'is an Office document, not a notebook: {AGAIN}'
            return
        for info in archive.infolist():
            if stat.S_ISLNK(info.external_attr >> 16):
                yield info.filename, 0, f'is a link, which is not followed: {AGAIN} itself'
            elif info.flag_bits & 1:
                yield info.filename, 0, f'is locked with a password: {AGAIN} without one'
            elif info.compress_type not in UNPACKS:
                yield info.filename, 0, (f'is packed by a method that can\'t be unpacked here ('
                                         f'{PACKED.get(info.compress_type, info.compress_type)}): {AGAIN} itself')
            elif not info.is_dir():
                yield info.filename, _date(info), lambda info=info: archive.open(info)


def _date(info):
    """When a file in a zip was changed; 0 where that is no date, as a month 0."""
    try:
        return datetime(*info.date_time).timestamp()
    except ValueError:
        return 0


def _tar_members(path):
    with tarfile.open(path) as archive:
        for info in archive:
            if info.isfile():
                yield info.name, info.mtime, lambda info=info: archive.extractfile(info)
            elif not info.isdir():
                yield info.name, 0, f'is a link or a device, which is not followed: {AGAIN} itself'


def _unpacked(members, parts, spool, depth):
    """The files in an archive; where it is damaged, those before that, and the archive itself with what is wrong."""
    (used, found), empty = unpacked(spool), True
    try:
        for name, date, content in members:
            inside = (*parts, *(part for part in re.split(r'[/\\]', name) if part not in ('', '.', '..')))
            found, empty = found + 1, False
            if isinstance(content, str):
                yield File(inside, why_not=content)
                continue
            target = Path(tempfile.mkdtemp(dir=spool)) / 'file'
            with content() as source, target.open('wb') as out:
                while block := source.read(1 << 20):
                    used += len(block)
                    if used > UNPACKED or found > MEMBERS:
                        raise zipfile.BadZipFile('too large')
                    out.write(block)
            for file in leaves(target, inside, spool, depth + 1):
                yield File(file.parts, file.path, file.why_not, date) if file.path == target else file
            if _members_of(target) is not None:
                used, found = unpacked(spool)
        if empty:
            yield File(parts, why_not=f'is an empty archive: {AGAIN}')
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError,
            ValueError) as error:
        too_large = f'unpacks to more than {UNPACKED // 10**6} MB or {MEMBERS} files: {AGAIN} itself'
        yield File(parts, why_not=too_large if str(error) == 'too large' else
                   f'is a damaged archive: {AGAIN} again')


# Which of them counts

def _choose(student, files, released, listed):
    """The one that counts of a student's files, which are added to `listed` with what became of them."""
    hand_in, sources = HandIn(student), {file for file in files if _is_source(file)}
    notebooks = [file for file in files if file not in sources and _may_be_notebook(file)]
    if len(notebooks) == 1:
        hand_in.file = notebooks[0]
    elif notebooks:
        ranked = sorted((_rank(file, released), file) for file in notebooks)
        hand_in.file = ranked[-1][1]
        others = [str(file) for (is_exercises, *_), file in ranked[:-1] if is_exercises]
        if others:
            names = {person(label, is_file=True) for *_, label in (file.parts for file in notebooks)
                     if label == given_name(label)} - {'', student}
            hand_in.remarks.append(f'several were handed in: {hand_in.file} was taken, not {", ".join(others)}' + (
                '; if they are of several students, lay each into a folder of their own' if len(names) > 1 else ''))
    hand_in.called = str(hand_in.file or '')
    if hand_in.file:
        hand_in.time = _time_of(hand_in.file)
        _look_beside(hand_in, [file for file in files if file not in notebooks])
    for file in files:
        why = file.why_not or (IS_SOURCE if file in sources else '' if file in notebooks else
                               kind_of(file.path.read_bytes()[:5000]))
        is_beside = file in hand_in.modules.values() or file.parts[-1] in hand_in.beside
        listed.append((str(file), student, 'taken' if file is hand_in.file else
                       'lies beside the notebook' if is_beside else why or 'another notebook was taken'))
        if file.why_not and hand_in.file and not is_beside:
            hand_in.remarks.append(f'{file} {why}')
    if not hand_in.file:
        hand_in.time = max((_time_of(file) for file in files), default='')
        hand_in.problem = '; '.join(f'{name} {what}' for name, whose, what in listed if whose == student)
    return hand_in


def _is_source(file):
    """Whether it is the notebook that the exercises are made from, of whoever handed in the whole project."""
    return bool(file.path) and '.ipynb' in file.parts[-1].lower() and SOURCE in file.path.read_bytes()


def _time_of(file):
    time = time_in(file.parts)
    return time.isoformat() if time else 'late' * is_late_in(file.parts)


def _look_beside(hand_in, files):
    """Modules that a notebook may import, and documents: what lies in its folder or came with it."""
    folder = hand_in.file.parts[:-1]
    for file in files:
        name = given_name(file.parts[-1])
        if file.parts[:-1] != folder or name in OF_NBGRADER:
            continue
        if file.path and name.endswith('.py') and name[:-3].isidentifier():
            hand_in.modules[name] = file
        elif DOCUMENTS.search(name) and not name.lower().startswith(('readme', 'requirements')):
            hand_in.beside.append(file.parts[-1])


def _may_be_notebook(file):
    """Whether a file says by its name or its first letter that it could be a notebook."""
    if not file.path:
        return False
    with file.path.open('rb') as opened:
        start = opened.read(100).lstrip(b'\xef\xbb\xbf \t\r\n')
    return '.ipynb' in file.parts[-1].lower() or start.startswith((b'{', b'\xff\xfe{', b'\xfe\xff\0{'))


def _rank(file, released):
    """What comes last counts: exercises, with something in them, no copy that a program made, handed in last."""
    found, filled = written(file.path.read_bytes(), released)
    name = file.parts[-1]
    made = '-checkpoint' in name or bool(re.search(r'-Copy\d+\.', name))
    numbered = re.search(r'\((\d+)\)', name)
    return bool(found), bool(filled), not made, file.date, int(numbered[1]) if numbered else 0, file.parts
