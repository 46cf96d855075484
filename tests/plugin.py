"""Plugin for pytest: unit tests and notebooks in one run."""
from pathlib import Path

import pytest

LONGEST = ['test_odd_handins.py', 'test_style_lab.py', 'test_hub.py', '04_training.ipynb', '06_exercises.ipynb',
           '06_exercises_solved.ipynb', '08_why_is_it_fast.ipynb', '07_sweeps.ipynb', 'test_grading.py',
           'test_takes_over.py', 'test_own_pictures.py', 'test_sweep.py', 'test_app.py', 'test_notebooks.py',
           'test_fetch.py', 'test_lab.py']
CLASSROOM = Path(__file__).parent / 'classroom'


def pytest_collection_modifyitems(items):
    """The longest files first: else, in the end, two of three processes wait for the third."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """No coverage where it only takes time.

    Inside the kernels of notebooks nbval would start it, and wait for an answer that does not come. Tests of the
    classroom run none of what is covered, and take twice as long with it.
    """
    option, coverage = item.config.option, item.config.pluginmanager.getplugin('_cov')
    source, pause = option.cov_source, coverage and coverage.cov_controller and CLASSROOM in item.path.parents
    option.cov_source = [] if item.path.suffix == '.ipynb' else source
    if pause:
        coverage.cov_controller.pause()
    try:
        return (yield)
    finally:
        option.cov_source = source
        if pause:
            coverage.cov_controller.resume()
