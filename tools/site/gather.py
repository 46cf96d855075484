"""Gather what the site shows: pages and notebooks as they lie in the project, and all that they link to.

A page keeps its place, so that links work as on GitHub. A link to a file that is no page leads to one that shows the
file (`files/…`). In place of a line `EXPLORER name` stands the explorer of that grid. The
project stays as it is.
"""
from d2l_style.lab.explorer import GRIDS, MIME, as_html

import json
import posixpath
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).parent / 'pages'  # what only the site has
STARTS = ['README.md', *(f'docs/{file.name}' for file in sorted((ROOT / 'docs').glob('*.md'))),
          *(f'notebooks/{file.name}' for file in sorted((ROOT / 'notebooks').glob('0*.ipynb')))]
PAGES, PICTURES = {'.md', '.ipynb'}, {'.svg', '.png', '.jpg'}
LINK = re.compile(r'(?<=\]\()([^)\s#]+)(?=[)#])')
LEXERS = {'.py': 'python', '.mk': 'make', '.json': 'json', '.cfg': 'ini',
          **dict.fromkeys(('.yaml', '.yml', '.cff'), 'yaml')}


def gather(target):
    """Fill the folder `target` with the sources of the site."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(OWN, target)
    waiting, done = list(STARTS), set()
    while waiting:
        name = waiting.pop(0)
        if name in done:
            continue
        done.add(name)
        if Path(name).suffix in PAGES:
            waiting += page(name, target)
        elif Path(name).suffix in PICTURES:
            copy(name, target)
        else:
            show(name, target)
    list_others(done, target)
    for file in (target / 'explorer').glob('*.md'):
        file.write_text(re.sub(r'^EXPLORER (\w+)$', explorer, file.read_text(encoding='utf-8'), flags=re.MULTILINE),
                        encoding='utf-8')


def explorer(match):
    """The explorer of a ready-made grid, for a page in Markdown."""
    return f'`````{{raw}} html\n{as_html((GRIDS / f"{match[1]}.json").read_text(encoding="utf-8"))}\n`````'


def page(name, target):
    """Write the page or notebook `name`; returns what it links to in the project."""
    linked = []

    def redirect(match):
        path = match[1]
        if '://' in path or path.startswith(('attachment:', 'mailto:')):
            return path
        there = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if not (ROOT / there).exists():
            raise SystemExit(f'{name} leads to {path}, and there is nothing')
        linked.append(there)
        shown = there if Path(there).suffix in PAGES | PICTURES else shown_at(there)
        return posixpath.relpath(shown, posixpath.dirname(name) or '.')

    if name.endswith('.ipynb'):
        notebook = json.loads((ROOT / name).read_text(encoding='utf-8'))
        for cell in notebook['cells']:
            prepare(cell, redirect)
        write(name, target, json.dumps(notebook))
    else:
        text = LINK.sub(redirect, (ROOT / name).read_text(encoding='utf-8'))
        write(name, target, text if text.startswith('# ') else f'# {Path(name).stem.capitalize()}\n\n{text}')
    return linked


def prepare(cell, redirect):
    """Turn a cell's links, make explorers of its tables, and say what its picture shows."""
    if cell['cell_type'] == 'markdown':
        cell['source'] = LINK.sub(redirect, ''.join(cell['source']))
    for output in cell.get('outputs', ()):
        data = output.get('data', {})
        if MIME in data:  # which works here, as it does in JupyterLab: no still picture
            output['data'] = {'text/html': as_html(''.join(data[MIME]))}
        elif data.keys() & {'image/png', 'image/jpeg'}:
            words = ''.join(data.get('text/plain', ''))
            shown = output['metadata'].get('alt') or (words if not words.startswith('<') else 'Picture')
            cell['metadata'] = {**cell['metadata'], 'mystnb': {'image': {'alt': shown.replace('\n', ' ')}}}


def shown_at(name):
    """The page that shows the file or folder `name`, which is none itself; hidden folders get lost on the way."""
    return f'files/{name.lstrip(".").rstrip("/")}.md'


def show(name, target):
    """Write a page with the text of a file, or with the names of what a folder holds."""
    path = ROOT / name
    if path.is_dir():
        text = '\n'.join(f'- `{file.name}`' for file in sorted(path.iterdir()) if file.name[0] not in '._')
    else:
        lexer = LEXERS.get(path.suffix, 'text')
        text = f'`````{{code-block}} {lexer}\n{path.read_text(encoding="utf-8").rstrip()}\n`````'
    write(shown_at(name), target, f'---\norphan: true\nnosearch: true\n---\n# {name}\n\n{text}\n')


def list_others(done, target):
    """The pages that stand in no list of the site, for the end of its list of guides."""
    others = sorted(name for name in done if name.endswith('.md') and name not in STARTS)
    file = target / 'docs' / 'index.md'
    file.write_text(file.read_text(encoding='utf-8').replace(
        'OTHERS', '\n'.join(f'/{name.removesuffix(".md")}' for name in others)), encoding='utf-8')


def copy(name, target):
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(ROOT / name, target / name)


def write(name, target, text):
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    (target / name).write_text(text, encoding='utf-8')
