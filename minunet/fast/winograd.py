"""Winograd's minimal filtering: a 3x3 convolution with a quarter of the multiplications.

Winograd 1980; for convolutions with many channels: Lavin and Gray 2016, "Fast algorithms for convolutional neural
networks", section 4.3, F(4x4, 3x3).

**One dimension.** Four neighbouring outputs y of a filter g with three taps see a window d of six inputs:
``y[k] = sum over i of g[i] d[k+i]``, twelve multiplications. The same four numbers are the middle coefficients of
a product of two polynomials, and a product of polynomials is known from its values at enough points. At the six
points 0, 1, -1, 2, -2 and infinity that takes six multiplications::

    y = A^T [(G g) * (B^T d)]

G evaluates the filter at the points, B^T does as much for the window, A^T puts the four outputs together.

**Two dimensions.** Rows first, then columns: a tile of 4x4 outputs sees a window of 6x6 pixels, and 36 products
stand for 144. Laid out flat, both steps are one matrix, a Kronecker product: ``kron(B, B)^T`` for the 36 pixels of
a window, ``kron(A, A)^T`` for the 16 outputs, ``kron(G, G)`` for the 9 taps.

**Many channels.** The sum over the channels comes before A^T, so for each of the 36 points there is one matrix
product, (F, C) @ (C, tiles): that is where the work is, and where BLAS is at its best. The transforms are matrix
products too, each long enough for two threads to run side by side. A bias joins at the point (1, 1): a number there
reaches all 16 outputs of its tile, and no other number. (Even and odd powers apart, the transforms would need a
quarter of their multiplications; the additions that join them take as long as what is saved.)

**Backward.** dx is a convolution of dout, with a border of two zeros, with the kernel turned by 180 degrees: the same
steps again. And the bilinear form ``sum over k of z[k] y[k]`` is ``sum over the points of (A z) (G g) (B^T d)``;
so with the tiles of x for z and the windows of dout for d, its derivative by g is dweight, turned::

    dg = G^T [(A z) * (B^T d)]

The windows of dout thus serve both gradients.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..device import array_module

TILE, WINDOW, TAPS = 4, 6, 9
POINTS = WINDOW * WINDOW
ONE_ONE = WINDOW + 1  # the point (1, 1)
LIMIT = 1 << 23  # numbers in an array of scratch; beyond, the image is cut into strips, the channels into blocks
BLOCK = 1 << 14  # windows that are gathered and transformed at a time
PRODUCT = 1 << 18  # numbers of a gradient of the kernels that are made at a time

B = np.array(
    [
        [4, 0, 0, 0, 0, 0],
        [0, -4, 4, -2, 2, 4],
        [-5, -4, -4, -1, -1, 0],
        [0, 1, -1, 2, -2, -5],
        [1, 1, 1, 1, 1, 0],
        [0, 0, 0, 0, 0, 1],
    ]
)
G = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
A = np.array([[1, 0, 0, 0], [1, 1, 1, 1], [1, -1, 1, -1], [1, 2, 4, 8], [1, -2, 4, -8], [0, 0, 0, 1]])

FROM_WINDOW = np.kron(B, B).T  # (36 points, 36 pixels)
FROM_TILE = np.kron(A, A)  # (36 points, 16 pixels)
FROM_KERNEL = np.kron(G, G)  # (36 points, 9 taps)
FROM_TURNED_KERNEL = FROM_KERNEL[:, ::-1]
TO_TILE = FROM_TILE.T
TO_TURNED_KERNEL = FROM_TURNED_KERNEL.T


def forward(x, weight, bias, relu, work):
    """Valid 3x3 convolution, and on demand a ReLU.

    Parameters
    ----------
    x : array (N, C, H, W)
    weight : array (F, C, 3, 3), of x's dtype
    bias : array (F,)
    relu : bool
    work : Workspace

    Returns
    -------
    out : array (N, F, H-2, W-2)
    """
    N, C, H, W = x.shape
    F = len(weight)
    out = work.empty((N, F, H - 2, W - 2), x)
    for part in _blocks(F, C, work.at_once(LIMIT, x)):
        kernels = _kernels_at_points(weight[part], FROM_KERNEL, work)

        def convolve(strips, part=part, kernels=kernels):
            for strip in strips:
                for n in range(N):
                    _convolve(x[n], kernels, bias[part], relu, strip, out[n, part], work)

        _share_strips(convolve, H - 2, W - 2, max(C, kernels.shape[1]), x, work)
    return out


def backward(dout, x, weight, work):
    """Gradients of `forward`, but for its ReLU's.

    Parameters
    ----------
    dout : array (N, F, H-2, W-2)
    x, weight : arrays, as `forward` was given them, of dout's dtype
    work : Workspace

    Returns
    -------
    dx : array (N, C, H, W)
    dweight : array (F, C, 3, 3)
    """
    N, C, H, W = x.shape
    F = len(weight)
    dx = work.empty(x.shape, dout)
    dweight = work.empty(weight.shape, dout)
    for part in _blocks(C, F, work.at_once(LIMIT, dout)):
        kernels = _kernels_at_points(weight[:, part], FROM_TURNED_KERNEL, work)
        sums: dict[int, Any] = {}  # of each thread, by the row it began with

        def correlate(strips, part=part, kernels=kernels, sums=sums):
            dkernels = work.empty(kernels.shape, dout)
            dkernels[...] = 0
            for strip in strips:
                for n in range(N):
                    _correlate(dout[n], x[n, part], kernels, strip, dx[n, part], dkernels, work)
            sums[strips[0].top] = dkernels

        _share_strips(correlate, H, W, max(F, kernels.shape[2]), dout, work)
        first, *others = (sums[top] for top in sorted(sums))
        for other in others:
            first += other
        dweight[:, part] = _kernels_from_points(first, work)
    return dx, dweight


def _convolve(image, kernels, bias, relu, strip, out, work):
    """One strip of one image: out (F, H-2, W-2) is written to."""
    xp = array_module(image)
    seen = _windows_at_points(image, 0, strip, work)
    made = work.empty((POINTS, kernels.shape[1], strip.tiles), image)

    def multiply(start, stop):
        xp.matmul(kernels[start:stop], seen[start:stop], out=made[start:stop])

    work.share(multiply, POINTS, made.size, made, multiplications=kernels.size * strip.tiles)
    made[ONE_ONE] += bias[:, None]
    _tiles_from_points(made, strip, out, relu, work)


def _correlate(dimage, image, kernels, strip, dx, dkernels, work):
    """One strip of one image: dx (C, H, W) is written to, dkernels (36, F, C) added to."""
    xp = array_module(dimage)
    seen = _windows_at_points(dimage, 2, strip, work)
    made = _tiles_at_points(image, strip, work)

    step = max(1, work.at_once(PRODUCT, dimage) // kernels[0].size)

    def multiply(start, stop):
        for first in range(start, stop, step):
            points = slice(first, min(first + step, stop))
            more = work.empty(kernels[points].shape, dimage)
            xp.matmul(seen[points], made[points].swapaxes(1, 2), out=more)
            xp.add(dkernels[points], more, out=dkernels[points])
        # The tiles of x have served: the products go where they were.
        xp.matmul(kernels[start:stop].swapaxes(1, 2), seen[start:stop], out=made[start:stop])

    work.share(multiply, POINTS, made.size, made, multiplications=2 * kernels.size * strip.tiles)
    _tiles_from_points(made, strip, dx, False, work)


def _blocks(channels, others, limit):
    """Parts of the channels, such that the kernels between these and all the others are about `limit` numbers."""
    count = -(-POINTS * channels * others // limit)
    for k in range(count):
        yield slice(channels * k // count, channels * (k + 1) // count)


class _Strip(NamedTuple):
    """Whole rows of tiles of one image: as many as its windows stay in the cache for."""

    top: int  # first row of tiles
    rows: int  # of tiles
    columns: int

    @property
    def tiles(self):
        return self.rows * self.columns


def _share_strips(compute, height, width, channels, like, work):
    """Call ``compute(strips)`` until the strips cover the tiles of an output of height x width pixels.

    That is one strip, of which the threads share every step; or, where it would be too large, each thread gets some
    strips of its own and goes through the steps without waiting for the others.
    """
    rows, columns = -(-height // TILE), -(-width // TILE)
    numbers, limit = POINTS * channels * rows * columns, work.at_once(LIMIT, like)
    if numbers <= limit:
        compute([_Strip(0, rows, columns)])
        return

    def cut(start, stop):
        count = min(stop - start, -(-2 * numbers * (stop - start) // (limit * rows)))
        bounds = [start + (stop - start) * k // count for k in range(count + 1)]
        compute([_Strip(top, end - top, columns) for top, end in pairwise(bounds)])

    work.share(cut, rows, numbers, like, multiplications=channels * numbers)


def _kernels_at_points(weight, from_kernel, work):
    """(F, C, 3, 3) -> (36, F, C)."""
    F, C = weight.shape[:2]
    xp = array_module(weight)
    taps = weight.reshape(F * C, TAPS).T  # a copy, where `weight` is only some of the channels
    kernels = work.empty((POINTS, F * C), weight)
    matrix = work.constant(from_kernel, weight)

    def transform(start, stop):
        xp.matmul(matrix, taps[:, start:stop], out=kernels[:, start:stop])

    work.share(transform, F * C, kernels.size, kernels, multiplications=TAPS * kernels.size)
    return kernels.reshape(POINTS, F, C)


def _kernels_from_points(dkernels, work):
    """(36, F, C) -> (F, C, 3, 3)."""
    _, F, C = dkernels.shape
    xp = array_module(dkernels)
    points = dkernels.reshape(POINTS, F * C).T
    taps = work.empty((F * C, TAPS), dkernels)
    matrix = work.constant(TO_TURNED_KERNEL, dkernels)

    def transform(start, stop):
        xp.matmul(points[start:stop], matrix.T, out=taps[start:stop])

    work.share(transform, F * C, dkernels.size, dkernels, multiplications=TAPS * dkernels.size)
    return taps.reshape(F, C, 3, 3)


def _windows_at_points(image, border, strip, work):
    """The 6x6 windows of an image (C, H, W) with a border of zeros -> (36, C, tiles)."""
    points = work.empty((POINTS, len(image), strip.tiles), image)

    def transform(start, stop):
        _to_points(image[start:stop], border, WINDOW, FROM_WINDOW, strip, points[:, start:stop], work)

    work.share(transform, len(image), points.size, points, multiplications=POINTS * points.size)
    return points


def _tiles_at_points(image, strip, work):
    """The 4x4 tiles of an image (C, H, W) -> (36, C, tiles)."""
    points = work.empty((POINTS, len(image), strip.tiles), image)

    def transform(start, stop):
        _to_points(image[start:stop], 0, TILE, FROM_TILE, strip, points[:, start:stop], work)

    work.share(transform, len(image), points.size, points, multiplications=TILE * TILE * points.size)
    return points


def _to_points(image, border, side, transform, strip, points, work):
    """Squares of side x side pixels, one every four pixels -> their 36 points."""
    xp = array_module(image)
    matrix = work.constant(transform, image)
    step = max(1, work.at_once(BLOCK, image) // strip.tiles)
    for start in range(0, len(image), step):
        channels = slice(start, start + step)
        rows = _rows_with_border(image[channels], border, side, strip, work)
        channel, row, pixel = rows.strides
        squares = xp.lib.stride_tricks.as_strided(
            rows, (side, side, len(rows), strip.rows, strip.columns), (row, pixel, channel, TILE * row, TILE * pixel)
        )
        flat = work.empty(squares.shape, image)
        flat[...] = squares
        xp.matmul(matrix, flat.reshape(side * side, -1), out=points[:, channels].reshape(POINTS, -1))


def _rows_with_border(image, border, side, strip, work):
    """All pixels that a strip's squares see, (C, rows, columns), zeros where they lie outside the image."""
    C, H, W = image.shape
    top = TILE * strip.top - border
    height, width = TILE * (strip.rows - 1) + side, TILE * (strip.columns - 1) + side
    if border == 0 and top + height <= H and width <= W:
        return image[:, top : top + height, :width]
    rows = work.empty((C, height, width), image)
    rows[...] = 0
    first, last = max(0, top), min(H, top + height)
    columns = min(W, width - border)
    rows[:, first - top : last - top, border : border + columns] = image[:, first:last, :columns]
    return rows


