"""Terminal: what is printed comes out on one that has no × and no ✓, and on one that nobody reads any more."""
import codecs
import errno
import os
import sys
import unicodedata

PLAIN = {'✓': 'v', '✗': 'x', '×': 'x', '–': '-', '—': '-', '…': '...', '“': '"', '”': '"', '‘': "'", '’': "'",
         '→': '->', '′': "'", '≈': '~', '·': '.', 'ß': 'ss', 'Ø': 'O', 'ø': 'o'}
UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)


def use_plain_letters():
    """Where stdout or stderr have no Unicode: plain letters in place of an error."""
    codecs.register_error('d2l_style.plain', _plain)
    for stream in (sys.stdout, sys.stderr):
        # those of notebooks and tests have Unicode; None, where there is no terminal at all
        if hasattr(stream, 'reconfigure') and not (stream.encoding or '').lower().startswith('utf'):
            stream.reconfigure(errors='d2l_style.plain')


def _plain(error):
    letters = error.object[error.start:error.end]
    return ''.join(PLAIN.get(letter) or _without_marks(letter) for letter in letters), error.end


def _without_marks(letter):
    """'e' for 'é', and '?' for what has no plain letter."""
    return unicodedata.normalize('NFKD', letter).encode('ascii', 'ignore').decode() or '?'


def run(command):
    """Call `command`. Exit status 1, without a traceback, where what it prints can't be written any more."""
    try:
        try:
            command()
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:  # `| head -1` has read enough
        _print_no_more()
        sys.exit(1)
    except OSError as error:
        if error.errno not in UNWRITTEN:
            raise
        _print_no_more()
        sys.exit(f'error: what this prints could not be written ({error.strerror})')


def _print_no_more():
    """Python writes what is left when it ends, and would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
