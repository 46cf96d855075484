"""Plugin for pytest: unit tests and notebooks in one run."""
from pathlib import Path

import pytest

LONGEST = ['test_odd_handins.py', 'test_style_lab.py', 'test_kernel_ends.py', 'test_hub.py', '04_training.ipynb',
           '06_exercises.ipynb', '06_exercises_solved.ipynb', '08_why_is_it_fast.ipynb', '07_sweeps.ipynb',
           'test_grading.py', 'test_evening.py', 'test_takes_over.py', 'test_trusted.py', 'test_own_pictures.py',
           'test_sweep.py', 'test_app.py', 'test_notebooks.py', 'test_site.py', 'test_explorer.py', 'test_fetch.py',
           'test_lab.py']
TESTS, ELSEWHERE = Path(__file__).parent, {'browser', 'classroom', 'project', 'tools'}


def pytest_collection_modifyitems(items):
    """The longest files first: else, in the end, two of three processes wait for the third."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """No coverage where it only takes time.

    Inside the kernels of notebooks nbval would start it, and wait for an answer that does not come. Some folders run
    what is covered in other processes only, and take up to twice as long with it.
    """
    option, coverage = item.config.option, item.config.pluginmanager.getplugin('_cov')
    source, folder = option.cov_source, {parent.name for parent in item.path.parents if parent.parent == TESTS}
    pause = coverage and coverage.cov_controller and folder & ELSEWHERE
    option.cov_source = [] if item.path.suffix == '.ipynb' else source
    if pause:
        coverage.cov_controller.pause()
    try:
        return (yield)
    finally:
        option.cov_source = source
        if pause:
            coverage.cov_controller.resume()
