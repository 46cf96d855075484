"""Exported: everybody can read the pages that nbconvert makes of a notebook.

Its own templates leave out what a picture shows, and the colours of its light theme have less contrast than 4.5.
"""
import html

from markupsafe import Markup

KEPT = 'width', 'height'  # what else a picture's metadata say to a page
STYLE = """<style>
.jp-Notebook .jp-RenderedHTMLCommon :is(p, li, td) a { text-decoration: underline; }
[data-jp-theme-light="true"] { --jp-cell-prompt-not-active-opacity: 1;
  --jp-cell-prompt-not-active-font-color: #5f6368; --jp-cell-inprompt-font-color: #5f6368;
  --jp-cell-outprompt-font-color: #5f6368; }
[data-jp-theme-light="true"] .highlight :is(.c1, .cm) { color: #2f6f6f; }
[data-jp-theme-light="true"] .highlight :is(.mi, .mf, .mh) { color: #006f00; }
[data-jp-theme-light="true"] .highlight .ow { color: #9414e0; }
</style>"""


def readable(notebook, resources):
    """A preprocessor of nbconvert: a picture whose output has an `alt` in its metadata becomes HTML with that."""
    include = resources.get('include_css')
    if include:  # nbconvert's own list of styles is filled later, and anew
        resources['include_css'] = lambda name: include(name) + Markup(STYLE if 'theme' in name else '')
    for cell in notebook.cells:
        for output in cell.get('outputs', []):
            data, metadata = output.get('data', {}), output.get('metadata', {})
            mime = next((kind for kind in data if kind in ('image/png', 'image/jpeg')), None)
            if mime and metadata.get('alt') and 'text/html' not in data:
                data['text/html'] = _image(mime, data[mime], metadata)
    return notebook, resources


def _image(mime, content, metadata):
    own = metadata.get(mime, {})
    background = f'jp-needs-{metadata["needs_background"]}-background' if 'needs_background' in metadata else ''
    attributes = {'alt': metadata['alt'], **{name: own[name] for name in KEPT if name in own}, 'class': background}
    written = ' '.join(f'{name}="{html.escape(str(value))}"' for name, value in attributes.items() if value)
    return f'<img src="data:{mime};base64,{content.strip()}" {written}>'
