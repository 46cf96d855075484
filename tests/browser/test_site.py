"""The site that `make site` builds: whole, without another host, from a server's folder and from a memory stick."""
import functools
import http.server
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from .drive import ROOT, complaints, expect, new_page

pytestmark = pytest.mark.slow

KINDS = {'front': 'index.html', 'notebook': 'notebooks/07_sweeps.html', 'guide': 'docs/ten_minutes.html',
         'reference': 'api/layers.html', 'explorer': 'explorer/time.html'}
SIZES = [(1366, 768), (390, 844)]
# what a page brings to show itself: an address of another host here would be asked for
BROUGHT = {'script': 'src', 'img': 'src', 'link': 'href', 'iframe': 'src', 'source': 'src', 'video': 'src'}
THEMES = pytest.mark.parametrize('theme', ['light', 'dark'])


class Page(HTMLParser):
    """The ids of a page, where its links lead, and what it brings."""

    def __init__(self, file):
        super().__init__()
        self.ids, self.links, self.brought = {''}, [], []
        self.feed(file.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.add(given.get('id', ''))
        if tag == 'a' and 'href' in given:
            self.links.append(given['href'])
        if given.get(BROUGHT.get(tag)) and given.get('rel') not in ('search', 'next', 'prev', 'index', 'canonical'):
            self.brought.append(given[BROUGHT[tag]])


@pytest.fixture(scope='module')
def built(tmp_path_factory):
    """The site, below a sub-path of what a server would serve, and how its build ended."""
    top = tmp_path_factory.mktemp('www')
    code = ('import sys; from pathlib import Path; sys.path.insert(0, "tools/site"); import build; '
            f'sys.exit(not build.build(Path({str(top / "a" / "style")!r}), Path({str(top.parent / "work")!r})))')
    done = subprocess.run([sys.executable, '-c', code], cwd=ROOT, capture_output=True, text=True)
    return top / 'a' / 'style', done


@pytest.fixture(scope='module')
def site(built):
    return built[0]


@pytest.fixture(scope='module')
def pages(site):
    return {file: Page(file) for file in site.rglob('*.html')}


@pytest.fixture(scope='module', params=['http', 'file'])
def address(request, site):
    """Where the site is looked at: below a sub-path of a server, and as a folder."""
    if request.param == 'file':
        yield site.as_uri()
        return
    handler = functools.partial(QuietHandler, directory=site.parents[1])
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{server.server_port}/a/style'
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def page(chromium, address):
    """A page of the browser that may ask for the site's own files only, and has nothing to complain of."""
    with new_page(chromium, *SIZES[0]) as page:
        asked = []
        page.on('request', lambda request: asked.append(request.url))
        yield page
        assert not [url for url in asked if not url.startswith((address, 'data:', 'blob:'))]
        assert not page.errors


def test_sphinx_has_nothing_to_warn_of(built):
    done = built[1]
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr


def test_every_link_leads_to_a_page_and_to_a_place_on_it(pages, site):
    broken, followed = [], 0
    for file, page in pages.items():
        for link in [*page.links, *page.brought]:
            address = urlsplit(link)
            if address.scheme or address.netloc:
                continue
            followed += 1
            target = (file.parent / unquote(address.path)).resolve() if address.path else file
            known = pages.get(target)
            if not target.is_file() or (known and unquote(address.fragment) not in known.ids):
                broken.append(f'{file.relative_to(site)}: {link}')
    assert followed > 1000
    assert not broken


def test_no_page_brings_anything_from_another_host(pages, site):
    assert not [f'{file.relative_to(site)}: {source}' for file, page in pages.items() for source in page.brought
                if urlsplit(source).netloc]
    for style in site.rglob('*.css'):
        assert not re.search(r'(url\(|@import)\s*["\']?(https?:)?//', style.read_text('utf-8')), style


def test_no_widget_is_shown_that_needs_a_kernel(pages):
    for file in (file for file in pages if file.parent.name == 'notebooks'):
        text = file.read_text(encoding='utf-8')
        assert 'vnd.jupyter.widget-view' not in text and 'Error displaying widget' not in text


def test_every_notebook_and_guide_is_there(site):
    for page in [*(ROOT / 'notebooks').glob('0*.ipynb'), *(ROOT / 'docs').glob('*.md')]:
        assert (site / page.relative_to(ROOT).with_suffix('.html')).is_file()


def test_a_link_to_the_site_shows_a_picture(site):
    text = (site / 'docs' / 'speed.html').read_text(encoding='utf-8')
    picture = re.search(r'property="og:image" content="([^"]+)"', text)[1]
    assert (site / 'docs' / picture).resolve() == site / 'preview.jpg'
    assert (site / 'preview.jpg').stat().st_size < 300_000


@pytest.mark.parametrize('kind', KINDS)
def test_pages_are_as_wide_as_the_screen_and_ask_nobody(page, address, kind):
    page.goto(f'{address}/{KINDS[kind]}')
    for width, height in SIZES:
        page.set_viewport_size({'width': width, 'height': height})
        assert page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')
    assert page.evaluate('[...document.images].every(image => !image.complete || image.naturalWidth > 0)')


def test_search_finds_without_internet(page, address):
    page.goto(f'{address}/search.html?q=Gram+matrix')
    found = page.locator('#search-results li a', has_text='3. Losses').first
    expect(found).to_be_visible()
    found.click()
    expect(page.locator('h1')).to_contain_text('3. Losses')


def test_an_explorer_answers_to_the_keyboard(page, address):
    page.goto(f'{address}/explorer/time.html')
    explorer = page.locator('.d2l-explorer')
    before = explorer.locator('img').get_attribute('src')
    explorer.get_by_role('slider').first.press('End')
    expect(explorer.locator('img')).not_to_have_attribute('src', before)


@THEMES
@pytest.mark.parametrize('kind', KINDS)
def test_a_screen_reader_and_weak_eyes_can_use_it(chromium, site, kind, theme):
    with new_page(chromium, *SIZES[0]) as page:
        page.emulate_media(color_scheme=theme)
        page.goto(f'{site.as_uri()}/{KINDS[kind]}')
        assert page.evaluate('document.documentElement.dataset.theme') == theme
        assert not complaints(page, 'body')
