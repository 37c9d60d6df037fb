"""Lesson 8: turns and mirrors, the paper's elastic displacement, an image and its labels read through a grid."""

import numpy as np
from scipy import ndimage
from scipy.interpolate import CubicSpline

from ... import augment
from ...grading.bank import Bank
from ...grading.spec import Seeded, Spec
from ...grading.specs.unet import case, whole
from .plain import plain

# turn_and_mirror

turning = Bank()


def turn_and_mirror(image, labels, turns, mirror):
    both = np.stack([image, labels])
    return np.rot90(both[:, :, ::-1] if mirror else both, turns, axes=(1, 2))


ALIKE = "Labels belong to pixels: where a pixel goes, its label goes too."


@turning.instead("out", "labels left as they were", ALIKE, "Do to labels what you do to image.")
def labels_stay(image, labels, turns, mirror):
    return np.stack([turn_and_mirror(image, labels, turns, mirror)[0], labels])


@turning.instead("out", "labels turned but not mirrored", ALIKE, "Do to labels what you do to image.")
def labels_unmirrored(image, labels, turns, mirror):
    moved = turn_and_mirror(image, labels, turns, mirror)
    return np.stack([moved[0], np.rot90(labels, turns)])


@turning.instead("out", "labels mirrored but not turned", ALIKE, "Do to labels what you do to image.")
def labels_unturned(image, labels, turns, mirror):
    moved = turn_and_mirror(image, labels, turns, mirror)
    return np.stack([moved[0], labels[:, ::-1] if mirror else labels])


@turning.before(
    "out", "turned clockwise", "A positive turn is anticlockwise, as np.rot90 has it.", "np.rot90(a, turns)"
)
def clockwise(turns):
    return {"turns": -turns}


@turning.before("out", "one quarter turn, whatever turns is", "It turns `turns` times.", "np.rot90(a, turns)")
def once(turns):
    return {"turns": min(turns, 1)}


@turning.before("out", "always mirrored", "It mirrors where `mirror` is true.", "if mirror:")
def always(mirror):
    return {"mirror": True}


@turning.before("out", "never mirrored", "It mirrors where `mirror` is true.", "if mirror: a[:, ::-1]")
def never(mirror):
    return {"mirror": False}


@turning.instead(
    "out", "turned first, mirrored after", "The order matters: mirror first, then turn.", "Exchange the two."
)
def turned_first(image, labels, turns, mirror):
    turned = np.rot90(np.stack([image, labels]), turns, axes=(1, 2))
    return turned[:, :, ::-1] if mirror else turned


@turning.instead("out", "top and bottom swapped", "To swap left and right is to reverse the columns.", "a[:, ::-1]")
def upside_down(image, labels, turns, mirror):
    both = np.stack([image, labels])
    return np.rot90(both[:, ::-1] if mirror else both, turns, axes=(1, 2))


@turning.instead(
    "out", "transposed for mirrored", "To mirror is to reverse one axis, not to exchange two.", "a[:, ::-1]"
)
def transposed(image, labels, turns, mirror):
    both = np.stack([image, labels])
    return np.rot90(both.transpose(0, 2, 1) if mirror else both, turns, axes=(1, 2))


@turning.instead("out", "turned about the wrong axes", "Untold, np.rot90 turns the first two axes.", "axes=(1, 2)")
def first_axes(image, labels, turns, mirror):
    both = np.stack([image, labels])
    return np.rot90(both[:, :, ::-1] if mirror else both, turns)


def turning_case(rng, *tags, H=4, W=6, turns=1, mirror=True, draw=None):
    image = draw(rng, H, W) if draw else rng.standard_normal((H, W))
    return case(*tags, image=image, labels=rng.integers(0, 5, (H, W)), turns=turns, mirror=mirror)


def turning_cases(rng):
    return [
        turning_case(rng),
        turning_case(rng, "mirror is False", H=3, W=5, mirror=False),
        turning_case(rng, "turns is 0", H=5, W=7, turns=0),
        turning_case(rng, "turns is 2", H=5, W=3, turns=2),
        turning_case(rng, "turns is 3", H=6, W=7, turns=3, mirror=False),
        turning_case(rng, "the image is square", H=5, W=5, turns=3),
    ]


def turning_small(rng):
    for turns, mirror in ((0, True), (1, False), (1, True), (2, False), (2, True), (3, False), (3, True)):
        yield turning_case(rng, H=1, W=2, turns=turns, mirror=mirror, draw=whole)
        yield turning_case(rng, H=2, W=3, turns=turns, mirror=mirror, draw=whole)


TURN_AND_MIRROR = plain(
    "turn_and_mirror(image, labels, turns, mirror) -> out",
    "out = [image, labels], left and right swapped if mirror, then turned anticlockwise by turns quarter turns",
    turn_and_mirror,
    turning_cases,
    turning_small,
    turning,
    1,
)

