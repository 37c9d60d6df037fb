"""An image file of any kind as one array (pages, channels, height, width), its values as stored."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np
import tifffile
from PIL import Image, ImageSequence, UnidentifiedImageError

TIFF_HEADERS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # little- and big-endian, then the same of BigTIFF
AS_STORED = ("1", "L", "I", "F", "RGB")  # Pillow's modes whose values are the file's own
WITH_ALPHA = ("LA", "La", "RGBA", "RGBa", "RGBX")


def decode(path: str | os.PathLike, planes_are_pages: bool = False, palette_indices: bool = False) -> np.ndarray:
    """Decode a file by tifffile where it is a TIFF, by Pillow where it is anything else.

    Parameters
    ----------
    path : path
        Which of the two it is, is asked of the file's first bytes, not of its name.
    planes_are_pages : bool
        tifffile writes an array of three or four pages as the planes of one colour image; True reads such
        planes as pages. Set it wherever the pages are known to be grey.
    palette_indices : bool
        Of a palette PNG, return the indices (right for labels), not the colours (right for images). A TIFF
        always gives its indices: microscopes use the palette only to colour grey values on the screen.

    Returns
    -------
    array (pages, channels, height, width), any dtype
        Without alpha.

    Raises
    ------
    OSError
        Where the file cannot be opened.
    ValueError
        Where it does not decode, in one line that names the file.
    """
    with open(path, "rb") as file, _complaints() as complaints:
        try:
            header = file.read(4)
            file.seek(0)
            if header in TIFF_HEADERS:
                pages = _decode_tiff(file, planes_are_pages)
            else:
                pages = _decode_with_pillow(file, palette_indices)
        except UnidentifiedImageError as error:
            what = "not an image that can be read" if header else "the file is empty"
            raise ValueError(f"{path}: {what}; expected a PNG or a TIFF") from error
        except NotImplementedError as error:
            raise ValueError(f"{path}: {error}") from error
        except Exception as error:  # the decoders raise whatever broke first: zlib.error, SyntaxError, ...
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise ValueError(f"{path}: the image is damaged or cut short ({reason})") from error
    if complaints:
        raise ValueError(f"{path}: the image is damaged or cut short ({complaints[0]})")
    return pages


class _Collector(logging.Handler):
    """Keeps the messages of log records; `level` sets from which severity on."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Keep the decoders' warnings off the screen, and give the errors that tifffile logs but does not raise.

    One of them matters: from a stack that was cut short tifffile returns the pages that are left.
    """
    logger = logging.getLogger("tifffile")
    collector = _Collector(logging.ERROR)
    propagate = logger.propagate
    logger.addHandler(collector)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield collector.messages
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagate


@contextmanager
def _libtiff_silenced() -> Iterator[None]:
    """Send standard error nowhere: libtiff, in C behind Pillow, prints there beside the error that it returns."""
    saved = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def _decode_tiff(file: BinaryIO, planes_are_pages: bool) -> np.ndarray:
    with tifffile.TiffFile(file) as tiff:
        if not len(tiff.pages):
            raise ValueError("no page")
        if len(tiff.series) != 1:
            raise NotImplementedError("its pages differ in size or type; expected a stack of like pages")
        series = tiff.series[0]
        page = series.keyframe
        try:
            array = series.asarray()
        except ValueError as error:  # LZW, JPEG, CCITT and others need imagecodecs, or else Pillow
            if "imagecodecs" not in str(error):
                raise
            if page.bitspersample > 8 and page.samplesperpixel > 1:  # Pillow would keep the high bytes alone
                raise NotImplementedError(
                    f"{tifffile.COMPRESSION(page.compression).name} compression of 16-bit colour cannot be read; "
                    "save the file uncompressed or with zlib, or install imagecodecs"
                ) from error
            file.seek(0)
            with _libtiff_silenced():
                return _decode_with_pillow(file, palette_indices=True)

    planar = page.planarconfig == tifffile.PLANARCONFIG.SEPARATE
    channel_letters = "" if planes_are_pages and planar else "CS"
    axes = list(series.axes)
    page_axes = [i for i, letter in enumerate(axes) if letter not in channel_letters + "YX"]
    channel_axes = [i for i, letter in enumerate(axes) if letter in channel_letters]
    channels = int(np.prod([array.shape[i] for i in channel_axes]))
    array = array.transpose(*page_axes, *channel_axes, axes.index("Y"), axes.index("X"))
    array = array.reshape(-1, channels, *array.shape[-2:])
    alpha = tifffile.EXTRASAMPLE.ASSOCALPHA, tifffile.EXTRASAMPLE.UNASSALPHA
    if channel_letters and any(extra in alpha for extra in page.extrasamples):
        array = array[:, :-1]
    return array


def _decode_with_pillow(file: BinaryIO, palette_indices: bool) -> np.ndarray:
    with Image.open(file) as image:
        if image.format == "PNG" and _raw_mode(image) in ("RGB;16B", "RGBA;16B", "LA;16B"):
            return _decode_deep_png(file, image)
        frames = ImageSequence.Iterator(image) if image.format == "TIFF" else [image]
        return np.stack([_channels_first(frame, palette_indices) for frame in frames])


def _channels_first(image: Any, palette_indices: bool) -> np.ndarray:
    """One of Pillow's images as an array (channels, height, width), without alpha."""
    as_stored = image.mode in AS_STORED or image.mode.startswith("I;16")
    if image.mode in WITH_ALPHA:
        array = np.asarray(image)[..., :-1]
    elif as_stored or (image.mode == "P" and palette_indices):
        array = np.asarray(image)
    else:
        array = np.asarray(image.convert("RGB"))
    return np.moveaxis(np.atleast_3d(array), -1, 0)


def _raw_mode(image: Any) -> str:
    """How Pillow will unpack the bytes of a PNG: the last field of its one tile."""
    return image.tile[0][3] if image.tile else ""


def _decode_deep_png(file: BinaryIO, image: Any) -> np.ndarray:
    """Both bytes of a PNG in 16-bit colour, of which Pillow keeps only the high one.

    Told that the values are little-endian, which they are not, Pillow keeps the low one: so decode twice.
    """
    raw_mode = _raw_mode(image)
    if raw_mode == "LA;16B":
        raise NotImplementedError("16-bit grey with alpha cannot be read; save it without alpha, or as TIFF")
    high = _channels_first(image, False).astype(np.uint16)
    file.seek(0)
    again: Any  # Pillow 10 has plain tuples for tiles, later ones a class of their own
    with Image.open(file) as again:
        again.tile = [(*again.tile[0][:3], raw_mode.replace("16B", "16L"))]
        low = _channels_first(again, False)
    return (high << 8 | low)[np.newaxis]
