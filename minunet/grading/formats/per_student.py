"""Files of one student each: what they are called, and how they are written."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from ...files import whole_file
from ..report import Report

LONGEST = 100  # bytes of a name; most disks allow 255, and a suffix is still to come
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # Windows has devices of these names


class Reports(Protocol):
    """Reports in the order of their submissions' names, which may lie on the disk and be read again and again."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Report]: ...


def file_names(names: Iterable[str]) -> list[str]:
    """A name for each submission's file, without a suffix: safe on every system, and no two the same.

    Parameters
    ----------
    names : iterable of str
        In the order of the submissions; of those that would have the same file, later ones are numbered.
    """
    taken: set[str] = set()
    found = []
    for name in names:
        stem = _safe(name)
        tries = (stem if k == 1 else f"{stem}-{k}" for k in range(1, len(taken) + 2))
        free = next(one for one in tries if one.casefold() not in taken)  # many disks take A and a for the same
        taken.add(free.casefold())
        found.append(free)
    return found


def _safe(name):
    stem = re.sub(r"[^\w.-]", "_", unicodedata.normalize("NFC", name))
    stem = stem.encode()[:LONGEST].decode(errors="ignore").lstrip(".").rstrip(".")
    return f"_{stem}" if not stem or RESERVED.match(stem) else stem


def write_text(path: Path, text: str) -> None:
    """A text file as it is, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_bytes(text.encode())


def write_each(reports: Reports, out: Path, single: str, folder: str, to_text: Callable[[Report], str]) -> None:
    """One report as the file `single`; the reports of a class as files of a folder, a student each."""
    if len(reports) == 1:
        for report in reports:
            write_text(out / single, to_text(report))
        return
    (out / folder).mkdir(exist_ok=True)
    suffix = Path(single).suffix
    for name, report in zip(file_names(report.submission for report in reports), reports, strict=True):
        write_text(out / folder / f"{name}{suffix}", to_text(report))
