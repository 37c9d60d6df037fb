"""Overlap-tile: segment an image of any size with valid convolutions (Ronneberger et al. 2015, figure 2).

The network sees `margin` more pixels on each side than it segments. At the image's border these are
missing, and the image is continued by mirroring, without repeating the edge pixel. A large image is cut
into tiles that overlap in the input and meet in the output.

Because the convolutions are valid, a tile knows nothing of its neighbours: tiled and whole prediction
agree at every pixel, provided every tile starts on the pooling grid. An output of 16k - 124 pixels does
not lead from one grid point to the next, so tiles step by the output size rounded down to a multiple of
2^depth (384 of 388 pixels) and the few pixels too many are dropped.
"""

import numpy as np

from .device import array_module, to_device, to_host
from .sizes import input_size_for, margin, output_size

PAPER_TILE = 572


def predict(net, image, tile=None, average=False):
    """Class probabilities of an image of any size.

    Parameters
    ----------
    net : UNet
    image : array (H, W) or (C, H, W)
        Raw pixel values: ``net.normalization`` is applied here.
    tile : int, optional
        Largest side of the network's input, a legal size; by default about the paper's 572. Memory grows with
        it; of a large image nothing but the result is held besides. Tiles whose output is smaller than 2^depth
        pixels (188 at depth 4) cannot all lie on the pooling grid: the result then depends a little on where
        they fall.
    average : bool
        Mean over the 8 rotations and mirrors of the image. (The paper averages over 7 rotations.) The result is
        then held twice.

    Returns
    -------
    probabilities : float32 array (classes, H, W), summing to 1 over the classes, on the host

    Raises
    ------
    ValueError
        For an image of another number of channels, one that is empty or holds NaN or infinity, or an illegal
        tile.
    """
    image = _as_channels(image, net.in_channels)
    if not average:
        return _predict_tiles(net, image, tile)
    total = np.zeros((net.classes, *image.shape[1:]), np.float32)
    for mirrored in (False, True):
        for quarter_turns in range(4):
            total += _turned_back(
                _predict_tiles(net, _turned(image, quarter_turns, mirrored), tile), quarter_turns, mirrored
            )
    total /= 8
    return total


def normalize(image, normalization):
    """(image - mean) / std as float32, for (mean, std) as numbers or one for each channel of (C, H, W)."""
    mean, std = (np.asarray(value, np.float32).reshape(-1, 1, 1) for value in normalization)
    return (np.asarray(image, np.float32) - mean) / std


def tiles_along(side, tile, depth):
    """How tiles cover one side of an image: their input size, and where their outputs start.

    No tile is larger than the image needs, and all outputs start on the pooling grid.
    """
    tile = min(tile, input_size_for(side, depth))
    output = output_size(tile, depth)
    step = output // 2**depth * 2**depth or output
    steps = max(0, -(-(side - output) // step))
    return tile, [k * step for k in range(steps + 1)]


def mirrored(start, stop, side):
    """Indices start..stop-1 of a line of `side` pixels continued by mirroring, over and over if need be.

    The edge pixel is not repeated, as in ``numpy.pad(mode="reflect")``: -2, -1, 0, 1 read 2, 1, 0, 1.
    """
    period = max(1, 2 * (side - 1))
    index = np.arange(start, stop) % period
    return np.minimum(index, period - index) if side > 1 else index


def _predict_tiles(net, image, tile):
    _, H, W = image.shape
    border = margin(net.depth)
    if tile is None:
        tile = input_size_for(PAPER_TILE - 2 * border, net.depth)
    output_size(tile, net.depth)  # raises for an illegal size, even where a smaller tile will do
    tile_height, tops = tiles_along(H, tile, net.depth)
    tile_width, lefts = tiles_along(W, tile, net.depth)
    dtype = net.params["head.bias"].dtype
    probabilities = np.empty((net.classes, H, W), np.float32)
    for top in tops:
        rows = mirrored(top - border, top - border + tile_height, H)
        for left in lefts:
            columns = mirrored(left - border, left - border + tile_width, W)
            tile_image = normalize(image[:, rows[:, None], columns], net.normalization)
            logits = net.logits(to_device(tile_image[None].astype(dtype), net.device))
            seen = to_host(_softmax(logits[0]))[:, : H - top, : W - left]
            probabilities[:, top : top + seen.shape[1], left : left + seen.shape[2]] = seen
    return probabilities


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
    bad = image.size - np.count_nonzero(np.isfinite(image))
    if bad:
        raise ValueError(f"image holds {bad} values that are NaN or infinite of {image.size}; mend or mask them first")
    return image


def _turned(image, quarter_turns, mirrored):
    return np.rot90(image[..., ::-1] if mirrored else image, quarter_turns, axes=(1, 2))


def _turned_back(image, quarter_turns, mirrored):
    image = np.rot90(image, -quarter_turns, axes=(1, 2))
    return image[..., ::-1] if mirrored else image
