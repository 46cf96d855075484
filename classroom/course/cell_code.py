"""The code of a cell, looked at without running it: whether it is Python, and what it defines."""
import ast
import re
import warnings
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

BEGINS = re.compile(r'^(?:async )?(?:def|class)\s+(\w+)|^(\w+)\s*=', re.MULTILINE)


def same(text, other):
    """Whether two texts differ in spaces and line ends only."""
    return text.split() == other.split()


def compiles(source):
    """Whether a cell is Python, IPython's magics included."""
    return tree_of(source) is not None


@lru_cache(5000)
def defined(source):
    """The names that a cell defines at its top level: functions, classes, variables; in broken code by their looks."""
    tree = tree_of(source)
    if tree is None:
        return {function or variable for function, variable in BEGINS.findall(source)}
    return {name for statement in _statements(tree) for name in _names_of(statement)}


@lru_cache(5000)
def calls(source):
    """All that a cell calls or takes as a decorator: 'input' for `input()`, '.set_np' for `npx.set_np()`."""
    tree = tree_of(source)
    nodes = list(ast.walk(tree)) if tree else []
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    called += [mark for node in nodes for mark in getattr(node, 'decorator_list', [])]
    return {f'.{one.attr}' if isinstance(one, ast.Attribute) else getattr(one, 'id', '') for one in called}


def taken_from(source, package):
    """The names that a cell imports from a package, or takes from it by a dot."""
    tree = tree_of(source)
    nodes = list(ast.walk(tree)) if tree else []
    bound, taken = {package}, set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or '').split('.')[0] == package:
            taken |= {alias.name for alias in node.names}
            bound |= {alias.asname or alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            bound |= {alias.asname for alias in node.names if alias.name.split('.')[0] == package and alias.asname}
    return taken | {node.attr for node in nodes if isinstance(node, ast.Attribute) and _root(node) in bound}


def definitions(source, names):
    """The statements of a cell that define one of `names`; all of a cell that is not Python."""
    tree, lines = tree_of(source), _python(source).splitlines()
    if tree is None:
        return source
    wanted = [statement for statement in tree.body if names & {
        name for inner in _statements(ast.Module([statement], [])) for name in _names_of(inner)}]
    starts = [min([one.lineno, *(mark.lineno for mark in getattr(one, 'decorator_list', []))]) for one in wanted]
    return '\n'.join('\n'.join(lines[start - 1:one.end_lineno]) for start, one in zip(starts, wanted))


def _root(node):
    """The name at the beginning of `a.b.c`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, 'id', '')


def _python(source):
    return TransformerManager().transform_cell(re.sub(r'\A\s*%%(time|capture|timeit).*\n', '', source))


@lru_cache(5000)
def tree_of(source):
    """The syntax tree of a cell, None where it is not Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            code = _python(source)
            compile(code, 'cell', 'exec', flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _statements(tree):
    """The statements that run at the top level, also those in an `if`, a `with` or a `try`."""
    for statement in tree.body:
        yield statement
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for part in ('body', 'orelse', 'finalbody'):
                yield from _statements(ast.Module(getattr(statement, part, []), []))


def _names_of(statement):
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, 'target', None)]
    return {node.id for target in targets if target for node in ast.walk(target) if isinstance(node, ast.Name)}
