"""Lab: style transfer under sliders, from the two panels of notebooks 2 and 3 to the Style Lab.

Stands on the engine, the store, the chapter's files and fast mode, which know nothing of it. Of the Style Lab,
`recipe` has the settings and their code, `transfer` what is computed, `worker` the thread, `pace` how many pictures
are sent, `controls`, `views`, `effects` (what a turned weight did) and `keep` (snapshots, files) what is seen,
`browser` what only the page can do, `help` the texts, and `lab` puts them together; `parts` is what all sliders are
built from.
"""
import lazy_loader

# a notebook that shows a function need not wait for charts and films
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    'feature_browser': ['browse_features', 'feature_map', 'layer_table'],
    'loss_mixer': ['mix_losses'],
    'source': ['show_source'],
    'lab': ['StyleLab', 'style_lab'],
})
