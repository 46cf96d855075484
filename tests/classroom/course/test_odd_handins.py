"""A class hands in anything: each is on the list with the right points or a sentence, and nobody harms another."""
import csv
import hashlib
import os
from pathlib import Path

import nbformat
import pytest
from collect import collect, preview
from grade import grade, report
from nbgrader_commands import ASSIGNMENT, NOTEBOOK

from ...systems import grading
from . import odd
from .notebooks import REAL
from .small import SMALL, course

pytestmark = [pytest.mark.slow, grading]
LINKS = {'dangling.ipynb': '/nowhere/at/all', 'leads.ipynb': '/etc/passwd', 'dir': '/etc'}


@pytest.fixture(scope='module', params=['small', 'real'])
def everybody(request, tmp_path_factory):
    """What was handed in, the course's folder, what `collect` said and what `grade` said, by student.

    All of them with small exercises, which need no MXNet, and a dozen with the real ones.
    """
    exercises, cases = {'small': (SMALL, odd.everybody), 'real': (REAL, odd.a_dozen)}[request.param]
    folder = course(tmp_path_factory.mktemp('odd') / 'course', exercises, slow='def batch_gram(X)', once=True)
    cases = cases(exercises)
    put(folder, cases)
    before = installed()
    said = {one.student: one for one in collect(folder)[0]}
    graded = {one.student: one for one in grade(workers=2, course=folder)}
    assert installed() == before, 'a submission changed what is installed'
    return cases, folder, said, graded


def put(folder, cases):
    archive = folder / 'downloaded' / ASSIGNMENT / 'archive'
    for case in cases:
        for path, data in case.files.items():
            target = archive / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.mkdir() if data is None else target.write_bytes(data)
    for name, target in LINKS.items():
        (archive / name).symlink_to(target)
    os.mkfifo(archive / 'pipe.ipynb')


def installed():
    """What packages have at their top, and what is in one: no dates, since any process may compile a module."""
    packages = Path(nbformat.__file__).parents[1]
    names = {file.name for file in packages.iterdir()} - {'__pycache__'}
    return names, {file.name: file.read_bytes() for file in packages.glob('six*') if file.is_file()}


def test_there_are_120_hand_ins_and_a_dozen_with_the_real_exercises():
    assert len({case.student for case in odd.everybody(SMALL)}) + len(LINKS) + len(['pipe']) >= 120
    assert len(odd.a_dozen(REAL)) == len(odd.WITH_THE_REAL) == 12


def test_all_are_on_the_list(everybody):
    cases, _, said, graded = everybody
    students = {case.student for case in cases} | {Path(name).stem for name in [*LINKS, 'pipe']}
    assert len(students) == len(cases) + 4
    assert set(said) == set(graded) == students


def test_each_has_the_points_that_it_deserves(everybody):
    cases, _, _, graded = everybody
    wrong = {case.student: (case.points, graded[case.student]) for case in cases
             if graded[case.student].score != case.points}
    assert not wrong


def test_what_was_done_is_said_at_once_and_with_the_marks(everybody):
    cases, _, said, graded = everybody
    for case in cases:
        one = graded[case.student]
        assert case.words in ' '.join([one.problem, *one.remarks]), one
        assert (one.score is None) == bool(one.problem)
        assert said[case.student].problem == one.problem, 'the preview says it already'
    assert all('is a link' in graded[Path(name).stem].problem for name in LINKS)
    assert 'a pipe' in graded['pipe'].problem


def test_points_are_lost_only_with_a_sentence(everybody):
    cases, folder, _, graded = everybody
    for case in cases:
        if case.points is not None and case.points < odd.ALL:
            name = graded[case.student].name
            page = (folder / 'feedback' / name / ASSIGNMENT / '06_exercises.html').read_text()
            assert any(word in page for word in ('✗', 'not run:', 'NameError', 'Error')), case.student


def test_everybody_has_a_page_that_shows_the_remarks(everybody):
    _, folder, _, graded = everybody
    for one in graded.values():
        page = (folder / 'feedback' / one.name / ASSIGNMENT / '06_exercises.html').read_text()
        assert ('Not graded' in page) == (one.score is None)
        assert ('About the file' in page) == bool(one.remarks and one.score is not None)


def test_the_table_opens_anywhere_and_tells_nothing_from_zero(everybody):
    _, folder, _, graded = everybody
    with (folder / 'grades.csv').open(newline='', encoding='utf-8-sig') as file:
        rows = {row['student_id'].removeprefix("'"): row for row in csv.DictReader(file)}
    assert set(rows) == {name.lstrip("'") if name[:1] in '=-' else name for name in graded}
    for one in graded.values():
        row = rows[one.student]
        assert row['score'] == ('' if one.score is None else str(one.score))
        assert row['problem'] == one.problem and row['remarks'] == '; '.join(one.remarks)
        assert not any(value[:1] in tuple('=+-@') for value in row.values())
    places = [bool(one.problem) * 2 + bool(one.remarks) for one in graded.values()]
    assert places == sorted(places, reverse=True) or places.index(0) > places.index(1)


def test_originals_are_as_they_were_handed_in(everybody):
    cases, folder, _, _ = everybody
    for case in cases:
        [(path, data), *more] = case.files.items()
        if path.endswith('.ipynb') and '/' not in path and data is not None and data[:2] != b'PK' and not more:
            stored = folder / 'submitted' / case.student / ASSIGNMENT / NOTEBOOK
            assert stored.read_bytes() == data


def test_a_second_round_changes_nothing(everybody, monkeypatch):
    _, folder, _, graded = everybody
    before = contents(folder)
    monkeypatch.setattr('grader.Grader._start', lambda self: pytest.fail('graded again'))
    collect(folder)
    assert {one.student: one for one in grade(workers=2, course=folder)} == graded
    assert contents(folder) == before


def contents(folder):
    return {file.relative_to(folder): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in folder.rglob('*') if file.is_file() and file.suffix != '.db' and not file.is_symlink()}


def test_the_report_has_a_line_for_each_with_problems_first(everybody, capsys):
    _, _, _, graded = everybody
    report(list(graded.values()))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(graded) + 2
    problems = sum(bool(one.problem) for one in graded.values())
    assert all('PROBLEM' in line for line in lines[:problems]) and 'PROBLEM' not in lines[problems]
    assert lines[-1] == f'{problems} of {len(graded)} could not be graded'


def test_the_preview_names_what_was_not_taken(everybody, capsys):
    _, folder, _, _ = everybody
    preview(*collect(folder))
    printed = capsys.readouterr().out
    assert 'PROBLEM: pipe.ipynb is a device, a pipe or nothing' in printed
    assert 'files without a name: 0' in printed
