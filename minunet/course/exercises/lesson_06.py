"""Lesson 6: the weighted cross-entropy, the two nearest cells and the border weight map."""

from itertools import product
from typing import Literal

import numpy as np
from scipy import ndimage
from scipy.spatial.distance import cdist

from ... import borders
from ...grading.bank import Bank
from ...grading.spec import Case, Spec
from ...grading.specs.unet import WEIGHTED_CROSS_ENTROPY, case
from .plain import plain


def distances(labels, transform=ndimage.distance_transform_edt):
    """(cells, H, W): from each pixel to the nearest pixel of each cell."""
    return np.stack([transform(labels != cell) for cell in np.unique(labels[labels > 0])])


def two_nearest(labels):
    return np.sort(distances(labels), axis=0)[:2]


def to_pixels(labels, exchanged=False):
    """(pixels of cells, H, W): from each pixel to every pixel of every cell."""
    H, W = labels.shape
    indexing: Literal["xy", "ij"] = "xy" if exchanged else "ij"
    points = np.stack([axis.ravel() for axis in np.meshgrid(np.arange(H), np.arange(W), indexing=indexing)], axis=1)
    return [cdist(np.argwhere(labels == cell), points).reshape(-1, H, W) for cell in np.unique(labels[labels > 0])]


def drawn(rng, H=17, W=23, rows=2, columns=2, radius=5.0, touching=False, ids=None):
    """Cells about the crossings of a crooked grid, a gap between them unless they may touch."""
    number = rows * columns
    seeds = np.stack([axis.ravel() for axis in np.mgrid[:rows, :columns]], axis=1) + rng.uniform(0.3, 0.7, (number, 2))
    seeds *= np.array([H / rows, W / columns])
    away = np.hypot(*(np.mgrid[:H, :W][:, None] - seeds.T[..., None, None])) * rng.uniform(0.8, 1.2, (number, 1, 1))
    first, second = np.sort(away, axis=0)[:2]
    inside = (first < radius) & (touching | (second - first > 2.5))
    ids = rng.permutation(number) + 1 if ids is None else np.array(ids)
    return np.where(inside, ids[away.argmin(axis=0)], 0)


# two_nearest

nearest = Bank()
OF_CELLS = "d1 and d2 are of two different cells; the two nearest pixels are nearly always of one."


@nearest.instead("distances", "the two nearest pixels", OF_CELLS, "One distance for each cell, then the two smallest.")
def two_pixels(labels):
    return np.sort(np.concatenate(to_pixels(labels)), axis=0)[:2]


@nearest.instead(
    "distances",
    "rows and columns exchanged",
    "meshgrid gives x first and arrays of shape (W, H); labels are (row, column).",
    'np.meshgrid(..., indexing="ij")',
)
def exchanged(labels):
    return np.sort([one.min(axis=0) for one in to_pixels(labels, exchanged=True)], axis=0)[:2]


@nearest.instead(
    "distances", "distance to the outside of the cell", "The transform measures how far the nearest 0 is.", "!= cell"
)
def inverted(labels):
    cells = np.unique(labels[labels > 0])
    return np.sort([ndimage.distance_transform_edt(labels == cell) for cell in cells], axis=0)[:2]


@nearest.instead("distances", "background counted as a cell", "Label 0 is no cell.", "labels[labels > 0]")
def background_too(labels):
    return np.sort([ndimage.distance_transform_edt(labels != cell) for cell in np.unique(labels)], axis=0)[:2]


@nearest.instead(
    "distances", "cells found anew in the mask", "Cells that touch are then one; labels knows better.", "== cell"
)
def of_mask(labels):
    return two_nearest(ndimage.label(labels)[0])


@nearest.instead(
    "distances", "first two cells", "Which two are nearest differs from pixel to pixel.", "np.sort(axis=0)"
)
def first_two(labels):
    return distances(labels)[:2]


@nearest.instead("distances", "nearest and farthest", "d2 is of the second nearest cell.", "[:2]")
def farthest(labels):
    return np.sort(distances(labels), axis=0)[[0, -1]]


@nearest.instead("distances", "nearest cell twice", "d2 is of another cell than d1.", "np.sort(..., axis=0)[:2]")
def twice(labels):
    return np.stack(2 * [distances(labels).min(axis=0)])


@nearest.instead("distances", "distance to the cell's centre", "It is measured to the cell's nearest pixel.", "!= cell")
def to_centres(labels):
    cells = np.unique(labels[labels > 0])
    centres = [np.argwhere(labels == cell).mean(axis=0) for cell in cells]
    H, W = labels.shape
    return np.sort([np.hypot(*(np.mgrid[:H, :W] - centre[:, None, None])) for centre in centres], axis=0)[:2]


