"""Odd hand-ins, made in memory: what people, editors, browsers and learning platforms do, and what should come out."""
import json
import zlib
from dataclasses import dataclass

import nbformat

from .notebooks import (
    ROOT,
    WRONG_GRAM,
    all_in_one_cell,
    answered_in_the_experiment,
    as_document,
    content,
    edited,
    moved,
    of_another_kind,
    only_code,
    released_source,
    solved,
    split,
    twice,
    with_odd_settings,
    with_own_cell,
    with_settings,
    with_tags_that_skip,
    without,
    without_anything,
    without_checks,
    without_metadata,
    without_metadata_of_checks,
    written_in_a_new_cell,
)
from .test_handins import N, locked, packed, tarred, with_link

ALL, GRAM, UP_TO_GRAM, BEFORE_GRAM = 34, 5, 13, 8  # points that need no teacher
# of the real exercises too: what touches the cells that nbgrader marks, and a format
WITH_THE_REAL = ('stripped', 'only code', 'no checks', 'no gram', 'split and stripped', 'written below', 'all in one',
                 'answer below', 'pip by shell', 'package only', 'CRLF', 'format 3')
# names that break tables, patterns, paths, pages and formulas
NAMES = ('{} ada', 'Lee, {}', '{} [2b]', "O'{}", '{} Grün-Ωé', '🦊 {}', '={}', '-{}', '{}"quoted"', '{} ~ %20',
         '<b>{}', '{{{}}}', '{}; rm -rf', '{}.v2', '{} ' + 'long' * 30)


@dataclass(frozen=True)
class Odd:
    """What lies in the archive, {path: bytes}, and what should come out: points, None for none, and words said."""

    student: str
    files: dict
    points: float | None
    words: str = ''
    what: str = ''


def by_odd_name(what, data, points=ALL, words=''):
    """One notebook, of a student with an odd name: the same one in whatever order tests run."""
    student = NAMES[zlib.crc32(what.encode()) % len(NAMES)].format(what)
    return Odd(student, {f'{student}.ipynb': data}, points, words, what)


def edits(exercises):
    """Notebooks that were edited."""
    cases = {
        'stripped': (without_metadata, ALL, '45 cells'), 'stripped of ids': (without_anything, ALL, '45 cells'),
        'stripped checks': (without_metadata_of_checks, ALL, '18 cells'), 'only code': (only_code, ALL, '`question_1`'),
        'renamed': (with_settings(grade_id='x'), ALL, 'a cell'),
        'points 500': (with_settings(points=500), ALL, 'a cell'),
        'list': (with_odd_settings([1]), ALL, '3 cells'), 'null': (with_odd_settings(None), ALL, '3 cells'),
        'tags': (with_tags_that_skip, ALL, ''),
        'no check': (without('check_batch_gram'), ALL, 'the check of `batch_gram`'),
        'no checks': (without_checks, ALL, 'put back'), 'no imports': (without('cell-01', 'cell-02'), ALL, 'imports'),
        'no gram': (without('batch_gram'), ALL - GRAM, '`batch_gram` was not found'),
        'no postprocess': (without('mean_content_loss'), ALL - 3, '`mean_content_loss` was not found'),
        'twice': (twice('batch_gram', first=WRONG_GRAM), ALL, 'more than once'),
        'twice wrong': (twice('batch_gram', second=WRONG_GRAM), ALL - GRAM, 'more than once'),
        'emptied again': (twice('batch_gram', second=released_source('batch_gram')), ALL, ''),
        'split': (split('batch_gram', 2), ALL, 'joined'),
        'split and stripped': (split('train_until_still', 4, False), ALL, 'joined'),
        'moved check': (moved('check_batch_gram', 'weighted_style_loss'), ALL, 'back in its place'),
        'moved solution': (moved('batch_gram', 'weighted_style_loss'), ALL, 'below its check'),
        'written below': (written_in_a_new_cell('batch_gram', 'check_batch_gram'), ALL, 'below its check'),
        'all in one': (all_in_one_cell, ALL, 'another cell'),
        'in experiment': (answered_in_the_experiment, ALL, 'another cell'),
        'as text': (of_another_kind('batch_gram', 'markdown'), ALL, 'another kind'),
        'answer below': (written_in_a_new_cell('question_1', 'question_1'), ALL, 'answered in a cell below'),
    }
    return [by_odd_name(what, content(edited(edit, exercises)), points, words)
            for what, (edit, points, words) in cases.items()]


def without_function(notebook):
    """Neither a function nor a place for its check."""
    without('batch_gram')(notebook)
    moved('check_batch_gram', 'weighted_style_loss')(notebook)


