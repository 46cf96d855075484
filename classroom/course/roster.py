"""The list of the class: students.csv in the course's folder, whatever program wrote it."""
import csv
from collections import Counter

from names import spellings

FILE = 'students.csv'
ID = ('id', 'student_id', 'studentid', 'username', 'user', 'login', 'kennung', 'benutzername', 'anmeldename', 'sis id')
FIRST = ('first_name', 'firstname', 'first name', 'vorname', 'given name', 'prénom', 'nombre', 'nome')
LAST = ('last_name', 'lastname', 'last name', 'surname', 'nachname', 'family name', 'nom', 'apellidos', 'cognome')
NAME = ('name', 'student', 'full name', 'fullname', 'student name')
EMAIL = ('email', 'e-mail', 'mail', 'email address', 'e-mail-adresse', 'e-mail address')


class Roster:
    """Who is in the class: `students`, {id: all spellings of the name}, and `twice`, the ids that are there again."""

    def __init__(self, course):
        file = course / FILE
        rows = _rows(file.read_bytes()) if file.is_file() else []
        header = [cell.casefold() for cell in rows[0]] if rows else []
        has_header = bool(set(header) & {*ID, *FIRST, *LAST, *NAME, *EMAIL})
        given = [_student(row, header if has_header else []) for row in rows[has_header:]]
        counted = Counter(name for name, _ in given)
        self.students, self.twice = dict(given), [name for name, times in counted.items() if times > 1]

    def spellings(self):
        """Those of all students."""
        return frozenset().union(*self.students.values())

    def missing(self, handed_in):
        """The ids of those whom none of the names `handed_in` is."""
        found = {one for name in handed_in for one in spellings(name, numbered=True)}
        return [student for student, names in self.students.items() if not names & found]

    def others(self, handed_in):
        """Those of the names `handed_in` that are not on the list."""
        known = self.spellings()
        return [name for name in handed_in if not known & spellings(name, numbered=True)]

    def sentences(self, handed_in):
        """What there is to say about who of the class has handed in."""
        if not self.students:
            return []
        missing, others = self.missing(handed_in), self.others(handed_in)
        said = [f'{FILE} has {len(self.students)}, {len(self.students) - len(missing)} handed in' +
                f': missing {", ".join(missing)}' * bool(missing)]
        return said + [f'not in {FILE}: {", ".join(others)}'] * bool(others) + [
            f'more than once in {FILE}: {", ".join(self.twice)}'] * bool(self.twice)


def _rows(content):
    """The rows of a table with something in them, by whatever sign its columns are parted."""
    if content.startswith((b'\xff\xfe', b'\xfe\xff')):
        text = content.decode('utf-16', errors='replace')
    else:
        try:
            text = content.decode('utf-8-sig')
        except UnicodeDecodeError:  # as Excel writes it
            text = content.decode('cp1252', errors='replace')
    lines = [line for line in text.splitlines() if line.strip(' \t;,"') and not line.startswith('sep=')]
    sign = max(';,\t', key=lines[0].count) if lines else ','
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=sign, skipinitialspace=True)]


def _student(row, header):
    """(id, spellings of the name) of a row; without a header: id, name or first and last name, and addresses."""
    def cells(names):
        return [cell for column, cell in zip(header, row) if column in names and cell]
    addresses = [cell for cell in row if '@' in cell]
    if header:
        parts, names = [*cells(FIRST)[:1], *cells(LAST)[:1]], [*cells(NAME), *cells(ID)]
        student = next(iter([*cells(ID), *filter(None, [' '.join(parts)]), *cells(NAME), *addresses]), ' '.join(row))
    else:
        rest = [cell for cell in row[1:] if '@' not in cell]
        parts, names, student = rest[:2], [], row[0] or ' '.join(row)
    names += [student, ' '.join(parts), ' '.join(reversed(parts))]
    names += [*addresses, *(address.split('@')[0] for address in addresses)]
    names += [' '.join([*words[-1:], *words[:-1]]) for words in map(str.split, cells(NAME) or parts[:len(parts) == 1])]
    names += [' '.join(reversed(name.split(','))) for name in names if ',' in name]
    return student, {one for name in names for one in spellings(name)}
