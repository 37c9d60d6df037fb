"""The border weight map: pixels between cells that nearly touch count more (Ronneberger et al. 2015)."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

WINDOW = 6  # in sigma: with d1 + d2 beyond it the border term is under 1.6e-8 of w0, nothing in float32
EIGHT_NEIGHBOURS = np.ones((3, 3), bool)


def border_weight_map(
    labels: np.ndarray,
    w0: float = 10,
    sigma: float = 5,
    class_weights: Sequence[float] | None = None,
    everywhere: bool = False,
) -> np.ndarray:
    """Weight of each pixel in the loss (Ronneberger et al. 2015, section 3, equation 2).

    ::

        w(x) = w_c(x) + w0 exp(-(d1(x) + d2(x))² / (2 sigma²))

    where d1 and d2 are the distances from x to the border of the nearest cell and of the second nearest.
    A border pixel belongs to its cell and has one of its four neighbours inside the image outside the cell;
    distances are Euclidean, between pixel centres. With fewer than two cells there is no d2, and no border
    term.

    Parameters
    ----------
    labels : (H, W) integers
        0 is background, every other value one cell. Cells that touch have no background between them to
        weigh: `separate` them first.
    w0 : float
        The term's height where two cells' borders meet.
    sigma : float, in px
        How fast the term falls as the gap between the cells widens.
    class_weights : (background, foreground), optional
        The class balance w_c, such as `class_weights` of the training set's pixel counts. None balances this
        image by itself; (1, 1) leaves the classes as they are.
    everywhere : bool
        False adds the border term on the background alone, as the paper's figure 3 shows it; True adds it
        inside the cells too, where d1 is the distance to the cell's own border.

    Returns
    -------
    weights : (H, W) float32

    Raises
    ------
    ValueError
        For labels that are not two-dimensional, not integers or negative, w0 below 0, sigma not above 0, or
        class weights that are not two.
    """
    labels = _checked(labels)
    if not 0 <= w0 < np.inf:
        raise ValueError(f"w0 must be 0 or more, not {w0}")
    if not 0 < sigma < np.inf:
        raise ValueError(f"sigma must be above 0 (px), not {sigma}")
    cell = labels > 0
    balance = _balance(np.bincount(cell.ravel(), minlength=2)) if class_weights is None else class_weights
    if np.shape(balance) != (2,):
        raise ValueError(f"class_weights must be two numbers, (background, foreground), not {balance}")
    if not all(0 <= weight < np.inf for weight in balance):
        raise ValueError(f"class_weights must be two numbers of at least 0, not {tuple(balance)}")
    background, foreground = balance

    weights = np.where(cell, foreground, background).astype(np.float64)
    gap = _two_nearest_cells(labels, reach=int(np.ceil(WINDOW * sigma))).sum(axis=0)
    near = gap <= WINDOW * sigma
    if not everywhere:
        near &= ~cell
    weights[near] += w0 * np.exp(-(gap[near] ** 2) / (2 * sigma**2))
    return weights.astype(np.float32)


def class_weights(counts: Sequence[int] | np.ndarray, border: float = 0) -> np.ndarray:
    """Weights w_c that balance the classes, from the number of pixels of each over the training set.

    The paper gives no formula. Here ``w_c = total / (sqrt(n_c) sum over k of sqrt(n_k))``: weights as the inverse
    square root of the frequency, scaled so that a pixel weighs 1 on average. The inverse frequency itself, which
    makes every class weigh the same in all, makes cells too wide: a pixel is then called a cell at a probability
    far below a half, and what the border term separates runs together again. A class without a pixel gets
    weight 0.

    The border term weighs on the background too, and where membranes a few pixels wide are all the background there
    is, it outweighs all else: then only what is surely a cell is called one. So the other classes are raised until
    they stand to the background, border term and all, as they would without it.

    Parameters
    ----------
    counts : (C,) integers
    border : float
        Sum of the border term over the same pixels.

    Returns
    -------
    weights : (C,) float64

    Raises
    ------
    ValueError
        When a count is negative, or none is above 0.
    """
    counts = np.asarray(counts, np.float64)
    if counts.ndim != 1 or not (counts >= 0).all() or not counts.any():
        raise ValueError(f"counts must be one number of pixels for each class, not all 0; found {counts}")
    roots = np.sqrt(counts)
    weights = np.zeros_like(roots)
    weights[counts > 0] = counts.sum() / (roots[counts > 0] * roots.sum())
    if border:
        weights[1:] *= 1 + border / (weights[0] * counts[0])
    return weights


_balance = class_weights  # border_weight_map has an argument of the same name


def separate(labels: np.ndarray) -> np.ndarray:
    """Carve a background gap one pixel wide between cells that touch, side by side or corner to corner.

    Afterwards no pixel of one cell is among the eight neighbours of a pixel of another. Of two cells the gap
    is taken from the one that can better spare it: the one with more pixels clear of all other cells or,
    where that is equal, the larger. A pixel goes only where it touches one that stays. A cell with a pixel
    clear of the others thus never vanishes; one that has none (one or two pixels wide, between other such)
    and would lose all is kept whole instead, touching: two cells of one pixel, side by side, leave no room
    for a gap. Carving can cut a cell in two at a place one or two pixels wide.

    Parameters
    ----------
    labels : (H, W) integers
        0 is background, every other value one cell.

    Returns
    -------
    separated : (H, W), dtype of `labels`

    Raises
    ------
    ValueError
        For labels that are not two-dimensional, not integers or negative.
    """
    labels = _checked(labels)
    ids = np.unique(labels[labels > 0])
    cells = np.searchsorted(ids, labels, side="right").astype(np.int32)  # 1, 2, ... without gaps; background 0
    lowest = ndimage.minimum_filter(np.where(cells > 0, cells, len(ids) + 1), size=3)
    highest = ndimage.maximum_filter(cells, size=3)
    contested = (cells > 0) & (lowest != highest)
    area = np.bincount(cells.ravel(), minlength=len(ids) + 1)
    clear = np.bincount(cells[~contested], minlength=len(ids) + 1)

    separated = np.where(contested, 0, labels)
    touching = np.where(contested, cells, 0)
    boxes = ndimage.find_objects(touching)
    choosing = np.unique(touching[contested])
    for cell in choosing[np.lexsort((area[choosing], clear[choosing]))]:  # who can spare least chooses first
        window = _grown(boxes[cell - 1], 1)
        kept, mine = separated[window], touching[window] == cell
        others = (kept > 0) & (kept != ids[cell - 1])
        free = mine & ~ndimage.binary_dilation(others, EIGHT_NEIGHBOURS)
        if not (free.any() or clear[cell]):
            free = mine
        kept[free] = ids[cell - 1]
    return separated


def _two_nearest_cells(labels: np.ndarray, reach: int) -> np.ndarray:
    """Distances (2, H, W) to the border of the nearest cell and of the second nearest.

    Right wherever they are at most `reach` px; farther ones may be infinite. Each cell is measured in a
    window that is `reach` wider than itself, so that the cost grows with the cells' area.
    """
    distances = np.full((2, *labels.shape), np.inf)
    border = (labels > 0) & _has_other_neighbour(labels)
    borders = np.zeros(labels.shape, np.int32)  # the cells 1, 2, ... without gaps, on their borders only
    borders[border] = np.unique(labels[border], return_inverse=True)[1] + 1
    for cell, box in enumerate(ndimage.find_objects(borders), start=1):
        window = _grown(box, reach)
        distance = ndimage.distance_transform_edt(borders[window] != cell)
        nearest, second = distances[:, *window]
        np.minimum(second, np.maximum(nearest, distance), out=second)
        np.minimum(nearest, distance, out=nearest)
    return distances


def _has_other_neighbour(labels: np.ndarray) -> np.ndarray:
    """Where one of the four neighbours inside the image has another label."""
    other = np.zeros(labels.shape, bool)
    below = labels[1:] != labels[:-1]
    right = labels[:, 1:] != labels[:, :-1]
    other[1:] |= below
    other[:-1] |= below
    other[:, 1:] |= right
    other[:, :-1] |= right
    return other


def _grown(box: tuple[slice, ...], margin: int) -> tuple[slice, ...]:
    return tuple(slice(max(0, side.start - margin), side.stop + margin) for side in box)


def _checked(labels: np.ndarray) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.ndim != 2 or labels.size == 0:
        raise ValueError(f"labels must be one image (H, W) of pixels, not of shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be integers, 0 for background and one for each cell, not {labels.dtype}")
    if labels.min() < 0:
        raise ValueError(f"labels must be 0 (background) or more, found {labels.min()}")
    return labels
