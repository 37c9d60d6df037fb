"""``python -m minunet.grading.formats.gradescope PATH WHY``: results.json of what cannot be graded."""

import sys
from pathlib import Path

from ..per_student import write_text
from .results import failure

write_text(Path(sys.argv[1]), failure(f"It cannot be graded. {sys.argv[2]}"))
