"""Formulas as MathML, which browsers draw themselves: no script, and no font from elsewhere."""
from docutils.nodes import SkipNode
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging


def draw(writer, node, as_block):
    """Write the formula of `node`; what docutils can't read is a warning, and stops the build."""
    try:
        formula = tex2mathml(node.astext(), as_block=as_block)
    except MathError as error:
        logging.getLogger(__name__).warning('no formula: %s', error, location=node)
        formula = f'<code>{writer.encode(node.astext())}</code>'
    writer.body.append(f'<div class="formula">{formula}</div>' if as_block else formula)


def inline(writer, node):
    """A formula in a sentence."""
    draw(writer, node, as_block=False)
    raise SkipNode


def block(writer, node):
    """A formula on a line of its own."""
    draw(writer, node, as_block=True)
    raise SkipNode
