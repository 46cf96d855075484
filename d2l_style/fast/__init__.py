"""Fast: the chapter's losses, made smaller in a fraction of the time (`train`), for pictures of any size (`tiles`).

Looks at the chapter's files, at `layers` and `compat`. `compiled` makes one graph of network and losses, which the
chapter's `train_steps` runs too; `lbfgs` stands on nothing, and could be taken out.
"""
import lazy_loader

# `training` needs `compiled`, and `train` needs `training`
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    'tiles': ['TiledLoss'],
    'train': ['train_fast', 'train_fast_steps'],
})
