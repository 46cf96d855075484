"""Plugin for pytest: the longest files first. Else, in the end, one of two processes waits for the other."""
LONGEST = ['test_grading.py', 'test_style_lab.py', 'test_sweep.py', 'test_fetch.py', 'test_app.py', 'test_lab.py',
           '04_training.ipynb', '06_exercises_solved.ipynb', '08_why_is_it_fast.ipynb', '06_exercises.ipynb',
           '07_sweeps.ipynb']


def pytest_collection_modifyitems(items):
    """Called by pytest, which has found `items`."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))
