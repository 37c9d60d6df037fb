"""What a class's grading has done so far, on the disk: one line a submission, only ever added to.

A grading that was killed goes on from it. A line is whole or, where the power went while it was written, the last and
cut short: then it is left out. A whole line that is no report was written by somebody else, and nothing is touched.
"""

import json
import os
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from .report import Report

FORMAT = "minunet grading journal 1"


class Journal(Sequence[Report]):
    """The reports of a class, in the order of the submissions' names; they stay on the disk.

    Parameters
    ----------
    path : path
    settings : dict
        What the grades depend on. A journal with other settings is refused.

    Raises
    ------
    ValueError
        Where the file is no journal, one of other settings, or damaged.
    """

    def __init__(self, path: Path, settings: dict):
        self.path = Path(path)
        self._places: dict[str, tuple[str, int]] = {}  # by name: digest, and where its line begins
        head = {"format": FORMAT} | settings
        if not self.path.exists() or not self.path.stat().st_size:
            self.path.write_text(json.dumps(head) + "\n", encoding="ascii")
        self._read(head)
        self._file = open(self.path, "r+b")  # noqa: SIM115 - open for the journal's life
        self._file.seek(0, os.SEEK_END)

    def _read(self, head):
        with open(self.path, "r+b") as file:
            first = _parsed(file.readline())
            if not isinstance(first, dict) or first.get("format") != FORMAT:
                raise ValueError(f"{self.path} is no journal of a grading; give another folder, or --force")
            if first != head:
                different = sorted(key for key in head if head[key] != first.get(key))
                raise ValueError(
                    f"{self.path} is of a grading with another {', '.join(different)}; give another folder, or --force"
                )
            for number in count(2):
                start = file.tell()
                line = file.readline()
                if not line.endswith(b"\n"):
                    file.truncate(start)  # the line that was being written
                    return
                try:
                    report = Report.from_dict(json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError):
                    raise ValueError(
                        f"line {number} of {self.path} is damaged; take it out, or grade anew with --force"
                    ) from None
                self._places[report.submission] = report.digest, start

    def has(self, name: str, digest: str) -> bool:
        """Whether this very submission has been graded."""
        return name in self._places and self._places[name][0] == digest

    def add(self, report: Report) -> None:
        """One more, on the disk when this returns."""
        start = self._file.seek(0, os.SEEK_END)
        self._file.write(json.dumps(report.to_dict()).encode("ascii") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._places[report.submission] = report.digest, start

    def keep(self, names) -> None:
        """Only these submissions are of the class now."""
        self._places = {name: place for name, place in self._places.items() if name in set(names)}

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index):
        names = sorted(self._places)[index]
        return [self._load(name) for name in names] if isinstance(index, slice) else self._load(names)

    def __iter__(self) -> Iterator[Report]:
        return (self._load(name) for name in sorted(self._places))

    def _load(self, name):
        with open(self.path, "rb") as file:
            file.seek(self._places[name][1])
            return Report.from_dict(json.loads(file.readline()))


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None
