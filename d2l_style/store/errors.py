"""Errors of the store. Both are `FileNotFoundError`s: something that was asked for is not there."""


class WeightsError(FileNotFoundError):
    """The weights of a backbone are missing or cannot be used; the message says what to do."""


class DownloadError(FileNotFoundError):
    """Something did not come from the internet; the message says why and what to do."""
