"""How long a student waits: imports, the first cell after `make lab`, the first picture of a kernel."""
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

import nbformat
import requests
import websocket
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parents[2]
FIRST_PICTURE = '''
from d2l_style import FeatureNet, load_backbone, postprocess, read_image, train_fast_steps
pictures = read_image('mountain_lake'), read_image('painted_hills')
step = next(train_fast_steps(*pictures, (225, 150), FeatureNet(load_backbone())))
print(postprocess(step.X).shape)
'''


def imports(modules):
    """Seconds that a fresh Python needs to import `modules`; MXNet alone can't be, beside a NumPy of after 2023."""
    code = f'import time; start = time.perf_counter(); import {modules}; print(time.perf_counter() - start)'
    return float(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout)


def first_picture():
    """Seconds from starting a kernel until it has made its first composite image."""
    start = time.perf_counter()
    manager, client = start_new_kernel(cwd=str(ROOT))
    reply = client.execute_interactive(FIRST_PICTURE, timeout=120, output_hook=lambda _: None)
    seconds = time.perf_counter() - start
    manager.shutdown_kernel(now=True)
    if reply['content']['status'] != 'ok':
        raise SystemExit(f'the kernel failed: {reply["content"]}')
    return seconds


def first_cell():
    """Seconds from `make lab`, in an environment that is there, until the first notebook's first cells have run."""
    notebook = nbformat.read(ROOT / 'notebooks' / '01_pictures.ipynb', as_version=4)
    code = '\n'.join([cell.source for cell in notebook.cells if cell.cell_type == 'code'][:2])
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    options = f'--no-browser --port={port} --IdentityProvider.token={token}'
    start = time.perf_counter()
    lab = subprocess.Popen(['make', 'lab', f'ARGS={options}'], cwd=ROOT, start_new_session=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        run_cell(f'127.0.0.1:{port}', token, code)
        return time.perf_counter() - start
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait(30)


def run_cell(address, token, code):
    """Start a kernel on a Jupyter server, as the page does, and run `code` in it."""
    headers = {'Authorization': f'token {token}'}
    for _ in range(600):
        try:
            kernel = requests.post(f'http://{address}/api/kernels', headers=headers, json={}, timeout=60)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    kernel.raise_for_status()
    channel = websocket.create_connection(
        f'ws://{address}/api/kernels/{kernel.json()["id"]}/channels', header=headers, timeout=60)
    message = uuid.uuid4().hex
    channel.send(json.dumps({
        'channel': 'shell', 'metadata': {}, 'parent_header': {},
        'header': {'msg_id': message, 'msg_type': 'execute_request', 'username': '', 'session': message,
                   'version': '5.3'},
        'content': {'code': code, 'silent': False, 'store_history': False, 'user_expressions': {},
                    'allow_stdin': False}}))
    while True:
        answer = json.loads(channel.recv())
        if answer['msg_type'] == 'execute_reply' and answer['parent_header'].get('msg_id') == message:
            break
    channel.close()
    if answer['content']['status'] != 'ok':
        raise SystemExit(f'the first cell failed: {answer["content"]}')
