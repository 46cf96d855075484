"""Errors of the store. Both are `FileNotFoundError`s: something that was asked for is not there."""


class _Missing(FileNotFoundError):
    """Nothing is wrong in the code: a notebook shows the sentence, without the way through the package."""

    def _render_traceback_(self):
        return [f'{type(self).__name__}: {self}']


class WeightsError(_Missing):
    """The weights of a backbone are missing or cannot be used; the message says what to do."""


class DownloadError(_Missing):
    """Something did not come from the internet; the message says why and what to do."""
