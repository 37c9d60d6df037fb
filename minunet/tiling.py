"""Overlap-tile: segment an image of any size with valid convolutions (Ronneberger et al. 2015, figure 2).

The network sees `margin` more pixels on each side than it segments. At the image's border these are missing, and
the image is continued by mirroring, without repeating the edge pixel. (Or, to see what that is worth, by what
normalisation makes zeros: ``net.padding = "zero"``.) A large image is cut into tiles that overlap in the input and meet
in the output.

Because the convolutions are valid, a tile knows nothing of its neighbours: tiled and whole prediction
agree at every pixel, provided every tile starts on the pooling grid. An output of 16k - 124 pixels does
not lead from one grid point to the next, so tiles step by the output size rounded down to a multiple of
2^depth (384 of 388 pixels) and the few pixels too many are dropped.
"""

from contextlib import closing
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .device import array_module, to_device, to_host
from .normalization import ROWS, normalization_of, normalize
from .sizes import input_size_for, margin, output_size
from .workers import spread

PAPER_TILE = 572
PADDINGS = ("mirror", "zero")


def predict(net, image, tile=None, average=False, executor=None):
    """Class probabilities of an image of any size.

    Parameters
    ----------
    net : UNet
    image : array (H, W) or (C, H, W)
        Raw pixel values, which are normalised here: by ``net.normalization``, or where ``net.each_image`` by the whole
        image's own mean and standard deviation. May be memory-mapped: it is read a tile at a time.
    tile : int, optional
        Largest side of the network's input, a legal size; by default about the paper's 572. Memory grows with
        it; of a large image nothing but the result is held besides. Tiles whose output is smaller than 2^depth
        pixels (188 at depth 4) cannot all lie on the pooling grid: the result then depends a little on where
        they fall.
    average : bool
        Mean over the 8 rotations and mirrors of the image. (The paper averages over 7 rotations.)
    executor : concurrent.futures.Executor, optional
        Computes the tiles, such as a process pool, or a Dask cluster's ``client.get_executor()``; minunet must be
        installed where its workers run. They get the raw pixels of one tile at a time, at most a few tiles wait for
        each worker, and the network is sent only to processes that lack it. The result is that of no executor, bit
        for bit, where each worker is a process that computes with as many BLAS threads as this one; otherwise, and
        with a pool of threads, which share BLAS, it is equal to float rounding.

    Returns
    -------
    probabilities : float32 array (classes, H, W), summing to 1 over the classes, on the host

    Raises
    ------
    ValueError
        For an image of another number of channels, one that is empty or holds NaN or infinity, or an illegal
        tile. What a worker raises is raised here, once the tiles that wait are cancelled.
    """
    image = _as_channels(image, net.in_channels)
    probabilities = np.zeros((net.classes, *image.shape[1:]), np.float32)
    for _ in _filled(net, image, tile, average, executor, lambda top, bottom: probabilities[:, top:bottom]):
        pass
    return probabilities


def predict_rows(net, image, tile=None, average=False):
    """As `predict`, but a row of tiles at a time, so that the result need not fit into memory.

    Yields
    ------
    top : int
        The first row of the image that is in the block. The blocks come from the top down and leave nothing out.
    probabilities : float32 array (classes, h, W)
    """
    image = _as_channels(image, net.in_channels)
    yield from _filled(
        net,
        image,
        tile,
        average,
        None,
        lambda top, bottom: np.zeros((net.classes, bottom - top, image.shape[2]), np.float32),
    )