def along_the_grid(metric):
    return lambda mask: ndimage.distance_transform_cdt(mask, metric).astype(float)


@nearest.instead("distances", "counted in city blocks", "Distances are Euclidean.", "distance_transform_edt")
def city_blocks(labels):
    return np.sort(distances(labels, along_the_grid("taxicab")), axis=0)[:2]


@nearest.instead("distances", "counted in king's moves", "Distances are Euclidean.", "distance_transform_edt")
def kings_moves(labels):
    return np.sort(distances(labels, along_the_grid("chessboard")), axis=0)[:2]


@nearest.instead(
    "distances", "distance to the cell's own border from inside", "Inside a cell d1 is 0, here.", "labels != cell"
)
def to_border(labels):
    cells = [labels == cell for cell in np.unique(labels[labels > 0])]
    edges = [cell & ~ndimage.binary_erosion(cell) for cell in cells]
    return np.sort([ndimage.distance_transform_edt(~edge) for edge in edges], axis=0)[:2]


@nearest.instead(
    "distances", "sorted along the rows", "The cells are to be put in order, at each pixel.", "np.sort(..., axis=0)"
)
def sorted_rows(labels):
    return np.sort(distances(labels))[:2]


@nearest.instead("distances", "last cell left out", "range(1, n) ends before n.", "np.unique(labels[labels > 0])")
def without_last(labels):
    return np.sort([ndimage.distance_transform_edt(labels != cell) for cell in range(1, labels.max())], axis=0)[:2]


@nearest.after("distances", "distances squared", "The square root is missing.", "np.sqrt")
def squared(result):
    return result**2


@nearest.after("distances", "second nearest first", "d1, the smaller one, comes first.", "np.stack([d1, d2])")
def second_first(result):
    return result[::-1]


def nearest_cases(rng):
    return [
        case(labels=drawn(rng, ids=[1, 2, 3, 4])),
        case("there are two cells", labels=drawn(rng, rows=1, H=9)),
        case("the image is square", labels=drawn(rng, H=20, W=20, ids=[3, 1, 4, 2])),
        case("the image is higher than wide", labels=drawn(rng, H=24, W=13, rows=3, columns=1, ids=[2, 1, 3])),
        case("cells touch", labels=drawn(rng, columns=3, W=29, touching=True)),
        case("numbers are left out", labels=drawn(rng, ids=[7, 2, 40, 9])),
    ]


def few(rng):
    """Two or three cells of one pixel."""
    for (H, W), cells in product([(1, 3), (1, 4), (2, 3), (3, 4), (4, 6)], (2, 3)):
        labels = np.zeros(H * W, int)
        labels[rng.choice(H * W, min(cells, H * W - 1), replace=False)] = np.arange(min(cells, H * W - 1)) + 1
        yield labels.reshape(H, W)


TWO_NEAREST = plain(
    "two_nearest(labels) -> distances",
    "distances[0], distances[1] = the smallest and second smallest, over the cells, of the distance to the cell",
    two_nearest,
    nearest_cases,
    lambda rng: (case(labels=labels) for labels in few(rng)),
    nearest,
    2,
    4,
)

# border_weight_map

weighing = Bank()
FORMULA = "w = w_c + w0 exp(-(d1 + d2)^2 / (2 sigma^2)) on the background, and w_c alone in the cells"


def balanced(labels, class_weights):
    return (
        borders.class_weights(np.bincount(labels.ravel() > 0, minlength=2)) if class_weights is None else class_weights
    )


def put_together(labels, class_weights, term):
    """w_c everywhere, and a term on the background."""
    background, foreground = balanced(labels, class_weights)
    return np.where(labels > 0, foreground, background + term)


def gap_of(labels, found=None):
    """d1 + d2, infinite with fewer than two cells."""
    several = len(np.unique(labels[labels > 0])) > 1
    return (found or two_nearest)(labels).sum(axis=0) if several else np.full(labels.shape, np.inf)


def bell(gap, w0, sigma):
    return w0 * np.exp(-(gap**2) / (2 * sigma**2))


@weighing.instead("weights", "w_c missing", "Pixels far from every gap would weigh nothing at all.", "Add w_c.")
def without_balance(labels, w0, sigma):
    return put_together(labels, (0, 0), bell(gap_of(labels), w0, sigma))


@weighing.instead(
    "weights",
    "border term missing",
    "Between two cells a pixel weighs more than w_c. (Windows as large as the cell do not reach into the gap.)",
    FORMULA,
)
def without_term(labels, class_weights):
    return put_together(labels, class_weights, 0)


