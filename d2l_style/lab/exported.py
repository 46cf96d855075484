"""Exported: pages that nbconvert makes of a notebook say what its pictures show, which its own templates leave out."""
import html

KEPT = 'width', 'height'  # what else a picture's metadata say to a page


def with_descriptions(notebook, resources):
    """A preprocessor of nbconvert: a picture whose output has an `alt` in its metadata becomes HTML with that."""
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
