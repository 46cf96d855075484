"""Errors of the store, `FileNotFoundError`s as something that was asked for is not there, and names in messages."""
import re


class _Missing(FileNotFoundError):
    """Nothing is wrong in the code: a notebook shows the sentence, without the way through the package."""

    def _render_traceback_(self):
        return [f'{type(self).__name__}: {self}']


class WeightsError(_Missing):
    """The weights of a backbone are missing or cannot be used; the message says what to do."""


class DownloadError(_Missing):
    """Something did not come from the internet; the message says why and what to do."""


def brief(text: object) -> str:
    """`text` for the middle of a sentence: on one line, at most 160 characters, without passwords of addresses."""
    line = str(text)
    if len(line) > 160:
        line = f'{line[:100]}…{line[-40:]}'
    line = re.sub(r'(?<=://)[^/@\s]*:[^/@\s]*@', '***@', line)
    return ''.join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line)


def shown(source: object) -> str:
    """What a user gave, in quotes, as `brief` has it."""
    return f"'{brief(source)}'"
