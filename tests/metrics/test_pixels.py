"""The figures of a mask, against hand-computed cases and the definitions over sets of pixels."""

import numpy as np
import pytest
from hypothesis import given
from label_maps import blocks, label_maps, pairs_of_label_maps
from strategies import examples, read_only

from minunet.metrics import iou, pixel_error


@examples
@given(label_maps())
def test_a_perfect_prediction(labels):
    assert iou(labels, labels) == 1
    assert pixel_error(labels, labels) == 0


def test_pixel_error_is_the_share_of_wrong_pixels():
    assert pixel_error(blocks((3, 1), (5, 0)), blocks((2, 1), (6, 0))) == 1 / 8
    assert pixel_error(np.array([[0, 1, 2]]), np.array([[0, 2, 1]])) == 2 / 3  # classes, not foreground


def test_lists_are_compared_like_arrays():
    assert pixel_error([[0, 1, 1, 1]], [[0, 2, 1, 1]]) == 1 / 4
    assert iou([[0, 1, 1, 1]], [[0, 0, 1, 1]]) == 2 / 3


@examples
@given(pairs_of_label_maps())
def test_iou_equals_its_definition_over_sets_of_pixels(maps):
    P, T = ({place for place, value in np.ndenumerate(labels) if value} for labels in maps)
    assert iou(*maps) == (len(P & T) / len(P | T) if P | T else 1)


@examples
@given(pairs_of_label_maps())
def test_iou_and_pixel_error_are_symmetric(maps):
    assert iou(*maps) == iou(*maps[::-1])
    assert pixel_error(*maps) == pixel_error(*maps[::-1])


@pytest.mark.parametrize(("predicted", "truth", "wanted"), [(0, 0, 1), (1, 0, 0), (0, 1, 0)])
def test_iou_of_an_empty_truth_or_prediction(predicted, truth, wanted):
    assert iou(np.full((3, 4), predicted), np.full((3, 4), truth)) == wanted


def test_no_input_is_changed():
    predicted, truth = read_only(blocks((3, 1), (5, 0)), blocks((2, 1), (6, 0)))
    for metric in (pixel_error, iou):
        metric(predicted, truth)
