"""Where the lessons lie, and what each is called."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (Path(__file__).parents[2] / "lessons", Path(__file__).parent / "lessons")  # a checkout's, an installation's


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes
    ----------
    number : int
    name : str
        As "01_convolution": of its source, and of all that is made of it.
    source : path
        In jupytext's percent format, with solutions.
    """

    number: int
    name: str
    source: Path

    @property
    def title(self) -> str:
        """The first heading of the source, less the number."""
        heading = re.search(r"^# # (?:Lesson \d+: )?(.+)$", self.source.read_text(encoding="utf-8"), re.MULTILINE)
        return heading[1] if heading else self.name


def folder() -> Path:
    """The folder of the sources; `FileNotFoundError` where minunet was installed without them."""
    for path in FOLDERS:
        if any(path.glob("[0-9][0-9]_*.py")):
            return path
    raise FileNotFoundError(2, "the lessons are not installed; run this in a clone of minunet", str(FOLDERS[0]))


def lessons() -> list[Lesson]:
    """All of them, in order."""
    sources = sorted(folder().glob("[0-9][0-9]_*.py"))
    return [Lesson(int(source.stem[:2]), source.stem, source) for source in sources]