def tiles_along(side, tile, depth):
    """How tiles cover one side of an image: their input size, and where their outputs start.

    There are as few tiles as the largest of them allow, they are no larger than so many need to be, and all outputs
    start on the pooling grid. (Two tiles of 444 give 512 pixels, in six tenths of the time that two of 572 take.)
    """
    tile = min(tile, input_size_for(side, depth))
    starts = _starts(side, output_size(tile, depth), depth)
    smaller = input_size_for(-(-side // len(starts)), depth)
    while smaller < tile and len(_starts(side, output_size(smaller, depth), depth)) > len(starts):
        smaller += 2**depth
    return smaller, _starts(side, output_size(smaller, depth), depth)


def mirrored(start, stop, side):
    """Indices start..stop-1 of a line of `side` pixels continued by mirroring, over and over if need be.

    The edge pixel is not repeated, as in ``numpy.pad(mode="reflect")``: -2, -1, 0, 1 read 2, 1, 0, 1.
    """
    period = max(1, 2 * (side - 1))
    index = np.arange(start, stop) % period
    return np.minimum(index, period - index) if side > 1 else index


class _Piece(NamedTuple):
    """One tile of the image as turned; a pair is one for the rows and one for the columns."""

    turn: tuple[int, bool]  # quarter turns, and whether mirrored before
    size: tuple[int, int]  # of the network's input
    origin: tuple[int, int]  # where its output begins in the image
    kept: tuple[slice, slice]  # what is kept of its output
    place: tuple[slice, slice]  # where in the band that goes


def _filled(net, image, tile, average, executor, room):
    """Fill ``room(top, bottom)``, an array (classes, bottom - top, W) of zeros, for each band from the top down.

    Yields (top, array) of each band when it is full.
    """
    _, H, W = image.shape
    if tile is None:
        tile = input_size_for(PAPER_TILE - 2 * margin(net.depth), net.depth)
    output_size(tile, net.depth)  # raises for an illegal size, even where a smaller tile will do
    turns = [(quarter_turns, mirror) for mirror in (False, True) for quarter_turns in range(4)]
    if not average:
        turns = turns[:1]
    bands = _bands(H, tile, net.depth, average)
    pieces = (piece for band in bands for turn in turns for piece in _pieces(H, W, band, turn, tile, net.depth))
    normalization = normalization_of(net, image)
    tiles = (_cut(image, piece, net, normalization) for piece in pieces)
    compute = partial(_probabilities, normalization=normalization)
    answers = (compute(net, pixels) for pixels in tiles) if executor is None else spread(executor, net, compute, tiles)
    with closing(answers):
        for top, bottom in bands:
            block = room(top, bottom)
            for turn in turns:
                turned = _turned(block, *turn)  # a view
                for piece in _pieces(H, W, (top, bottom), turn, tile, net.depth):
                    turned[:, *piece.place] += next(answers)[:, *piece.kept]
            block /= len(turns)
            yield top, block


def _starts(side, output, depth):
    """Where parts of at most `output` pixels begin that cover a side: on the pooling grid, unless they are smaller."""
    step = output // 2**depth * 2**depth or output
    steps = max(0, -(-(side - output) // step))
    return [k * step for k in range(steps + 1)]


def _bands(height, tile, depth, average):
    """(top, bottom) of the rows that are computed together, as many as one row of tiles can give."""
    size, _ = tiles_along(height, tile, depth)
    rows = output_size(size, depth)
    if average and rows < height and rows >= 2 * 2**depth:
        rows -= 2**depth - 1  # upside down, a band may begin that far beside the grid: one row of tiles shall do there
    return list(pairwise([*_starts(height, rows, depth), height]))


def _pieces(height, width, band, turn, tile, depth):
    """The tiles that give the rows `band` of the image, in the image as turned."""
    quarter_turns, _ = turn
    top, bottom = band if quarter_turns < 2 else (height - band[1], height - band[0])
    sides = [(height, top, bottom), (width, 0, width)]
    if quarter_turns % 2:
        sides.reverse()
    (tall, rows), (wide, columns) = (_cover(*side, tile, depth) for side in sides)
    for row in rows:
        for column in columns:
            yield _Piece(turn, (tall, wide), *zip(row, column, strict=True))


def _cover(side, start, stop, tile, depth):
    """Input size of the tiles that cover start..stop-1 of a side, and each one's (origin, kept, place)."""
    size, _ = tiles_along(side, tile, depth)
    output = output_size(size, depth)
    beside_the_grid = start % min(2**depth, output)
    origins = [start - beside_the_grid + first for first in _starts(stop - start + beside_the_grid, output, depth)]
    parts = []
    for origin, end in pairwise([*origins, stop]):
        first = max(origin, start)
        parts.append((origin, slice(first - origin, end - origin), slice(first - start, end - start)))
    return size, parts


def _cut(image, piece, net, normalization):
    """The pixels, as they are, that the network sees of a piece; mirrored, or the mean, where the image ends."""
    image = _turned(image, *piece.turn)
    starts = [origin - margin(net.depth) for origin in piece.origin]
    rows, columns = (
        mirrored(start, start + size, side)
        for start, size, side in zip(starts, piece.size, image.shape[1:], strict=True)
    )
    pixels = image[:, rows[:, None], columns]
    if net.padding == "mirror":
        return pixels
    row, column = (np.arange(start, start + size) for start, size in zip(starts, piece.size, strict=True))
    inside = ((row == rows)[:, None]) & (column == columns)
    mean = np.reshape(np.asarray(normalization[0], np.float32), (-1, 1, 1))
    return np.where(inside, pixels, mean)


def _probabilities(net, pixels, normalization):
    """float32 class probabilities on the host, for the pixels of one tile."""
    x = normalize(pixels, normalization)[None].astype(net.params["head.bias"].dtype)
    return to_host(_softmax(net.logits(to_device(x, net.device))[0])).astype(np.float32, copy=False)


def _softmax(logits):
    xp = array_module(logits)
    exps = xp.exp(logits - logits.max(axis=0))
    return exps / exps.sum(axis=0)


def _as_channels(image, channels):
    image = np.asarray(image)
    if image.ndim == 2:
        image = image[None]
    if image.ndim != 3 or image.shape[0] != channels:
        wanted = "(H, W) or (1, H, W)" if channels == 1 else f"({channels}, H, W)"
        raise ValueError(f"image has shape {image.shape}, expected {wanted} for this network")
    if not image.size:
        raise ValueError(f"image has shape {image.shape}, which is empty; expected at least one pixel")
    bad = 0
    if image.dtype.kind not in "bui":
        for top in range(0, image.shape[1], ROWS):
            rows = image[:, top : top + ROWS]
            bad += rows.size - np.count_nonzero(np.isfinite(rows))
    if bad:
        raise ValueError(f"image holds {bad} values that are NaN or infinite of {image.size}; mend or mask them first")
    return image


def _turned(image, quarter_turns, mirrored):
    return np.rot90(image[..., ::-1] if mirrored else image, quarter_turns, axes=(1, 2))
