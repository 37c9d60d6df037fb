"""Synthetic cells are seeded, whole, and hard in the way they are meant to be: they touch."""

import numpy as np
import pytest
from scipy import ndimage

from minunet.data import touching_cells
from minunet.data.labels import pieces_per_value


def otsu(image):
    """The threshold between whole grey values that parts them into the two most different classes."""
    values, counts = np.unique(image, return_counts=True)
    below, total = counts.cumsum()[:-1], counts.sum()
    sum_below, sum_total = (values * counts).cumsum()[:-1], (values * counts).sum()
    between = (sum_below / below - (sum_total - sum_below) / (total - below)) ** 2 * below * (total - below)
    return values[np.argmax(between)]


@pytest.mark.parametrize("seed", range(3))
def test_a_threshold_merges_the_cells_that_touch(seed):
    sample = touching_cells((300, 420), count=70, seed=seed)
    assert sample.labels.max() == 70
    np.testing.assert_array_equal(pieces_per_value(sample.labels), np.ones(70))
    smooth = np.rint(ndimage.gaussian_filter(sample.image[0], 1))
    components = ndimage.label(smooth > otsu(smooth))[0]
    areas = np.bincount(components.ravel())[1:]
    assert 20 < np.count_nonzero(areas >= 30) < 0.8 * 70
    assert ndimage.label(sample.labels)[1] < 0.8 * 70


def test_a_splinter_that_a_neighbour_cut_off_is_dropped():
    labels = touching_cells((100, 140), count=60, seed=63).labels  # the one seed in a thousand that has one
    np.testing.assert_array_equal(pieces_per_value(labels), np.ones(60))


def test_cells_are_brighter_than_what_is_around_them():
    sample = touching_cells((200, 260), count=30)
    image, inside = sample.image[0], sample.labels > 0
    assert image[inside].mean() > 1.5 * image[~inside].mean()
    assert 0.12 < inside.mean() < 0.3


def test_the_image_is_whole_grey_values():
    sample = touching_cells((90, 130), count=8)
    assert sample.image.shape == (1, 90, 130)
    assert sample.image.dtype == np.float32
    assert sample.labels.dtype == np.int32
    np.testing.assert_array_equal(sample.image, sample.image.astype(np.uint8))


def test_the_light_is_uneven():
    whole = touching_cells((240, 320), count=30, seed=0)
    corners = [
        whole.image[0][rows, columns][whole.labels[rows, columns] == 0].mean()
        for rows in (slice(60), slice(-60, None))
        for columns in (slice(80), slice(-80, None))
    ]
    assert max(corners) > 1.1 * min(corners)


def test_the_seed_decides_every_bit():
    first, again, other = (touching_cells((120, 150), count=12, seed=seed) for seed in (5, 5, 6))
    assert first.image.tobytes() == again.image.tobytes()
    assert first.labels.tobytes() == again.labels.tobytes()
    assert not np.array_equal(first.labels, other.labels)


@pytest.mark.parametrize(("shape", "count"), [((40, 300), 10), ((64, 64), 1), ((64, 64), 17), ((500, 33), 20)])
def test_odd_shapes_hold_the_number_asked_for(shape, count):
    labels = touching_cells(shape, count).labels
    assert labels.shape == shape
    np.testing.assert_array_equal(np.unique(labels), np.arange(count + 1))


def test_too_many_cells_are_refused_with_the_number_that_fits():
    with pytest.raises(ValueError, match="100 cells do not fit into 64 x 80; expected at most 22"):
        touching_cells((64, 80), count=100)
    touching_cells((64, 80), count=22)
    with pytest.raises(ValueError, match="count is 0; expected 1 or more"):
        touching_cells(count=0)
