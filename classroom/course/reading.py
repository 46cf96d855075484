"""Read what was handed in as a notebook: its cells come out, whatever state they are in, or a sentence why not."""
import json
import re
from pathlib import Path

import nbformat
from nbformat.corpus.words import generate_corpus_id as random_cell_id
from nbformat.notebooknode import from_dict
from nbformat.v4.rwbase import rejoin_lines

LARGEST = 500_000_000  # bytes of a file that is read at all
OUTPUTS = 50_000_000  # bytes above which a notebook loses its outputs; the solution with all its pictures has 1 MB
EMPTY = nbformat.v4.new_notebook()
AGAIN = 'ask for the .ipynb file'
KINDS = (  # the beginning of a file, and what it is
    (rb'\s*$', f'is empty: {AGAIN} again'),
    (rb'%PDF', f'is a PDF, not a notebook: {AGAIN}'),
    (rb'(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*(<\?xml.*?\?>\s*)?<(!doctype|html|head|body|svg)',
     f'is a web page, not a notebook: {AGAIN}'),
    (rb'PK', f'is an archive or an Office document that holds no notebook: {AGAIN}'),
    (rb'Rar!|7z\xbc\xaf', f'is an archive that can\'t be unpacked here (RAR, 7z): {AGAIN}, or a zip'),
    (rb'\x89PNG|\xff\xd8|GIF8|RIFF....WEBP|....ftyp', f'is a picture or a film, not a notebook: {AGAIN}'),
    (rb'version https://git-lfs', f'only points to a file (Git LFS): {AGAIN}'),
    (rb'\{\\rtf', f'is a text document (RTF), not a notebook: {AGAIN}'),
    (rb'\{', f'is cut off or damaged: {AGAIN} again'),
    (rb'\[', f'is no notebook, though it is JSON: {AGAIN}'),
    (rb'#!|#|import |from |"""', f'is a program or a text, not a notebook: {AGAIN}'),
)


class Unreadable(ValueError):
    """A file without cells; its message goes on after the file's name: "is a PDF, …"."""


def read_cells(content):
    """The cells of a notebook, and remarks on what had to be mended.

    `content`: bytes of any version of the format, with or without a byte order mark. Returns a list of cells of
    nbformat 4, each valid, and a list of sentences. Raises `Unreadable`.
    """
    remarks = []
    document = _document(content, remarks)
    cells = [_cell(raw) for raw in _raw_cells(document) if isinstance(raw, dict)]
    if not _valid({**EMPTY, 'cells': cells}):  # all at once, since one after the other takes ten times as long
        for cell in cells:
            _mend(cell)
    if len(content) > OUTPUTS:
        remarks.append(f'its outputs were left out: it has more than {OUTPUTS // 10**6} MB')
        for cell in cells:
            if cell.cell_type == 'code':
                cell.outputs = []
    return rejoin_lines(nbformat.v4.new_notebook(cells=cells)).cells, remarks


def kind_of(content):
    """What a file without cells is, as the end of a sentence that begins with its name."""
    if re.search(rb'^<<<<<<< ', content, re.MULTILINE):
        return f'has marks of a merge that was not finished (<<<<<<<): {AGAIN} again'
    for beginning, kind in KINDS:
        if re.match(beginning, content[:2000], re.IGNORECASE | re.DOTALL):
            return kind
    return f'is no notebook that can be read: {AGAIN}'


def _document(content, remarks):
    text = _text(content, remarks)
    try:
        document, end = json.JSONDecoder(strict=False).raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        raise Unreadable(kind_of(content)) from None
    if text.lstrip()[end:].strip():
        remarks.append('what stands after the end of the notebook was left out')
    if re.search(r'\\u[dD][89a-fA-F]', text):  # halves of letters, which no file can hold
        document = json.loads(json.dumps(document, ensure_ascii=False).encode(errors='replace'))
    if isinstance(document, dict) and isinstance(document.get('content'), dict):  # as Jupyter's server hands it out
        document = document['content']
    if not isinstance(document, dict):
        raise Unreadable(kind_of(content))
    return document


def _text(content, remarks):
    """The letters of a file; an unknown encoding is read as Windows writes it."""
    if content.startswith((b'\xff\xfe', b'\xfe\xff')):
        return content.decode('utf-16', errors='replace')
    try:
        return content.decode('utf-8-sig')
    except UnicodeDecodeError:
        if content.lstrip().startswith(b'{'):
            remarks.append('its letters are not in UTF-8 and were read as those of Windows')
        return content.decode('cp1252', errors='replace')


def _raw_cells(document):
    if 'worksheets' in document:  # before 2014
        try:
            document = nbformat.convert(from_dict({'nbformat': 3, 'nbformat_minor': 0, 'metadata': {}, **document}), 4)
        except Exception:  # whatever its validators say to what is no notebook
            raise Unreadable(f'is a notebook of before 2014 that can\'t be read: {AGAIN} again') from None
    cells = document.get('cells')
    if not isinstance(cells, list):
        raise Unreadable(f'is no notebook, though it is JSON: no cells; {AGAIN}')
    return cells


def _cell(raw):
    """A cell of `raw`, whose outputs and attachments may be invalid; of its metadata only nbgrader's are of use."""
    kind = str(raw.get('cell_type', '')).lower()
    if kind not in {'code', 'markdown', 'raw'}:
        kind = 'code' if raw.get('outputs') else 'markdown'
    given, metadata = raw.get('id'), raw.get('metadata')
    cell = {'id': given if isinstance(given, str) and re.fullmatch(r'[a-zA-Z0-9_-]{1,64}', given) else random_cell_id(),
            'cell_type': kind, 'source': _joined(raw.get('source', raw.get('input', ''))),
            'metadata': {name: value for name, value in metadata.items() if name == 'nbgrader'}
            if isinstance(metadata, dict) else {}}
    if kind == 'code':
        outputs = raw.get('outputs')
        cell |= {'execution_count': None, 'outputs': outputs if isinstance(outputs, list) else []}
    elif 'attachments' in raw:  # pictures that were pasted into an answer
        cell['attachments'] = raw['attachments']
    return from_dict(cell)


def _mend(cell):
    """Take away what is invalid in a cell of `_cell`."""
    if cell.cell_type == 'code':
        cell.outputs = [output for output in cell.outputs if _valid(output, 'output')]
    elif not _valid(cell, f'{cell.cell_type}_cell'):
        del cell['attachments']


def _joined(source):
    """The text of a cell: one string, or a list of lines."""
    if isinstance(source, list):
        source = ''.join(line for line in source if isinstance(line, str))
    return source.replace('\r\n', '\n').replace('\0', '') if isinstance(source, str) else ''


def _valid(part, kind=None):
    """Whether a notebook is valid, or that part of one which the format calls `kind`."""
    try:
        nbformat.validate(part, ref=kind, version=4, version_minor=5)
    except Exception:  # ValidationError, and what the validator itself stumbles over
        return False
    return True


def unpacked(spool):
    """Bytes and number of the files that are unpacked into `spool`."""
    sizes = [file.stat().st_size for file in Path(spool).glob('*/file')]
    return sum(sizes), len(sizes)
