"""Book: the chapter's own pictures and network by one word (`profiles`), its published losses (`verify`), `commands`.

Looks at the chapter's files, at `store` and `compat`, and brings them together: `python -m d2l_style` ends up in
`commands`.
"""
from .profiles import PROFILES, use_profile

__all__ = ['PROFILES', 'use_profile']
