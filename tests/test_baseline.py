"""The plain baseline: Otsu's threshold against every possible split, and the rule for objects."""

import numpy as np
import pytest
from scipy import ndimage
from strategies import read_only

from minunet.baseline import BINS, otsu_instances, otsu_threshold
from minunet.data import touching_cells
from minunet.metrics import SMALLEST_OBJECT


def variance_between(values, threshold):
    """Of the two classes that a threshold makes of grey values."""
    low, high = values[values <= threshold], values[values > threshold]
    return len(low) * len(high) * (low.mean() - high.mean()) ** 2


@pytest.mark.parametrize("seed", range(5))
def test_otsu_finds_the_best_of_all_splits(seed):
    # Each of the 256 grey values is a bin of its own, and so the histogram loses nothing.
    rng = np.random.default_rng(seed)
    image = np.concatenate([rng.normal(70, 20, 300), rng.normal(150, 35, 120)]).round().clip(1, 254)
    image = np.append(image, [0.0, 255.0])
    best = max(variance_between(image, split) for split in np.unique(image)[:-1])
    assert variance_between(image, otsu_threshold(image)) == pytest.approx(best, rel=1e-12)


def test_two_values_are_split_between_them():
    image = np.array([[3.0, 3.0, 8.0], [3.0, 8.0, 3.0]])
    assert 3 <= otsu_threshold(image) < 8


def test_the_threshold_moves_with_the_grey_scale():
    image = np.random.default_rng(0).random((13, 17)) ** 3
    assert otsu_threshold(1000 * image - 70) == pytest.approx(1000 * otsu_threshold(image) - 70, rel=1e-9)


def test_a_fine_scale_is_split_to_the_width_of_a_bin():
    image = np.random.default_rng(1).standard_normal((31, 17)) ** 2
    splits = np.linspace(image.min(), image.max(), BINS + 1)[1:-1]
    best = max(variance_between(image, split) for split in splits)
    # Within a bin all values count as its middle, so the choice may be a bin beside the best one.
    near = splits[[variance_between(image, split) > 0.999 * best for split in splits]]
    assert near.min() <= otsu_threshold(image) <= near.max()


@pytest.mark.parametrize("value", [0, 7, -3.5])
def test_a_constant_image_has_no_object(value):
    image = np.full((20, 31), value)
    assert otsu_threshold(image) == value
    assert not otsu_instances(image).any()


def test_the_baseline_smooths_splits_connects_and_drops_specks():
    image = touching_cells((96, 130), count=15, seed=3).image[0]
    smooth = ndimage.gaussian_filter(image.astype(float), 1)
    labels, found = ndimage.label(smooth > otsu_threshold(smooth))
    large = [label for label in range(1, found + 1) if (labels == label).sum() >= SMALLEST_OBJECT]
    wanted = np.zeros_like(labels)
    for number, label in enumerate(large, start=1):
        wanted[labels == label] = number
    assert len(large) > 3
    np.testing.assert_array_equal(otsu_instances(image), wanted)


def test_an_object_of_9_pixels_is_dropped_and_one_of_10_kept():
    image = np.zeros((20, 40))
    image[2:7, 2:4] = 100
    image[10:15, 20:22] = 100
    image[14, 21] = 0
    found = otsu_instances(image, sigma=0.01)  # too narrow to smooth anything
    np.testing.assert_array_equal(np.unique(found), [0, 1])
    assert (found == 1).sum() == 10
    assert found[2, 2] == 1


def test_an_integer_image_is_smoothed_in_floating_point():
    image = touching_cells((60, 71), count=6, seed=1).image[0]
    np.testing.assert_array_equal(otsu_instances(image.astype(np.uint8)), otsu_instances(image))


def test_the_image_is_not_changed():
    otsu_instances(*read_only(np.random.default_rng(0).random((20, 31))))
