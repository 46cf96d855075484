"""Open answers: what stands elsewhere than in its question's cell is found, or it is said where to look for it."""
import ast
import difflib
import io
import re
import tokenize
from dataclasses import dataclass

from cell_code import compiles, tree_of

SENTENCE, LONG = 5, 10  # words from which on a comment or a text in code may be an answer, in a solution
NUMBERED = re.compile(r'\W*(?:(?:question|frage|pregunta|domanda|answer|antwort|réponse|respuesta|aufgabe|exercise|'
                      r'q|a|f|ad|to|zu|nr|no)[\W_]*)+(\d+)\b|\W*(\d+)\s*(?:\)|:|\.(?!\d)|[-–—]\s|\W*$)', re.IGNORECASE)


@dataclass
class Piece:
    """Words of the student's in the cell at `own`; `question`: the released position that they name, or None."""

    own: int
    text: str
    question: int | None = None


def choose_answers(work, beside=()):
    """Find the answer to each open question. `beside`: files that may hold answers. What remains is left for the hand.

    nbgrader gives 0 to a question whose cell is as released, and leaves every other one to be marked by hand.
    """
    empty = [where for where in work.assignment.questions if not _in_its_cell(work, where)]
    if not empty:
        return
    pieces = _pieces(work)
    for where in list(empty):
        if _bring(work, where, [piece for piece in pieces if piece.question == where],
                  'was answered in another cell, which counts') or _next_to(work, where, pieces):
            empty.remove(where)
    left = [piece for piece in pieces if piece.question is None and piece.own not in work.left_out]
    look_at = [*(work.cell_name(piece.own) for piece in left), *_together(work, len(empty)), *beside]
    if empty and look_at:
        _leave_for_the_hand(work, empty, list(dict.fromkeys(look_at)), left)
    elif not work.is_untouched():
        for where in empty:
            work.say('was not found, which costs its points' if not work.found[where] else
                     'was left empty, which costs its points', where)


def _in_its_cell(work, where):
    """Choose the cell of a question; whether something was written in it."""
    found = work.found[where]
    ready = [own for own in found if work.is_written(own, where)]
    if found:
        work.chosen[where] = (ready or found)[-1]
        work.left_out.update(own for own in found if own not in ready)
    return bool(ready)


# What the student wrote

def _pieces(work):
    """What the student wrote outside of the questions' cells, and what in these names another question."""
    released = {line.strip() for cell in work.assignment.cells
                for line in (cell.source if cell.cell_type != 'code' else _prose(cell)).splitlines()} - {''}
    questions = {own: where for where in work.assignment.questions for own in work.found[where]}
    solutions = {own for where in work.assignment.solutions for own in work.found[where]}
    pieces = []
    for own, cell in enumerate(work.cells):
        if own in work.left_out and own not in questions:
            continue
        text = _prose(cell) if cell.cell_type == 'code' and own not in questions else cell.source
        parts = _parted(work, own, text, released)
        if own in questions:  # its own answer, unless it names another
            parts = [part for part in parts if part.question not in (None, questions[own])]
        pieces += [part for part in parts if own not in solutions or len(part.text.split()) >= LONG]
    return pieces


def _parted(work, own, text, released):
    """The words of a cell that are not as released, in pieces that each begin where a question is named."""
    pieces = [Piece(own, '')]
    edition = [line for where, found in work.found.items() if own in found and where not in work.assignment.questions
               for line in work.assignment.cells[where].source.splitlines()]
    for line in text.splitlines():
        named = _named(work.assignment, line)
        if named is not None and named != pieces[-1].question:
            pieces.append(Piece(own, '', named))
        other_edition = edition and difflib.get_close_matches(line, edition, 1, 0.7)  # of a text that was released
        if line.strip() not in released and not other_edition:
            pieces[-1].text += f'{line}\n'
    return [piece for piece in pieces if re.search(r'\w', piece.text)]


def _named(assignment, line):
    """The open question that a line names, by its words or its number, or None."""
    for number, where in enumerate(assignment.questions, 1):
        words = assignment.cells[where].source.strip()[:40]
        told = re.search(r'\d+$', assignment.settings[where]['grade_id'])
        match = NUMBERED.match(line)
        if words in line or (match and int(match[1] or match[2]) == int(told[0] if told else number)):
            return where
    return None


