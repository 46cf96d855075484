"""An open answer counts wherever it stands, or it is said where to look; nobody gets 0 for it without a sentence."""
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from restore import restore

from .notebooks import ANSWER, at, content, edited, name_of, without_anything
from .small import SMALL

QUESTIONS = [f'question_{number}' for number in (1, 2, 3, 4)]
TEXTS = [f'Because of place {number} the lake stays blue and the hills are orange.' for number in (1, 2, 3, 4)]
NUMBERED = '\n'.join(f'{number}. {text}' for number, text in enumerate(TEXTS, 1))


def emptied(notebook, *names):
    for name in names:
        cell = notebook.cells[at(notebook, name)]
        cell.source = cell.source.removesuffix(ANSWER)


def beside(cell, step):
    """The answer to question 1 in a cell of its own, 0 above or 1 below its question."""
    def edit(notebook):
        emptied(notebook, 'question_1')
        notebook.cells.insert(at(notebook, 'question_1') + step, cell)
    return edit


def at_the_end(cell):
    """All answers in one cell."""
    def edit(notebook):
        emptied(notebook, *QUESTIONS)
        notebook.cells.append(cell)
    return edit


def in_the_next_text(notebook):
    emptied(notebook, 'question_1')
    after = notebook.cells[at(notebook, 'question_1'):][1:]
    text = next(cell for cell in after if cell.cell_type == 'markdown')
    text.source = f'{TEXTS[0]}\n\n{text.source}'


def in_that_of(question, text):
    def edit(notebook):
        emptied(notebook, *QUESTIONS)
        notebook.cells[at(notebook, question)].source += f'\n\n{text}'
    return edit


def with_the_question(notebook):
    emptied(notebook, 'question_1')
    notebook.cells.insert(3, new_markdown_cell(f'{notebook.cells[at(notebook, "question_1")].source}\n\n{TEXTS[0]}'))


def as_comment_in(name):
    def edit(notebook):
        emptied(notebook, 'question_1')
        cell = next(cell for cell in notebook.cells if name in (name_of(cell), cell.id))
        cell.source += f'\n# {TEXTS[0]}'
    return edit


def without_questions(notebook):
    notebook.cells = [cell for cell in notebook.cells if name_of(cell) not in QUESTIONS]
    notebook.cells.append(new_markdown_cell('\n\n'.join(TEXTS)))


FOUND = {
    'text above': beside(new_markdown_cell(TEXTS[0]), 0), 'text below': beside(new_markdown_cell(TEXTS[0]), 1),
    'raw': beside(new_raw_cell(TEXTS[0]), 1), 'comment': beside(new_code_cell(f'# {TEXTS[0]}'), 1),
    'comment above': beside(new_code_cell(f'# {TEXTS[0]}'), 0), 'no code': beside(new_code_cell(TEXTS[0]), 0),
    'string': beside(new_code_cell(f'"""{TEXTS[0]}"""'), 1),
    'printed': beside(new_code_cell(f'print("{TEXTS[0]}")'), 1),
    'named': beside(new_code_cell(f'q1 = "{TEXTS[0]}"'), 1),
    'magic': beside(new_code_cell(f'%%markdown\n{TEXTS[0]}'), 1),
    'next text': in_the_next_text, 'question copied': with_the_question,
    'all at the end': at_the_end(new_markdown_cell(NUMBERED)),
    'all with headings': at_the_end(new_markdown_cell(re.sub(r'(\d)\. ', r'### \1\n', NUMBERED))),
    'all in words': at_the_end(new_raw_cell('\n'.join(f'**Frage {1 + n}** {text}' for n, text in enumerate(TEXTS)))),
    'all as comments': at_the_end(new_code_cell(NUMBERED.replace('\n', '\n# ').replace('1.', '# 1.', 1))),
    'all in the last': in_that_of('question_4', NUMBERED), 'all in the first': in_that_of('question_1', NUMBERED)}
