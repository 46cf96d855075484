"""The teacher's page at /services/costs: who is in, and what it costs in memory and processor."""
import html
import os

import psutil
from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from jupyterhub.utils import url_path_join
from tornado import httpclient, ioloop, web
from tornado.escape import json_decode

PAGE = '''<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<meta name="viewport" content="width=device-width"><title>Who is in</title><style>
body {{ font: 1rem/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ padding: .3rem .8rem; border-bottom: 1px solid #ccc }}
td:nth-child(n+3), th:nth-child(n+3) {{ text-align: right }} th {{ text-align: left }}</style></head><body>
<h1>Who is in</h1><p>{machine}</p><table><tr><th>name</th><th>last active (UTC)</th><th>kernels</th><th>memory</th>
<th>processor</th></tr>{rows}</table><p><a href="/hub/admin">Add students, stop servers</a></p></body></html>'''


def costs():
    """{account: (kernels, bytes of memory, percent of a core)} of the processes of each account that runs any.

    Memory is the proportional share: what processes have in common counts once.
    """
    found = {}
    for process in psutil.process_iter(['username', 'cmdline']):
        try:
            memory, used = process.memory_full_info().pss, process.cpu_percent()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        kernels, total, percent = found.get(process.info['username'], (0, 0, 0))
        is_kernel = 'ipykernel_launcher' in ' '.join(process.info['cmdline'] or [])
        found[process.info['username']] = kernels + is_kernel, total + memory, percent + used
    return found


def page(users, found, machine):
    """The page. `users`: as JupyterHub's API lists them; `found`: see `costs`; `machine`: a sentence."""
    rows = []
    for user in sorted(users, key=lambda user: user['name']):
        if not user.get('servers') and not user.get('server'):
            continue
        kernels, memory, percent = found.get(user['name'], (0, 0, 0))
        cells = (html.escape(user['name']), (user.get('last_activity') or '')[:16].replace('T', ' '), kernels,
                 f'{memory / 1e6:.0f} MB', f'{percent:.0f} %')
        rows.append('<tr>' + ''.join(f'<td>{cell}</td>' for cell in cells) + '</tr>')
    return PAGE.format(rows=''.join(rows) or '<tr><td colspan="5">nobody</td></tr>', machine=machine)


class Costs(HubOAuthenticated, web.RequestHandler):
    """The page, for administrators of the hub."""

    @web.authenticated
    async def get(self):
        """Answer with the page."""
        if not self.get_current_user().get('admin'):
            raise web.HTTPError(403, 'This page is the teacher\'s')
        answer = await httpclient.AsyncHTTPClient().fetch(
            url_path_join(os.environ['JUPYTERHUB_API_URL'], 'users'),
            headers={'Authorization': f'token {os.environ["JUPYTERHUB_API_TOKEN"]}',
                     'Accept': 'application/jupyterhub-pagination+json'})
        memory = psutil.virtual_memory()
        machine = (f'The machine: {memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB of memory are free, '
                   f'{psutil.cpu_percent():.0f} % of {psutil.cpu_count()} processors are busy.')
        self.write(page(json_decode(answer.body)['items'], costs(), machine))


def main():
    """Serve the page until the hub ends."""
    prefix = os.environ['JUPYTERHUB_SERVICE_PREFIX']
    app = web.Application([(prefix, Costs), (prefix.rstrip('/'), web.RedirectHandler, {'url': prefix}),
                           (url_path_join(prefix, 'oauth_callback'), HubOAuthCallbackHandler)],
                          cookie_secret=os.urandom(32))
    app.listen(10101, '127.0.0.1')
    ioloop.IOLoop.current().start()


if __name__ == '__main__':
    main()
