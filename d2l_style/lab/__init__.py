"""Lab: style transfer under sliders, from the two panels of notebooks 2 and 3 to the Style Lab.

Looks at the chapter's files, at `checks`, `compat`, `fast` and `store`, which know nothing of it. All is built from
`parts`, `sliders`, `panel` and `drawing`, and writes numbers with `digits`; `cells` closes what a cell made when it is
run again; `live` watches a loop in a cell. Of the Style Lab, `recipe` has the settings and their code, `transfer` what
is computed, `training_thread` where, `pace` how many pictures are sent. `controls`, `layer_controls` and
`picture_controls` (with `upload`) set, `run_bar`, `views` (out of `pixels`), `loss_views` (out of `chart`) and
`effects` (what a turned weight did) show, `guide` asks and `help` explains; `saving` keeps `files` and `snapshots`,
with what only the `page` can do, which has `kept` things for the time after a kernel's end; `watch` says when that is,
and `spoken` says to a screen reader what things are. `lab` puts them together, `opening` puts that into a cell.
`explorer` shows what was computed before, an `explorer_table`. Where no kernel is, the extension of JupyterLab and
`exported` see to it that pictures stand in for the controls, and say what they show.
"""
import lazy_loader

# a notebook that shows a function need not wait for charts and films
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs={
    'explorer': ['explore'],
    'feature_browser': ['browse_features', 'feature_map', 'layer_table'],
    'live': ['LiveView'],
    'loss_mixer': ['mix_losses'],
    'lab': ['StyleLab'],
    'opening': ['style_lab'],
})
