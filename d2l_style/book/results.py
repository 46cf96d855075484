"""Results: where notebooks put what they make, from whichever folder they are run."""
from pathlib import Path


def results_folder(name='results'):
    """`build/NAME` in the project, or below the current folder where there is no project; made where it is missing.

    The project is the nearest folder, from the current one upwards, that has a folder `notebooks`.
    """
    here = Path.cwd()
    project = next((folder for folder in (here, *here.parents) if (folder / 'notebooks').is_dir()), here)
    folder = project / 'build' / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
