"""What is shown of a submission: to the teacher (Formgrader) nothing that a browser runs, to the student no test, too.

What students wrote is cleaned before it becomes a page, text by text: Formgrader's page needs scripts of its own beside
the student's cells, so neither a Content-Security-Policy nor a frame without rights can be put around them. Feedback
needs none: a policy forbids them there, too (`feedback.py`).
"""
import ast
import contextlib
import re
import textwrap
from pathlib import Path

import bleach
import nbformat
from bleach.css_sanitizer import CSSSanitizer
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

TAGS = bleach.ALLOWED_TAGS | {'br', 'caption', 'dd', 'del', 'details', 'div', 'dl', 'dt', 'h1', 'h2', 'h3', 'h4', 'h5',
                              'h6', 'hr', 'img', 'p', 'pre', 's', 'span', 'sub', 'summary', 'sup', 'table', 'tbody',
                              'td', 'tfoot', 'th', 'thead', 'tr', 'u'}
ATTRIBUTES = {'*': ['style', 'title'], 'a': ['href'], 'img': ['src', 'alt', 'width', 'height'],
              'td': ['colspan', 'rowspan'], 'th': ['colspan', 'rowspan', 'scope']}
STYLES = CSSSanitizer(['text-align', 'color', 'font-weight', 'font-style', 'white-space'])
PICTURE = re.compile(r'data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*')  # a page asks nobody for another
SHOWN = {'text/plain', 'text/html', 'text/latex', 'text/markdown', 'image/png', 'image/jpeg'}
PICTURES = ('image/png', 'image/jpeg')
HIDDEN = re.compile(  # lines with these words, as nbgrader takes them
    r'^[^\n]*BEGIN HIDDEN TESTS[^\n]*\n(.*?)^[^\n]*END HIDDEN TESTS[^\n]*', re.DOTALL | re.MULTILINE)


# What a browser would run

def clean(text):
    """HTML without what a browser runs, asks others for, or takes for a part of the page around it."""
    return bleach.clean(str(text), tags=TAGS, attributes=_may_stay, css_sanitizer=STYLES,
                        protocols={'http', 'https', 'mailto', 'data'})


def _may_stay(tag, name, value):
    if name == 'src':
        return bool(PICTURE.fullmatch(value))
    if name == 'href':
        return bool(re.match(r'https?://|mailto:|#', value))
    return name in ATTRIBUTES['*'] + ATTRIBUTES.get(tag, [])


@pass_context
def markdown(context, source):
    """Markdown as clean HTML, with the pictures that are attached to the cell."""
    attachments = (context.get('cell') or {}).get('attachments') or {}
    try:
        page = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source)
    except (InvalidNotebook, AttributeError, StopIteration):  # attached is nothing, or no picture
        page = MarkdownWithMath(renderer=IPythonRenderer(escape=True)).render(source.replace('attachment:', ''))
    return clean(page)


def unchanged(text):
    """In place of `strip_files_prefix`, which would make a script's address out of a clean one."""
    return text


FILTERS = {'markdown2html': markdown, 'clean_html': clean, 'strip_files_prefix': unchanged}  # of nbconvert's templates


class Harmless(Preprocessor):
    """Cells without anything that nbconvert's templates put into a page as it is."""

    def preprocess_cell(self, cell, resources, index):  # noqa: ARG002
        """Keep outputs of a few kinds, and of the cell's settings nbgrader's, which come from the assignment."""
        cell.metadata = nbformat.from_dict({name: cell.metadata[name] for name in ('nbgrader',)
                                            if name in cell.metadata})
        if cell.cell_type == 'code':
            cell.execution_count = cell.execution_count if isinstance(cell.execution_count, int) else None
            cell.outputs = [self._output(output) for output in cell.outputs]
        return cell, resources

    def _output(self, output):
        if output.output_type in ('display_data', 'execute_result'):
            output.metadata = nbformat.from_dict({})
            output.data = nbformat.from_dict({kind: value for kind, value in output.data.items() if kind in SHOWN and (
                kind not in PICTURES or PICTURE.fullmatch(f'data:{kind};base64,{value}'))})
        return output


# What is a student's

class ForTheStudent(NbGraderPreprocessor):
    """What the student wrote, and of each check its name, its points and a hint: no cell of the teacher's.

    What a student's code prints where hidden tests are in reach may hold them, in any disguise. Shown is what it
    printed where they were not (`preprocessors.ExecuteApart`), or nothing.
    """

    def preprocess(self, nb, resources):
        """Replace the cells."""
        names = resources['nbgrader']
        released = nbformat.read(Path('release', names['assignment'], f'{names["notebook"]}.ipynb'), as_version=4)
        self.released = {cell.source for cell in released.cells}  # nbgrader works in the course's folder
        shown = nb.metadata.get('grading', {}).get('shown', {})
        nb.cells = list(filter(None, (self._cell(cell, shown.get(str(where), []))
                                      for where, cell in enumerate(nb.cells))))
        return nb, resources

    def _cell(self, cell, outputs):
        if is_grade(cell) and not is_solution(cell):
            name = cell.metadata['nbgrader']['grade_id'].removeprefix('check_')
            cell.outputs = [new_output('stream', text=_verdict(name, cell, outputs))]
            cell.source = f'# the check of {name}'
        elif not is_solution(cell) and ('nbgrader' in cell.metadata or cell.source in self.released):
            headings = [line for line in cell.source.splitlines() if re.match(r'#+ ', line)]
            cell.source = '\n\n'.join(headings)
            return cell if headings and cell.cell_type == 'markdown' else None
        elif cell.cell_type == 'code' and 'experiment' not in cell.metadata.get('tags', []):
            cell.outputs = outputs
        return cell


def _asked(tests):
    """The questions whose measured answers `tests` mark; a teacher may have written them in any way."""
    with contextlib.suppress(SyntaxError):
        return [call.args[2].value for call in ast.walk(ast.parse(textwrap.dedent(tests)))
                if isinstance(call, ast.Call) and getattr(call.func, 'id', '') == 'mark_answer']
    return []


def _verdict(name, check, outputs):
    """What a student reads of a check. `outputs`: what it prints without its hidden tests."""
    if not any(output.output_type == 'error' for output in check.outputs):
        return f'✓ {name} is right'
    said = [output.get('text') or f'{output.get("ename")}: {output.get("evalue")}' for output in outputs
            if output.output_type in ('stream', 'error')]
    asked = [question for part in HIDDEN.findall(check.source) for question in _asked(part)]
    if not any('✗' in one for one in said) and not any(output.output_type == 'error' for output in outputs):
        said.append('✗ not right yet: the check that gives the points tries other numbers' if not asked else
                    f'✗ not what was measured. {" ".join(asked)}')
    return '\n'.join(one.rstrip('\n') for one in said)