LEFT = {  # for the hand: where to look
    'all without numbers': (at_the_end(new_markdown_cell('\n\n'.join(TEXTS))), '`question_4`'),
    'all in the first': (in_that_of('question_1', '\n'.join(TEXTS)), '`question_1`'),
    'without questions': (without_questions, 'the text that begins "Because of place 1'),
    'in an answer': (as_comment_in('answer_1'), '`answer_1`'), 'in a solution': (as_comment_in('gram'), '`gram`'),
    'in a check': (as_comment_in('check_answer_4'), 'the check of `answer_4`'),
    'in an experiment': (as_comment_in('cell-17'), 'the cell that begins "if chosen')}


def handed_in(edit, stripped):
    """{question: what a person marks, '' where nbgrader would give 0}, and the remarks."""
    def all_of_it(notebook):
        edit(notebook)
        if stripped:
            without_anything(notebook)
    made, remarks = restore(content(edited(all_of_it, SMALL)), SMALL.released)
    texts = {}
    for name in QUESTIONS:
        released, cell = (notebook.cells[at(notebook, name)] for notebook in (SMALL.released, made))
        texts[name] = '' if cell.source == released.source else cell.source
    return texts, ' | '.join(remarks)


@pytest.mark.parametrize('stripped', [False, True])
@pytest.mark.parametrize('place', FOUND)
def test_an_answer_is_found(place, stripped):
    texts, remarks = handed_in(FOUND[place], stripped)
    assert TEXTS[0] in texts['question_1'] and all(texts.values())
    assert not place.startswith('all') or all(text in texts[name] for name, text in zip(QUESTIONS, TEXTS))
    assert 'counts' in remarks or 'back in its place' in remarks
    assert 'no answer found' not in remarks and 'left empty' not in remarks


@pytest.mark.parametrize('stripped', [False, True])
@pytest.mark.parametrize('place', LEFT)
def test_what_can_not_be_told_is_left_for_the_hand(place, stripped):
    edit, look_at = LEFT[place]
    texts, remarks = handed_in(edit, stripped)
    assert all(texts.values()), 'a person marks it'
    said = next(remark for remark in remarks.split(' | ') if remark.startswith('no answer found below'))
    assert f'look at {look_at}' in said and 'marked by hand' in said
    assert place != 'in a check' or TEXTS[0] in texts['question_1'], 'a check is graded as released'


def test_a_file_beside_the_notebook_is_named():
    released = SMALL.released
    _, remarks = restore(content(edited(lambda notebook: emptied(notebook, 'question_2'), SMALL)), released, ['a.docx'])
    assert remarks == ['no answer found below `question_2`: look at a.docx (left to be marked by hand)']


def test_an_empty_question_is_0_with_a_sentence():
    texts, remarks = handed_in(lambda notebook: emptied(notebook, 'question_2', 'question_3'), False)
    assert [name for name, text in texts.items() if not text] == ['question_2', 'question_3']
    assert remarks == '`question_2`, `question_3` was left empty, which costs its points (8)'


def test_a_comment_on_code_is_no_answer():
    def edit(notebook):
        emptied(notebook, 'question_1')
        notebook.cells[at(notebook, 'gram')].source += '\n# now put the channels in front'
    assert 'left empty' in handed_in(edit, False)[1]


def test_texts_of_an_earlier_release_are_no_answers():
    def earlier(notebook):
        emptied(notebook, 'question_1')
        for cell in notebook.cells:
            if cell.cell_type == 'markdown' and not name_of(cell):
                cell.source = cell.source.replace(' the ', ' that ', 1)
    _, remarks = handed_in(earlier, False)
    assert remarks == '`question_1` was left empty, which costs its points (4)'


def test_pictures_come_with_the_answer():
    picture = {'a.png': {'image/png': 'aGk='}}
    edit = beside(new_markdown_cell('![](attachment:a.png)', attachments=picture), 1)
    made, _ = restore(content(edited(edit, SMALL)), SMALL.released)
    assert made.cells[at(made, 'question_1')].attachments == picture
