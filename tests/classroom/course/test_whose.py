"""Who is who: by the numbers of a learning platform, by folders before files, and never two as one in silence."""
import unicodedata

import pytest

from .test_handins import EMPTY, OTHER, RIGHT, ROOT, N, packed

SOURCE = (ROOT / 'classroom' / 'course' / 'source' / 'style_transfer' / N).read_bytes()
CLASS = {f'anna/{N}': RIGHT, 'ben/report.pdf': b'%PDF', f'cleo/{N}': b''}
FLAT = {'anna.ipynb': RIGHT, 'ben.ipynb': RIGHT, 'cleo.ipynb': b'', 'dan.pdf': b'%PDF'}
BLACKBOARD = 'Style transfer_{}_attempt_2026-11-01-10-00-00_06_exercises.ipynb'
MOODLE = '{}_assignsubmission_file_/' + N


@pytest.mark.parametrize('name', ['class7b', '10B', 'Informatik', 'Kurs 9a', 'homework 6', '2026-11-27', 'NST'])
@pytest.mark.parametrize('is_packed', [True, False])
def test_one_folder_a_student_is_a_class_whatever_lies_in_it(take, name, is_packed):
    found, _ = take({f'{name}.zip': packed(CLASS)} if is_packed else {
        f'{name}/{path}': data for path, data in CLASS.items()})
    assert set(found) == {'anna', 'ben', 'cleo'} and 'is a PDF' in found['ben'][1]


def test_files_side_by_side_are_a_class_where_its_name_says_so(take):
    assert set(take({'class7b.zip': packed(FLAT)})[0]) == {'anna', 'ben', 'cleo', 'dan'}


def test_the_list_of_the_class_tells_students_from_drafts(take):
    archive = {'Physik.zip': packed({f'{name}.ipynb': RIGHT for name in ('anna', 'ben')})}
    found, _ = take(archive)
    assert set(found) == {'Physik'} and 'if they are of several students' in found['Physik'][2][0]
    assert set(take(archive, roster=frozenset({'anna'}))[0]) == {'anna', 'ben'}


@pytest.mark.parametrize(('files', 'students'), [
    (('hw_2026_11_26_petra.ipynb', 'hw_2026_11_26_paulus.ipynb'), ['hw_2026_11_26_petra', 'hw_2026_11_26_paulus']),
    (('hw_123_456_petra.ipynb', 'hw_123_456_paulus.ipynb'), ['hw_123_456_petra', 'hw_123_456_paulus']),
    (('hw_123_456_petra.ipynb', 'hw_123_457_paulus.ipynb'), ['hw_123_456_petra', 'hw_123_457_paulus']),
    (('doe_11_501_06_exercises.ipynb', 'doe_12_502_06_exercises-1.ipynb'), ['doe_11', 'doe_12']),
    ((BLACKBOARD.format('jane_doe'), BLACKBOARD.format('john_doe')), ['jane_doe', 'john_doe']),
    (('anna/hw_123_456_x.ipynb', 'ben/doe_11_12_06_exercises.ipynb'), ['anna', 'ben']),
    (('doejane_LATE_1234_5678_06_exercises-1.ipynb', 'roe_1235_5679_mine.ipynb'), ['doejane', 'roe']),
    (('Anna Meier - 06_exercises.ipynb', 'Copy of Ben - 06_exercises.ipynb', f'cleo/Copy of {N}'),
     ['Anna Meier', 'Ben', 'cleo']),
    (('x/Dan Do - 06_exercises.ipynb', 'x/Eva - Copy of 06_exercises.ipynb'), ['Dan Do', 'Eva']),
    ((MOODLE.format('Jo Li_1001'), MOODLE.format('Jo Li_1002')), ['Jo Li_1001', 'Jo Li_1002']),
    ((f'Zoë/{N}', unicodedata.normalize('NFD', 'Zoë.ipynb')), ['Zoë']),
    ((f'4711123/{N}', f'group b/{N}', '12.ipynb'), ['4711123', 'group b', '12'])], ids=str)
