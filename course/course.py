"""The exercises from the source with solutions to a table of grades; nbgrader does the work.

    python course/course.py exercises     student version → notebooks/06_exercises.ipynb, without outputs
    python course/course.py release       student version → course/release, tests → gradebook.db
    python course/course.py collect       course/downloaded → course/submitted
    python course/course.py grade         course/submitted → marks, feedback, grades.csv
"""
import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook, MissingEntry
from tqdm import tqdm

COURSE = Path(__file__).resolve().parent
ASSIGNMENT, NOTEBOOK = 'style_transfer', '06_exercises.ipynb'
LARGEST = 50_000_000  # bytes of a submitted notebook: the solution with all its pictures has 1 MB
MEMORY = 4_000_000_000  # bytes of address space for each process of a submission; a right solution has 1.2 GB
PATIENCE = 420  # seconds for a submission from start to end, of which its cells have 300


@dataclass(frozen=True)
class Graded:
    """A submission after grading: marks so far, and what went wrong, '' if nothing did."""

    student: str
    score: float
    largest: float
    by_hand: bool
    problem: str


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('step', choices=['exercises', 'release', 'collect', 'grade'])
    parser.add_argument('--force', action='store_true', help='grade: also those that are graded and have not changed')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='grade: submissions at once')
    args = parser.parse_args()
    if args.step == 'exercises':
        student_version(COURSE.parent / 'notebooks' / NOTEBOOK)
    elif args.step == 'release':
        print('for the students:', release())
    elif args.step == 'collect':
        nbgrader('zip_collect', ASSIGNMENT, '--force')
        print(len(list(COURSE.glob(f'submitted/*/{ASSIGNMENT}/{NOTEBOOK}'))), 'notebooks in', COURSE / 'submitted')
    else:
        report(grade(args.force, args.workers))


def nbgrader(*words, course=COURSE, fatal=True):
    """Run a command of nbgrader in the folder `course`. Where it fails, its words end the program, if `fatal`."""
    done = subprocess.run([sys.executable, '-m', 'nbgrader', *words], cwd=course, capture_output=True, text=True,
                          env={**os.environ, 'PATH': path()})
    if done.returncode:
        said = f'nbgrader {words[0]} failed:\n{done.stderr[-3000:]}'
        sys.exit(said) if fatal else print(said, file=sys.stderr)


def path():
    """`PATH` with the programs of this environment in front: nbgrader starts some by their name."""
    return f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'


def student_version(target):
    """Write the notebook without solutions and hidden tests to `target`; no gradebook is touched."""
    with tempfile.TemporaryDirectory() as folder:
        course = copy_to(Path(folder) / 'course')
        nbgrader('generate_assignment', ASSIGNMENT, course=course)
        shutil.copy(course / 'release' / ASSIGNMENT / NOTEBOOK, target)


def copy_to(folder):
    """A course without submissions in the new folder `folder`, which is returned."""
    shutil.copytree(COURSE / 'source', folder / 'source')
    for file in ('nbgrader_config.py', 'apart.py', 'collector.py'):
        shutil.copy(COURSE / file, folder)
    return folder


def release():
    """Write the student version to the folder release, and the tests to the gradebook; returns its path."""
    nbgrader('generate_assignment', ASSIGNMENT, '--force')
    return COURSE / 'release' / ASSIGNMENT / NOTEBOOK