@weighing.instead("weights", "1 for w_c", "w_c is a number of its own for background and cells.", "Use class_weights.")
def one_for_all(labels, w0, sigma):
    return put_together(labels, (1, 1), bell(gap_of(labels), w0, sigma))


@weighing.instead("weights", "class weights exchanged", "The background's comes first.", "class_weights[0]")
def classes_exchanged(labels, w0, sigma, class_weights):
    return put_together(labels, balanced(labels, class_weights)[::-1], bell(gap_of(labels), w0, sigma))


@weighing.instead(
    "weights", "balanced by the frequency, not its root", "w_c goes as 1 / sqrt(n_c).", "np.sqrt of the counts"
)
def by_frequency(labels, w0, sigma, class_weights):
    counts = np.bincount(labels.ravel() > 0, minlength=2)
    chosen = labels.size / (2 * counts) if class_weights is None else class_weights
    return put_together(labels, chosen, bell(gap_of(labels), w0, sigma))


@weighing.instead("weights", "the two nearest pixels", OF_CELLS, "One distance for each cell.")
def map_of_pixels(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(two_pixels(labels).sum(axis=0), w0, sigma))


@weighing.instead("weights", "rows and columns exchanged", "labels are (row, column).", 'indexing="ij"')
def map_exchanged(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(gap_of(labels, exchanged), w0, sigma))


@weighing.instead("weights", "background counted as a cell", "Label 0 is no cell.", "labels > 0")
def map_with_background(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(background_too(labels).sum(axis=0), w0, sigma))


@weighing.instead(
    "weights", "cells found anew in the mask", "Cells that touch are then one; labels knows better.", "== cell"
)
def map_of_mask(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(gap_of(ndimage.label(labels)[0]), w0, sigma))


@weighing.instead("weights", "d1 alone", "The gap's width is d1 + d2: of the second nearest cell too.", "d1 + d2")
def nearest_alone(labels, w0, sigma, class_weights):
    found = distances(labels).min(axis=0) if labels.any() else np.inf
    return put_together(labels, class_weights, bell(found, w0, sigma))


@weighing.instead("weights", "squares added, not the sum squared", "(d1 + d2)^2 is not d1^2 + d2^2.", "(d1 + d2)**2")
def squares(labels, w0, sigma, class_weights):
    gap = gap_of(labels, lambda labels: two_nearest(labels) ** 2)
    return put_together(labels, class_weights, bell(np.sqrt(gap), w0, sigma))


@weighing.instead("weights", "sum not squared", FORMULA, "(d1 + d2)**2")
def not_squared(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(np.sqrt(gap_of(labels)), w0, sigma))


@weighing.instead("weights", "2 missing in the exponent", FORMULA, "/ (2 * sigma**2)")
def without_two(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(gap_of(labels), w0, sigma / np.sqrt(2)))


@weighing.instead("weights", "multiplied by sigma squared", "a / 2 * b is (a / 2) * b.", "/ (2 * sigma**2)")
def times_sigma(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(gap_of(labels), w0, 1 / sigma))


@weighing.instead("weights", "sigma not squared", FORMULA, "sigma**2")
def root_of_sigma(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, bell(gap_of(labels), w0, np.sqrt(sigma)))


@weighing.instead("weights", "10 for w0", "w0 is an argument.", "Use w0.")
def fixed_height(labels, sigma, class_weights):
    return put_together(labels, class_weights, bell(gap_of(labels), 10, sigma))


@weighing.instead("weights", "5 for sigma", "sigma is an argument.", "Use sigma.")
def fixed_width(labels, w0, class_weights):
    return put_together(labels, class_weights, bell(gap_of(labels), w0, 5))


@weighing.instead("weights", "term multiplied by w_c", "It is added to w_c as it is.", FORMULA)
def multiplied(labels, w0, sigma, class_weights):
    background = balanced(labels, class_weights)[0]
    return put_together(labels, class_weights, background * bell(gap_of(labels), w0, sigma))


@weighing.instead(
    "weights", "term inside the cells too", "It is for the background between them.", "Where labels == 0."
)
def in_cells(labels, w0, sigma, class_weights):
    return put_together(labels, class_weights, 0) + bell(gap_of(labels), w0, sigma)


@weighing.instead("weights", "term inside the cells alone", "It is for the background between them.", "labels == 0")
def cells_alone(labels, w0, sigma, class_weights):
    term = bell(gap_of(labels), w0, sigma)
    return put_together(labels, class_weights, 0) + np.where(labels > 0, term, 0)