def runs(exercises):
    """Notebooks that do something when they run."""
    own = {
        'pip': ('%pip install six==1.0', ALL, 'installs packages'),
        'pip by shell': ('!pip install --upgrade --force-reinstall six==1.16.0', ALL, 'installs packages'),
        'vandal': ('import six, pathlib\npathlib.Path(six.__file__).write_text("broken")', ALL, ''),
        'network': ('import socket\nsocket.create_connection(("127.0.0.1", 9), 1)', ALL, ''),
        'reset': ('%reset -f', ALL - 5, ''), 'asks': ('input()', ALL, ''),
        'shows all': ('from IPython.core.interactiveshell import InteractiveShell\n'
                      'InteractiveShell.ast_node_interactivity = "all"', ALL, ''),
        'no output': ('import sys\nsys.stdout = None', BEFORE_GRAM, ''),
    }
    instead = {
        'exits': ('exit()', BEFORE_GRAM, 'ended (exit) by the cell `batch_gram`'),
        'quits': ('print(1)\nquit()', BEFORE_GRAM, 'by the cell `batch_gram`'),
        'sys.exit': ('import sys\nsys.exit()', ALL - GRAM, ''),
        'dies': ('import os\nos._exit(1)', BEFORE_GRAM, 'by the cell `batch_gram`'),
        'shuts down': ('get_ipython().kernel.do_shutdown(False)\nimport time\ntime.sleep(1)', BEFORE_GRAM,
                       'by the cell `batch_gram`'),  # which it does a tenth of a second later
        'kills': ('import os\nos.kill(os.getpid(), 9)', BEFORE_GRAM, 'by the cell `batch_gram`'),
        'patricide': ('import os\nos.kill(os.getppid(), 9)', ALL - GRAM, ''),
        'not Python': ('Das ist die Gram-Matrix.', ALL - GRAM, ''),
    }
    return ([by_odd_name(what, content(edited(with_own_cell(text), exercises)), points, words)
             for what, (text, points, words) in own.items()] +
            [by_odd_name(what, content(solved(exercises, batch_gram=text)), points, words)
             for what, (text, points, words) in instead.items()] +
            [by_odd_name('package only', content(edited(without_function, exercises)), ALL - GRAM,
                         '`batch_gram` was not found')])


def formats(exercises):
    """Notebooks in other clothes."""
    right = content(solved(exercises))
    text = right.decode()

    def colab(document):
        document['metadata']['widgets'] = {'application/vnd.jupyter.widget-state+json': {'abc': {'model_name': 'X'}}}

    def broken_outputs(document):
        for cell in document['cells']:
            cell.update({'outputs': [{'output_type': 'odd'}, 5]} if cell['cell_type'] == 'code' else {})

    def kernel(document):
        document['metadata'] = {'kernelspec': {'name': 'ir', 'display_name': 'R', 'language': 'R'}}
    return [by_odd_name(what, data, words=words) for what, data, words in (
        ('BOM', b'\xef\xbb\xbf' + right, ''), ('UTF-16', text.encode('utf-16'), ''),
        ('CRLF', text.replace('\n', '\r\n').encode(), ''), ('cp1252', text.replace(' the ', ' thé ', 1).encode(
            'cp1252', errors='replace'), 'not in UTF-8'), ('trailing', right + b'}', 'after the end'),
        ('format 3', nbformat.writes(nbformat.convert(solved(exercises), 3)).encode(), ''),
        ('Colab', as_document(colab, exercises), ''),
        ('outputs', as_document(broken_outputs, exercises), ''), ('R', as_document(kernel, exercises), ''),
        ('server', json.dumps({'type': 'notebook', 'content': json.loads(text)}).encode(), ''))]


def places(exercises):
    """Notebooks in other places and packings."""
    right = content(solved(exercises))
    return [Odd(student, {path: data}, ALL, words) for student, path, data, words in (
        ('text', 'text.ipynb.txt', right, ''), ('upper', 'upper.IPYNB', right, ''), ('json', 'json.json', right, ''),
        ('folder', f'folder/{N}', right, ''), ('deeper', f'style_transfer/deeper/a/b/{N}', right, ''),
        ('zip', 'zip.ZIP', packed({N: right}), ''), ('notzip', 'notzip.ipynb', packed({N: right}), ''),
        ('tar', 'tar.tar.gz', tarred({N: right}), ''),
        ('nested', 'nested.zip', packed({'x.zip': packed({N: right})}), ''),
        ('Cy Lee_1', f'Cy Lee_1_assignsubmission_file_{N}', right, ''),
        ('Di Ng_2', 'moodle.zip', packed({f'Di Ng_2_assignsubmission_file_/{N}': right}), ''),
        ('canvas', 'canvas_LATE_12_34_x.ipynb', right, ''),
        ('saved', 'saved/.ipynb_checkpoints/06_exercises-checkpoint.ipynb', right, ''))] + [
        Odd('both', {'both.ipynb': right, f'both/{N}': content(solved(exercises, batch_gram=WRONG_GRAM))}, ALL - GRAM,
            'both/06_exercises.ipynb was taken, not both.ipynb'),
        Odd('copied', {f'copied/{N}': right,
                       'copied/06_exercises-Copy1.ipynb': content(solved(exercises, batch_gram='x'))}, ALL,
            'was taken, not'),
        Odd('repaired', {'repaired.zip': b'PK\x03\x04', 'repaired.ipynb': right}, ALL, 'damaged archive')]


