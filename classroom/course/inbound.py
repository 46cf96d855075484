"""Hand-ins out of nbgrader's exchange, to which every student of the hub can write: each its owner's, no link followed.

nbgrader itself warns where a hand-in has another owner than its name says, and takes it; it follows links with the
teacher's rights, so that a link to the solutions would be a hand-in with them; and one that it can't read ends it.
"""
import os
import pwd
import shutil
import stat
from pathlib import Path

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default.collect import ExchangeCollect
from nbgrader.utils import parse_utc

LARGEST = 100_000_000  # bytes of a hand-in


class Collect(ExchangeCollect):
    """Collect what is a student's own, and go on to the next where one can't be copied."""

    def _path_to_record(self, path):
        """What nbgrader reads from a name; what is not to be taken counts as nobody's, so that it hides nothing."""
        try:
            record, why = super()._path_to_record(path), ''
        except Exception:  # it was not nbgrader that called it so
            record, why = {'username': ''}, 'has a name that nbgrader does not give'
        found = Path(path).lstat()
        if not why and not stat.S_ISDIR(found.st_mode):
            why = 'is no folder'
        owner = _account(found.st_uid)
        if not why and owner != record['username']:
            why = f'was put there by {owner}'
        name = Path(path).name
        return {**record, 'why': ''} if not why else {
            'username': name, 'filename': name, 'timestamp': parse_utc('2000-01-01 00:00:00 UTC'), 'why': why}

    def copy_files(self):
        """Copy each hand-in to the folder submitted; those that were not taken end it with a sentence on each."""
        records, refused = self.src_records, []
        for record in records:
            self.src_records = [record]
            why = record['why'] and f'was not taken: it {record["why"]}'
            if not why:
                try:
                    super().copy_files()
                except Exception as error:  # whatever a student has put there: the others go on
                    why = f'could not be copied whole: {type(error).__name__}'
            refused += [f'{record["filename"]} {why}'] * bool(why)
        self.src_records = records
        if refused:
            self.log.error('\n'.join(refused))
            raise ExchangeError('some were not taken')  # else what is logged is not shown

    def do_copy(self, src, dest, log=None):  # noqa: ARG002
        """Copy files as they are, a link as a link, and nothing else; what is too much stays out."""
        left = LARGEST

        def not_to_copy(folder, names):
            nonlocal left
            out = []
            for name in names:
                found = Path(folder, name).lstat()
                left -= found.st_size if stat.S_ISREG(found.st_mode) else 0
                if left < 0 or stat.S_IFMT(found.st_mode) not in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
                    out.append(name)
            return out
        try:
            shutil.copytree(src, dest, symlinks=True, ignore=not_to_copy)
        finally:
            for folder, _, _ in os.walk(dest):
                Path(folder).chmod(0o755)  # the teacher's now, whatever it was


def _account(number):
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
