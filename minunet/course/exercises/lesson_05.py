"""Lesson 5: the sizes in the U, the skip connection, and how far a pixel of the output sees."""

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import CROP_CONCAT, case
from ...sizes import margin
from ...sizes import output_size as right_size
from .plain import plain

BACK = "Going back, what came last is undone first."
BLOCK = "The two 3x3 convolutions of a level take 4 pixels, on the way down, at the bottom and on the way up."

# output_size

sizes = Bank()


def through(side, depth, down=4, bottom=4, up=4, pooling=2, upconv=2):
    """The side after all levels, each block of which takes so many pixels."""
    for _ in range(depth):
        side = (side - down) / pooling
    side -= bottom
    for _ in range(depth):
        side = side * upconv - up
    return side


@sizes.instead("out", "nothing lost", "The convolutions are valid: they take a border.", "Take 4 pixels at each block.")
def padded(input_size):
    return input_size


@sizes.instead("out", "bottom without convolutions", BLOCK, "Take 4 pixels at the bottom too.")
def no_bottom(input_size, depth):
    return through(input_size, depth, bottom=0)


@sizes.instead("out", "one half of the U without convolutions", BLOCK, "4 pixels on the way down, 4 on the way up.")
def no_way_up(input_size, depth):
    return through(input_size, depth, up=0)


@sizes.instead("out", "3 pixels for each convolution", "A 3x3 takes 3 - 1 = 2 pixels.", "Take 4 pixels at each block.")
def three_pixels(input_size, depth):
    return through(input_size, depth, 6, 6, 6)


@sizes.instead("out", "depth ignored", "The border grows with the depth; at depth 4 it is 92 a side.", "Use depth.")
def four(input_size):
    return input_size - 184


@sizes.instead("out", "one pooling too few", "There are `depth` poolings.", "range(depth)")
def shallow(input_size, depth):
    return through(input_size, depth - 1)


@sizes.instead("out", "not doubled on the way up", "An up-convolution doubles the side.", "2 * side - 4")
def never_up(input_size, depth):
    return through(input_size, depth, upconv=1)


@sizes.instead("out", "not doubled, nothing taken on the way up", "The way up has up-convolutions.", "2 * side - 4")
def only_down(input_size, depth):
    return through(input_size, depth, up=0, upconv=1)


def step_by_step(side, depth, down, up, bottom=lambda side: side - 4):
    """The side after all levels, given what a level does to it on the way down and on the way up."""
    for _ in range(depth):
        side = down(side)
    side = bottom(side)
    for _ in range(depth):
        side = up(side)
    return side


def right_up(side):
    return 2 * side - 4


ORDER = "Down: the convolutions, then the pooling. Up: the up-convolution, then the convolutions."


