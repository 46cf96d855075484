"""Whose a file is: by what a learning platform says, by folders before files, and by names that are nobody's."""
import contextlib
import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from names import COPY, COPY_OF, clean, key, spellings

ARCHIVES = re.compile(r'(\.tar)?\.(zip|gz|tgz|tar|xz|bz2)$|\.tar$', re.IGNORECASE)
ENDS = re.compile(r'\.(ipynb|txt|json)$', re.IGNORECASE)  # pathlib sees none in ...ipynb since Python 3.14
NOBODY = re.compile(r'(\.*|06_exercises.*|d2l[-_]style.*|neural[-_]style.*|\.ipynb_checkpoints|__pycache__)',
                    re.IGNORECASE)
WORDS = re.compile(r'[^\W\d_]+|\d+[a-z]?(?![^\W\d_])', re.IGNORECASE)
PLACES = re.compile(  # folders and files that are called like no student
    'archive|attempt|backup|build|classroom|copy|corrected|course|data|dist|docs|downloaded|draft|entwurf|exercises?|'
    'extracted|figures|files|final|grades|home|images|img|index|kopie|manifest|my|new|notebooks?|old|part|pictures|'
    'plots|projekt|project|readme|report|requirements|results|solutions?|source|src|students|style|submissions?|'
    'submitted|sweeps|teil|tests|tmp|transfer|untitled|v|version|versuch|work')
CLASSES = re.compile(  # what else the folder or archive of a class is called
    'abgaben?|alle?|assign|assignments?|aufgaben?|blackboard|block|bulk|canvas|cla[sz]s?e?|klasse|courses?|cours|kurs|cs|'
    'downloads?|export|gradebook|groupe?|gruppe|hands?|handins?|ins?|hausaufgaben?|homeworks?|hw|informatics|informatik|'
    'jahrgang|learn|moodle|period|sch(ue|ü)ler|section|semester|students?|teams|term|(ue|ü)bung|week|woche|year')
LABEL = re.compile(r'\d{1,2}[a-z]?|(19|20)\d\d|[a-h]')  # of a class, or a part of a date
MOODLE = re.compile(r'(?P<name>.+?)_assignsubmission_(file|onlinetext)')  # NAME_NUMBER_assignsubmission_…
BLACKBOARD = re.compile(r'(?P<head>.+?)_attempt_(?P<time>\d{4}-\d\d-\d\d(-\d\d-\d\d-\d\d)?)')  # TITLE_NAME_attempt_…
CANVAS = re.compile(r'(?P<name>[^\W_]+)(?P<late>_LATE)?_(?P<user>[1-9]\d*)_(?P<file>[1-9]\d*)_(?P<rest>.+)')


@dataclass(frozen=True)
class Owner:
    """A student as a file's name tells them. `number`: by which a learning platform tells people apart, or ''."""

    name: str
    number: str = ''


