"""What cannot be compared is refused in one line; where there is nothing to compare, a figure has its limit."""

import numpy as np
import pytest
from strategies import exactly

from minunet.metrics import (
    average_precision,
    iou,
    mistakes,
    pixel_error,
    rand_error,
    seg,
    v_info,
    v_rand,
    warping_error,
)

ALL = (average_precision, iou, mistakes, pixel_error, rand_error, seg, v_info, v_rand, warping_error)
GOOD = np.arange(6).reshape(2, 3) % 2
EMPTY, WHOLE = np.zeros((4, 5), int), np.ones((4, 5), int)


@pytest.mark.parametrize("metric", ALL)
def test_shapes_that_differ_are_refused(metric):
    with pytest.raises(ValueError, match=exactly("predicted has shape (2, 3) and truth (3, 2); expected the same")):
        metric(GOOD, GOOD.T)


@pytest.mark.parametrize("metric", ALL)
def test_probabilities_are_no_labels(metric):
    for name, maps in {"predicted": (GOOD * 0.5, GOOD), "truth": (GOOD, GOOD * 0.5)}.items():
        expected = f"{name} has dtype float64, expected integer labels, 0 for the background"
        with pytest.raises(ValueError, match=exactly(expected)):
            metric(*maps)


@pytest.mark.parametrize("metric", ALL)
def test_negative_labels_are_refused(metric):
    for name, maps in {"predicted": (GOOD - 2, GOOD), "truth": (GOOD, GOOD - 2)}.items():
        with pytest.raises(ValueError, match=exactly(f"{name} holds -2, expected labels from 0, the background, up")):
            metric(*maps)


@pytest.mark.parametrize(
    ("metric", "nothing", "invented", "missed", "everywhere"),
    [  # of an empty truth: predicted empty, predicted whole; of a whole truth: predicted empty, predicted whole
        (pixel_error, 0, 1, 1, 0),
        (iou, 1, 0, 0, 1),
        (seg, 1, 0, 0, 1),
        (lambda predicted, truth: average_precision(predicted, truth)[0], 1, 0, 0, 1),
        (v_rand, 1, 1, 2 / (20 + 1), 1),
        (v_info, 1, 1, 0, 1),
        (rand_error, 0, 0, 1 - 2 / (20 + 1), 0),
        (warping_error, 0, 1, 1 / 20, 0),  # the truth shrinks, but for a pixel
    ],
)
def test_an_empty_truth_and_one_class_alone_have_their_limits(metric, nothing, invented, missed, everywhere):
    assert metric(EMPTY, EMPTY) == nothing
    assert metric(WHOLE, EMPTY) == invented
    assert metric(EMPTY, WHOLE) == pytest.approx(missed)
    assert metric(WHOLE, WHOLE) == everywhere


@pytest.mark.parametrize("metric", [pixel_error, warping_error])
def test_of_no_pixel_none_is_wrong(metric):
    assert metric(np.zeros((0, 3), int), np.zeros((0, 3), int)) == 0
