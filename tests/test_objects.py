"""Objects of a probability: what each method parts, and what both leave whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples, read_only, seeds

from minunet.metrics import SMALLEST_OBJECT, instances
from minunet.objects import METHODS, SEEDS, find_objects, foreground_of, watershed


def objects(probability, method):
    return find_objects(probability > 0.5, probability, method)


def two_discs(between):
    """Two discs of probability 0.95 that touch in a waist of probability `between`; (40, 61)."""
    y, x = np.mgrid[:40, :61]
    probability = np.full((40, 61), 0.05)
    for column in (18, 42):
        probability[(y - 20) ** 2 + (x - column) ** 2 < 12.5**2] = 0.95
    probability[12:29, 29:32] = between
    return probability


@examples
@given(seeds, st.integers(1, 30), st.integers(1, 31))
def test_components_are_the_parts_of_the_foreground(seed, height, width):
    probability = np.random.default_rng(seed).random((height, width))
    np.testing.assert_array_equal(objects(probability, "components"), instances(probability > 0.5, SMALLEST_OBJECT))


def test_a_doubtful_waist_parts_two_cells_and_a_certain_one_does_not():
    doubtful = two_discs(0.6)
    assert objects(doubtful, "components").max() == 1
    parted = objects(doubtful, "watershed")
    assert parted.max() == 2
    assert parted[20, 18] != parted[20, 42]
    assert ((parted > 0) == (doubtful > 0.5)).all()  # nothing is lost at the seam
    assert objects(two_discs(0.9), "watershed").max() == 1
    assert objects(two_discs(0.4), "components").max() == objects(two_discs(0.4), "watershed").max() == 2


@examples
@given(seeds, st.integers(8, 30), st.integers(8, 31))
def test_the_watershed_only_cuts_components_into_parts(seed, height, width):
    rng = np.random.default_rng(seed)
    foreground, probability = rng.random((height, width)) < 0.7, rng.random((height, width))
    parted, whole = watershed(foreground, probability), instances(foreground)
    assert not parted[~foreground].any()
    for label in range(1, parted.max() + 1):
        assert len(np.unique(whole[parted == label])) == 1
        assert (parted == label).sum() >= SMALLEST_OBJECT


def test_a_part_without_a_seed_is_an_object_all_the_same():
    probability = np.full((20, 30), 0.1)
    probability[3:13, 4:14] = (0.5 + SEEDS) / 2
    probability[3:13, 18:26] = 0.99
    found = objects(probability, "watershed")
    assert {(found == label).sum() for label in (1, 2)} == {100, 80}


def test_specks_of_certainty_do_not_shatter_a_cell():
    y, x = np.mgrid[:40, :44]
    disc = (y - 20) ** 2 + (x - 22) ** 2 < 12**2
    noise = np.random.default_rng(0).uniform(-0.01, 0.01, disc.shape)
    probability = np.where(disc, SEEDS + noise, 0.1)
    found = objects(probability, "watershed")
    assert found.max() == 1
    np.testing.assert_array_equal(found > 0, disc)


def test_another_method_is_refused():
    with pytest.raises(ValueError, match="method is 'Watershed', expected one of components, watershed"):
        objects(np.zeros((3, 4)), "Watershed")


def test_a_speck_is_no_object():
    probability = np.full((20, 30), 0.1)
    probability[3:6, 4:7] = 0.9
    assert [objects(probability, method).max() for method in METHODS] == [0, 0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_flat_probability(method, value):
    (probability,) = read_only(np.full((9, 11), value))
    labels = objects(probability, method)
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, np.full((9, 11), int(value)))


# The foreground


def test_of_two_classes_the_threshold_decides_and_at_one_half_that_is_the_likelier_class():
    rng = np.random.default_rng(0)
    foreground = np.append(rng.random((17, 20)), [np.full(20, 0.5)], axis=0).astype(np.float32)
    probabilities = np.stack([1 - foreground, foreground])
    for threshold in (0.05, 0.3, 0.95):
        np.testing.assert_array_equal(foreground_of(probabilities, threshold), foreground > threshold)
    np.testing.assert_array_equal(foreground_of(probabilities, 0.5), probabilities.argmax(axis=0) > 0)


def test_of_more_classes_all_but_the_background_are_foreground():
    probabilities = np.random.default_rng(1).random((3, 14, 15))
    np.testing.assert_array_equal(foreground_of(probabilities, 0.9), probabilities.argmax(axis=0) > 0)
