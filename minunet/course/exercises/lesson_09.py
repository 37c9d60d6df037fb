"""Lesson 9: legal sizes, a line continued by mirroring, and where tiles begin."""

from itertools import product

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import case, trivial
from ...sizes import input_size_for
from ...tiling import mirrored
from .plain import plain

# input_size_for

sizes = Bank()


def lost(depth):
    return 12 * 2**depth - 8


def rounded_up(number, step):
    return -(-number // step) * step


@sizes.instead("size", "not rounded", "n + 4 must halve at each level.", "Round n + 4 up to a multiple of 2**depth.")
def not_rounded(output, depth):
    return output + lost(depth)


@sizes.instead("size", "rounded down", "The output would be smaller than asked for.", "Round n + 4 up.")
def rounded_down(output, depth):
    return (output + lost(depth) + 4) // 2**depth * 2**depth - 4


@sizes.instead(
    "size", "n rounded up, not n + 4", "It is n + 4 that halves at each level.", "Round n + 4 up, take 4 off."
)
def n_rounded(output, depth):
    return rounded_up(output + lost(depth), 2**depth)


@sizes.instead("size", "n - 4 rounded up, not n + 4", "On the way down it is n + 4 that halves.", "Mind the sign.")
def other_sign(output, depth):
    return rounded_up(output + lost(depth) - 4, 2**depth) + 4


@sizes.instead("size", "one step too large", "A size that is legal as it is needs no more.", "-(-a // b) rounds up.")
def step_too_large(output, depth):
    return input_size_for(output, depth) + 2**depth


@sizes.instead("size", "one step too large where it is legal already", "Nothing is to be added there.", "-(-a // b)")
def step_too_large_where_legal(output, depth):
    return ((output + lost(depth) + 4) // 2**depth + 1) * 2**depth - 4


@sizes.instead("size", "margin counted once", "The margin is lost on both sides.", "n - output = 12 * 2**depth - 8")
def one_margin(output, depth):
    return rounded_up(output + lost(depth) // 2 + 4, 2**depth) - 4


@sizes.instead("size", "the paper's margin at every depth", "92 pixels are those of depth 4.", "12 * 2**depth - 8")
def of_depth_four(output, depth):
    return rounded_up(output + lost(4) + 4, 2**depth) - 4


@sizes.instead("size", "the output asked for", "The network loses a margin on each side.", "Add 12 * 2**depth - 8.")
def no_margin(output, depth):
    return rounded_up(output + 4, 2**depth) - 4


@sizes.instead(
    "size",
    "the bottom's 4 pixels missing",
    "n + 4 = 2**depth (b + 4), output - 4 = 2**depth (b - 8).",
    "n - output = 12 * 2**depth - 8",
)
def bottom_alone(output, depth):
    return input_size_for(output, depth) - 4 * 2**depth


def sizes_cases(rng):
    return [
        case(output=500, depth=4),
        case("the size is legal as it is", output=388, depth=4),
        case("output is 1", output=1, depth=4),
        case("depth is not 4", output=101, depth=3),
        case("depth is not 4", "output is 1", output=1, depth=2),
        case("depth is not 4", "the size is legal as it is", output=30, depth=1),
        case("depth is not 4", output=777, depth=5),
    ]


def sizes_small(rng):
    for depth, output in product((1, 2, 3, 4), range(1, 20)):
        yield case(output=output, depth=depth)


INPUT_SIZE_FOR = plain(
    "input_size_for(output, depth) -> size",
    "size = the smallest n with n + 4 a multiple of 2**depth and n - (12 * 2**depth - 8) >= output",
    input_size_for,
    sizes_cases,
    sizes_small,
    sizes,
    2,
)

# mirrored

mirrors = Bank()


@mirrors.instead(
    "indices", "edge pixel repeated", "The mirror stands on the last pixel, not behind it: -1 is 1.", "2 * (side - 1)"
)
def repeated(start, stop, side):
    index = np.arange(start, stop) % (2 * side)
    return np.minimum(index, 2 * side - 1 - index)


@mirrors.instead(
    "indices", "mirrored once only", "A line shorter than the margin is mirrored over and over.", "% (2 * (side - 1))"
)
def once(start, stop, side):
    index = np.abs(np.arange(start, stop))
    return np.where(index < side, index, 2 * (side - 1) - index)


@mirrors.instead("indices", "wrapped round", "Beyond the last pixel the way goes back, not to the first.", "Mirror it.")
def wrapped(start, stop, side):
    return np.arange(start, stop) % side


@mirrors.instead("indices", "the edge pixel for all beyond", "Beyond the edge the line goes back.", "Mirror it.")
def clipped(start, stop, side):
    return np.clip(np.arange(start, stop), 0, side - 1)


@mirrors.instead("indices", "stop included", "As in range, stop is the first that is left out.", "arange(start, stop)")
def one_more(start, stop, side):
    return mirrored(start, stop + 1, side)


@mirrors.instead("indices", "period of 2 * side - 1", "There and back is 2 * (side - 1) steps.", "2 * (side - 1)")
def odd_period(start, stop, side):
    index = np.arange(start, stop) % (2 * side - 1)
    return np.minimum(index, 2 * side - 1 - index)


@mirrors.instead("indices", "far end not mirrored", "Both ends have a mirror.", "np.minimum(index, period - index)")
def near_end_alone(start, stop, side):
    return np.abs(np.arange(start, stop))


@mirrors.instead(
    "indices", "edge pixel repeated at the far end", "After side - 1 comes side - 2.", "2 * (side - 1) - index"
)
def repeated_far(start, stop, side):
    index = np.abs(np.arange(start, stop))
    return np.where(index < side, index, 2 * side - 1 - index)


def mirrors_cases(rng):
    return [
        case(start=-3, stop=11, side=8),
        trivial("nothing is beyond", start=1, stop=6, side=7),
        case("only the far end is passed", start=2, stop=9, side=6),
        case("the margin is larger than the line", start=-11, stop=17, side=5),
        case("the margin is larger than the line", "there are two pixels", start=-6, stop=5, side=2),
        case("the margin is larger than the line", "there is one pixel", start=-3, stop=4, side=1),
    ]


def mirrors_small(rng):
    for beyond, side in product((1, 2, 3, 4), (2, 3, 4, 1)):
        yield case(start=-beyond, stop=side + beyond, side=side)


MIRRORED = plain(
    "mirrored(start, stop, side) -> indices",
    "indices[k - start] = k % p where that is < side, else p - k % p; p = 2 (side - 1)",
    mirrored,
    mirrors_cases,
    mirrors_small,
    mirrors,
    2,
)

# tile_starts

tiles = Bank()


def stepped(side, output, step):
    return np.arange(max(0, -(-(side - output) // step)) + 1) * step


def tile_starts(side, output, depth):
    return stepped(side, output, output // 2**depth * 2**depth)


@tiles.instead(
    "starts", "step is the whole output", "A start beside the pooling grid gives other maxima.", "Round it down."
)
def side_by_side(side, output, depth):
    return stepped(side, output, output)


@tiles.instead(
    "starts", "last tile moved back to the end", "So it starts beside the pooling grid.", "Let it hang over."
)
def flush(side, output, depth):
    starts = tile_starts(side, output, depth)
    return np.minimum(starts, max(0, side - output))


@tiles.instead(
    "starts", "one tile too many", "The tile before has covered the last pixels already.", "-(-(side - output) // step)"
)
def too_many(side, output, depth):
    return np.arange(0, side, output // 2**depth * 2**depth)


@tiles.instead("starts", "one tile too few", "The last pixels are covered by none.", "Round the number of steps up.")
def too_few(side, output, depth):
    step = output // 2**depth * 2**depth
    return np.arange(max(0, side - output) // step + 1) * step


@tiles.instead("starts", "step smaller than it could be", "It costs tiles.", "output // 2**depth * 2**depth")
def step_less(side, output, depth):
    return stepped(side, output, max(output // 2**depth - 1, 1) * 2**depth)


@tiles.instead("starts", "step rounded up", "Then pixels are left out between two tiles.", "Round it down.")
def step_more(side, output, depth):
    return stepped(side, output, rounded_up(output, 2**depth))


@tiles.instead("starts", "rounded to 16 at every depth", "The grid is 2**depth pixels wide.", "// 2**depth * 2**depth")
def sixteen(side, output, depth):
    return stepped(side, output, output // 16 * 16)


@tiles.instead("starts", "the last tile missing", "The last pixels are covered by none.", "Go on by one step.")
def last_missing(side, output, depth):
    return tile_starts(side, output, depth)[:-1]


@tiles.instead(
    "starts",
    "one tile too many, and a step of output - 4 at every depth",
    "The tile before has covered the last pixels already; and at depth 1 and 2 the step may be longer.",
    "-(-(side - output) // step) steps",
)
def four_less(side, output, depth):
    return np.arange(0, side, output - 4)


def tiles_cases(rng):
    return [
        case(side=600, output=68, depth=4),
        case(side=1500, output=388, depth=4),
        case("the last tile fits", side=196, output=68, depth=4),
        case("one tile is enough", side=50, output=68, depth=4),
        case("one tile is enough", "the last tile fits", side=68, output=68, depth=4),
        case("depth is not 4", side=333, output=60, depth=3),
        case("depth is not 4", side=203, output=40, depth=2),
    ]


def tiles_small(rng):
    for depth, blocks, more in product((3, 4), (2, 3), (0, 1, 20)):
        output = blocks * 2**depth + 4
        yield case(side=output + more, output=output, depth=depth)
        yield case(side=3 * output - 2, output=output, depth=depth)


TILE_STARTS = plain(
    "tile_starts(side, output, depth) -> starts",
    "starts = 0, step, 2 step, ... until output more pixels reach the end; step = output rounded down to 2**depth",
    tile_starts,
    tiles_cases,
    tiles_small,
    tiles,
    3,
)

SPEC = Spec(
    "lesson 9",
    (INPUT_SIZE_FOR, MIRRORED, TILE_STARTS),
    only=frozenset({"input_size_for", "mirrored", "tile_starts"}),
)
