"""The exercises from the source with solutions to a table of grades; nbgrader does the work.

    python classroom/course/course.py exercises     student version → notebooks/06_exercises.ipynb, without outputs
    python classroom/course/course.py release       student version → release, tests → gradebook.db (here)
    python classroom/course/course.py collect       downloaded → submitted, and what is wrong with it
    python classroom/course/course.py grade         submitted → marks, feedback, grades.csv
"""
from d2l_style.compat.terminal import run

import argparse
import os

from collect import collect, preview
from grade import grade, report
from hand_out import release, student_version
from nbgrader_commands import COURSE, NOTEBOOK


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('step', choices=['exercises', 'release', 'collect', 'grade'])
    parser.add_argument('--force', action='store_true', help='grade: also those that are graded and have not changed')
    parser.add_argument('--workers', type=int, default=os.cpu_count(), help='grade: submissions at once')
    args = parser.parse_args()
    if args.step == 'exercises':
        student_version(COURSE.parents[1] / 'notebooks' / NOTEBOOK)
    elif args.step == 'release':
        print('for the students:', release())
    elif args.step == 'collect':
        preview(*collect())
    else:
        report(grade(args.force, args.workers))


if __name__ == '__main__':
    run(main)
