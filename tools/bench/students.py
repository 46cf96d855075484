"""N students at once at a hub, as their browsers would be: HTTP to sign in, websockets to the kernel.

    .venv-bench/bin/python tools/bench/students.py URL N PASSWORD

`hub.py` starts it. Each is a thread with jupyter-kernel-client; the steps begin at the same time for all. Prints JSON:
seconds of each student for each step, and failures. After each step it says so on a line and waits for one.
"""
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from jupyter_kernel_client import JupyterKernelClient

NOTEBOOKS = Path(__file__).resolve().parents[2] / 'notebooks'
PATIENCE = 900  # seconds for a cell


class Student:
    """One who signs in, and runs notebooks."""

    def __init__(self, hub, name, password):
        self.hub, self.name, self.password = hub, name, password
        self.session, self.comms, self.kernel = requests.Session(), [], None

    def open_session(self):
        """Sign in."""
        login = f'{self.hub}/hub/login'
        self.session.get(login)
        data = {'username': self.name, 'password': self.password, '_xsrf': self.xsrf()}
        self.session.post(login, data=data, allow_redirects=False).raise_for_status()

    def sign_in(self):
        """From the sign-in page to the first cell of notebook 3."""
        self.open_session()
        self.session.get(f'{self.hub}/hub/spawn').raise_for_status()
        user = f'{self.hub}/hub/api/users/{self.name}'
        token = self.post(f'users/{self.name}/tokens', {'note': 'bench'})['token']
        while not self.session.get(user, headers={'Authorization': f'token {token}'}).json()['servers'].get(
                '', {}).get('ready'):
            time.sleep(0.2)
        self.kernel = JupyterKernelClient(server_url=f'{self.hub}/user/{self.name}', token=token, client_kwargs={
            'headers': {'Authorization': f'token {token}'}})  # the hub takes no token in an address
        self.kernel.start(timeout=PATIENCE)
        self.run(cells('03_losses.ipynb')[:1])

    def post(self, path, data):
        """Ask JupyterHub's API as its pages do."""
        self.session.get(f'{self.hub}/hub/token')  # for its cookie
        reply = self.session.post(f'{self.hub}/hub/api/{path}', json=data, headers={
            'Referer': f'{self.hub}/hub/', 'X-XSRFToken': self.xsrf()})
        reply.raise_for_status()
        return reply.json()

    def xsrf(self):
        """The token against forged requests, of the path that was visited last."""
        return [cookie.value for cookie in self.session.cookies if cookie.name == '_xsrf'][-1]

    def run(self, sources):
        """Execute cells; raises with the error of the first that fails."""
        for source in sources:
            reply = self.kernel.execute_interactive(source, timeout=PATIENCE, output_hook=self.see, allow_stdin=False)
            if reply['content']['status'] != 'ok':
                raise RuntimeError(f'{reply["content"].get("ename")}: {reply["content"].get("evalue")}')

    def see(self, message):
        """Keep what widgets say when they are made."""
        if message['msg_type'] == 'comm_open':
            self.comms.append(message['content'])

    def notebook_3(self):
        """All of notebook 3."""
        self.run(cells('03_losses.ipynb')[1:])

    def press(self):
        """Move the slider of notebook 3 to its tenth place, 0.5, until the new picture is here."""
        slider = next(comm for comm in self.comms if comm['data'].get('state', {}).get('tooltip') == 'style share')
        client = self.kernel._manager.client
        client.iopub_channel.get_msgs()
        content = {'comm_id': slider['comm_id'],
                   'data': {'method': 'update', 'state': {'value': 10}, 'buffer_paths': []}}
        client.shell_channel.send(client.session.msg('comm_msg', content))
        while True:
            message = client.iopub_channel.get_msg(timeout=PATIENCE)
            if message['msg_type'] == 'comm_msg' and ['value'] in message['content']['data'].get('buffer_paths', []):
                return  # the picture

    def train(self):
        """Notebook 4 up to the end of its first training, in the same kernel."""
        sources = cells('04_training.ipynb')
        last = next(k for k, source in enumerate(sources) if 'output = train(' in source)
        self.run(sources[:last + 1])


def cells(name):
    """The code cells of a notebook."""
    notebook = json.loads((NOTEBOOKS / name).read_text('utf-8'))
    return [''.join(cell['source']) for cell in notebook['cells'] if cell['cell_type'] == 'code']


def main():
    hub, number, password = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    students = [Student(hub, f'load-{k:02d}', password) for k in range(number)]
    teacher = Student(hub, 'teacher', password)
    teacher.open_session()
    teacher.post('users', {'usernames': [student.name for student in students]})
    for step in ('sign_in', 'notebook_3', 'press', 'train'):
        together, seconds, failures = threading.Barrier(number), [], []

        def one(student, step=step, together=together, seconds=seconds, failures=failures):
            together.wait()
            start = time.perf_counter()
            try:
                getattr(student, step)()
                seconds.append(round(time.perf_counter() - start, 2))
            except Exception as error:  # counted, and the others go on
                failures.append(f'{student.name}: {type(error).__name__}: {error}')
        with ThreadPoolExecutor(number) as pool:
            list(pool.map(one, students))
        print(json.dumps({'step': step, 'seconds': seconds, 'failures': failures}), flush=True)
        sys.stdin.readline()
    os._exit(0)  # the threads of the websockets would go on


if __name__ == '__main__':
    main()