# elastic_displacement

elastic = Bank()


def generator(rng):
    return np.random.default_rng(rng.seed) if isinstance(rng, Seeded) else rng


def basis(size, points, ends="clamped"):
    return CubicSpline(np.linspace(0, 1, points), np.eye(points), bc_type=ends)(np.linspace(0, 1, size))


SIDES = "Row 0 is at the first node, row H - 1 at the last; the columns likewise."


@elastic.instead("out", "last pixel short of the last node", SIDES, "np.linspace(0, 1, H)")
def short_of_the_end(shape, rng, sigma, points):
    down, across = (at_pixels(np.arange(size) / size, points) for size in shape)
    return down @ drawn(rng, sigma, points) @ across.T


@elastic.instead("out", "nodes half a pixel outside of the tile", SIDES, "np.linspace(0, 1, H)")
def half_a_pixel(shape, rng, sigma, points):
    down, across = (at_pixels((np.arange(size) + 0.5) / size, points) for size in shape)
    return down @ drawn(rng, sigma, points) @ across.T


def at_pixels(pixels, points):
    return CubicSpline(np.linspace(0, 1, points), np.eye(points), bc_type="clamped")(pixels)


def drawn(rng, sigma, points):
    return generator(rng).normal(0, sigma, (2, points, points))


def spread(nodes, shape):
    return basis(shape[0], nodes.shape[1]) @ nodes @ basis(shape[1], nodes.shape[2]).T


def elastic_displacement(shape, rng, sigma, points):
    return augment.elastic_displacement(shape, generator(rng), sigma, points)


def resized(nodes, shape, order):
    at = np.meshgrid(*(np.linspace(0, nodes.shape[1] - 1, size) for size in shape), indexing="ij")
    return np.stack([ndimage.map_coordinates(plane, at, order=order, mode="mirror") for plane in nodes])


@elastic.instead(
    "out", "interpolated linearly", "Linear pieces have kinks at the nodes.", "Interpolate by cubic splines."
)
def linear(shape, rng, sigma, points):
    return resized(drawn(rng, sigma, points), shape, 1)


@elastic.instead(
    "out", "nearest node's displacement", "The tile would tear between nodes.", "Interpolate by cubic splines."
)
def nearest_node(shape, rng, sigma, points):
    return resized(drawn(rng, sigma, points), shape, 0)


@elastic.instead("out", "spline not level at its ends", "It should be level at the tile's edges.", 'bc_type="clamped"')
def not_a_knot(shape, rng, sigma, points):
    down, across = (basis(size, points, "not-a-knot") for size in shape)
    return down @ drawn(rng, sigma, points) @ across.T


@elastic.instead("out", "natural spline", "It should be level at the tile's edges, not straight.", 'bc_type="clamped"')
def natural(shape, rng, sigma, points):
    down, across = (basis(size, points, "natural") for size in shape)
    return down @ drawn(rng, sigma, points) @ across.T


@elastic.instead(
    "out", "one displacement for rows and columns", "Each axis has nodes of its own.", "Draw (2, points, points)."
)
def one_for_both(shape, rng, sigma, points):
    nodes = generator(rng).normal(0, sigma, (points, points))
    return spread(np.stack([nodes, nodes]), shape)


@elastic.instead(
    "out", "drawn at every pixel", "Only the nodes are drawn; pixels lie between them.", "Draw (2, points, points)."
)
def every_pixel(shape, rng, sigma):
    return generator(rng).normal(0, sigma, (2, *shape))


@elastic.instead(
    "out", "nodes drawn as (points, points, 2)", "The order of drawing counts.", "Draw (2, points, points)."
)
def drawn_last(shape, rng, sigma, points):
    return spread(np.moveaxis(generator(rng).normal(0, sigma, (points, points, 2)), -1, 0), shape)


@elastic.before("out", "sigma taken for the variance", "sigma is the standard deviation.", "rng.normal(0, sigma, ...)")
def variance(sigma):
    return {"sigma": np.sqrt(sigma)}


@elastic.before("out", "sigma squared", "rng.normal wants the standard deviation.", "rng.normal(0, sigma, ...)")
def squared(sigma):
    return {"sigma": sigma**2}


@elastic.instead(
    "out", "drawn evenly from -sigma to sigma", "The paper draws from a Gaussian.", "rng.normal(0, sigma, ...)"
)
def uniform(shape, rng, sigma, points):
    return spread(generator(rng).uniform(-sigma, sigma, (2, points, points)), shape)


@elastic.before("out", "always 3 x 3 nodes", "points says how many.", "Draw (2, points, points).")
def three(points):
    return {"points": 3}


@elastic.before("out", "standard deviation always 10", "sigma says how far.", "rng.normal(0, sigma, ...)")
def ten(sigma):
    return {"sigma": 10}


