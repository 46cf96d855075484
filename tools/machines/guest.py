"""Into an environment that is full already: nothing that is there may change, and notebook 4 has to run.

    python tools/machines/guest.py

Makes an environment with the current versions of what Colab, Kaggle and others have, gives it the two lines of
docs/machines.md, and compares versions before and after. Notebook 4 runs in a folder away from the project.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = ('numpy', 'scipy', 'pandas', 'matplotlib', 'scikit-image', 'pillow', 'ipywidgets', 'ipykernel', 'nbclient',
        'requests', 'scikit-learn', 'tqdm')
LINES = re.findall(r'^!pip (install .*)$', (ROOT / 'docs' / 'machines.md').read_text(encoding='utf-8'), re.MULTILINE)
RUN = '''
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read('04_training.ipynb', 4)
NotebookClient(notebook, timeout=900).execute()
print(sum(cell.cell_type == 'code' for cell in notebook.cells))
'''


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, '-m', 'venv', folder / 'host'], check=True)
        python = folder / 'host' / 'bin' / 'python'
        pip = [python, '-m', 'pip', '--disable-pip-version-check']
        subprocess.run([*pip, 'install', '--quiet', '--upgrade', *HOST], check=True)
        before = versions(pip)
        source = folder / 'source'
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns('.git', '.venv*', '.uv', 'build', '*.egg-info'))
        for line in LINES:
            print('pip', line)
            subprocess.run([*pip, '--quiet', *line.split()], cwd=source, check=True)
        after = versions(pip)
        changed = {name: (version, after.get(name)) for name, version in before.items() if after.get(name) != version}
        print(f'{len(before)} packages before, {len(after)} after; changed: {changed or "none"}')
        # away from the project, and from the source that was installed
        place = folder / 'elsewhere' / 'notebooks'
        place.mkdir(parents=True)
        (place.parent / 'img').mkdir()
        shutil.copy(ROOT / 'notebooks' / '04_training.ipynb', place)
        shutil.rmtree(source)
        done = subprocess.run([python, '-c', RUN], cwd=place, capture_output=True, text=True)
        print(done.stdout or done.stderr)
        if changed or done.returncode:
            sys.exit('1 failed')
        print(f'Python {sys.version.split()[0]}, NumPy {before["numpy"]}: notebook 4 ran, cells: {done.stdout.strip()}')


def versions(pip):
    listed = subprocess.run([*pip, 'list', '--format=json'], capture_output=True, text=True, check=True).stdout
    return {package['name'].lower(): package['version'] for package in json.loads(listed)}


if __name__ == '__main__':
    main()
