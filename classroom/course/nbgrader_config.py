"""nbgrader's settings for the exercises, which `make exercises`, `make release` and the others use."""
import os
import sys
from pathlib import Path

COURSE = Path(__file__).resolve().parent
sys.path.insert(0, str(COURSE))
import pages  # noqa: E402  # ours, beside this file
import preprocessors  # noqa: E402
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor  # noqa: E402
from nbgrader.preprocessors import (  # noqa: E402
    AssignLatePenalties,
    CheckCellMetadata,
    GetGrades,
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

if 'D2L_STYLE_EXCHANGE' in os.environ:  # on the hub
    c.Exchange.root = os.environ['D2L_STYLE_EXCHANGE']
    c.ExchangeFactory.collect = 'inbound.Collect'

c.ClearSolutions.code_stub = {'python': '# your turn'}  # a comment, so that "Run All" goes through an empty notebook
c.ClearSolutions.text_stub = '*Your answer:*'

c.CourseDirectory.submitted_directory = 'gradable'  # what `make grade` makes of the folder submitted
c.Autograde.sanitize_preprocessors = [preprocessors.ClearAllButExperiments, OverwriteKernelspec, OverwriteCells,
                                      CheckCellMetadata]
c.Autograde.autograde_preprocessors = [preprocessors.ExecuteApart, LimitOutput, SaveAutoGrades, AssignLatePenalties]
c.ExecuteApart.timeout = 60  # seconds for a cell; the slowest, the imports, takes about three
c.ExecuteApart.total = 300  # seconds for a submission
c.ExecuteApart.shutdown_kernel = 'immediate'  # nothing in it has to be kept
c.GenerateFeedback.preprocessors = [pages.ForTheStudent, preprocessors.ShowRemarks, pages.Harmless, GetGrades,
                                    CSSHTMLHeaderPreprocessor]
c.HTMLExporter.preprocessors = [pages.Harmless]  # for Formgrader
c.HTMLExporter.filters, c.HTMLExporter.sanitize_html = pages.FILTERS, True
