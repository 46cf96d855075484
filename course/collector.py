"""Collector for `nbgrader zip_collect`: whose notebook a file is."""
from pathlib import PurePath

from nbgrader.plugins import FileNameCollectorPlugin

MOODLE = '_assignsubmission'  # Moodle's folders: NAME_NUMBER_assignsubmission_file


class ByStudent(FileNameCollectorPlugin):
    """STUDENT.ipynb, or the notebook in a folder or a zip called STUDENT, whatever its own name is."""

    def collect(self, submitted_file):
        parts = PurePath(submitted_file.split('extracted', 1)[-1]).parts[1:]
        name = PurePath(parts[-1])
        if name.suffix != '.ipynb' or any(part.startswith(('.', '__MACOSX')) for part in parts):
            return None
        student = parts[0].split(MOODLE)[0] if len(parts) > 1 else name.stem
        return {'student_id': student, 'file_id': '06_exercises'}
