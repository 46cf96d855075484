"""JupyterLab of a student on the hub."""
import os

c = get_config()  # noqa: F821  # given by traitlets

# nbgrader's lists, and nothing that only takes memory here
c.ServerApp.jpserver_extensions = {
    'nbgrader.server_extensions.assignment_list': True, 'nbgrader.server_extensions.validate_assignment': True,
    'nbgrader.server_extensions.formgrader': os.environ['JUPYTERHUB_USER'] == 'teacher',
    'voila.server_extension': False, 'jupyter_lsp': False, 'notebook': False, 'notebook_shim': False}
c.ServerApp.tornado_settings = {'websocket_max_message_size': 100_000_000}  # the photograph of a phone
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_connected = True
# students share a machine: at a port another could read what a kernel prints, and two kernels could meet at one
c.KernelManager.transport = 'ipc'
