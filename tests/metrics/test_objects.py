"""The figures of a segmentation, against hand-computed cases and the definitions written out pixel by pixel."""

import itertools

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from label_maps import blocks, label_maps, pairs_of_label_maps
from strategies import examples, read_only

from minunet.metrics import average_precision, count, instances, overlaps, seg

# SEG


def seg_by_definition(predicted, truth):
    """Cell Tracking Challenge: for each true R the S with |R & S| > |R| / 2 scores |R & S| / |R | S|, else 0."""
    scores = []
    for r in set(truth.ravel().tolist()) - {0}:
        score = 0.0
        for s in set(predicted.ravel().tolist()) - {0}:
            R, S = truth == r, predicted == s
            if 2 * (R & S).sum() > R.sum():
                score = (R & S).sum() / (R | S).sum()
        scores.append(score)
    return sum(scores) / len(scores) if scores else float(not predicted.any())


@examples
@given(pairs_of_label_maps())
def test_seg_equals_its_definition(maps):
    assert seg(*maps) == pytest.approx(seg_by_definition(*maps), rel=1e-14)


def test_exactly_half_an_object_is_no_match():
    truth = blocks((4, 1), (4, 0))
    assert seg(blocks((2, 1), (6, 0)), truth) == 0  # 4 of 8 pixels
    assert seg(blocks((3, 1), (5, 0)), truth) == 3 / 4


def test_an_object_of_odd_size_matches_from_the_pixel_past_its_half():
    truth = blocks((5, 1), (3, 0), height=1)
    assert seg(blocks((2, 1), (6, 0), height=1), truth) == 0
    assert seg(blocks((3, 1), (5, 0), height=1), truth) == 3 / 5


def test_a_merger_scores_the_larger_object_alone():
    # 6 and 4 columns predicted as one of 10: it holds both whole, so each matches, at 6/10 and 4/10.
    assert seg(blocks((10, 1)), blocks((6, 1), (4, 2))) == pytest.approx((6 / 10 + 4 / 10) / 2)


def test_a_split_scores_the_larger_part():
    assert seg(blocks((6, 1), (4, 2)), blocks((10, 1))) == 6 / 10
    assert seg(blocks((5, 1), (5, 2)), blocks((10, 1))) == 0  # neither part is more than half


def test_a_prediction_far_too_large_still_matches_but_scores_little():
    assert seg(blocks((10, 1)), blocks((2, 1), (8, 0))) == 2 / 10


def test_a_missed_object_scores_nothing_and_an_invented_one_costs_nothing():
    truth = blocks((4, 1), (4, 0), (4, 2), (4, 0))
    assert seg(blocks((4, 1), (12, 0)), truth) == 1 / 2
    assert seg(blocks((4, 1), (4, 0), (4, 2), (2, 0), (2, 3)), truth) == 1


@pytest.mark.parametrize(("predicted", "truth", "wanted"), [(0, 0, 1), (1, 0, 0), (0, 1, 0)])
def test_seg_of_an_empty_truth_or_prediction(predicted, truth, wanted):
    assert seg(np.full((3, 4), predicted), np.full((3, 4), truth)) == wanted


@examples
@given(label_maps())
def test_a_perfect_prediction_scores_one(labels):
    assert seg(labels, labels) == 1
    assert average_precision(labels, labels) == (1, (1,) * 10)


@examples
@given(pairs_of_label_maps(), st.permutations(range(1, 5)), st.permutations(range(1, 5)))
def test_how_objects_are_numbered_does_not_matter(maps, one, other):
    predicted, truth = maps
    one, other = np.array([0, *one]) * 1000, np.array([0, *other]) + 7
    other[0] = 0
    # The same terms are summed in another order.
    assert seg(one[predicted], other[truth]) == pytest.approx(seg(predicted, truth), rel=1e-14)
    assert average_precision(one[predicted], other[truth]) == average_precision(predicted, truth)
    assert count(one[predicted]) == count(predicted)


def test_labels_of_different_integer_types_compare():
    labels = blocks((4, 1), (3, 0), (2, 200))
    assert seg(labels.astype(np.uint8), labels.astype(np.int64)) == 1


def test_thousands_of_objects_need_no_table_of_all_with_all():
    truth = np.arange(1, 90_001).reshape(300, 300)  # the table would be of 90,000 x 90,000 numbers: 60 GiB
    assert seg(truth[::-1], truth) == 1


@examples
@given(pairs_of_label_maps())
def test_overlaps_are_all_the_pairs_that_meet_once_each(maps):
    wanted = {
        (a, (maps[0] == a).sum(), b, (maps[1] == b).sum(), ((maps[0] == a) & (maps[1] == b)).sum())
        for a, b in zip(*(labels.ravel().tolist() for labels in maps), strict=True)
    }
    found = list(zip(*overlaps(*maps), strict=True))
    assert set(found) == wanted
    assert len(found) == len(wanted)


# average precision


def precision_by_definition(predicted, truth, threshold):
    """TP / (TP + FP + FN), a match being a pair whose IoU is above the threshold."""
    objects = [[labels == value for value in set(labels.ravel().tolist()) - {0}] for labels in (predicted, truth)]
    matches = sum((P & T).sum() / (P | T).sum() > threshold for P, T in itertools.product(*objects))
    total = len(objects[0]) + len(objects[1]) - matches
    return matches / total if total else 1.0


