"""Lesson 14: nuclei that touch, images held out in a block, and tiles held out by their image."""

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import case
from .plain import plain

# touching

touch = Bank()


def pairs(labels, diagonal=False):
    """Numbers of neighbouring pixels, as (n, 2), both of different nuclei."""
    steps = [(labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])]
    if diagonal:
        steps += [(labels[:-1, :-1], labels[1:, 1:]), (labels[:-1, 1:], labels[1:, :-1])]
    both = np.concatenate([np.stack([a.ravel(), b.ravel()], axis=1) for a, b in steps])
    return both[(both[:, 0] != both[:, 1]) & (both > 0).all(axis=1)]


def touching(labels):
    return len(np.unique(pairs(labels)))


@touch.instead(
    "out", "background counted for a nucleus", "0 is background: a nucleus beside it touches nothing.", "> 0"
)
def with_background(labels):
    a, b = (
        np.concatenate([one.ravel(), other.ravel()])
        for one, other in ((labels[:, :-1], labels[:-1]), (labels[:, 1:], labels[1:]))
    )
    return len(np.setdiff1d(np.unique(np.stack([a, b])[:, a != b]), [0]))


@touch.instead("out", "rows alone looked along", "A nucleus has neighbours above and below too.", "Both axes.")
def along_rows(labels):
    a, b = labels[:, :-1], labels[:, 1:]
    there = (a != b) & (a > 0) & (b > 0)
    return len(np.unique(np.concatenate([a[there], b[there]])))


@touch.instead("out", "columns alone looked along", "A nucleus has neighbours left and right too.", "Both axes.")
def along_columns(labels):
    return along_rows(labels.T)


@touch.instead("out", "corners counted", "Pixels are neighbours where they share an edge.", "Four neighbours.")
def corners(labels):
    return len(np.unique(pairs(labels, diagonal=True)))


@touch.instead("out", "pairs counted, not nuclei", "A nucleus that touches two others is one nucleus.", "np.unique")
def counted_pairs(labels):
    return len(np.unique(np.sort(pairs(labels), axis=1), axis=0))


@touch.instead("out", "pairs counted, some of them twice", "Nuclei are counted: who touches one or more?", "np.unique")
def counted_both_ways(labels):
    return len(np.unique(pairs(labels), axis=0))


@touch.instead("out", "background counted as one more", "0 is background, no nucleus.", "Leave out number 0.")
def one_more(labels):
    return touching(labels) + bool((labels == 0).any() and (labels > 0).any())


@touch.instead("out", "pixels counted, not nuclei", "A long border is one touch.", "np.unique")
def counted_pixels(labels):
    return len(pairs(labels))


@touch.instead("out", "all nuclei counted", "Only those that touch another.", "Compare neighbouring pixels.")
def everything(labels):
    return len(np.setdiff1d(np.unique(labels), [0]))


def cells(rng, height, width, count):
    """Rectangles that meet here and there, numbered with gaps."""
    labels = np.zeros((height, width), int)
    for number in rng.permutation(3 * count)[:count] + 1:
        top, left = rng.integers(0, height - 2), rng.integers(0, width - 3)
        labels[top : top + rng.integers(2, 5), left : left + rng.integers(2, 6)] = number
    return labels


def touch_cases(rng):
    apart = np.zeros((7, 9), int)
    apart[1:3, 1:4], apart[4:6, 5:8], apart[3, 4] = 4, 7, 9
    three = np.array([[0, 5, 5, 0, 0], [2, 2, 2, 8, 8], [0, 0, 0, 8, 3], [1, 0, 0, 0, 0]])
    return [
        case(labels=cells(rng, 20, 31, 24)),
        case(labels=cells(rng, 16, 24, 9)),
        case("nothing touches but at corners", labels=apart),
        case("one touches two", labels=three),
        case("the image is higher than wide", labels=cells(rng, 33, 17, 22)),
        case("there are no nuclei", labels=np.zeros((4, 6), int)),
        case("one nucleus fills the image", labels=np.full((4, 6), 3)),
    ]


def touch_small(rng):
    for rows in (
        [[1, 2]],
        [[1], [2]],
        [[1, 0], [0, 2]],
        [[3, 3, 0], [0, 5, 5]],
        [[1, 2, 3]],
        [[1, 0, 2]],
        [[1, 1], [2, 2]],
    ):
        yield case(labels=np.array(rows))