def grade(force=False, workers=2, course=COURSE):
    """Give marks to everything in the folder submitted, several at once: a list of `Graded`."""
    students = sorted(folder.parent.name for folder in course.glob(f'submitted/*/{ASSIGNMENT}'))
    if not students:
        sys.exit(f'nothing was handed in: put notebooks into {course}/submitted/STUDENT/{ASSIGNMENT}/{NOTEBOOK}, or '
                 'into the folder downloaded and call make collect')
    if not (course / 'gradebook.db').exists():
        nbgrader('generate_assignment', ASSIGNMENT, '--force', course=course)
    with gradebook(course) as book:
        for student in students:  # everybody has a row in the table
            book.update_or_create_student(student)
    with ThreadPoolExecutor(workers) as pool, tqdm(total=len(students), unit='submission') as bar:
        def one(student):
            try:
                return autograde(course, student, force, threads=max(1, os.cpu_count() // workers))
            except Exception as error:  # whatever a submission did to us, the others go on
                return f'{type(error).__name__}: {error}'
            finally:
                bar.update()
        problems = dict(zip(students, pool.map(one, students)))
    nbgrader('generate_feedback', ASSIGNMENT, '--force', course=course, fatal=False)  # the table comes all the same
    nbgrader('export', '--to', 'grades.csv', '--assignment', ASSIGNMENT, course=course)
    return marks(course, problems)


def autograde(course, student, force, threads):
    """Grade one submission in processes of its own, with limits; '' or, in a sentence, why it could not be done."""
    file, graded = (course / step / student / ASSIGNMENT / NOTEBOOK for step in ('submitted', 'autograded'))
    problem = unreadable(file)
    if problem or (not force and graded.exists() and graded.stat().st_mtime > file.stat().st_mtime):
        return problem
    log = course / 'logs' / f'{student}.txt'
    log.parent.mkdir(exist_ok=True)
    words = ['autograde', ASSIGNMENT, f'--student={student}', '--force']
    with tempfile.TemporaryDirectory(prefix='grading-') as home, log.open('w') as out:
        process = psutil.Popen([sys.executable, '-m', 'nbgrader', *words], cwd=course, stdout=out, stderr=out,
                               env=environment(home, threads), start_new_session=True)
        limit(process)
        try:
            problem = 'nbgrader could not grade it' if process.wait(PATIENCE) else ''
        except psutil.TimeoutExpired:
            problem = f'took more than {PATIENCE} seconds'
        end_all(home)
    if problem:
        return f'{problem}: see {log.relative_to(course)}'
    log.unlink()
    return ''


def unreadable(file):
    """Why the notebook `file` can't be graded at all, or ''."""
    if not file.is_file():
        return f'no {NOTEBOOK} in its folder'
    if file.stat().st_size > LARGEST:
        return f'larger than {LARGEST // 10**6} MB: clear its outputs'
    try:
        nbformat.read(file, as_version=4)
    except Exception as error:  # broken JSON, another format, another encoding
        return f'no notebook that can be read ({type(error).__name__}): ask for it again'
    return ''


def environment(home, threads):
    """Variables for a submission: nothing of the teacher's but the way to Python and its libraries."""
    kept = {name: os.environ[name] for name in ('LANG', 'LD_LIBRARY_PATH') if name in os.environ}
    return {**kept, 'PATH': path(), 'HOME': home, 'TMPDIR': home, 'OMP_NUM_THREADS': str(threads),
            'D2L_STYLE_PROFILE': 'embedded', 'TQDM_DISABLE': '1'}


def limit(process):
    """Memory and size of files for `process` and all that it starts, where the system can do it (Linux)."""
    if hasattr(process, 'rlimit'):
        process.rlimit(psutil.RLIMIT_AS, (MEMORY, MEMORY))
        process.rlimit(psutil.RLIMIT_FSIZE, (LARGEST * 2, LARGEST * 2))


def end_all(home):
    """Kill all that the submission with the home folder `home` has started, also what it has hidden away."""
    left = [process for process in psutil.process_iter(['environ'])
            if (process.info['environ'] or {}).get('HOME') == home]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)


def marks(course, problems):
    """Read the marks of those in `problems`, {student: problem}, from the gradebook."""
    found = []
    with gradebook(course) as book:
        for student, problem in problems.items():
            try:
                submission = book.find_submission(ASSIGNMENT, student)
                found.append(Graded(student, submission.score, submission.max_score, submission.needs_manual_grade,
                                    problem))
            except MissingEntry:
                found.append(Graded(student, 0, 0, False, problem))
    return found


def gradebook(course):
    """The gradebook of a course, for a `with`."""
    return Gradebook(f'sqlite:///{course / "gradebook.db"}')


def report(graded):
    """Print a line for each submission, and where feedback and table are."""
    for one in graded:
        marks = f'{one.score:5.1f} of {one.largest:.0f}' if one.largest else '   no marks'
        print(f'{one.student:20s} {marks}' + ('  + by hand' if one.by_hand else '') +
              (f'  PROBLEM: {one.problem}' if one.problem else ''))
    print(f'feedback for each: {COURSE / "feedback"}, table: {COURSE / "grades.csv"}')
    problems = sum(bool(one.problem) for one in graded)
    if problems:
        print(f'{problems} of {len(graded)} could not be graded')


if __name__ == '__main__':
    main()