@examples
@given(pairs_of_label_maps())
def test_average_precision_equals_its_definition(maps):
    mean, precisions = average_precision(*maps)
    wanted = [precision_by_definition(*maps, 0.5 + 0.05 * k) for k in range(10)]
    assert precisions == pytest.approx(wanted, rel=1e-14)
    assert mean == pytest.approx(sum(wanted) / 10, rel=1e-14)


def test_an_iou_of_exactly_the_threshold_is_no_match():
    truth = blocks((4, 1), (4, 0))
    assert average_precision(blocks((2, 1), (6, 0)), truth, (0.5,)) == (0, (0,))
    assert average_precision(blocks((3, 1), (5, 0)), truth, (0.5, 0.75, 0.9)) == (1 / 3, (1, 0, 0))


def test_a_missed_an_invented_and_a_merged_object_each_cost():
    truth = blocks((4, 1), (4, 0), (4, 2), (4, 0))
    assert average_precision(blocks((4, 1), (12, 0)), truth)[0] == 1 / 2
    assert average_precision(blocks((4, 1), (4, 0), (4, 2), (2, 0), (2, 3)), truth)[0] == pytest.approx(2 / 3)
    assert average_precision(blocks((10, 1)), blocks((5, 1), (5, 2)))[0] == 0


@pytest.mark.parametrize(("predicted", "truth", "wanted"), [(0, 0, 1), (1, 0, 0), (0, 1, 0)])
def test_average_precision_of_an_empty_truth_or_prediction(predicted, truth, wanted):
    assert average_precision(np.full((3, 4), predicted), np.full((3, 4), truth)) == (wanted, (wanted,) * 10)


@pytest.mark.parametrize("threshold", [0.4, 1.0])
def test_a_threshold_that_makes_no_sense_is_refused(threshold):
    with pytest.raises(ValueError, match=rf"a threshold is {threshold}, expected at least 0\.5"):
        average_precision(blocks((3, 1)), blocks((3, 1)), (0.5, threshold))


# finding and counting


def instances_by_flooding(foreground, smallest):
    """Number the 4-connected components by walking from pixel to pixel, in row order."""
    labels, number = np.zeros(foreground.shape, int), 0
    unseen = {place for place, value in np.ndenumerate(foreground) if value}
    for start in itertools.product(*map(range, foreground.shape)):
        component, front = set(), {start} & unseen
        while front:
            component |= front
            unseen -= front
            neighbours = {(y + dy, x + dx) for y, x in front for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))}
            front = neighbours & unseen
        if component and len(component) >= smallest:
            number += 1
            for place in component:
                labels[place] = number
    return labels


@examples
@given(label_maps(highest=1), st.integers(1, 4))
def test_instances_are_the_connected_components_of_enough_pixels(labels, smallest):
    found = instances(labels > 0, smallest)
    np.testing.assert_array_equal(found, instances_by_flooding(labels > 0, smallest))
    assert found.dtype == np.int32


def test_a_corner_does_not_connect():
    np.testing.assert_array_equal(instances(np.array([[True, False], [False, True]])), [[1, 0], [0, 2]])


def test_a_component_of_just_the_smallest_size_is_kept_and_the_numbers_have_no_gap():
    mask = blocks((2, 1), (1, 0), (3, 1), (1, 0), (4, 1), height=1) > 0
    np.testing.assert_array_equal(instances(mask, 3), blocks((3, 0), (3, 1), (1, 0), (4, 2), height=1))


def test_instances_of_an_empty_mask():
    np.testing.assert_array_equal(instances(np.zeros((3, 4), bool)), np.zeros((3, 4)))


def test_count_is_the_number_of_labels_above_the_background():
    assert count(blocks((3, 0), (2, 7), (2, 3), (1, 7))) == 2
    assert count(np.zeros((2, 3), int)) == 0
    assert count(np.ones((2, 3), int)) == 1


def test_no_input_is_changed():
    predicted, truth = read_only(blocks((3, 1), (5, 0)), blocks((2, 1), (6, 0)))
    seg(predicted, truth)
    average_precision(predicted, truth)
    instances(predicted)
    count(predicted)


# An oracle


@pytest.mark.parametrize("seed", range(8))
def test_seg_is_that_of_py_ctcmetrics(tmp_path, seed):
    match = pytest.importorskip("ctc_metrics.utils.representations", reason="needs py-ctcmetrics").match
    from ctc_metrics.metrics.technical.seg import seg as theirs

    rng = np.random.default_rng(seed)
    truth = np.kron(rng.integers(0, 5, (6, 7)), np.ones((4, 5), int)).astype(np.uint16)
    predicted = np.roll(truth, rng.integers(-2, 3, 2), (0, 1))
    predicted[rng.random(truth.shape) < 0.2] = 0
    predicted[truth == 3] = 4  # two in one
    for name, labels in (("truth", truth), ("predicted", predicted)):
        tifffile.imwrite(tmp_path / f"{name}.tif", labels)
    labels, _, _, _, ious = match(str(tmp_path / "truth.tif"), str(tmp_path / "predicted.tif"))
    assert seg(predicted, truth) == pytest.approx(theirs([labels], [ious]))
    assert 0.1 < seg(predicted, truth) < 0.95
