"""Everything that was handed in is somebody's or nobody's, is taken or named, and stops nothing else."""
import gzip
import io
import os
import shutil
import tarfile
import zipfile

import pytest
from names import folder_name

from ...systems import WINDOWS
from .notebooks import RELEASED, ROOT, content, solved

RIGHT, EMPTY = content(solved()), content(RELEASED)
OTHER = (ROOT / 'notebooks' / '01_pictures.ipynb').read_bytes()
N = '06_exercises.ipynb'


def packed(files, dates=None):
    """The bytes of a zip with {name: bytes}, and {name: (year, …)}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (dates or {}).get(name, (2026, 11, 1, 0, 0, 0))), data)
    return out.getvalue()


def tarred(files, mode='w:gz'):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def with_link(name, target):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o120777 << 16
        archive.writestr(info, target)
    return out.getvalue()


def locked(data):
    """A zip whose files say that they are encrypted."""
    changed = bytearray(data)
    for mark, place in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
        at = changed.find(mark)
        changed[at + place] |= 1
    return bytes(changed)


@pytest.mark.parametrize(('path', 'data', 'student'), [
    ('ada.ipynb', RIGHT, 'ada'), ('ada.IPYNB', RIGHT, 'ada'), ('ada.ipynb.txt', RIGHT, 'ada'),
    ('ada.json', RIGHT, 'ada'), ('ada.ipynb.json', RIGHT, 'ada'), ('ada', RIGHT, 'ada'),
    ('ada (1).ipynb', RIGHT, 'ada'), ('ada-Copy1.ipynb', RIGHT, 'ada'), ('ada_06_exercises.ipynb', RIGHT, 'ada'),
    (f'ada/{N}', RIGHT, 'ada'), ('ada/my work.ipynb', RIGHT, 'ada'), (f'ada/deep/er/{N}', RIGHT, 'ada'),
    (f'style_transfer/ada/{N}', RIGHT, 'ada'), (f'submitted/ada/style_transfer/{N}', RIGHT, 'ada'),
    ('ada/.ipynb_checkpoints/06_exercises-checkpoint.ipynb', RIGHT, 'ada'),
    ('ada.zip', packed({N: RIGHT}), 'ada'), ('ada.ZIP', packed({N: RIGHT}), 'ada'),
    ('ada.ipynb', packed({N: RIGHT}), 'ada'), ('ada.zip', packed({f'C:\\work\\{N}': RIGHT}), 'ada'),
    ('ada.zip', packed({'ada.zip': packed({N: RIGHT})}), 'ada'), ('ada/ada.zip', packed({N: RIGHT}), 'ada'),
    ('ada.tar.gz', tarred({f'x/{N}': RIGHT}), 'ada'), ('ada.tgz', tarred({N: RIGHT}), 'ada'),
    ('ada.tar', tarred({N: RIGHT}, 'w'), 'ada'), ('ada.ipynb.gz', gzip.compress(RIGHT), 'ada'),
    ('ada.zip', packed({'../../../etc/06_exercises.ipynb': RIGHT}), 'ada'),
    (f'Cy Lee_1234_assignsubmission_file/{N}', RIGHT, 'Cy Lee_1234'),
    (f'Cy Lee_1234_assignsubmission_file_/{N}', RIGHT, 'Cy Lee_1234'),
    (f'Cy Lee_1234_assignsubmission_file_{N}', RIGHT, 'Cy Lee_1234'),
    ('Class-HW1-99.zip', packed({f'Cy Lee_1234_assignsubmission_file_/{N}': RIGHT}), 'Cy Lee_1234'),
    ('leecy_LATE_1234_5678_06_exercises-1.ipynb', RIGHT, 'leecy'), ('leecy_1234_5678_mine.ipynb', RIGHT, 'leecy'),
    ('Style transfer_cylee_attempt_2026-11-01-10-00-00_06_exercises.ipynb', RIGHT, 'cylee'),
    ('Grün, Zoë [2] .ipynb', RIGHT, 'Grün, Zoë [2]'), ('Zoe\u0308.ipynb', RIGHT, 'Zoë'),
    (b'Zo\xeb.ipynb'.decode(errors='surrogateescape'), RIGHT, 'Zoë'), ('J. R. Smith.ipynb', RIGHT, 'J. R. Smith'),
    ('ada v1.2/x.ipynb', RIGHT, 'ada v1.2'),
    # a name is a folder's, and none but the student's
    (f'.._assignsubmission_file_{N}', RIGHT, '__'),
    ('class7b.zip', packed({f'.._assignsubmission_file_{N}': RIGHT}), '__'),
    ('class7b.zip', packed({f'{"a" * 300}/{N}': RIGHT}), f'{"a" * 180}~89971909'),
    ('Style_ada_attempt_2026-99-99_x.ipynb', RIGHT, 'ada'),
    ('ada.zip', packed({N: RIGHT}, {N: (1980, 0, 0, 0, 0, 0)}), 'ada')])
def test_what_can_be_read_is_read_and_belongs_to_its_student(take, path, data, student):
    if WINDOWS and '\udceb' in path:
        pytest.skip('a name on Windows is Unicode')
    found, listed = take({path: data})
    assert {name: (problem, remarks) for name, (_, problem, remarks) in found.items()} == {student: ('', [])}
    assert [(whose, what) for _, whose, what in listed] == [(student, 'taken')]


@pytest.mark.parametrize(('path', 'data', 'words'), [
    ('ada.pdf', b'%PDF', 'is a PDF'), ('ada.html', b'<html>', 'is a web page'), ('ada.py', b'import x', 'is a program'),
    ('ada.docx', packed({'[Content_Types].xml': b'', 'word/document.xml': b''}), 'Office document'),
    ('ada.zip', packed({'a.pdf': b'%PDF', 'b.png': b'\x89PNG'}), 'b.png is a picture'),
    ('ada.zip', packed({}), 'empty archive'), ('ada.zip', packed({N: RIGHT})[:20000], 'damaged archive'),
    ('ada.zip', locked(packed({N: RIGHT})), 'password'), ('ada.zip', with_link(N, '/etc/passwd'), 'is a link'),
    ('ada', None, 'is an empty folder'), ('ada/deep', None, 'is an empty folder'), ('ada.rar', b'Rar!\x1a\7', 'RAR'),
    ('ada.7z', b'7z\xbc\xaf\x27\x1c', '7z')])
def test_what_cannot_be_read_is_its_students_problem(take, path, data, words):
    found, listed = take({path: data, 'ben.ipynb': RIGHT})
    assert words in found['ada'][1] and 'ask for' in found['ada'][1]
    assert found['ben'] == ('ben.ipynb', '', [])
    assert {whose for _, whose, _ in listed} == {'ada', 'ben'}


def test_many_packed_files_are_not_unpacked_for_ever(take, monkeypatch):
    monkeypatch.setattr('handins.MEMBERS', 5)
    monkeypatch.setattr('handins.UNPACKED', 5 * 10**6)
    nested = packed({N: RIGHT})
    for _ in range(6):
        nested = packed({'x.zip': nested})
    found, _ = take({'a.zip': packed({f'{n}.txt': b'x' for n in range(9)}), 'b.zip': packed({N: b'{' * 10**7}),
                     'c.zip': nested})
    assert 'unpacks to more' in found['a'][1] and 'unpacks to more' in found['b'][1] and '4 times' in found['c'][1]


def test_archives_in_an_archive_count_together(take, monkeypatch):
    monkeypatch.setattr('handins.UNPACKED', 10**6)
    inner = packed({'a.txt': b'x' * 180_000})  # counts twice: itself, and what is in it
    _, listed = take({f'{name}.zip': packed(dict.fromkeys([f'{one}.zip' for one in range(many)], inner))
                      for name, many in (('two', 2), ('three', 3))})
    assert [name for name, _, what in listed if 'unpacks to more' in what] == ['three.zip/2.zip']


@pytest.mark.skipif(WINDOWS, reason='Windows has no pipes among files, and links only with rights')
def test_links_and_pipes_are_named_and_not_opened(take, tmp_path):
    archive = tmp_path / 'archive'
    (archive / 'ada').mkdir(parents=True)
    secret = tmp_path / 'secret.ipynb'
    secret.write_bytes(RIGHT)
    (archive / 'ada' / N).symlink_to(secret)
    (archive / 'ben.ipynb').symlink_to(tmp_path / 'nowhere')
    (archive / 'cy').symlink_to(tmp_path)
    os.mkfifo(archive / 'dora.ipynb')
    found, _ = take({'eve.ipynb': RIGHT})
    assert all('is a link' in found[name][1] for name in ('ada', 'ben', 'cy'))
    assert 'a pipe' in found['dora'][1] and found['eve'][0]


def test_files_without_a_name_are_nobodys(take):
    found, listed = take({N: RIGHT, '06_exercises (1).ipynb': RIGHT, 'notebooks/Untitled.ipynb': RIGHT,
                          '...ipynb': RIGHT,
                          '.DS_Store': b'', 'ada.zip': packed({N: RIGHT, f'__MACOSX/._{N}': b'x'})})
    assert set(found) == {'ada'} and not found['ada'][2]
    assert sorted(what.split(':')[0] for _, student, what in listed if not student) == [
        "has nobody's name"] * 4 + ['left by an operating system'] * 2


@pytest.mark.parametrize(('files', 'taken'), [
    ({f'ada/{N}': RIGHT, 'ada/06_exercises-Copy1.ipynb': RIGHT}, f'ada/{N}'),
    ({f'ada/{N}': EMPTY, 'ada/06_exercises-Copy1.ipynb': RIGHT}, 'ada/06_exercises-Copy1.ipynb'),
    ({f'ada/{N}': RIGHT[:9000], 'ada/b.ipynb': RIGHT}, 'ada/b.ipynb'),
    ({'ada/z.new.ipynb': OTHER, f'ada/{N}': RIGHT}, f'ada/{N}'),
    ({'ada/a.ipynb': RIGHT, 'ada/b.new.ipynb': RIGHT, 'ada/c.ipynb': RIGHT}, 'ada/b.new.ipynb'),
    ({'ada.ipynb': RIGHT, f'ada/{N}': RIGHT[:9000]}, 'ada.ipynb'),
    ({'ada.zip': packed({'a.ipynb': RIGHT, 'b.ipynb': RIGHT}, {'a.ipynb': (2026, 11, 2, 0, 0, 0)})}, 'ada.zip/a.ipynb'),
    ({'ada.pdf': b'%PDF', 'ada.ipynb': RIGHT}, 'ada.ipynb')])
def test_of_several_files_the_best_reading_counts_and_is_named(take, files, taken):
    found, listed = take(files)
    assert found['ada'][:2] == (taken, '')
    rivals = sum(data in (RIGHT, EMPTY) for data in files.values()) + 2 * ('zip' in taken)
    assert (f'{taken} was taken, not' in ' '.join(found['ada'][2])) == (rivals > 1)
    assert len(listed) == len(files) + ('zip' in taken)


def test_a_method_of_packing_that_python_lacks_is_called_by_its_name(take):
    data = bytearray(packed({N: RIGHT, 'ben.txt': b'x'}))
    for mark, place in ((b'PK\x03\x04', 8), (b'PK\x01\x02', 10)):
        data[data.find(mark) + place] = 9
    assert 'by a method that can\'t be unpacked here (Deflate64' in take({'ada.zip': bytes(data)})[0]['ada'][1]


def test_what_is_damaged_beside_a_good_file_is_named(take):
    found, _ = take({'ada.zip': b'PK\x03\x04 broken', 'ada.ipynb': RIGHT})
    assert found['ada'][0] == 'ada.ipynb' and 'ada.zip is a damaged archive' in found['ada'][2][0]


@pytest.mark.parametrize('files', [
    {f'group b/{name}/{N}': RIGHT for name in ('ada', 'ben')},
    {f'all.zip/{name}.ipynb': RIGHT for name in ('ada', 'ben')},
    {f'all.zip/x/{name}.zip': packed({N: RIGHT}) for name in ('ada', 'ben')},
    {f'all.zip/{name}_12_assignsubmission_file_{N}': RIGHT for name in ('ada', 'ben')}], ids=min)
def test_a_class_in_one_folder_or_archive_is_understood(take, files):
    if 'all.zip' in min(files):
        files = {'all.zip': packed({name.removeprefix('all.zip/'): data for name, data in files.items()})}
    found, _ = take({**files, 'dora.zip': packed({f'notebooks/{N}': RIGHT, 'notebooks/old/x.ipynb': EMPTY})})
    names = {name.split('_')[0] for name in found}
    assert names == {'ada', 'ben', 'dora'}


@pytest.mark.skipif(WINDOWS, reason='on Windows no name ends in a space')
def test_folders_of_submissions_are_called_as_their_students(take):
    found, _ = take({f'old/style_transfer/{N}': RIGHT, f'ada (2)/style_transfer/{N}': RIGHT, f'ada /{N}': RIGHT,
                     'ben.ipynb': RIGHT}, by_folder=True)
    assert set(found) == {'old', 'ada (2)', 'ada ', 'ben'}


@pytest.mark.parametrize('student', [
    'ada', 'Zoë Grün', "O'Brien, Mary [2]", 'ada ', '.', '..', '-x', '=1+1', 'a/b\\c:d*e?f"g<h>i|j', '{x}%20~', 'n\n\t',
    '🦊', 'x' * 240])
def test_any_name_gives_a_folder_of_its_own(student, tmp_path):
    name = folder_name(student)
    (tmp_path / name).mkdir()
    assert (tmp_path / name).parent == tmp_path and not set(name) & set('*?[]/\\:{}%,"\n')
    assert name == student or name != folder_name(name)
    assert [file.name for file in tmp_path.glob(name)] == [name]
    shutil.rmtree(tmp_path / name)
