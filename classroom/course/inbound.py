"""Hand-ins out of nbgrader's exchange, to which every student of the hub can write: each its owner's, no link followed.

nbgrader itself warns where a hand-in has another owner than its name says, and takes it; it follows links with the
teacher's rights, so that a link to the solutions would be a hand-in with them; and one that it can't copy ends it.
"""
import os
import pwd
import shutil
import stat
from pathlib import Path

from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default.collect import ExchangeCollect

LARGEST = 100_000_000  # bytes of a hand-in


class Collect(ExchangeCollect):
    """Collect what is a student's own, and go on to the next where one can't be copied."""

    def copy_files(self):
        """Copy each hand-in to the folder submitted; those that were not taken end it with a sentence on each."""
        records, refused = self.src_records, []
        for record in records:
            self.src_records = [record]
            why = self._why_not(record)
            if not why:
                try:
                    super().copy_files()
                except Exception as error:  # whatever a student has put there: the others go on
                    why = f'could not be copied whole: {type(error).__name__}'
            refused += [f'{record["filename"]} {why}'] * bool(why)
        self.src_records = records
        if refused:
            raise ExchangeError('\n'.join(refused))

    def _why_not(self, record):
        found = Path(self.inbound_path, record['filename']).lstat()
        try:
            owner = pwd.getpwuid(found.st_uid).pw_name
        except KeyError:
            owner = str(found.st_uid)
        if not stat.S_ISDIR(found.st_mode):
            return 'is no folder, and was not taken'
        return '' if owner == record['username'] else f'was not taken: it was put there by {owner}'

    def do_copy(self, src, dest, log=None):  # noqa: ARG002
        """Copy files as they are, a link as a link, and nothing else; too large ones not."""
        left = LARGEST

        def not_to_copy(folder, names):
            nonlocal left
            out = []
            for name in names:
                found = Path(folder, name).lstat()
                left -= found.st_size if stat.S_ISREG(found.st_mode) else 0
                if left < 0 or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
                                    or stat.S_ISLNK(found.st_mode)):
                    out.append(name)
            return out
        shutil.copytree(src, dest, symlinks=True, ignore=not_to_copy)
        for folder, _, _ in os.walk(dest):
            Path(folder).chmod(0o755)  # the teacher's now, whatever it was