def half(data):
    return data[:len(data) // 2]


def refused(exercises):
    """What has no marks, and why."""
    right = content(solved(exercises))
    cases = {
        'pdf.pdf': (b'%PDF-1.4', 'PDF'), 'page.html': (b'<!DOCTYPE html>', 'web page'),
        'login.ipynb': (b'<html>', 'web page'), 'xhtml.ipynb': (b'<?xml version="1.0"?>\n<html>', 'web page'),
        'script.py': (b'import mxnet', 'program'), 'notes.txt': (b'# my notes', 'program or a text'),
        'empty.ipynb': (b'', 'empty'), 'blank.ipynb': (b'  \n', 'empty'), 'bom.ipynb': (b'\xef\xbb\xbf', 'notebook'),
        'half.ipynb': (half(right), 'cut off'), 'most.ipynb': (right[:-9], 'cut off'),
        'list.ipynb': (b'[]', 'no notebook'), 'number.ipynb': (b'12', 'no notebook'),
        'word.ipynb': (b'"x"', 'notebook'), 'letter.rtf': (b'{\\rtf1', 'RTF'),
        'deep.ipynb': (b'[' * 10**5, 'JSON'), 'binary.ipynb': (b'\0\1\2\3', 'no notebook'),
        'none.ipynb': (b'{"cells": "none"}', 'no cells'), 'nothing.ipynb': (b'{"cells": []}', 'another notebook'),
        'oldest.ipynb': (b'{"worksheets": 5}', 'before 2014'), 'table.json': (b'{"a": 1}', 'no cells'),
        'merge.ipynb': (b'{\n<<<<<<< HEAD\n' + right, 'merge'), 'lfs.ipynb': (b'version https://git-lfs', 'Git LFS'),
        'png.ipynb': (b'\x89PNG\r\n', 'picture'), 'photo.jpg': (b'\xff\xd8', 'picture'), 'film.mp4': (
            b'\0\0\0\x20ftypmp42', 'film'), 'rar.rar': (b'Rar!\x1a', 'RAR'), '7z.7z': (b'7z\xbc\xaf', '7z'),
        'docx.docx': (packed({'[Content_Types].xml': b''}), 'Office'),
        'locked.zip': (locked(packed({N: right})), 'password'),
        'broken.zip': (half(packed({N: right})), 'damaged'), 'cut.tar.gz': (half(tarred({N: right})), 'damaged'),
        'nozip.zip': (b'PK\x03\x04', 'damaged'), 'gz.ipynb.gz': (b'\x1f\x8b\x08broken', 'damaged'),
        'emptyzip.zip': (packed({}), 'empty archive'), 'emptytar.tar': (tarred({}, 'w'), 'empty archive'),
        'onlypdf.zip': (packed({'a.pdf': b'%PDF'}), 'PDF'), 'onlypng/x.png': (b'\x89PNG', 'picture'),
        'linked.zip': (with_link(N, '/etc/passwd'), 'link'), 'emptyfolder/': (None, 'empty folder'),
        'folderlike.ipynb/': (None, 'empty folder'), 'inner/empty/': (None, 'empty folder'),
        'tables.ods': (packed({'mimetype': b'x'}), 'Office'), 'legacy.xls': (b'\xd0\xcf\x11\xe0', 'no notebook'),
        'chapter4.ipynb': ((ROOT / 'notebooks' / '04_training.ipynb').read_bytes(), 'another notebook'),
        'losses.ipynb': ((ROOT / 'notebooks' / '03_losses.ipynb').read_bytes(), 'another notebook'),
        'Ed Fox_9_assignsubmission_onlinetext/onlinetext.html': (b'<html>', 'web page')}
    return [Odd(path.split('_assign')[0].split('/')[0].split('.')[0], {path.rstrip('/'): data}, None, words)
            for path, (data, words) in cases.items()]


def everybody(exercises):
    return [*edits(exercises), *runs(exercises), *formats(exercises), *places(exercises), *refused(exercises)]


def a_dozen(exercises):
    return [case for case in everybody(exercises) if case.what in WITH_THE_REAL]
