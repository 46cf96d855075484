"""Book: the chapter's own setting in one word, and the commands.

Pictures and network belong together in `profiles`; `verify` has the chapter's published losses, `results` the folders
that notebooks write to, `figures` what their figures say to a screen reader. Looks at the chapter's files, at `checks`,
`store` and `compat`, and brings them together: `python -m d2l_style` ends up in `commands`.
"""
from .profiles import PROFILES, is_default, use_profile
from .results import results_folder, save_picture

__all__ = ['PROFILES', 'is_default', 'results_folder', 'save_picture', 'use_profile']