class Owners:
    """Who has handed in which of `files`, a list of lists: each list has the files of one entry.

    `roster`: `spellings` of the names on the list of the class, which decide what a folder is called after.
    """

    def __init__(self, files, roster=frozenset()):
        self.roster, self.of = roster, {}
        labels = {part for of_entry in files for file in of_entry for part in file.parts}
        self.heads = {match['head'] for label in labels if (match := BLACKBOARD.match(label))}
        self.canvas = _canvas_labels(labels)
        entries = [of_entry for of_entry in files if of_entry]
        for of_entry in entries:
            self._tell(of_entry, 0)
        of_entries = [{self.of[file].name for file in of_entry if file in self.of} for of_entry in entries]
        of_classes = set().union(*(names for names in of_entries if len(names) > 1))
        self.roster = self.roster | {one for name in of_classes for one in spellings(name)}
        for of_entry, names in zip(entries, of_entries):  # a class's with one student of another archive of it
            if of_classes and len(names) == 1:
                for file in of_entry:
                    self.of.pop(file, None)
                self._tell(of_entry, 0)

    def _tell(self, files, depth):
        """Find the owners of `files`, whose names agree up to their part number `depth`; whether one was found."""
        label = files[0].parts[depth]
        inside = [file for file in files if len(file.parts) > depth + 1]
        told = self._by_platform(label)
        if not told and (not inside or not self._holds_several(label, files, depth)):
            name = person(label, not inside)
            told = Owner(name) if name and (not inside or not self._by_platform_below(inside, depth)) else None
            if told and inside and is_class(label):
                told = None
        if told:
            self.of.update(dict.fromkeys(files, told))
            return True
        groups = {}
        for file in inside:
            groups.setdefault(file.parts[depth + 1], []).append(file)
        found = [self._tell(group, depth + 1) for group in groups.values()]
        fallback = person(label)
        if inside and not any(found) and fallback:
            self.of.update(dict.fromkeys(files, Owner(fallback)))
        return any(found) or bool(inside and fallback)

    def _by_platform(self, label):
        """The owner that a learning platform has written into a name, or None."""
        if match := MOODLE.match(label):
            number = re.search(r'_(\d+)$', match['name'])
            return Owner(clean(match['name']), f'Moodle {number[1]}' if number else '')
        if match := BLACKBOARD.match(label):
            return Owner(clean(self._without_title(match['head'])))
        if label in self.canvas:
            match = CANVAS.match(label)
            return Owner(clean(match['name']), f'Canvas {match["user"]}')
        return None

    def _by_platform_below(self, files, depth):
        """Whether Moodle or Blackboard, which nobody imitates, have named something below."""
        return any(MOODLE.match(part) or BLACKBOARD.match(part) for file in files for part in file.parts[depth + 1:])

    def _without_title(self, head):
        """Blackboard's user: what follows the title, which all have in common; both may have a `_`."""
        heads = [one.split('_') for one in self.heads]
        common = 0
        while len(heads) > 1 and all(len(one) > common + 1 for one in heads) and len(
                {one[common] for one in heads}) == 1:
            common += 1
        parts = head.split('_')
        return '_'.join(parts[max(common, 1):]) or head

    def _holds_several(self, label, files, depth):
        """Whether a folder or archive that could be called after a student holds those of several."""
        inside = [file for file in files if len(file.parts) > depth + 1]
        folders, flat = {}, set()
        for file in inside:
            part = file.parts[depth + 1]
            if len(file.parts) > depth + 2 or ARCHIVES.search(part):
                folders.setdefault(part, []).append(file)
            else:
                flat.add(part)
        listed = [part for part in (*folders, *flat) if self.roster & spellings(person(part, part in flat))]
        if listed and not self.roster & spellings(person(label)):
            return True
        if len(folders) == 1 and not flat:
            return self._holds_several(next(iter(folders)), inside, depth + 1)
        if sum(part in self.canvas for part in flat) > 1 or len({person(part) for part in flat if re.match(
                r'.*[^\W_].*06_exercises', part)} - {''}) > 1:  # NAME - 06_exercises.ipynb, of Google
            return True
        persons = {part: below for part, below in folders.items() if person(part) and any(
            '.ipynb' in file.parts[-1].lower() or ARCHIVES.search(file.parts[-1]) for file in below)}
        of_classes = {part for part, below in persons.items() if is_class(part) and not any(
            person(label) for file in below for label in file.parts[depth + 2:-1])}
        return len(persons) - len(of_classes) > 1


def students(owners, known, before):
    """{file: student}, and {student: sentences}: numbers tell people apart; what only looks alike is said.

    `owners`: {file: Owner}. `known`: {number: student} of before. `before`: names that have handed in before.
    """
    by_date = [owner for _, owner in sorted(owners.items(), key=lambda item: item[0].date)]
    student = {owner: owner.name for owner in by_date}
    for number in {owner.number for owner in by_date} - {''}:
        student.update(_of_number([owner for owner in student if owner.number == number], known.get(number)))
    numbers = {}
    for owner, name in student.items():
        numbers.setdefault(name, set()).add(owner.number)
    for owner, name in student.items():
        others = numbers[name] | {number for number, one in known.items() if one == name}
        if owner.number and owner.number not in known and others - {owner.number, ''}:
            student[owner] = f'{name}_{owner.number.split()[-1]}'
    said = {}
    for owner, name in student.items():
        if owner.number and key(owner.name) not in key(name):
            said.setdefault(name, []).append(f'is also called {owner.name}: {owner.number} is the number of both, and '
                                             'they are taken as one student')
    for names in _that_may_be_one(student, known, before):
        for name in sorted(names) if len(names) > 1 else ():
            said.setdefault(name, []).append(f'there is also {", ".join(sorted(names - {name}))}: taken as another '
                                             'student; if not, call their files alike')
    return {file: student[owner] for file, owner in owners.items()}, said


def _that_may_be_one(student, known, before):
    """Sets of students whose names are alike; `student`: {owner: student}, else as in `students`."""
    alike, with_number = {}, {*known.values(), *(name for owner, name in student.items() if owner.number)}
    for owner, name in [*((Owner(one), one) for one in set(before) - set(known.values())), *student.items()]:
        alike.setdefault(owner.number or key(name), set()).add(name)
        if not owner.number:  # it may be whoever has this name and a number
            alike[key(name)].update(one for one in with_number if key(re.sub(r'_\d+$', '', one)) == key(name))
    return alike.values()


