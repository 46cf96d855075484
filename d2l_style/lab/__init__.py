"""The Style Lab: a running style transfer under sliders. `style_lab()` in a notebook shows it.

What is where: `recipe` (settings, code), `transfer` (what is computed, out of the package's
functions), `worker` (the thread), `controls`, `views`, `keep` (snapshots, files), `help` (texts)
and `lab`, which puts them together.
"""
from .lab import StyleLab, style_lab

__all__ = ['StyleLab', 'style_lab']