@elastic.after("out", "rows' and columns' displacement exchanged", "The rows' comes first.", "Return them as drawn.")
def swapped(result):
    return result[::-1]


@elastic.instead(
    "out", "nodes transposed", "nodes[:, i, j]: i counts rows.", "basis of the rows @ nodes @ basis of the columns.T"
)
def nodes_transposed(shape, rng, sigma, points):
    return spread(drawn(rng, sigma, points).transpose(0, 2, 1), shape)


def elastic_case(rng, *tags, shape=(8, 11), sigma=4.0, points=3):
    return case(*tags, shape=list(shape), rng=Seeded(int(rng.integers(2**31))), sigma=sigma, points=points)


def elastic_cases(rng):
    return [
        elastic_case(rng),
        elastic_case(rng, "the tile is square", shape=(9, 9)),
        elastic_case(rng, "the tile is higher than wide", shape=(12, 7)),
        elastic_case(rng, "points is not 3", points=4, sigma=2.5),
        elastic_case(rng, "points is not 3", points=2, shape=(6, 5), sigma=3.0),
        elastic_case(rng, "sigma is 10", sigma=10, shape=(7, 10)),
    ]


def elastic_small(rng):
    for shape in ((2, 2), (2, 3), (3, 4), (4, 5)):
        for points in (2, 3):
            yield elastic_case(rng, shape=shape, sigma=2.0, points=points)


ELASTIC = plain(
    "elastic_displacement(shape, rng, sigma=10, points=3) -> out",
    "out = rows' basis @ nodes @ columns' basis.T, nodes = rng.normal(0, sigma, (2, points, points))",
    elastic_displacement,
    elastic_cases,
    elastic_small,
    elastic,
    3,
    50,
)

# warp_image

warping = Bank()


def read(source, grid, order=3, mode="mirror", **more):
    return ndimage.map_coordinates(np.asarray(source, float), np.asarray(grid, float), order=order, mode=mode, **more)


@warping.instead("out", "interpolated linearly", "Linear interpolation blurs more than cubic splines.", "order=3")
def by_lines(image, grid):
    return read(image, grid, order=1)


@warping.instead("out", "nearest pixel", "The image is interpolated; labels are not.", "order=3")
def by_nearest(image, grid):
    return read(image, grid, order=0)


@warping.instead(
    "out", "spline not fitted to the pixels", "Without the filter the spline misses the pixels.", "prefilter=True"
)
def unfitted(image, grid):
    return read(image, grid, prefilter=False)


@warping.instead("out", "zeros beyond the border", "Beyond the border the image is mirrored.", 'mode="mirror"')
def zeros(image, grid):
    return read(image, grid, mode="constant")


@warping.instead("out", "edge pixel repeated by the mirror", "SciPy's reflect has the edge twice.", 'mode="mirror"')
def edge_twice(image, grid):
    return read(image, grid, mode="reflect")


@warping.instead("out", "edge pixel continued for ever", "Beyond the border the image is mirrored.", 'mode="mirror"')
def edge_continued(image, grid):
    return read(image, grid, mode="nearest")


@warping.instead("out", "wrapped round at the border", "Beyond the border the image is mirrored.", 'mode="mirror"')
def wrapped(image, grid):
    return read(image, grid, mode="grid-wrap")


@warping.before("out", "rows and columns exchanged", "grid[0] is the row, grid[1] the column.", "Pass grid as it is.")
def grid_swapped(grid):
    return {"grid": grid[::-1]}


@warping.before("out", "grid taken for a displacement", "grid says where, not how far.", "Pass grid as it is.")
def as_displacement(grid):
    return {"grid": grid + np.indices(grid.shape[1:])}


def warp_image(image, grid):
    return read(image, grid)


def grid_of(rng, H, W, h, w, beyond=2.0):
    """Random places in an image of (H, W), and a little beyond it; none of them half way between pixels."""
    grid = np.stack([rng.uniform(-beyond, side - 1 + beyond, (h, w)) for side in (H, W)])
    half = np.abs(grid - np.floor(grid) - 0.5) < 0.02
    return grid + 0.05 * half


def warping_case(rng, *tags, H=9, W=12, h=7, w=10, beyond=2.0):
    return case(*tags, image=rng.standard_normal((H, W)), grid=grid_of(rng, H, W, h, w, beyond))


def warping_cases(rng):
    return [
        warping_case(rng),
        warping_case(rng, "nothing is read beyond the border", beyond=-1.0, H=10, W=13),
        warping_case(rng, "the image is square", H=11, W=11, h=6, w=8),
        warping_case(rng, "image and grid are of one size", H=8, W=10, h=8, w=10),
        warping_case(rng, "much is read beyond the border", H=12, W=9, h=8, w=5, beyond=8.0),
    ]


