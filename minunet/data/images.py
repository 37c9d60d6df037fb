"""Images and label maps in from PNG and TIFF; arrays out to TIFF."""

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import tifffile

from ..files import whole_file
from .decode import _complaints, decode

WRITABLE = ("uint8", "uint16", "float32")  # what ImageJ, Pillow and every microscope's own viewer can open


def read_image(path: str | os.PathLike) -> np.ndarray:
    """Read one image.

    Parameters
    ----------
    path : path
        PNG or TIFF, 8 or 16 bit or float, grey or RGB; or another format that Pillow reads.

    Returns
    -------
    float32 array (C, H, W)
        C = 1 for grey, 3 for RGB; alpha is dropped. Values as stored, not scaled.

    Raises
    ------
    OSError
        Where the file cannot be opened.
    ValueError
        Where it does not decode, holds more than one page, or has NaN or infinite pixels.
    """
    return _only_page(path, read_stack(path))


def read_stack(path: str | os.PathLike, channels: int | None = None) -> np.ndarray:
    """Read every page of a TIFF stack; a file with one image is a stack of one.

    Parameters
    ----------
    path : path
        As for `read_image`.
    channels : int, optional
        How many channels each page has, where that is known. With 1, a TIFF of three or four planes, which
        could as well be one colour image, is read as that many grey pages.

    Returns
    -------
    float32 array (pages, C, H, W)

    Raises
    ------
    OSError, ValueError
        As `read_image` does.
    """
    pages = decode(path, planes_are_pages=channels == 1)
    if pages.dtype.kind not in "buif":
        raise ValueError(f"{path}: the pixels are {pages.dtype}; expected integers or floats")
    with np.errstate(over="ignore"):  # a float64 beyond float32 becomes infinite, and is counted below
        pages = np.ascontiguousarray(pages, dtype=np.float32)
    _check_finite(path, pages)
    return pages


def open_stack(path: str | os.PathLike, channels: int | None = None) -> np.ndarray:
    """As `read_stack`, but a TIFF that is stored uncompressed and in one piece stays on disk.

    Returns
    -------
    array (pages, C, H, W)
        Memory-mapped and of the file's own integer or float type; or float32, as `read_stack` gives it, where the
        file cannot be mapped.

    Raises
    ------
    OSError, ValueError
        As `read_stack` does.
    """
    pages = _mapped(path)
    if pages is None:
        return read_stack(path, channels)
    if pages.dtype.kind == "f":
        _check_finite(path, pages)
    return pages


def _mapped(path: str | os.PathLike) -> np.ndarray | None:
    """The pages of a TIFF, memory-mapped; None for any other file, which is then `read_stack`'s to read or refuse."""
    with _complaints() as complaints:
        try:
            with tifffile.TiffFile(path) as tiff:
                (series,) = tiff.series
                axes = series.axes
                colour = axes.endswith("YXS") and not series.keyframe.extrasamples  # one of those may be alpha
                pixels = "YXS" if colour else "YX"
                if not axes.endswith(pixels) or set("CS") & set(axes.removesuffix(pixels)):
                    return None
            pages = tifffile.memmap(path, mode="r")
        except Exception:  # not a TIFF, compressed, or damaged in one of a dozen ways
            return None
    if complaints or pages.dtype.kind not in "buif":
        return None
    if colour:
        return np.moveaxis(pages.reshape(-1, *pages.shape[-3:]), -1, 1)
    return pages.reshape(-1, 1, *pages.shape[-2:])


def _check_finite(path: str | os.PathLike, pages: np.ndarray) -> None:
    """`ValueError` with the number of values that are not finite as float32; looks at some rows at a time."""
    bad = 0
    for page in pages:
        for top in range(0, page.shape[1], 256):
            with np.errstate(over="ignore"):  # beyond float32 is infinite
                rows = page[:, top : top + 256].astype(np.float32, copy=False)
            bad += rows.size - np.count_nonzero(np.isfinite(rows))
    if bad:
        raise ValueError(f"{path}: {bad:,} of {pages.size:,} values are NaN or infinite; mend or leave it out")


