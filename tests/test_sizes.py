"""The shape formulas against walking through the U pixel by pixel."""

import re

import pytest

import minunet as mu
from minunet.sizes import input_size_for, margin, output_size, smallest_input

DEPTHS = (1, 2, 3, 4, 5)
SIDES = range(481)  # the first four legal sides at depth 5 are among them


def walked_output(side, depth):
    """The side that comes out of the U, one operation at a time, or None where an operation is impossible."""
    skips = []
    for _ in range(depth):
        side -= 2 * 2
        if side < 2 or side % 2:
            return None
        skips.append(side)
        side //= 2
    side -= 2 * 2
    if side < 1:
        return None
    while skips:
        side *= 2
        cropped = skips.pop() - side
        assert cropped >= 0
        assert cropped % 2 == 0, "a centred crop is possible wherever the poolings are"
        side -= 2 * 2
        if side < 1:
            return None
    return side


LEGAL = {depth: [side for side in SIDES if walked_output(side, depth)] for depth in DEPTHS}


def test_the_papers_sizes():
    assert mu.output_size(572, depth=4) == 388
    assert mu.output_size(572) == 388
    assert output_size(188) == 4
    assert output_size(700) == 516
    assert margin(4) == 92
    assert smallest_input(4) == 188


@pytest.mark.parametrize("depth", DEPTHS)
def test_output_size_is_what_a_walk_through_the_u_gives(depth):
    for side in LEGAL[depth]:
        assert output_size(side, depth) == walked_output(side, depth) == side - 2 * margin(depth)


@pytest.mark.parametrize("depth", DEPTHS)
def test_an_illegal_side_raises_and_names_the_nearest_legal_ones(depth):
    step = 2**depth
    legal = [side for side in range(max(SIDES) + 2 * step) if walked_output(side, depth)]
    for side in set(SIDES) - set(LEGAL[depth]):
        below = [other for other in legal if other < side][-1:]
        above = [other for other in legal if other > side][:1]
        with pytest.raises(ValueError, match=f"input size {side} is not legal at depth {depth}") as caught:
            output_size(side, depth)
        assert named_sizes(caught.value) == below + above


def named_sizes(error):
    """The sizes that the message offers."""
    return [int(size) for size in re.findall(r"\d+", str(error).split("nearest legal:")[1])]


@pytest.mark.parametrize("side", [-5, 0])
def test_a_side_that_is_no_size_is_told_the_smallest(side):
    with pytest.raises(ValueError, match=r"the nearest legal: 188$"):
        output_size(side)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_smallest_input_is_the_first_legal_one(depth):
    assert smallest_input(depth) == LEGAL[depth][0]


@pytest.mark.parametrize("depth", DEPTHS)
def test_input_size_for_is_the_smallest_that_gives_enough(depth):
    for output in range(1, walked_output(LEGAL[depth][-1], depth) + 1):
        enough = [side for side in LEGAL[depth] if walked_output(side, depth) >= output]
        assert input_size_for(output, depth) == enough[0]


@pytest.mark.parametrize("depth", [0, -1, 2.0, "4", None])
@pytest.mark.parametrize("function", [output_size, input_size_for, smallest_input, margin])
def test_a_depth_that_is_no_number_of_poolings_is_refused(function, depth):
    arguments = (572,) if function in (output_size, input_size_for) else ()
    with pytest.raises(ValueError, match=f"depth is {depth!r}, expected a whole number of at least 1"):
        function(*arguments, depth)


@pytest.mark.parametrize("size", [572.0, "572", None])
def test_a_size_that_is_no_whole_number_is_refused(size):
    with pytest.raises(ValueError, match=f"^input size is {size!r}, expected a whole number of pixels$"):
        output_size(size)
