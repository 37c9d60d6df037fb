"""Images and label maps in from PNG and TIFF; arrays out to TIFF."""

import os
from pathlib import Path

import numpy as np
import tifffile

from ..files import whole_file
from .decode import decode

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
    bad = pages.size - np.count_nonzero(np.isfinite(pages))
    if bad:
        raise ValueError(f"{path}: {bad:,} of {pages.size:,} values are NaN or infinite; mend or leave it out")
    return pages


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
