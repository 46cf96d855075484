"""Whatever calls itself a notebook gives its cells, or a sentence that says what it is."""
import json

import nbformat
import pytest
from reading import Unreadable, read_cells

from .notebooks import as_document, content, solved

TEXT = content(solved()).decode()
SOURCES = [cell.source for cell in solved().cells]


@pytest.mark.parametrize(('file', 'remark'), [
    (TEXT.encode(), ''), (b'\xef\xbb\xbf' + TEXT.encode(), ''), (TEXT.encode('utf-16'), ''),
    (TEXT.replace('\n', '\r\n').encode(), ''), (TEXT.encode() + b'}}', 'after the end'),
    (json.dumps({'type': 'notebook', 'content': json.loads(TEXT)}).encode(), ''),
    (nbformat.writes(nbformat.convert(solved(), 3)).encode(), '')])
def test_a_notebook_is_read_whatever_program_wrote_it(file, remark):
    cells, remarks = read_cells(file)
    assert [cell.source for cell in cells] == SOURCES
    assert len(remarks) == bool(remark) and remark in ' '.join(remarks)


def test_letters_of_windows_are_read_and_named():
    cells, remarks = read_cells(TEXT.replace('×', 'é').encode('cp1252', errors='replace'))
    assert any('é' in cell.source for cell in cells)
    assert 'not in UTF-8' in remarks[0]


def test_halves_of_letters_are_replaced():
    cells, _ = read_cells(json.dumps({'cells': [{'cell_type': 'code', 'source': 'a = "\ud83d"'}]}).encode())
    assert cells[0].source.encode() == b'a = "?"'


@pytest.mark.parametrize(('raw', 'kind', 'source', 'outputs'), [
    ({'cell_type': 'heading', 'source': ['a', 'b', 5]}, 'markdown', 'ab', None),
    ({'cell_type': 'CODE', 'source': 'x\0'}, 'code', 'x', 0),
    ({'outputs': [], 'source': None, 'metadata': 'none', 'id': 'not an id!'}, 'markdown', '', None),
    ({'cell_type': 'code', 'input': 'y', 'outputs': [{'output_type': 'odd'}, 7, {
        'output_type': 'stream', 'name': 'stdout', 'text': 'z'}]}, 'code', 'y', 1),
    ({'cell_type': 'markdown', 'source': 'm', 'attachments': 'none'}, 'markdown', 'm', None),
    ({'cell_type': 'raw', 'source': 'r', 'metadata': {'tags': 'text', 'name': 5, 'format': []}}, 'raw', 'r', None),
    ({'cell_type': 'code', 'metadata': {'collapsed': 'no', 'jupyter': 3}, 'outputs': 'none'}, 'code', '', 0)])
def test_cells_are_mended(raw, kind, source, outputs):
    [cell], _ = read_cells(json.dumps({'cells': [raw, None, 'text']}).encode())
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
    assert (cell.cell_type, cell.source) == (kind, source)
    assert outputs is None or len(cell.outputs) == outputs


def test_pictures_in_an_answer_stay():
    picture = {'a.png': {'image/png': 'aGk='}}
    [cell], _ = read_cells(json.dumps({'cells': [{'cell_type': 'markdown', 'source': 'm',
                                                  'attachments': picture}]}).encode())
    assert cell.attachments == picture


def test_outputs_are_left_out_where_they_are_too_large(monkeypatch):
    monkeypatch.setattr('reading.OUTPUTS', 1000)
    cells, remarks = read_cells(as_document())
    assert cells and not any(cell.get('outputs') for cell in cells)
    assert 'outputs were left out' in remarks[0]


@pytest.mark.parametrize(('file', 'words'), [
    (b'', 'is empty'), (b' \n', 'is empty'), (b'%PDF-1.4', 'PDF'), (b'<!DOCTYPE html><html>', 'web page'),
    (b'<?xml version="1.0"?><html>', 'web page'), (b'PK\x03\x04', 'archive'), (b'Rar!\x1a', 'RAR'),
    (b'\x89PNG\r\n', 'picture'), (b'version https://git-lfs', 'Git LFS'), (TEXT[:9000].encode(), 'cut off'),
    (b'import mxnet', 'program'), (b'[1, 2]', 'JSON'), (b'{"cells": "none"}', 'no cells'), (b'\0\1\2', 'no notebook'),
    (b'{\n<<<<<<< HEAD\n' + TEXT.encode(), 'merge'), (b'{"worksheets": 5}', 'before 2014'),
    (b'[' * 100_000, 'JSON'), (b'12', 'no notebook')])
def test_what_is_no_notebook_is_called_what_it_is(file, words):
    with pytest.raises(Unreadable, match=words) as caught:
        read_cells(file)
    assert 'ask for the .ipynb' in str(caught.value)
