"""nbgrader's settings for the exercises, which `make exercises`, `make release` and the others use."""
import sys
import tempfile
from pathlib import Path

COURSE = Path(__file__).resolve().parent
sys.path.insert(0, str(COURSE))
import apart  # noqa: E402  # ours, beside this file
import collector  # noqa: E402
from nbgrader.preprocessors import (  # noqa: E402
    AssignLatePenalties,
    CheckCellMetadata,
    DeduplicateIds,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

c = get_config()  # noqa: F821  # given by traitlets

c.CourseDirectory.root = str(COURSE)
c.CourseDirectory.course_id = 'neural-style'
# several submissions are graded at once: wait for one another's writing, for a minute
c.CourseDirectory.db_url = f'sqlite:///{COURSE / "gradebook.db"}?timeout=60'

c.ClearSolutions.code_stub = {'python': '# your turn'}  # a comment, so that "Run All" goes through an empty notebook
c.ClearSolutions.text_stub = '*Your answer:*'

c.Autograde.sanitize_preprocessors = [apart.ClearAllButExperiments, DeduplicateIds, OverwriteKernelspec, OverwriteCells,
                                      CheckCellMetadata]
c.Autograde.autograde_preprocessors = [apart.ExecuteApart, LimitOutput, SaveAutoGrades, AssignLatePenalties,
                                       CheckCellMetadata]
# sockets in the submission's own folder: kernels that start at once may choose the same port
c.KernelManager.transport, c.KernelManager.ip = 'ipc', str(Path(tempfile.gettempdir(), 'kernel'))
c.ExecuteApart.timeout = 60  # seconds for a cell; the slowest, the imports, takes about three
c.ExecuteApart.total = 300  # seconds for a submission

c.ZipCollectApp.collector_plugin = collector.ByStudent