def _tiles_from_points(points, strip, image, relu, work):
    """(36, F, tiles) -> the strip's rows of an image (F, H, W); what of a tile is beyond the image is left out."""
    xp = array_module(image)
    matrix = work.constant(TO_TILE, image)
    step = max(1, work.at_once(BLOCK, image) // strip.tiles)
    rows = image[:, TILE * strip.top : TILE * (strip.top + strip.rows)]

    def transform(start, stop):
        for first in range(start, stop, step):
            channels = slice(first, min(first + step, stop))
            tiles = work.empty((TILE * TILE, channels.stop - first, strip.tiles), image)
            xp.matmul(matrix, points[:, channels].reshape(POINTS, -1), out=tiles.reshape(TILE * TILE, -1))
            _lay_tiles(tiles.reshape(TILE, TILE, -1, strip.rows, strip.columns), rows[channels], relu)

    work.share(transform, len(image), points.size, points, multiplications=TILE * TILE * points.size)


def _lay_tiles(tiles, image, relu):
    """image[f, 4 r + p, 4 u + q] = tiles[p, q, f, r, u], or max(that, 0): whole tiles first, then those cut off."""
    xp = array_module(image)
    lay = xp.maximum if relu else xp.add  # with 0: NumPy is faster at either than at a copy into every fourth pixel
    F, H, W = image.shape
    for r, height in ((slice(0, H // TILE), TILE), (slice(H // TILE, None), H % TILE)):
        for u, width in ((slice(0, W // TILE), TILE), (slice(W // TILE, None), W % TILE)):
            part = tiles[:height, :width, :, r, u]
            if not part.size:
                continue
            y, x = TILE * r.start, TILE * u.start
            _, _, _, rows, columns = part.shape
            place = image[:, y : y + height * rows, x : x + width * columns]
            place = place.reshape(F, rows, height, columns, width).transpose(2, 4, 0, 1, 3)
            lay(part, xp.zeros(columns, part.dtype), out=place)
