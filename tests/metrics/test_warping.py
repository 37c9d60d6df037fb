"""Warping: what simple points are, and how far they lead, by brute force on small images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_maps import blocks
from scipy import ndimage
from strategies import examples, seeds

from minunet.metrics import warp, warping_error
from minunet.metrics.warping import RING, SIMPLE

EIGHT = np.ones((3, 3), int)
SIDE = 4


def topology(image):
    """How many 4-connected parts and 8-connected background parts there are, beyond the image background."""
    padded = np.pad(image, 1)
    return ndimage.label(padded)[1], ndimage.label(~padded, EIGHT)[1]


def as_bits(image):
    return sum(int(value) << place for place, value in enumerate(image.ravel()))


def as_image(bits):
    return np.array([bits >> place & 1 for place in range(SIDE * SIDE)], bool).reshape(SIDE, SIDE)


def simple_flips(image):
    """The images that one simple point makes of this one."""
    padded = np.pad(image, 1).astype(int)
    for y, x in np.ndindex(image.shape):
        ring = sum(padded[1 + y + dy, 1 + x + dx] << bit for bit, (dy, dx) in enumerate(RING))
        if SIMPLE[ring]:
            flipped = image.copy()
            flipped[y, x] ^= True
            yield (y, x), flipped


def test_a_point_is_simple_exactly_where_a_flip_changes_no_topology_of_its_neighbourhood():
    """For every neighbourhood: parts of the foreground and of the background, before and after, and none is gone."""
    for ring in range(256):
        square = np.zeros((3, 3), bool)
        for bit, (dy, dx) in enumerate(RING):
            square[1 + dy, 1 + dx] = ring >> bit & 1
        filled = square.copy()
        filled[1, 1] = True
        # Within the square alone: what the pixel joins, if set, must have been one part, and so the background.
        inside = ndimage.label(square)[0]
        joined = set(inside[ndimage.binary_dilation([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) & square].tolist())
        outside = ndimage.label(~filled, EIGHT)[1]
        assert SIMPLE[ring] == (len(joined) == 1 and outside == 1)


@examples
@given(seeds, st.integers(2, 7), st.integers(2, 7))
def test_a_simple_flip_keeps_the_topology_of_the_whole_image(seed, height, width):
    image = np.random.default_rng(seed).random((height, width)) < 0.5
    for _, flipped in simple_flips(image):
        assert topology(flipped) == topology(image)


@examples
@given(seeds, st.integers(1, 12), st.integers(1, 13))
def test_warping_ends_where_no_simple_point_is_left_that_differs(seed, height, width):
    rng = np.random.default_rng(seed)
    truth, predicted = rng.random((2, height, width)) < 0.6
    warped = warp(truth, predicted)
    assert topology(warped) == topology(truth)
    assert all(predicted[place] == warped[place] for place, _ in simple_flips(warped))
    assert warping_error(predicted, truth) == np.mean(warped != predicted)
    assert (warped == truth)[truth == predicted].all()  # only what differed was ever changed


def ends_of_all_orders(truth, predicted):
    """Every image in which some order of single simple flips towards the prediction ends, as a set of bits."""
    ends, seen, front = set(), set(), [truth]
    while front:
        image = front.pop()
        if as_bits(image) in seen:
            continue
        seen.add(as_bits(image))
        further = [flipped for place, flipped in simple_flips(image) if image[place] != predicted[place]]
        front += further
        if not further:
            ends.add(as_bits(image))
    return ends


def test_on_four_by_four_pixels_warping_ends_where_some_order_ends_and_mostly_the_best():
    rng = np.random.default_rng(0)
    best = 0
    pairs = [(as_image(int(a)), as_image(int(b))) for a, b in rng.integers(2 ** (SIDE * SIDE), size=(200, 2))]
    for truth, predicted in pairs:
        ends = ends_of_all_orders(truth, predicted)
        assert as_bits(warp(truth, predicted)) in ends
        best += warping_error(predicted, truth) == min(np.mean(as_image(end) != predicted) for end in ends)
    assert best >= 0.9 * len(pairs)


def test_a_border_that_runs_elsewhere_costs_nothing():
    truth, shifted = blocks((9, 1), (2, 0), (9, 2), height=30) > 0, blocks((5, 1), (4, 0), (11, 2), height=30) > 0
    assert warping_error(shifted, truth) == 0
    np.testing.assert_array_equal(warp(truth, shifted), shifted)


def test_a_gap_in_a_border_costs_all_its_pixels():
    truth = blocks((9, 1), (1, 0), (9, 2), height=20) > 0
    gap = truth.copy()
    gap[4:9, 9] = True
    assert warping_error(gap, truth) * truth.size == pytest.approx(5)


def test_a_needless_border_costs_the_one_pixel_that_would_close_it():
    truth = np.ones((20, 19), bool)
    split = truth.copy()
    split[:, 7] = False
    assert warping_error(split, truth) * truth.size == pytest.approx(1)


@pytest.mark.parametrize("ground", [False, True])
def test_a_speck_or_a_hole_that_is_invented_costs_all_its_pixels_and_one_that_is_missed_its_last(ground):
    flat = np.full((7, 8), ground)
    spot = flat.copy()
    spot[3:5, 2:4] = not ground
    assert warping_error(spot, flat) * flat.size == pytest.approx(4)  # nowhere to begin: no point there is simple
    assert warping_error(flat, spot) * flat.size == pytest.approx(1)  # shrinks to a pixel, which has to stay
