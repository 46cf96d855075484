"""What README, docs and notebooks tell people to open and to type is there; what they say is short, and said once."""
from d2l_style.book.commands import make_parser

import re
import shlex
from itertools import combinations
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILES = (ROOT / 'Makefile').read_text() + (ROOT / 'tools' / 'setup' / 'environments.mk').read_text()
PAGES = [ROOT / 'README.md', *sorted(ROOT.glob('docs/*.md')), *ROOT.glob('tools/*/README.md'),
         *ROOT.glob('classroom/*/README.md'), ROOT / 'd2l_style' / 'pretrained' / 'README.md']
NOTEBOOKS = [*sorted(ROOT.glob('notebooks/*.ipynb')), *ROOT.glob('classroom/course/source/*/*.ipynb')]
DOCUMENTS = pytest.mark.parametrize('file', [*PAGES, *NOTEBOOKS], ids=lambda file: str(file.relative_to(ROOT)))
PLACEHOLDERS = {'NAME': 'vgg19', 'FILE': 'weights.safetensors', 'FOLDER': 'folder'}
MOST_WORDS = 80  # of a paragraph
# '13 min 45 s', '13 to 19 minutes', '4.7 GB'
FIGURE = re.compile(r'(?<![\w.×-])(\d[\d.]*(?: (?:to|min) \d[\d.]*)?) '
                    r'?(ms|s|min|h|MB|GB|%)(?:ec(?:onds?)?|utes?|ours?)?(?!\w)')
TWO_FACTS = {('4 GB', 'docs/hub.md', 'docs/teachers.md')}  # a student's process on the hub, and a submission's
COMMON = 7  # pages: a word that stands in more of them tells no figure from another
# what a command is followed by, where it stands in a sentence or before an explanation
END = re.compile(r'[`)\n"\'|,;]|  |\\n| with | in | says | lists | and | # ')


def words(file, *kinds):
    """The text of a page, or of the cells of a notebook, of all `kinds` or of those that are named."""
    if file.suffix == '.ipynb':
        cells = nbformat.read(file, as_version=4).cells
        return '\n'.join(cell.source for cell in cells if not kinds or cell.cell_type in kinds)
    return file.read_text(encoding='utf-8')


def commands(text, start):
    """The command lines in `text` that begin with `start`, each as a list of the words after it."""
    return [shlex.split(END.split(part)[0]) for part in text.split(start)[1:]]