def _of_number(owners, known):
    """{owner: student} for those with one number, in the order of their files: the same one, if the names are alike."""
    people = [[known]] if known else []
    student = {}
    for owner in owners:
        same = next((names for names in people if any(_are_alike(owner.name, name) for name in names)), None)
        if same is None:
            people.append(same := [])
        same.append(owner.name)
        student[owner] = same
    return {owner: names[0] if names[0] == known else names[-1] for owner, names in student.items()}


def _are_alike(name, other):
    """Whether two names of one number can be those of one person, who has another first or last name now."""
    first, second = (re.sub(r'[\d_]+', ' ', one.casefold()) for one in (name, other))
    longest = difflib.SequenceMatcher(None, first, second, autojunk=False).find_longest_match().size
    return first == second or longest > 3 or bool(set(first.split()) & set(second.split()))


def _canvas_labels(labels):
    """Those names that Canvas has given: `hw_2026_11_26_petra` has its form, too."""
    found, of_file = {}, {}
    for label in labels:
        match = CANVAS.match(label)
        if not match:
            continue
        date = re.fullmatch(r'(19|20)\d\d', match['user']) and int(match['file']) <= 12
        sure = match['late'] or '06_exercises' in match['rest'] or min(len(match['user']), len(match['file'])) > 2
        if sure and not date:
            found[label] = match
            of_file.setdefault(match['file'], set()).add((match['user'], match['name'], ENDS.sub('', match['rest'])))
    users = {(match['user'], match['name']) for match in found.values()}
    sure = any(match['late'] or '06_exercises' in match['rest'] for match in found.values())
    if len(found) > 1 and len(users) == 1 and not sure:  # a date, a number of the class: nobody else has handed in
        return set()
    return {label for label, match in found.items() if len(of_file[match['file']]) == 1}


def person(label, is_file=False):
    """The student who is called as a file, folder or archive is, or ''."""
    name = label
    while ENDS.search(name) or ARCHIVES.search(name):
        name = ENDS.sub('', ARCHIVES.sub('', name))
    if is_file and name == label:  # a file of another kind: its name without the end
        name = Path(label).stem
    name = re.sub(r'[ _-]*06_exercises[ _-]*', '', COPY_OF.sub('', COPY.sub('', name))) or name
    name = re.sub(r'^\((.+)\)$|[ _-]+(copy of|kopie von|copie de|copia d[ie])$', r'\1', name, flags=re.IGNORECASE)
    plain = COPY_OF.sub('', COPY.sub('', name)).strip()
    words = WORDS.findall(plain.lower())
    nobodys = any(map(PLACES.fullmatch, words)) and all(PLACES.fullmatch(word) or word.isdigit() for word in words)
    return '' if nobodys or NOBODY.fullmatch(plain) else clean(name)


def is_class(label):
    """Whether a folder or an archive is called as a class or an assignment, and not as a student."""
    name = re.sub(r'^(drive-download|onedrive)[\W_][\dtz_-]*', 'export', ARCHIVES.sub('', label).lower())
    words = WORDS.findall(name)
    says = len(words) > 2 or any(_is_of_a_class(word) or re.fullmatch(r'\d+[a-z]', word) for word in words)
    return bool(says) and all(_is_of_a_class(word) or LABEL.fullmatch(word) for word in words)


def _is_of_a_class(word):
    return bool(CLASSES.fullmatch(word) or PLACES.fullmatch(word))


def time_in(parts):
    """When something was handed in, as a learning platform has written it into its name: a date, or None."""
    for part in parts:
        if match := BLACKBOARD.match(part):
            form = '%Y-%m-%d-%H-%M-%S'[:8 if match[3] is None else None]
            with contextlib.suppress(ValueError):  # a month 99
                return datetime.strptime(match['time'], form).astimezone()
    return None


def is_late_in(parts):
    """Whether Canvas has written into a name that it came late."""
    return any('_LATE_' in part and CANVAS.match(part) for part in parts)


def given_name(label):
    """What a student has called a file, without what a learning platform put before it; '' for its own file."""
    if re.search(r'_attempt_[\d-]+\.txt$', label):  # Blackboard's, about the hand-in
        return ''
    match = CANVAS.match(label)
    name = re.sub(r'-\d+(\.\w+)$', r'\1', match['rest']) if match else label
    return re.sub(r'^.*?(_assignsubmission_file_|_attempt_[\d-]+_)', '', name)
