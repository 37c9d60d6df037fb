"""Output files are written whole or not at all, and archives read whole or not at all."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np


@contextmanager
def whole_file(path: str | os.PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`; when the block ends well it takes the name `path`.

    The bytes are on the disk before the rename, and a rename within one folder is atomic: a reader, or a
    program killed at any moment, sees the old file or the new one, never a part of one. When the block
    raises, the temporary file is removed and `path` is left as it was. The temporary name is always the
    same, ``.STEM.part.SUFFIX``, so that what a killed run left behind is overwritten by the next.

    Raises
    ------
    OSError
        Where the folder cannot be written, or the disk is full.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename and Path(error.filename) == temporary:
            error.filename = str(path)  # nobody has heard of the other
        raise


def read_archive(file: BinaryIO, wanted: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The settings and the arrays of an .npz archive: one line of JSON, named ``settings``, and plain arrays.

    Damaged bytes make zipfile and NumPy raise a dozen kinds of exception: whoever calls turns them all into one.

    Parameters
    ----------
    file : binary file
    wanted : str
        The ``format`` that the settings must name.
    """
    if not zipfile.is_zipfile(file):
        raise ValueError("it is no .npz archive, or is cut short")
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        damaged = archive.zip.testzip()  # np.load itself checks a member only where it reads all of it
        if damaged:
            raise ValueError(f"{damaged} is damaged")
        settings = json.loads(str(archive["settings"]))
        if settings["format"] != wanted:
            raise ValueError(f"its format is {settings['format']!r}, and this minunet reads {wanted!r}")
        return settings, {name: archive[name] for name in archive.files if name != "settings"}
