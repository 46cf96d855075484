"""Beyond: what papers do otherwise, and whole grids of settings.

`variations` and `regions` are the papers' ideas, `sweep` goes through a grid and returns what was `swept`. Looks at the
chapter's files, which stay as they are, at `checks`, `layers`, `store` and `compat`: each variation hands `train`
another start, network, picture or target. A function called as its file comes from there:
`from d2l_style.beyond.sweep import sweep`.
"""
from .regions import RegionNet, get_region_styles
from .variations import average_pooling, blend_styles, keep_colours, luminance, match_colours, noise, random_backbone

__all__ = ['RegionNet', 'average_pooling', 'blend_styles', 'get_region_styles', 'keep_colours', 'luminance',
           'match_colours', 'noise', 'random_backbone']