TOUCHING = plain(
    "touching(labels) -> out",
    "out = how many numbers other than 0 have a 4-neighbour of another number other than 0",
    touching,
    touch_cases,
    touch_small,
    touch,
)

# block_split

block = Bank()


def block_split(count, share):
    held_out = np.zeros(count, bool)
    held_out[count - max(1, round(count * share)) :] = True
    return held_out


@block.instead("out", "the first held out", "The block is the last one.", "held_out[count - n :] = True")
def first(count, share):
    return block_split(count, share)[::-1]


@block.instead(
    "out", "every so many held out", "Neighbouring slices look alike: a block, not every k-th.", "The last n."
)
def every(count, share):
    return np.arange(count) % max(1, round(1 / share)) == 0


@block.instead("out", "true where it is trained on", "True says held out.", "Exchange True and False.")
def inverted(count, share):
    return ~block_split(count, share)


@block.instead("out", "none held out of a few", "One at least is held out, else nothing is judged.", "max(1, ...)")
def none_of_few(count, share):
    held_out = np.zeros(count, bool)
    held_out[count - round(count * share) :] = True
    return held_out


@block.instead("out", "rounded down", "The nearest whole number.", "round(count * share)")
def down(count, share):
    held_out = np.zeros(count, bool)
    held_out[count - max(1, int(count * share)) :] = True
    return held_out


def block_cases(rng):
    return [
        case(count=25, share=0.2),
        case("the share is no whole number of images", count=18, share=0.15),
        case("there are few images", count=3, share=0.1),
        case(count=40, share=0.3),
    ]


def block_small(rng):
    for count, share in ((2, 0.5), (3, 0.1), (3, 0.6), (4, 0.25), (5, 0.4), (6, 0.3)):
        yield case(count=count, share=share)


BLOCK_SPLIT = plain(
    "block_split(count, share) -> out",
    "out[k] = k >= count - n, n = max(1, round(count * share))",
    block_split,
    block_cases,
    block_small,
    block,
)

# split_by_image

by_image = Bank()


def split_by_image(image_of_tile, share):
    images = np.unique(image_of_tile)
    return np.isin(image_of_tile, images[block_split(len(images), share)])


@by_image.instead(
    "out", "tiles held out, not images", "Tiles of one image overlap: its tiles stay together.", "np.unique"
)
def by_tile(image_of_tile, share):
    return block_split(len(image_of_tile), share)


@by_image.instead("out", "the first images held out", "The block is the last one.", "block_split")
def first_images(image_of_tile, share):
    images = np.unique(image_of_tile)
    return np.isin(image_of_tile, images[block_split(len(images), share)[::-1]])


@by_image.instead("out", "true where it is trained on", "True says held out.", "Exchange True and False.")
def inverted_images(image_of_tile, share):
    return ~split_by_image(image_of_tile, share)


@by_image.instead(
    "out", "share of the largest number", "Images need not be numbered without gaps.", "np.unique(image_of_tile)"
)
def of_largest(image_of_tile, share):
    return image_of_tile >= (1 - share) * image_of_tile.max()


def tiles(rng, numbers):
    return np.repeat(numbers, rng.integers(2, 7, len(numbers)))


def image_cases(rng):
    mixed = tiles(rng, np.arange(10))
    return [
        case(image_of_tile=tiles(rng, np.arange(10)), share=0.2),
        case("the tiles are not in the order of the images", image_of_tile=rng.permutation(mixed), share=0.3),
        case("numbers have gaps", image_of_tile=tiles(rng, np.array([2, 3, 5, 30, 31, 40])), share=0.35),
        case("there are few images", image_of_tile=tiles(rng, np.arange(3)), share=0.1),
    ]


def image_small(rng):
    for numbers, share in (([0, 0, 1], 0.5), ([1, 0, 1, 0], 0.5), ([0, 1, 1, 1], 0.5), ([0, 7, 8], 0.3)):
        yield case(image_of_tile=np.array(numbers), share=share)


SPLIT_BY_IMAGE = plain(
    "split_by_image(image_of_tile, share) -> out",
    "out[k] = whether the image of tile k is one of the last max(1, round(images * share))",
    split_by_image,
    image_cases,
    image_small,
    by_image,
)

SPEC = Spec(
    "lesson 14", (TOUCHING, BLOCK_SPLIT, SPLIT_BY_IMAGE), only=frozenset({"touching", "block_split", "split_by_image"})
)
