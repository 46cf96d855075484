"""Fast: the chapter's losses, made smaller in a fraction of the time (`train`), for pictures of any size (`tiles`).

Looks at the chapter's files, at `checks` and `compat`. `compiled` makes one graph of network and losses; `lbfgs` stands
on nothing, and could be taken out.
"""
from .tiles import TiledLoss
from .train import train_fast, train_fast_steps

__all__ = ['TiledLoss', 'train_fast', 'train_fast_steps']