def targets():
    """The names of the Makefile's targets."""
    lines = re.findall(r'^([a-z-]+(?: [a-z-]+)*):(?!=)', MAKEFILES, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def anchors(file):
    """The anchors of a Markdown page, as GitHub makes them from its headings."""
    headings = re.findall(r'^#+ (.*)', file.read_text(encoding='utf-8'), re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


def paragraphs(text):
    """The paragraphs of a page and the items of its lists, without headings, pictures, tables and code."""
    text = re.sub(r'^ *```.*?^ *```', '', text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r'^(#|!\[| *\|).*', '', text, flags=re.MULTILINE)
    return re.split(r'\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )', text)


def figures(text):
    """(figure, the words beside it) for each number with a unit in the sentences and table rows of `text`."""
    text = re.sub(r'\]\([^)]*\)', ']', text)  # where links lead is not said
    for sentence in re.split(r'\n|(?<=[.;:!?]) ', text):
        for number, unit in FIGURE.findall(sentence):
            yield f'{number} {unit}', set(re.findall(r'[a-z]{4,}', sentence.lower()))


def told_twice(texts):
    """(figure, one page, another) for each figure that two of `texts`, {page: text}, give for the same thing.

    That is a figure that nobody meets by chance (a range, minutes and seconds, three digits), or any other with two of
    the same words beside it, but for those that stand everywhere.
    """
    pages = {name: set(re.findall(r'[a-z]{4,}', text.lower())) for name, text in texts.items()}
    everywhere = {word for words in pages.values() for word in words
                  if sum(word in page for page in pages.values()) > COMMON}
    told = {name: list(figures(text)) for name, text in texts.items()}
    return {(figure, one, other) for one, other in combinations(texts, 2) for figure, beside in told[one]
            for same, there in told[other] if figure == same
            and (len(re.findall(r'\d', figure)) > 2 or len(beside & there - everywhere) > 1)}


@DOCUMENTS
def test_links_lead_to_what_is_there(file):
    folder = ROOT / 'notebooks' if file.suffix == '.ipynb' else file.parent  # the solved notebook 6 becomes notebook 6
    for link in re.findall(r'\]\(([^)\s]+)\)', words(file, 'markdown')):
        if '://' in link or link.startswith('attachment:'):
            continue
        path, _, anchor = link.partition('#')
        target = (folder / path).resolve() if path else file
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


@DOCUMENTS
def test_make_has_what_is_typed(file):
    known = targets() | {'.venv/installed-teach'}
    for typed in [*commands(words(file), '`make '), *commands(words(file), '\nmake ')]:
        names = [word for word in typed if '=' not in word]
        assert set(names) <= known, typed
        for word in set(typed) - set(names):
            assert re.search(rf'\b{word.split("=")[0]}\b', MAKEFILES), typed


@DOCUMENTS
def test_the_commands_can_be_given(file):
    short = [['weights', *rest] for rest in commands(words(file), '`weights ')]  # the program was named before
    for typed in [*commands(words(file), ' -m d2l_style '), *short]:
        if typed not in (['check'], ['weights', 'import']):  # the one needs no parser, the other is named only
            make_parser().parse_args([PLACEHOLDERS.get(word, word) for word in typed])  # SystemExit for what is unknown


def test_every_page_is_linked_and_says_first_for_whom_it_is():
    readme = (ROOT / 'README.md').read_text(encoding='utf-8')
    for page in ROOT.glob('docs/*.md'):
        assert f'](docs/{page.name})' in readme
        title, _, about = page.read_text(encoding='utf-8').splitlines()[:3]
        assert title.startswith('# ') and about.startswith('For ')


@pytest.mark.parametrize('file', [ROOT / 'README.md', *sorted(ROOT.glob('docs/*.md'))], ids=lambda file: file.name)
def test_a_paragraph_is_read_in_one_breath(file):
    long = [text for text in paragraphs(file.read_text(encoding='utf-8')) if len(text.split()) > MOST_WORDS]
    assert not long


def test_a_long_paragraph_is_seen_and_a_list_or_a_table_is_none():
    words, item, row = 'word ' * 81, '- ' + 'word ' * 60, '| ' + 'word ' * 90 + '|'
    assert [len(text.split()) for text in paragraphs(f'# Title\n\n{words}\n\n{item}\n{item}\n\n{row}\n')
            if len(text.split()) > MOST_WORDS] == [81]


def test_a_figure_stands_in_one_document_and_others_link_there():
    texts = {page.relative_to(ROOT).as_posix(): page.read_text(encoding='utf-8') for page in PAGES}
    assert told_twice(texts) == TWO_FACTS


@pytest.mark.parametrize(('one', 'other'), [
    ('`make test` needs 13 to 19 minutes.', '| `make test` | all of it | 13 to 19 min |'),
    ('A submission has 4 GB of address space.', 'Here: 4 GB of address space each.'),
    ('one machine collects 248 MB', '| without internet | 248 MB of wheels |'),
    ('All sign in after 13 min 45 s', '| Debian | 13 min 45 s |')])
def test_a_figure_that_stands_twice_is_found(one, other):
    assert told_twice({'one': one, 'other': other})


@pytest.mark.parametrize(('one', 'other'), [
    ('The kernel starts in 28 s.', '| Debian 12 | 28 s |'), ('It needs 8 GB.', 'WSL gets half of 8 GB.'),
    ('from 225×150 MB', '150 MB'), ('An epoch takes 0.5 s here.', 'An epoch takes 0.6 s here.')])
def test_a_figure_that_two_documents_have_by_chance_is_none(one, other):
    assert not told_twice({'one': one, 'other': other})


def test_the_marking_scheme_has_the_points_of_the_exercises():
    text = (ROOT / 'docs' / 'teachers.md').read_text(encoding='utf-8')
    rows = re.findall(r'^\| (?:1\.\d .*|question \d) \| (\d) \|', text, re.MULTILINE)
    each, = re.findall(r'^\| answers 1 to 4 .* \| (\d) each \|', text, re.MULTILINE)
    cells = [cell.metadata.nbgrader for file in ROOT.glob('classroom/course/source/*/*.ipynb')
             for cell in nbformat.read(file, as_version=4).cells if cell.metadata.get('nbgrader', {}).get('points')]
    points = {cell.grade_id: int(cell.points) for cell in cells}
    answers = [points.pop(f'check_answer_{number}') for number in range(1, 5)]
    assert [int(row) for row in rows] == list(points.values())
    assert answers == [int(each)] * 4
    by_hand = sum(cell.points for cell in cells if cell.grade_id.startswith('question'))
    assert f'{sum(cell.points for cell in cells) - by_hand:.0f} points by checks and {by_hand:.0f} by hand' in text


def test_the_readme_is_read_in_three_minutes():
    assert len((ROOT / 'README.md').read_text(encoding='utf-8').splitlines()) <= 90


def test_make_help_lists_what_people_may_type():
    text = (ROOT / 'Makefile').read_text()
    listed = set(re.findall(r'^([a-z-]+):.*## ', text, re.MULTILINE))
    for file in PAGES:
        assert {name for typed in commands(words(file), '`make ') for name in typed if name in targets()} <= listed


def test_the_citation_has_the_version_of_the_package():
    version = re.search(r'^version = "(.*)"', (ROOT / 'pyproject.toml').read_text(), re.MULTILINE)[1]
    assert f'\nversion: {version}\n' in (ROOT / 'CITATION.cff').read_text()