@weighing.instead(
    "weights",
    "second nearest after the nearest",
    "The nearest has changed by then: where the new cell is nearer still, its old value is lost.",
    "second = min(second, max(nearest, d)) first, then nearest = min(nearest, d)",
)
def nearest_first(labels, w0, sigma, class_weights):
    first = second = np.full(labels.shape, np.inf)
    for distance in distances(labels) if labels.any() else []:
        first = np.minimum(first, distance)
        second = np.minimum(second, np.maximum(first, distance))
    return put_together(labels, class_weights, bell(first + second, w0, sigma))


def windowed(labels, w0, sigma, class_weights, reach=6, begin=0, first=1):
    """The map with windows: their margin in sigma, where they begin at the earliest, the number of the first box."""
    margin = int(np.ceil(reach * sigma))
    found = np.full((2, *labels.shape), np.inf)
    for number, box in enumerate(ndimage.find_objects(labels), start=first):
        if box is not None:
            window = (slice(None), *(slice(max(begin, side.start - margin), side.stop + margin) for side in box))
            distance = ndimage.distance_transform_edt(labels[window[1:]] != number)
            found[window] = np.sort([*found[window], distance], axis=0)[:2]
    return put_together(labels, class_weights, bell(found.sum(axis=0), w0, sigma))


@weighing.instead(
    "weights",
    "windows that begin before the image",
    "A slice that starts at -3 starts three before the end: the cell is lost.",
    "max(0, side.start - reach)",
)
def lost_windows(labels, w0, sigma, class_weights):
    return windowed(labels, w0, sigma, class_weights, begin=-(10**9))


@weighing.instead(
    "weights", "windows of 3 sigma", "The border term is not 0 there yet.", "6 * sigma wider on all sides"
)
def narrow_windows(labels, w0, sigma, class_weights):
    return windowed(labels, w0, sigma, class_weights, reach=3)


@weighing.instead(
    "weights", "boxes counted from 0", "The first box is of label 1.", "enumerate(find_objects(labels), start=1)"
)
def from_zero(labels, w0, sigma, class_weights):
    return windowed(labels, w0, sigma, class_weights, first=0)


def map_case(labels, *tags, w0=10.0, sigma=5.0, class_weights=(0.7, 1.6), extreme=False):
    chosen = class_weights if class_weights is None else list(class_weights)
    return Case({"labels": labels, "w0": w0, "sigma": sigma, "class_weights": chosen}, frozenset(tags), extreme=extreme)


def map_cases(rng):
    alone = drawn(rng, ids=[3, 0, 0, 0])
    return [
        map_case(drawn(rng, ids=[1, 2, 3, 4])),
        map_case(drawn(rng), "w0 is not 10", w0=4.0),
        map_case(drawn(rng), "sigma is not 5", sigma=2.0),
        map_case(drawn(rng), "sigma is not 5", sigma=1.0),  # else to multiply by sigma^2 is to leave the term out
        map_case(drawn(rng), "class_weights is None", class_weights=None),
        map_case(drawn(rng, H=20, W=20), "the image is square"),
        map_case(drawn(rng, H=24, W=13, rows=3, columns=1), "the image is higher than wide"),
        map_case(drawn(rng, columns=3, W=29, touching=True), "cells touch"),
        map_case(drawn(rng, ids=[7, 2, 40, 9]), "numbers are left out"),
        map_case(drawn(rng, H=41, W=53, radius=7.5, columns=3), "the image is larger than a window", sigma=2.0),
        map_case(alone, "there is one cell", extreme=True),
        map_case(alone, "there is one cell", "class_weights is None", class_weights=None, extreme=True),
        map_case(np.zeros((7, 9), int), "there is no cell", extreme=True),
        map_case(np.zeros((7, 9), int), "there is no cell and class_weights is None", class_weights=None, extreme=True),
    ]


def map_small(rng):
    for labels, chosen in product(few(rng), ((1, 1), (1, 2))):
        yield map_case(labels, w0=8.0, sigma=2.0, class_weights=chosen)
    for labels in few(rng):
        yield map_case(labels, w0=8.0, sigma=2.0, class_weights=None)


BORDER_WEIGHT_MAP = plain(
    "border_weight_map(labels, w0=10, sigma=5, class_weights=None) -> weights",
    FORMULA,
    borders.border_weight_map,
    map_cases,
    map_small,
    weighing,
    4,
    4,
)

SPEC = Spec(
    "lesson 6",
    (WEIGHTED_CROSS_ENTROPY, TWO_NEAREST, BORDER_WEIGHT_MAP),
    only=frozenset(
        {
            "weighted_cross_entropy_forward",
            "weighted_cross_entropy_backward",
            "two_nearest",
            "border_weight_map",
        }
    ),
)
