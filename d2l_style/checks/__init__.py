"""Checks: what the chapter's functions refuse, each with a sentence that says what is allowed and what to do.

Looks at `compat`, for the memory of a GPU, and at `store`, which knows the smallest and largest picture, and how a file
is written whole. `shapes`, `layers`, `training` and `writing` are called after what they check.
"""
