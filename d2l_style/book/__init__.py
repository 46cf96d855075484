"""Book: the chapter's own pictures and network by one word (`profiles`), its published losses (`verify`), `commands`,
where notebooks put their results (`results`), and what their figures say to a screen reader (`figures`).

Looks at the chapter's files, at `checks`, `store` and `compat`, and brings them together: `python -m d2l_style` ends up
in `commands`.
"""
from .profiles import PROFILES, is_default, use_profile
from .results import results_folder, save_picture

__all__ = ['PROFILES', 'is_default', 'results_folder', 'save_picture', 'use_profile']