def read_labels(path: str | os.PathLike) -> np.ndarray:
    """Read one label map.

    Parameters
    ----------
    path : path
        PNG or TIFF. Of a palette image the indices are the labels; of an RGB image the three channels must
        be equal.

    Returns
    -------
    int32 array (H, W)

    Raises
    ------
    OSError
        Where the file cannot be opened.
    ValueError
        Where it does not decode, holds more than one page, or its values cannot be labels: fractions,
        negative numbers, colours, or what JPEG has left of them.
    """
    return _only_page(path, _labels(path, decode(path, palette_indices=True)))


def read_label_stack(path: str | os.PathLike) -> np.ndarray:
    """Read every page of a stack of label maps, as int32 (pages, H, W); otherwise as `read_labels`."""
    return _labels(path, decode(path, planes_are_pages=True, palette_indices=True))


def _labels(path: str | os.PathLike, pages: np.ndarray) -> np.ndarray:
    labels = pages[:, 0]
    if Path(path).suffix.lower() in (".jpg", ".jpeg"):
        raise ValueError(f"{path}: JPEG changes the values of labels; save them as PNG or TIFF, from the source")
    whole = labels.dtype.kind in "bui" or (labels.dtype.kind == "f" and (labels == np.round(labels)).all())
    if not whole:
        raise ValueError(f"{path}: the labels have fractions; expected whole numbers")
    if (pages != pages[:, :1]).any():
        raise ValueError(f"{path}: the labels are in colour; expected one number a pixel, in a grey image")
    if labels.min() < 0 or labels.max() > np.iinfo(np.int32).max:
        raise ValueError(f"{path}: the labels go from {labels.min():g} to {labels.max():g}; expected 0 to {2**31 - 1}")
    return np.ascontiguousarray(labels, dtype=np.int32)


def _only_page(path: str | os.PathLike, pages: np.ndarray) -> np.ndarray:
    if len(pages) != 1:
        raise ValueError(f"{path}: a stack of {len(pages)} pages; expected a single image")
    return pages[0]


def write_tiff(path: str | os.PathLike, array: np.ndarray) -> None:
    """Write an image or a stack, whole or not at all, with lossless zlib compression.

    Parameters
    ----------
    path : path
    array : uint8, uint16 or float32 array (H, W), (pages, H, W) or (pages, C, H, W)
        Each (H, W) plane becomes one grey page.

    Raises
    ------
    OSError
        Where the file cannot be written.
    ValueError
        For any other dtype or number of dimensions.
    """
    if array.dtype.name not in WRITABLE:
        raise ValueError(f"cannot write {array.dtype} to {path}; expected {', '.join(WRITABLE)}")
    if array.ndim not in (2, 3, 4):
        raise ValueError(f"cannot write an array of shape {array.shape} to {path}; expected 2 to 4 dimensions")
    with whole_file(path) as temporary:
        tifffile.imwrite(temporary, array, photometric="minisblack", compression="zlib")


class Spool:
    """An array of planes (H, W) that is filled row by row in a file on disk.

    Written as any file is, not through a memory map: on a full disk a write raises, but a map kills the program.

    Parameters
    ----------
    file : file
        Open for reading and writing, and empty.
    shape : tuple of int (..., H, W)
    dtype : str
    """

    def __init__(self, file: BinaryIO, shape: tuple[int, ...], dtype: str) -> None:
        self._file, self._shape, self._dtype = file, shape, np.dtype(dtype)

    def write(self, index: tuple[int, ...], top: int, rows: np.ndarray) -> None:
        """Put `rows` (h, W) in the plane of this index, from row `top` down."""
        *planes, height, width = self._shape
        plane = int(np.ravel_multi_index(index, planes))
        self._file.seek((plane * height + top) * width * self._dtype.itemsize)
        self._file.write(np.ascontiguousarray(rows, self._dtype).data)

    def array(self) -> np.ndarray:
        """All of it, memory-mapped, once every row is written."""
        self._file.flush()
        return np.memmap(self._file, self._dtype, "r", shape=self._shape)
