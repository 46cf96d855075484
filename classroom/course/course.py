"""The exercises from the source with solutions to a table of grades; nbgrader does the work.

    python classroom/course/course.py exercises     student version → notebooks/06_exercises.ipynb, without outputs
    python classroom/course/course.py release       student version → release, tests → gradebook.db (here)
    python classroom/course/course.py collect       downloaded → submitted, and what is wrong with it
    python classroom/course/course.py grade         submitted → marks, feedback, grades.csv

As with make, settings may follow: `release DUE="2026-12-01 18:00"`, `grade STUDENT=anna`.
"""
import stop  # noqa: F401  # isort: skip  # first: Control-C may come while the others are imported

from d2l_style.compat.terminal import run

import argparse
import os

from collect import collect, forget, preview
from grade import grade, report
from hand_out import release, student_version
from nbgrader_commands import COURSE, NOTEBOOK

SETTINGS = {'DUE': 'release', 'STUDENT': 'grade', 'FORGET': 'collect'}  # {what may follow: the step that takes it}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('step', choices=['exercises', 'release', 'collect', 'grade'])
    parser.add_argument('settings', nargs='*', help='DUE="2026-12-01 18:00" (release), STUDENT=anna (grade), '
                                                           'FORGET=anna (collect)')
    parser.add_argument('--force', action='store_true', help='grade: also those that are graded and have not changed')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='grade: submissions at once')
    args = parser.parse_args()
    settings = dict(setting.partition('=')[::2] for setting in args.settings)
    for name in settings:
        if SETTINGS.get(name) != args.step:
            parser.error(f'{args.step} knows no {name}')
    if args.step == 'exercises':
        student_version(COURSE.parents[1] / 'notebooks' / NOTEBOOK)
    elif args.step == 'release':
        print(*release(due=settings.get('DUE')), sep='\n')
    elif settings.get('FORGET'):
        print(forget(settings['FORGET']))
    elif args.step == 'collect':
        preview(*collect())
    else:
        students = [settings['STUDENT']] if settings.get('STUDENT') else []
        report(grade(args.force, args.workers, only=students), students)


if __name__ == '__main__':
    run(main)
