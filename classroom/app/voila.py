"""Settings of `make app`: the Style Lab as a page for visitors."""
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
os.environ['JUPYTER_PATH'] = os.pathsep.join(filter(None, (str(FOLDER), os.environ.get('JUPYTER_PATH'))))

c = get_config()  # noqa: F821  Voilà gives it
c.VoilaConfiguration.template = 'style_lab'  # beside this file
# the lab needs none of these, which take time, and the first one fails in Voilà
c.VoilaConfiguration.extension_denylist = [
    '@jupyter-notebook/lab-extension', '@jupyter-server/resource-usage', '@jupyter/nbgrader',
    '@voila-dashboards/jupyterlab-preview', 'd2l-style', 'jupyterlab_pygments']
c.Voila.tornado_settings = {
    'websocket_max_message_size': 100_000_000,  # for photographs that are uploaded
    # a page that is left asks for the end of its kernel, and Voilà 0.5.13 refuses: the browser sends that without the
    # token against forged requests. What could be forged is that request alone, and it needs the kernel's secret id
    'disable_check_xsrf': True}
# a page whose browser crashed, or lost its network, asks for nothing
c.MappingKernelManager.cull_idle_timeout = 300
c.MappingKernelManager.cull_interval = 60
