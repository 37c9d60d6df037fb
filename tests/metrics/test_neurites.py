"""V_rand and V_info, against counting pairs of pixels, hand-computed cases and scikit-image."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_maps import blocks, label_maps, pairs_of_label_maps
from strategies import examples

from minunet.metrics import instances, rand_error, segments, v_info, v_rand

SCORES = pytest.mark.parametrize("score", [v_rand, v_info])


def pixels_that_count(predicted, truth):
    """(segment in S, segment in T) of the pixels of T's foreground; on a border of S each is a segment of its own."""
    places = [place for place, value in np.ndenumerate(truth) if value]
    return [(str(predicted[place] or place), int(truth[place])) for place in places]


def v_rand_by_counting_pairs(predicted, truth):
    """Draw two pixels, the same one twice allowed: how often are they together in both, in S, in T?"""
    pairs = list(itertools.product(pixels_that_count(predicted, truth), repeat=2))
    together = [(a[0] == b[0], a[1] == b[1]) for a, b in pairs]
    in_s, in_t = sum(s for s, _ in together), sum(t for _, t in together)
    return 2 * sum(s and t for s, t in together) / (in_s + in_t) if pairs else 1.0


def v_info_by_definition(predicted, truth):
    pixels = pixels_that_count(predicted, truth)

    def entropy(values):
        counts = [values.count(value) for value in set(values)]
        return -sum(count / len(values) * math.log2(count / len(values)) for count in counts)

    h_s, h_t = entropy([s for s, _ in pixels]), entropy([t for _, t in pixels])
    return 2 * (h_s + h_t - entropy(pixels)) / (h_s + h_t) if h_s + h_t else 1.0


@examples
@given(pairs_of_label_maps())
def test_v_rand_equals_the_count_of_all_pairs_of_pixels(maps):
    assert v_rand(*maps) == pytest.approx(v_rand_by_counting_pairs(*maps), rel=1e-13)


@examples
@given(pairs_of_label_maps())
def test_v_info_equals_its_definition(maps):
    assert v_info(*maps) == pytest.approx(v_info_by_definition(*maps), rel=1e-12, abs=1e-14)


@examples
@given(pairs_of_label_maps())
def test_both_follow_from_scikit_images_tables(maps):
    metrics = pytest.importorskip("skimage.metrics", reason="scikit-image, the oracle, is not installed")
    predicted, truth = segments(maps[0] > 0), maps[1]
    if not predicted.any() or not truth.any():
        return  # it divides by 0
    table = metrics.contingency_table(truth, predicted, ignore_labels=[0], normalize=True).toarray()
    s, t = table.sum(axis=0), table.sum(axis=1)
    assert v_rand(predicted, truth) == pytest.approx(2 * (table**2).sum() / ((s**2).sum() + (t**2).sum()), rel=1e-12)
    entropies = -sum((p[p > 0] * np.log2(p[p > 0])).sum() for p in (s, t))
    variation = sum(metrics.variation_of_information(truth, predicted, ignore_labels=[0]))
    wanted = 1 - variation / entropies if entropies else 1
    assert v_info(predicted, truth) == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@SCORES
@examples
@given(label_maps())
def test_a_perfect_prediction_scores_one(score, labels):
    assert score(labels, labels) == pytest.approx(1, rel=1e-14)


@SCORES
@examples
@given(pairs_of_label_maps(), st.permutations(range(1, 5)))
def test_how_segments_are_numbered_does_not_matter(score, maps, numbers):
    predicted, truth = maps
    numbers = np.array([0, *numbers]) * 1000
    assert score(numbers[predicted], truth) == pytest.approx(score(predicted, truth), rel=1e-12, abs=1e-14)
    assert score(predicted, numbers[truth]) == pytest.approx(score(predicted, truth), rel=1e-12, abs=1e-14)


@SCORES
@examples
@given(pairs_of_label_maps())
def test_what_lies_on_the_true_border_does_not_matter(score, maps):
    predicted, truth = maps
    assert score(np.where(truth, predicted, 9), truth) == pytest.approx(score(predicted, truth), rel=1e-12)


def test_a_split_in_halves():
    # S halves the one segment of T: of two pixels, all pairs are together in T, half of them in S and in both.
    assert v_rand(blocks((4, 1), (4, 2)), blocks((8, 1))) == pytest.approx(2 * 0.5 / (1 + 0.5))
    assert v_info(blocks((4, 1), (4, 2)), blocks((8, 1))) == 0  # T tells nothing, so nothing is in common


def test_a_merger_of_one_with_three():
    truth, merged = blocks((2, 1), (6, 2)), blocks((8, 1))
    together = (1 / 4) ** 2 + (3 / 4) ** 2
    assert v_rand(merged, truth) == pytest.approx(2 * together / (1 + together))
    assert v_info(merged, truth) == 0


def test_one_merger_of_four_segments():
    truth, merged = blocks((2, 1), (2, 2), (2, 3), (2, 4)), blocks((4, 1), (2, 3), (2, 4))
    assert v_rand(merged, truth) == pytest.approx(2 * (4 / 16) / (4 / 16 + 4 / 16 + 2 / 16))
    assert v_info(merged, truth) == pytest.approx(2 * 1.5 / (1.5 + 2))  # bits: H(S) = I = 1.5, H(T) = 2


@SCORES
def test_a_truth_without_foreground_cannot_be_missed(score):
    assert score(blocks((3, 1), (2, 2)), np.zeros((2, 5), int)) == 1


@SCORES
def test_a_prediction_of_border_alone_is_a_segment_for_each_pixel(score):
    truth = blocks((4, 1), (4, 2), height=1)
    wanted = {v_rand: 2 * (1 / 8) / (1 / 8 + 1 / 2), v_info: 2 * 1 / (3 + 1)}[score]
    assert score(np.zeros((1, 8), int), truth) == pytest.approx(wanted)


# thinning


@examples
@given(label_maps(highest=1))
def test_thinning_keeps_every_segment_and_leaves_no_border(labels):
    mask = labels > 0
    thinned = segments(mask)
    np.testing.assert_array_equal(thinned[mask], instances(mask)[mask])
    assert not mask.any() or thinned.all()


@examples
@given(label_maps(highest=1))
def test_a_border_pixel_goes_to_a_segment_that_none_is_nearer_than(labels):
    thinned, apart = segments(labels > 0), instances(labels > 0)
    inside = np.argwhere(apart > 0)
    for place in np.argwhere(apart == 0) if len(inside) else ():
        squares = ((inside - place) ** 2).sum(axis=1)
        nearest = {apart[tuple(other)] for other in inside[squares == squares.min()]}
        assert thinned[tuple(place)] in nearest


def test_the_width_of_a_border_does_not_matter_after_thinning_and_does_before():
    truth = blocks((9, 1), (2, 0), (9, 2))
    narrow, wide = blocks((9, 1), (2, 0), (9, 1)) > 0, blocks((6, 1), (8, 0), (6, 1)) > 0
    assert v_rand(segments(narrow), truth) == v_rand(segments(wide), truth) == 1
    assert rand_error(narrow, truth) == 0
    assert rand_error(wide, truth) > 0.2


def test_thinning_of_a_mask_without_foreground():
    assert not segments(np.zeros((3, 4), bool)).any()