def test_people_are_told_apart(take, files, students):
    found, _ = take(dict.fromkeys(files, RIGHT))
    assert set(found) == set(students)
    assert len(files) == len(students) or any(remarks for *_, remarks in found.values())


def test_who_has_a_number_keeps_the_first_name(take):
    married = {'new.zip': packed({MOODLE.format('Anna Schmidt_123456'): RIGHT, MOODLE.format('Ed Fox_7777'): RIGHT})}
    found, _ = take(married, numbers={'Moodle 123456': 'Anna Meier_123456', 'Canvas 11': 'doe'})
    assert set(found) == {'Anna Meier_123456', 'Ed Fox_7777'}
    assert 'is also called Anna Schmidt_123456' in found['Anna Meier_123456'][2][0] and not found['Ed Fox_7777'][2]


def test_one_number_with_two_names_is_two_people_and_said_of_both(take):
    found, _ = take({MOODLE.format('Anna Meier_12'): RIGHT, MOODLE.format('Bob Roth_12'): RIGHT})
    assert set(found) == {'Anna Meier_12', 'Bob Roth_12'}
    assert all('there is also' in ' '.join(remarks) for *_, remarks in found.values())


def test_a_new_one_of_a_known_name_gets_the_number(take):
    assert set(take({'doe_12_502_06_exercises.ipynb': RIGHT}, numbers={'Canvas 11': 'doe'})[0]) == {'doe_12'}


def test_names_that_look_alike_are_said_of_both(take):
    found, _ = take({'Anna.ipynb': RIGHT, 'anna.ipynb': RIGHT})
    assert ['there is also' in remarks[0] for *_, remarks in found.values()] == [True, True]


def test_who_has_no_number_may_be_any_of_that_name(take):
    moodle = [MOODLE.format(f'Anna Berg_{number}') for number in (12345, 12399)]
    found, _ = take(dict.fromkeys([*moodle, MOODLE.format('Ed Fox_7777'), 'Anna Berg.ipynb'], RIGHT))
    assert found['Anna Berg'][2][0].startswith('there is also Anna Berg_12345, Anna Berg_12399')
    assert 'there is also Anna Berg' in found['Anna Berg_12345'][2][0] and not found['Ed Fox_7777'][2]
    found, _ = take({'Anna Berg.ipynb': RIGHT}, numbers={'Moodle 12345': 'Anna Berg_12345'})
    assert 'there is also Anna Berg_12345' in found['Anna Berg'][2][0]


def test_a_name_of_before_that_looks_alike_is_said(take):
    assert take({'Anna.ipynb': RIGHT}, before=['anna', 'Ben'])[0]['Anna'][2][0].startswith('there is also anna')


def test_of_two_archives_of_a_class_the_later_hand_in_counts(take):
    path = f'anna/{N}'
    found, _ = take({'class 7b.zip': packed({path: EMPTY, f'ben/{N}': RIGHT}),
                     'class 7b later.zip': packed({path: RIGHT}, {path: (2026, 11, 20, 0, 0, 0)})})
    assert found['anna'][0] == f'class 7b later.zip/{path}' and found['ben'][0] == f'class 7b.zip/ben/{N}'


@pytest.mark.parametrize('own', [EMPTY, None])
def test_the_source_of_the_exercises_is_never_a_hand_in(take, own):
    files = {f'neural-style/classroom/course/source/style_transfer/{N}': SOURCE,
             'neural-style/build/nbval/notebooks/06_exercises_solved.ipynb': SOURCE}
    found, _ = take({'anna.zip': packed({**files, **({f'neural-style/notebooks/{N}': own} if own else {}),
                                         'neural-style/README.md': b'# x'})})
    assert found['anna'][0] == (f'anna.zip/neural-style/notebooks/{N}' if own else '')
    assert own or 'the course\'s own source' in found['anna'][1]


def test_a_whole_project_is_one_students(take):
    found, _ = take({'anna.zip': packed({f'x/notebooks/{N}': RIGHT, 'x/my-work/1/notebooks/01_pictures.ipynb': OTHER,
                                         f'x/final attempt/{N}': EMPTY, 'x/docs/a.md': b'a'})})
    assert set(found) == {'anna'}
