"""Edits of solutions."""


def instead(source, *changes):
    """A solution with some of its words changed; every change has to be one."""
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source