@sizes.instead("out", "in one half of the U the second step first", ORDER, "(side - 4) // 2 down, 2 * side - 4 up")
def up_last(input_size, depth):  # to pool first gives the same, where halves are not rounded
    return step_by_step(input_size, depth, lambda side: (side - 4) // 2, lambda side: 2 * (side - 4))


@sizes.instead("out", "pooling before the convolutions", ORDER, "(side - 4) // 2")
def pooled_first(input_size, depth):
    return step_by_step(input_size, depth, lambda side: side // 2 - 4, right_up)


def add_halved(halve, how):
    """Mistakes after which a pooling meets an odd side, so that it matters how the half is rounded."""

    @sizes.instead(
        "out",
        f"one convolution at each block, or one side's border{how}",
        "A block has two, each takes a pixel off both sides.",
        "Take 4 pixels.",
    )
    def one_of_two(input_size, depth):
        return step_by_step(
            input_size, depth, lambda side: halve(side - 2), lambda side: 2 * side - 2, lambda side: side - 2
        )

    @sizes.instead(
        "out",
        f"on both ways the second step first{how}",
        ORDER,
        "(side - 4) // 2 down, 2 * side - 4 up",
    )
    def both_exchanged(input_size, depth):
        return step_by_step(input_size, depth, lambda side: halve(side) - 4, lambda side: 2 * (side - 4))

    @sizes.instead(
        "out",
        f"a pooling at the bottom{how}",
        "There are `depth` poolings; the bottom has two convolutions and no pooling.",
        "Take 4 pixels at the bottom, and do not halve.",
    )
    def pooled_bottom(input_size, depth):
        return step_by_step(input_size, depth, lambda side: (side - 4) // 2, right_up, lambda side: halve(side - 4))


add_halved(lambda side: side // 2, "")
add_halved(lambda side: side / 2, ", halves not rounded")


def sizes_cases(rng):
    return [
        case(input_size=572, depth=4),
        case("the output is the smallest", input_size=188, depth=4),
        case("depth is 1", input_size=30, depth=1),
        case("depth is 2", input_size=76, depth=2),
        case("depth is 3", input_size=212, depth=3),
        case("depth is 5", input_size=508, depth=5),
    ]


def sizes_small(rng):
    for depth, more in ((1, 1), (2, 0), (1, 4), (2, 3), (3, 0), (3, 5)):
        step = 2**depth
        yield case(input_size=8 * step + 4 * (step - 1) + more * step, depth=depth)


OUTPUT_SIZE = plain(
    "output_size(input_size, depth=4) -> out",
    "down: n - 4, then n / 2, depth times; bottom: n - 4; up: 2n, then n - 4, depth times",
    right_size,
    sizes_cases,
    sizes_small,
    sizes,
    1,
)

# receptive_field

fields = Bank()


def field(depth, up=4, bottom=4, down=4, coarser=lambda side: side // 2 + 1, finer=lambda side: 2 * side):
    """Back through the U from one pixel of its output."""
    side = 1
    for _ in range(depth):
        side = coarser(side + up)
    side += bottom
    for _ in range(depth):
        side = finer(side) + down
    return side


@fields.instead(
    "out",
    "the smallest window, not the largest",
    "An even number of pixels may begin in the middle of a 2x2: 8 lie in 4 or in 5.",
    "side // 2 + 1",
)
def smallest(depth):
    return field(depth, coarser=lambda side: (side + 1) // 2)


@fields.instead("out", "half, rounded down", "5 pixels lie in three 2x2, not in two.", "side // 2 + 1")
def rounded_down(depth):
    return field(depth, coarser=lambda side: side // 2)


@fields.instead("out", "half, not rounded", "Whole pixels are seen: 5 lie in three 2x2.", "side // 2 + 1")
def not_rounded(depth):
    return field(depth, coarser=lambda side: side / 2 + 1)


@fields.instead("out", "up-convolution undone before the convolutions", BACK, "(side + 4) // 2 + 1")
def upconv_first(depth):
    return field(depth, up=0, coarser=lambda side: side // 2 + 5)


@fields.instead("out", "convolutions undone before the pooling", BACK, "2 * side + 4")
def pooling_last(depth):
    return field(depth, down=0, finer=lambda side: 2 * (side + 4))


@fields.instead("out", "in each level the wrong one undone first", BACK, "(side + 4) // 2 + 1, and 2 * side + 4")
def both_exchanged_field(depth):
    return field(depth, up=0, down=0, coarser=lambda side: side // 2 + 5, finer=lambda side: 2 * (side + 4))


@fields.instead(
    "out", "way down undone before the way up", BACK, "First the way up, then the bottom, then the way down."
)
def ways_exchanged(depth):
    return step_by_step(1, depth, lambda side: 2 * side + 4, lambda side: (side + 4) // 2 + 1, lambda side: side + 4)


@fields.instead("out", "way up forgotten", "The convolutions of the way up see more than a pixel.", "Go back from 1.")
def way_down_alone(depth):
    return field(depth, up=0, coarser=lambda side: side)


@fields.instead("out", "the lost border and the pixel", "That would be so without pooling.", "Go back step by step.")
def lost_border(depth):
    return 2 * margin(depth) + 1


@fields.instead("out", "bottom without convolutions", BLOCK, "Add 4 at the bottom too.")
def no_bottom_field(depth):
    return field(depth, bottom=0)


@fields.instead("out", "one convolution at each block", "A block has two, each adds 2 pixels.", "side + 4")
def one_convolution_field(depth):
    return field(depth, 2, 2, 2)


@fields.instead("out", "depth ignored", "Each level more than doubles the window.", "Use depth.")
def four_field():
    return field(4)


@fields.instead("out", "way of the first skip alone", "The way through the bottom sees further.", "Go by the bottom.")
def skip_alone():
    return 9


@fields.instead("out", "pooling counted as 2 side - 1", "side windows of 2x2, side by side, have 2 side pixels.", "2x")
def overlapping(depth):
    return field(depth, finer=lambda side: 2 * side - 1)


@fields.instead("out", "pooling counted as side + 1", "Its windows lie side by side: 2 side pixels.", "2 * side")
def no_stride(depth):
    return field(depth, finer=lambda side: side + 1)


@fields.instead("out", "up-convolution ignored", "On the way back, its 2x2 pixels come from one.", "side // 2 + 1")
def no_upconv(depth):
    return field(depth, coarser=lambda side: side)


@fields.instead("out", "one level too few", "There are `depth` poolings.", "range(depth)")
def shallow_field(depth):
    return field(depth - 1)


@fields.instead("out", "area, not side", "Asked for is the side of the square.", "Do not square it.")
def area(depth):
    return field(depth) ** 2


def fields_cases(rng):
    return [
        case(depth=1),
        case("depth is 2", depth=2),
        case("depth is above 2", depth=3),
        case("depth is above 2", depth=4),
        case("depth is above 2", depth=6),
    ]


def fields_small(rng):
    for depth in range(1, 6):
        yield case(depth=depth)


RECEPTIVE_FIELD = plain(
    "receptive_field(depth) -> out",
    "back from 1: convolutions side + 4, an up-convolution side // 2 + 1, a pooling 2 side",
    field,
    fields_cases,
    fields_small,
    fields,
    2,
)

SPEC = Spec(
    "lesson 5",
    (OUTPUT_SIZE, CROP_CONCAT, RECEPTIVE_FIELD),
    only=frozenset({"output_size", "crop_concat_forward", "crop_concat_backward", "receptive_field"}),
)
