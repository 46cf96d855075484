"""The list of the class is read whatever program wrote it, and says who is missing."""
import pytest
from roster import Roster

TABLES = {
    'semicolons, BOM, empty lines': '\ufeffid;Vorname;Nachname\r\n\r\nah1;Anna;Müller\r\n;;\nbb2;Ben;Roth\n'.encode(),
    'commas': b'first_name,last_name,id\nAnna,M\xc3\xbcller,ah1\nBen,Roth,bb2\n',
    'Excel': 'sep=;\nid;Name\nah1;"Müller, Anna"\nbb2;"Roth, Ben"\n'.encode('cp1252'),
    'tabs, UTF-16': 'Username\tName\nah1\tAnna Müller\nbb2\tBen Roth\n'.encode('utf-16'),
    'no header': 'ah1,Anna,Müller\nbb2,Ben,Roth\n'.encode(),
    'mail': 'id,name,email\nah1,Anna Müller,am@x\nbb2,Ben Roth,b@x\n'.encode(),
}


@pytest.fixture
def roster(tmp_path):
    def read(content):
        (tmp_path / 'students.csv').write_bytes(content)
        return Roster(tmp_path)
    return read


@pytest.mark.parametrize('table', TABLES)
@pytest.mark.parametrize('name', ['ah1', 'Anna Müller', 'anna mueller', 'Müller Anna', 'mulleranna',
                                  'Anna Müller_123456', 'Mu\u0308ller, Anna'])
def test_a_student_is_known_by_any_of_the_names(roster, table, name):
    assert roster(TABLES[table]).missing([name]) == ['bb2']
    assert roster(TABLES[table]).others([name, 'Ben', 'bb2']) == ['Ben']


def test_names_without_latin_letters_are_no_spelling_of_all_others(roster):
    assert roster('id,name\n1,李雷\n2,韩梅梅\n'.encode()).missing(['李雷']) == ['2']


def test_a_list_of_names_alone_is_enough(roster):
    assert roster(b'anna\nben\n').missing(['ben']) == ['anna']


def test_students_with_numbers_are_not_one(roster):
    assert roster(b'id\ns_101\ns_102\ns_103\n').missing(['s_102']) == ['s_101', 's_103']


def test_the_sentence_has_who_is_missing_who_is_not_on_it_and_who_is_twice(roster):
    known = roster(b'id\nanna\nben\nanna\ncleo\n')
    assert known.sentences(['anna', 'zoe']) == [
        'students.csv has 3, 1 handed in: missing ben, cleo', 'not in students.csv: zoe',
        'more than once in students.csv: anna']
    assert known.sentences(['anna', 'ben', 'cleo'])[0] == 'students.csv has 3, 3 handed in'


def test_without_a_list_nothing_is_said(tmp_path):
    assert Roster(tmp_path).sentences(['anna']) == [] and Roster(tmp_path).missing(['anna']) == []
    (tmp_path / 'students.csv').write_bytes(b'\xef\xbb\xbf\n;;\n')
    assert Roster(tmp_path).sentences(['anna']) == []
