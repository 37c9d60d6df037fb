"""The autograder.zip for Gradescope: `setup.sh`, `run_autograder`, and minunet itself."""

import re
import stat
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from ....files import whole_file
from ...specs import SHIPPED, find_spec
from .results import failure

PACKAGE = Path(__file__).parents[3]
LEFT_OUT = re.compile(r"/__pycache__/|/\.|\.npz$")  # trained weights are most of the package, and grade nothing
NEEDS = ("numpy>=2.3", "scipy>=1.15")  # what a grading imports of minunet's dependencies, and a submission may
DATE = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is made

FOR_STUDENTS = (
    "The autograder failed before it had graded anything: the score of 0 says nothing about your work. Please tell the "
    "course staff, who can see why."
)
FOR_STAFF = (
    "minunet ended before it had written its report. What it said last is in the autograder's standard output, which "
    "the staff alone can see. Rerun the autograder for this submission when the cause is gone."
)


def make_gradescope(spec: str | Path, path: str | Path) -> None:
    """Write the zip that is uploaded to Gradescope as the autograder of an assignment.

    Parameters
    ----------
    spec : str or path
        The assignment: a name, or a teacher's file, which is put in.
    path : path
        Of the zip.

    Raises
    ------
    ValueError
        Where the assignment cannot be used.
    """
    find_spec(spec)
    with whole_file(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _members(spec):
            member = zipfile.ZipInfo(name, DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            executable = name in ("setup.sh", "run_autograder")
            member.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(member, content)


def _members(spec) -> Iterator[tuple[str, bytes]]:
    given = str(spec) not in SHIPPED
    script = (files(__package__) / "run_autograder").read_text(encoding="utf-8")
    yield "setup.sh", (files(__package__) / "setup.sh").read_bytes()
    yield "run_autograder", script.replace("{spec}", "assignment.py" if given else str(spec)).encode()
    yield "requirements.txt", "".join(f"{need}\n" for need in NEEDS).encode()
    yield "failed.json", failure(FOR_STUDENTS, FOR_STAFF).encode()
    if given:
        yield "assignment.py", Path(spec).read_bytes()
    for file in sorted(PACKAGE.rglob("*")):
        name = f"{PACKAGE.name}/{file.relative_to(PACKAGE).as_posix()}"
        if file.is_file() and not LEFT_OUT.search(name):
            yield name, file.read_bytes()
