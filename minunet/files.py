"""Output files are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
