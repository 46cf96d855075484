"""Whose file is what: from a folder with everything that was handed in to one file a student, and why not the others.

Understood are NAME.ipynb, a folder or archive called NAME, such things below folders that are called nobody's name, and
what Moodle, Canvas and Blackboard let teachers download, packed or unpacked. No link is followed.
"""
import contextlib
import gzip
import re
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from choose import written
from reading import AGAIN, LARGEST, kind_of, unpacked

UNPACKED, MEMBERS, DEPTH = 1_000_000_000, 5000, 4  # bytes and files of an archive with all in it, how deep
NOISE = 'left by an operating system'
SYSTEM = {'.DS_Store', 'Thumbs.db', 'desktop.ini', '__MACOSX', '.gitkeep', '.git'}
ARCHIVES = re.compile(r'(\.tar)?\.(zip|gz|tgz|tar|xz|bz2)$|\.tar$', re.IGNORECASE)
SYSTEMS = (  # how learning platforms call what a student handed in
    re.compile(r'(?P<student>.+?)_assignsubmission_(file|onlinetext)'),  # Moodle: NAME_NUMBER_assignsubmission_…
    re.compile(r'.+?_(?P<student>[^_]+)_attempt_\d{4}-\d\d-\d\d'),  # Blackboard: TITLE_NAME_attempt_DATE_…
    re.compile(r'(?P<student>[^_]+)(_LATE)?_\d+_\d+_.+'),  # Canvas: NAME_NUMBER_NUMBER_…
)
COPY = re.compile(r'(\s*\(\d+\)|-Copy\d+|-checkpoint|[ _-]+copy|\s*[-–]\s*(Kopie|Copie|Copia)|\s*\.)+$',
                  re.IGNORECASE)  # what programs put after a name
ENDS = re.compile(r'\.(ipynb|txt|json)$', re.IGNORECASE)  # pathlib sees none in ...ipynb since Python 3.14
NOBODY = re.compile(r'(\.*|archive|downloaded|extracted|submitted|submissions?|style_transfer|notebooks?|'
                    r'06_exercises.*|exercises|d2l[-_]style.*|home|work|my-work|old|new|backup|copy|draft|final|'
                    r'v(ersion)? ?\d*|untitled\d*|\.ipynb_checkpoints)',
                    re.IGNORECASE)  # folders and files that are called like no student
CLASS = re.compile(r'\b(all|class|classe|clase|klasse|course|group|gruppe|section|students?|hand-?ins?|homework|'
                   r'abgaben?|assignment)\b', re.IGNORECASE)


@dataclass(frozen=True, order=True)
class File:
    """Something that was handed in: where it lay (folders, archives, name), and its content here, or why none."""

    parts: tuple
    path: Path | None = None
    why_not: str = ''
    date: float = 0

    def __str__(self):
        return _text('/'.join(self.parts))

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


def take_in(entries, released, spool, by_folder=False):
    """What was handed in, sorted by student.

    `entries`: paths of files and folders. `released`: the assignment, by which exercises are told from other notebooks.
    `spool`: an empty folder for what is unpacked. `by_folder`: each entry is called as its student. Returns a list of
    `HandIn`, and a list of (file, student or '', what became of it) that holds every file.
    """
    by_student, listed = {}, []
    for entry in entries:
        files = list(leaves(entry, (entry.name,), tempfile.mkdtemp(dir=spool)))
        above = 0 if by_folder else _class_above(files, released)
        for file in files:
            student = _folder_owner(entry) if by_folder else owner(file, above)
            if file.is_noise:
                listed.append((str(file), '', NOISE))
            elif student:
                by_student.setdefault(student, []).append(file)
            else:
                listed.append((str(file), '', file.why_not or 'has nobody\'s name: call it NAME.ipynb'))
    hand_ins = [_choose(student, files, released, listed) for student, files in sorted(by_student.items())]
    return hand_ins, listed


# What there is

def leaves(path, parts, spool, depth=0):
    """Each file at or below `path`, also in archives, which are unpacked into the folder `spool`."""
    if path.is_symlink():
        yield File(parts, why_not=f'is a link, which is not followed: {AGAIN} itself')
    elif path.is_dir():
        inside = sorted(path.iterdir())
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
            elif not info.is_dir():
                yield info.filename, datetime(*info.date_time).timestamp(), lambda info=info: archive.open(info)


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


