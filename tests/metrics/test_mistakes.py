"""Mergers, splits, misses and inventions are told apart, and counted as a person would."""

import numpy as np
import pytest
from hypothesis import given
from label_maps import blocks, label_maps, pairs_of_label_maps
from strategies import examples

from minunet.metrics import mistakes

NONE = ((), (), (), ())


@examples
@given(label_maps())
def test_a_perfect_prediction_has_none(labels):
    assert mistakes(labels, labels) == NONE


def test_each_kind_is_told_from_the_others():
    truth = blocks((4, 1), (4, 2), (4, 0), (8, 3), (4, 0), (4, 4), (4, 0), (4, 5), (4, 0))
    predicted = blocks((8, 7), (4, 0), (4, 8), (4, 9), (4, 0), (4, 0), (4, 6), (4, 5), (4, 0))
    assert mistakes(predicted, truth) == ((1, 2), (3,), (4,), (6,))


def test_a_merger_of_three_is_three_merged_objects_and_two_mergers_are_four():
    assert mistakes(blocks((9, 1)), blocks((3, 1), (3, 2), (3, 3))).merged == (1, 2, 3)
    truth = blocks((3, 1), (3, 2), (3, 0), (3, 3), (3, 4))
    assert mistakes(blocks((6, 1), (3, 0), (6, 2)), truth).merged == (1, 2, 3, 4)


def test_exactly_half_is_no_majority():
    truth = blocks((4, 1), (4, 0))
    assert mistakes(blocks((2, 1), (6, 0)), truth) == NONE
    assert mistakes(blocks((1, 1), (7, 0)), truth).missed == (1,)
    assert mistakes(blocks((8, 1)), truth) == NONE
    assert mistakes(blocks((3, 0), (5, 1)), truth) == ((), (), (1,), (1,))


def test_a_split_counts_the_true_object_once_however_many_parts_it_has():
    assert mistakes(blocks((2, 1), (2, 2), (2, 3), (2, 4)), blocks((8, 5))).split == (5,)


@examples
@given(pairs_of_label_maps())
def test_a_merger_seen_from_the_other_side_is_a_split(maps):
    predicted, truth = maps
    forth, back = mistakes(predicted, truth), mistakes(truth, predicted)
    assert forth.missed == back.invented
    assert bool(forth.merged) == bool(back.split)


@pytest.mark.parametrize(
    ("predicted", "truth", "wanted"), [(0, 0, NONE), (0, 3, ((), (), (3,), ())), (2, 0, ((), (), (), (2,)))]
)
def test_an_empty_truth_or_prediction(predicted, truth, wanted):
    assert mistakes(np.full((3, 4), predicted), np.full((3, 4), truth)) == wanted