def _prose(cell):
    """Comments and texts of a cell of code that are long enough to be an answer; all of one that is not Python."""
    tree = tree_of(cell.source)
    if tree is None and not re.search(r'^[ \t]*(def|class|import|from|for|return)\b', cell.source, re.MULTILINE):
        return cell.source
    nodes = list(ast.walk(tree)) if tree else []
    of = {node.value: f'{getattr(node.targets[0], "id", "")}: ' for node in nodes if isinstance(node, ast.Assign)}
    texts = [of.get(node, '') + node.value for node in nodes  # with the name, which may have a number
             if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) >= SENTENCE]
    return '\n\n'.join([*_sentences(_comments(cell.source)), *texts])


def _comments(source):
    """The comments of a cell, '' between those that do not follow one another."""
    comments, last = [], None
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                comments += [''] * (last is not None and token.start[0] > last + 1) + [token.string.lstrip('#')]
                last = token.start[0]
    except (tokenize.TokenError, SyntaxError):  # IPython's magics
        comments = [line.lstrip().lstrip('#') if line.lstrip().startswith('#') else '' for line in source.splitlines()]
    return comments


def _sentences(lines):
    """Those of some comments that are long enough, whole blocks at once."""
    blocks = re.split(r'\n\s*\n', '\n'.join(lines))
    return [block for block in blocks if len(block.split()) >= SENTENCE]


# What becomes of it

def _bring(work, where, pieces, what):
    """Write `pieces` into the cell of the question at `where` and say `what` was done; whether there were any."""
    if not pieces:
        return False
    _write(work, where, [piece.text.strip('\n') for piece in pieces])
    for piece in pieces:
        for name, picture in work.cells[piece.own].get('attachments', {}).items():
            work.attachments.setdefault(where, {})[name] = picture
    work.say(what, where)
    return True


def _write(work, where, texts):
    cell = work.assignment.cells[where]
    if cell.cell_type == 'code':
        texts = ['\n'.join(f'# {line}' for line in text.splitlines()) for text in texts]
    work.text[where] = '\n\n'.join([cell.source, *texts])


def _next_to(work, where, pieces):
    """An answer beside its question: in cells of the student's below or above, at the next text's start, in code."""
    if not work.found[where]:
        return False
    place, of_nobody = work.found[where][-1], {piece.own for piece in pieces if piece.question is None}
    for step, side in ((1, 'below'), (-1, 'above')):
        own, beside = place + step, []
        while own >= 0 and work.is_free(own) and own in of_nobody and _is_prose(work.cells[own]):
            beside.append(own)
            own += step
        if beside:
            work.left_out.update(beside)
            return _bring(work, where, [Piece(own, work.cells[own].source) for own in sorted(beside)],
                          f'was answered in a cell {side} it, which counts')
    for own, side in ((place + 1, 'below'), (place - 1, 'above')):
        near = [piece for piece in pieces if piece.own == own and piece.question is None]
        if near and not set(work.assignment.solutions) & {at for at, found in work.found.items() if own in found}:
            return _bring(work, where, near, f'was answered in the cell {side} it, which counts')
    return False


def _is_prose(cell):
    return cell.cell_type != 'code' or not compiles(cell.source)


def _together(work, missing):
    """Questions whose answer may be that to the `missing` ones too: of several lines, or from another cell."""
    found = []
    for where in work.assignment.questions if missing else ():
        own = work.cells[work.chosen[where]].source if where in work.chosen else ''
        answer = own.replace(work.assignment.cells[where].source, '').strip()
        if where in work.text or len(list(filter(str.strip, answer.splitlines()))) > missing:
            found.append(work.assignment.name(where))
    return found


def _leave_for_the_hand(work, empty, look_at, pieces):
    """Questions without an answer, of one who has written something somewhere: a person has to look."""
    places = ', '.join(look_at[:4]) + f' and {len(look_at) - 4} more' * (len(look_at) > 4)
    in_fixed = {own for where in work.assignment.fixed for own in work.found[where]}  # as released, in what is graded
    lost = [piece.text.strip('\n') for piece in pieces if piece.own in in_fixed]
    for where in empty:
        _write(work, where, [f'*No answer was found here: look at {places}.*', *lost])
    names = ', '.join(map(work.assignment.name, empty))
    work.remarks.append(f'no answer found below {names}: look at {places} (left to be marked by hand)')
