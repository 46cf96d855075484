#!/bin/sh
# The tests that the arguments choose, or all of them and every notebook, in one run of pytest.
#     sh tools/test.sh .venv/bin [ARGUMENT OF PYTEST …]
#     SEED=1234 sh tools/test.sh .venv/bin …      the same in an order drawn with that seed, without the notebooks
# Three processes, since browsers and servers wait much, each with one of MXNet's threads; a file runs in one of them,
# the longest files first (tests/plugin.py). The twenty slowest tests are printed, and the seconds of all are kept in
# build/tests.xml.
set -eu
bin=$1
shift
export OMP_NUM_THREADS=1 TQDM_DISABLE=1 D2L_STYLE_PROFILE=embedded
unset PYTHONDONTWRITEBYTECODE  # each of some 200 kernels and programs would compile all modules anew
if [ $# = 0 ]; then
  set -- tests --cov --durations 20 --junitxml build/tests.xml
  if [ -z "${SEED:-}" ]; then
    # on a copy: the training notebook writes pictures, and a test leaves the tree as it was
    rm -rf build/nbval
    mkdir -p build/nbval
    cp -R notebooks img build/nbval
    # the solutions too, but for part 3, which is the same in the notebook of the students
    "$bin/python" -m nbconvert --log-level ERROR --to notebook --output-dir build/nbval/notebooks \
      --output 06_exercises_solved --TagRemovePreprocessor.enabled=True \
      --TagRemovePreprocessor.remove_cell_tags part-3 classroom/course/source/style_transfer/06_exercises.ipynb
    set -- "$@" build/nbval/notebooks \
      --nbval --nbval-current-env --nbval-sanitize-with tests/nbval.cfg --nbval-cell-timeout 900
  fi
fi
if [ -n "${SEED:-}" ]; then
  echo "In a random order: SEED=$SEED"
  set -- "$@" -p randomly --randomly-seed "$SEED"
else
  set -- "$@" -p tests.plugin
fi
exec "$bin/python" -m pytest -n 3 --dist loadfile --no-loadscope-reorder -rs "$@"