def warping_small(rng):
    for shape in ((2, 2), (3, 4)):
        for at in ((0.25, 0.75), (-1.0, 0.25), (1.25, -0.75)):
            yield case(image=whole(rng, *shape), grid=np.array(at).reshape(2, 1, 1))


WARP_IMAGE = plain(
    "warp_image(image, grid) -> out",
    "out[h,w] = the cubic spline through image, mirrored beyond its border, at row grid[0,h,w] and column grid[1,h,w]",
    warp_image,
    warping_cases,
    warping_small,
    warping,
    2,
    50,
)

# warp_labels

naming = Bank()
NUMBERS = "Between cell 2 and cell 8 there is no cell 5: numbers are names, not amounts."


@naming.instead("out", "interpolated by cubic splines and rounded", NUMBERS, "order=0")
def cubic(labels, grid):
    return np.rint(read(labels, grid))


@naming.instead("out", "interpolated by cubic splines", NUMBERS, "order=0")
def cubic_fractions(labels, grid):
    return read(labels, grid)


@naming.instead("out", "interpolated by cubic splines and cut off", NUMBERS, "order=0")
def cubic_cut(labels, grid):
    return np.trunc(read(labels, grid))


@naming.instead("out", "interpolated linearly and rounded", NUMBERS, "order=0")
def linear_rounded(labels, grid):
    return np.rint(read(labels, grid, order=1))


@naming.instead("out", "interpolated linearly", NUMBERS, "order=0")
def linear_fractions(labels, grid):
    return read(labels, grid, order=1)


@naming.instead("out", "interpolated linearly and cut off", NUMBERS, "order=0")
def linear_cut(labels, grid):
    return np.trunc(read(labels, grid, order=1))


@naming.before(
    "out", "the pixel above and to the left", "The nearest pixel is at the rounded place.", "np.rint for floor"
)
def floored(grid):
    return {"grid": np.floor(grid)}


@naming.before("out", "coordinates cut off", "The nearest pixel is at the rounded place.", "np.rint(grid) first")
def cut(grid):
    return {"grid": np.trunc(grid)}


@naming.before("out", "rows and columns exchanged", "grid[0] is the row, grid[1] the column.", "Pass grid as it is.")
def places_swapped(grid):
    return {"grid": grid[::-1]}


@naming.instead(
    "out", "background beyond the border", "The image is mirrored there, so its labels are.", 'mode="mirror"'
)
def background(labels, grid):
    return read(labels, grid, order=0, mode="constant")


@naming.instead("out", "edge pixel repeated by the mirror", "SciPy's reflect has the edge twice.", 'mode="mirror"')
def labels_edge_twice(labels, grid):
    return read(labels, grid, order=0, mode="reflect")


@naming.instead(
    "out", "edge pixel continued for ever", "The image is mirrored there, so its labels are.", 'mode="mirror"'
)
def labels_edge_continued(labels, grid):
    return read(labels, grid, order=0, mode="nearest")


@naming.instead(
    "out", "a mask, without the cells' numbers", "Each pixel keeps the number of its cell.", "Leave out > 0."
)
def mask(labels, grid):
    return read(labels > 0, grid, order=0)


def warp_labels(labels, grid):
    return augment.warp_labels(np.asarray(labels).astype(int), np.asarray(grid, float))


def naming_case(rng, *tags, H=9, W=12, h=7, w=10, beyond=2.0, most=40):
    return case(*tags, labels=rng.integers(0, most, (H, W)), grid=grid_of(rng, H, W, h, w, beyond))


def naming_cases(rng):
    return [
        naming_case(rng),
        naming_case(rng, "nothing is read beyond the border", beyond=-1.0, H=10, W=13),
        naming_case(rng, "the image is square", H=11, W=11, h=6, w=8),
        naming_case(rng, "labels are 0 and 1", most=2, H=8, W=10, h=8, w=10),
        naming_case(rng, "much is read beyond the border", H=12, W=9, h=8, w=5, beyond=8.0),
    ]


def naming_small(rng):
    for shape in ((2, 2), (3, 4)):
        for at in ((0.25, 0.75), (-1.0, 0.25), (1.25, -0.75)):
            yield case(labels=rng.integers(0, 9, shape), grid=np.array(at).reshape(2, 1, 1))


WARP_LABELS = plain(
    "warp_labels(labels, grid) -> out",
    "out[h,w] = the label of the pixel nearest to row grid[0,h,w] and column grid[1,h,w], mirrored beyond the border",
    warp_labels,
    naming_cases,
    naming_small,
    naming,
    2,
)

SPEC = Spec(
    "lesson 8",
    (TURN_AND_MIRROR, ELASTIC, WARP_IMAGE, WARP_LABELS),
    only=frozenset({"turn_and_mirror", "elastic_displacement", "warp_image", "warp_labels"}),
)
