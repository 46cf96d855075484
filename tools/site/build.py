"""Build the site in build/site: notebooks as they are stored, docs, explorers, and the API from its docstrings.

    python tools/site/build.py [--address https://example.org/site]

Whatever Sphinx warns of stops it. With an address, links to the site show a picture where they are pasted, which needs
its whole address; everything else works from wherever the folder lies.
"""
import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from gather import gather
from preview import draw_preview

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parents[2]


def build(target, work, address=''):
    """Make the site in the folder `target`, by way of the folder `work`; False where Sphinx warned."""
    shutil.rmtree(target, ignore_errors=True)
    gather(work / 'source')
    draw_preview(work / 'extra')
    options = ['-b', 'html', '-q', '-W', '--keep-going', '-n', '-c', HERE, '-d', work / 'doctrees', '-j', '2']
    done = subprocess.run([sys.executable, '-m', 'sphinx', *options, work / 'source', target],
                          env={**os.environ, 'SITE_ADDRESS': address.rstrip('/'), 'SITE_EXTRA': str(work / 'extra')})
    (target / '_static' / 'webpack-macros.html').unlink()  # a template of the theme's, no page
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--address', default='', help='where it will be published')
    args = parser.parse_args()
    target = ROOT / 'build' / 'site'
    if not build(target, ROOT / 'build' / 'site-work', args.address):
        sys.exit('The site was not built without a warning: see above')
    print(f'Open {target / "index.html"}')


if __name__ == '__main__':
    main()