# Whose it is

def _folder_owner(entry):
    """The student who is called as an entry of the folder submitted is, exactly."""
    return _text(entry.stem if entry.is_file() else entry.name)


def owner(file, above=0):
    """The name of the student who handed in `file`, or ''. `above`: how many of its parts hold several students."""
    for part in file.parts:
        for system in SYSTEMS:
            if told := system.match(part):
                return _clean(told['student'])
    for part in file.parts[above:]:
        name = part
        while ENDS.search(name) or ARCHIVES.search(name):
            name = ENDS.sub('', ARCHIVES.sub('', name))
        name = re.sub(r'[ _-]*06_exercises[ _-]*', '', COPY.sub('', name)) or name
        if part is file.parts[-1] and name == part:  # a file of another kind: its name without the end
            name = Path(part).stem
        if not NOBODY.fullmatch(COPY.sub('', name).strip()):
            return _clean(name)
    return ''


def _clean(name):
    """A student's name without what programs put after it."""
    return _text(COPY.sub('', name)).strip() or _text(name)


def _text(name):
    """A name from a disk as letters, each written in one way only."""
    letters = name.encode(errors='surrogateescape')
    try:
        return unicodedata.normalize('NFC', letters.decode())
    except UnicodeDecodeError:  # from before UTF-8
        return letters.decode('cp1252', errors='replace')


def _class_above(files, released):
    """How many parts of the names of an entry's files stand for a class of several students; 0 for one student's."""
    if any(system.match(part) for file in files for part in file.parts for system in SYSTEMS):
        return 0  # the names say it
    exercises = [file for file in files if len(file.parts) > 1 and _may_be_notebook(file) and
                 written(file.path.read_bytes(), released)[0]]
    folders = [file.parts[:-1] for file in exercises]
    above = next((depth for depth, parts in enumerate(zip(*folders)) if len(set(parts)) > 1),
                 min(map(len, folders), default=0))
    names = {owner(file, above) for file in exercises} - {''}
    # several notebooks side by side are those of a class only if something says so: they could be drafts
    drafts = all(len(file.parts) == above + 1 and not any(map(CLASS.search, file.parts[:above])) for file in exercises)
    return above if len(names) > 1 and not drafts else 0


# Which of them counts

def _choose(student, files, released, listed):
    """The one that counts of a student's files, which are added to `listed` with what became of them."""
    hand_in, notebooks = HandIn(student), [file for file in files if _may_be_notebook(file)]
    if len(notebooks) == 1:
        hand_in.file = notebooks[0]
    elif notebooks:
        ranked = sorted((_rank(file, released), file) for file in notebooks)
        hand_in.file = ranked[-1][1]
        others = [str(file) for (is_exercises, *_), file in ranked[:-1] if is_exercises]
        if others:
            hand_in.remarks.append(f'several were handed in: {hand_in.file} was taken, not {", ".join(others)}')
    hand_in.called = str(hand_in.file or '')
    for file in files:
        why = file.why_not or ('' if file in notebooks else kind_of(file.path.read_bytes()[:5000]))
        listed.append((str(file), student, 'taken' if file is hand_in.file else why or 'another notebook was taken'))
        if file.why_not and hand_in.file:
            hand_in.remarks.append(f'{file} {why}')
    if not hand_in.file:
        hand_in.problem = '; '.join(f'{name} {what}' for name, whose, what in listed if whose == student)
    return hand_in


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


def folder_name(student):
    """A name that any file system, web address and pattern takes, from which the student's can still be read."""
    safe = ''.join(one if one.isalnum() or one in ' _.@()' + "'-" else ''.join(
        f'~{byte:02x}' for byte in one.encode()) for one in student)
    safe = re.sub(r'^[ .-]|[ .]$', lambda one: f'~{ord(one[0]):02x}', safe)
    if len(safe.encode()) > 120:
        safe = safe.encode()[:100].decode(errors='ignore') + f'~{zlib.crc32(student.encode()):08x}'
    return safe
