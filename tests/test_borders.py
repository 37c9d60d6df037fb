"""The border weight map against brute force, and the gap between touching cells."""

import numpy as np
import pytest
from scipy import ndimage

from minunet import borders
from minunet.borders import border_weight_map, class_weights, separate

# float32 rounds by 6e-8; the term dropped beyond 6 sigma is below 10 exp(-18) = 1.5e-7, on a w_c above 0.5
RTOL = 4e-7


def discs(shape=(37, 53), count=9, radius=(2, 7), seed=0):
    """Cells drawn one over another, so that some touch, some lie apart and some leave the image."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    labels = np.zeros(shape, np.int64)
    for cell in range(1, count + 1):
        row, column = rng.uniform(0, shape)
        labels[(rows - row) ** 2 + (columns - column) ** 2 < rng.uniform(*radius) ** 2] = cell
    return labels


def blocks(*rows):
    """Labels from lines of digits."""
    return np.array([[int(digit) for digit in row] for row in rows])


def reference_map(labels, w0, sigma, background, foreground, everywhere):
    """Equation 2 by brute force: from every pixel to every border pixel of every cell, in float64."""
    height, width = labels.shape
    border = {}
    for row in range(height):
        for column in range(width):
            cell = labels[row, column]
            for y, x in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
                if cell and 0 <= y < height and 0 <= x < width and labels[y, x] != cell:
                    border.setdefault(cell, []).append((row, column))
    weights = np.where(labels > 0, float(foreground), float(background))
    if len(border) < 2:
        return weights
    pixels = np.indices(labels.shape).reshape(2, -1, 1)
    to_cells = [np.sqrt(((pixels - np.array(b).T[:, None]) ** 2).sum(0)).min(1) for b in border.values()]
    d1, d2 = np.sort(to_cells, axis=0)[:2].reshape(2, height, width)
    term = w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))
    return weights + (term if everywhere else np.where(labels > 0, 0, term))


SCENES = {
    "cells apart, touching and at the image's edge": discs(),
    "crowded": discs(count=40, seed=1),
    "sparse": discs(shape=(90, 41), count=4, seed=2),
    "three cells at odd distances": blocks("1100000000000", "1100000300000", "0000000330022"),
    "no background": blocks("1122", "1133"),
    "a cell in two pieces": blocks("1100220011", "0000220011"),
    "a cell around a hole with a cell": blocks("11111", "10001", "10201", "10001", "11111"),
    "pixels in the corners": blocks("1000002", "0000000", "3000004"),
    "one row": blocks("1100200333"),
    "one column": blocks("1100200333").T,
}


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("scene", SCENES)
def test_the_map_equals_brute_force(scene, everywhere):
    weights = border_weight_map(SCENES[scene], w0=10, sigma=5, class_weights=(0.5, 2), everywhere=everywhere)
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, reference_map(SCENES[scene], 10, 5, 0.5, 2, everywhere), rtol=RTOL, atol=0)


@pytest.mark.parametrize(("w0", "sigma"), [(3, 1.3), (10, 0.4), (25, 12)])
def test_height_and_reach_of_the_term_follow_w0_and_sigma(w0, sigma):
    labels = discs(seed=3)
    weights = border_weight_map(labels, w0=w0, sigma=sigma, class_weights=(1, 1))
    np.testing.assert_allclose(weights, reference_map(labels, w0, sigma, 1, 1, False), rtol=RTOL, atol=0)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64])
def test_ids_are_names_only_whatever_their_size_order_and_dtype(dtype):
    labels = discs(count=6)
    names = np.array([0, 7, 3, 120, 5, np.iinfo(dtype).max, 44], dtype)
    for everywhere in (False, True):
        plain = border_weight_map(labels, everywhere=everywhere)
        assert np.array_equal(border_weight_map(names[labels], everywhere=everywhere), plain)


def test_between_two_cells_the_weight_is_equation_2_worked_by_hand():
    labels = blocks("1000200")  # the pixel in the middle: d1 = d2 = 2 px
    weights = border_weight_map(labels, w0=10, sigma=5, class_weights=(1, 1))
    assert weights[0, 2] == pytest.approx(1 + 10 * np.exp(-(4**2) / 50), rel=1e-7)
    assert weights[0, 0] == weights[0, 4] == 1


def test_inside_a_cell_d1_is_to_its_own_border():
    labels = np.zeros((7, 12), int)
    labels[1:6, 1:6], labels[:, 9] = 1, 2
    weights = border_weight_map(labels, w0=10, sigma=5, class_weights=(1, 1), everywhere=True)
    assert weights[3, 3] == pytest.approx(1 + 10 * np.exp(-((2 + 6) ** 2) / 50), rel=1e-7)


def test_pixels_at_the_image_edge_are_no_border_of_their_own():
    labels = blocks("111000200")  # the border of 1 is its third pixel, not its first
    weights = border_weight_map(labels, w0=10, sigma=5, class_weights=(1, 1), everywhere=True)
    assert weights[0, 0] == pytest.approx(1 + 10 * np.exp(-((2 + 6) ** 2) / 50), rel=1e-7)


@pytest.mark.parametrize("everywhere", [False, True])
@pytest.mark.parametrize("labels", [blocks("00000", "01100", "00000"), np.full((3, 5), 4), np.zeros((3, 5), int)])
def test_a_lone_cell_or_none_has_no_border_term(labels, everywhere):
    weights = border_weight_map(labels, class_weights=(0.5, 3), everywhere=everywhere)
    assert np.array_equal(weights, np.where(labels > 0, 3, 0.5))


def test_by_default_the_image_balances_itself():
    labels = blocks("1100000000", "1100000000")
    weights = border_weight_map(labels)  # 4 pixels of a cell, 16 of background: roots 2 and 4
    assert np.array_equal(weights, np.where(labels > 0, 20 / (2 * 6), 20 / (4 * 6)).astype(np.float32))


def test_the_cost_grows_with_the_cells_not_with_the_image(monkeypatch):
    transformed = []
    transform = ndimage.distance_transform_edt
    monkeypatch.setattr(ndimage, "distance_transform_edt", lambda x: transformed.append(x.size) or transform(x))
    labels = np.zeros((200, 300), np.int32)
    labels[90:100, 100:112], labels[95:101, 120:130] = 1, 2
    border_weight_map(labels)
    assert transformed == [(10 + 60) * (12 + 60), (6 + 60) * (10 + 60)]
    border_weight_map(np.pad(labels, 100))
    assert transformed[2:] == transformed[:2]


def test_labels_are_left_as_they_were():
    labels = discs()
    before = labels.copy()
    border_weight_map(labels)
    separate(labels)
    assert np.array_equal(labels, before)


def test_class_weights_fall_with_the_root_of_the_frequency_and_a_pixel_weighs_1_on_average():
    counts = np.array([700, 250, 50])
    weights = class_weights(counts)
    assert weights.dtype == np.float64
    np.testing.assert_allclose((weights / weights[0]) ** 2, 700 / counts, rtol=1e-14)
    np.testing.assert_allclose((weights * counts).sum(), 1000, rtol=1e-14)


def test_with_the_border_term_the_classes_stand_to_each_other_as_without_it():
    counts = np.array([700, 250, 50])
    without, weights = class_weights(counts), class_weights(counts, border=345.0)
    totals = weights * counts + (345, 0, 0)
    np.testing.assert_allclose(totals / totals[0], without * counts / (without * counts)[0], rtol=1e-14)
    assert weights[0] == without[0]


def test_a_class_without_pixels_weighs_nothing_and_the_others_are_as_without_it():
    assert class_weights([900, 0, 100]).tolist() == [1000 / (30 * 40), 0, 1000 / (10 * 40)]


def touching(labels):
    """Every pair of different cells of which two pixels are among each other's eight neighbours."""
    pairs = set()
    padded = np.pad(labels, 1)
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        other = np.roll(padded, (-down, -right), (0, 1))
        apart = (padded == 0) | (other == 0) | (padded == other)
        pairs |= {tuple(sorted(pair)) for pair in zip(padded[~apart], other[~apart], strict=True)}
    return pairs


def voronoi(shape, count, seed):
    """An image filled with cells, without background."""
    centres = np.random.default_rng(seed).uniform(0, 1, (count, 2)) * shape
    distance = ((np.indices(shape)[:, None] - centres.T[:, :, None, None]) ** 2).sum(0)
    return distance.argmin(0) + 1


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("scene", [voronoi((47, 31), 20, 0), discs(count=30)], ids=["no background", "crowded"])
def test_separated_cells_are_apart_and_none_is_lost(scene, seed):
    labels = np.random.default_rng(seed).permutation(200)[np.arange(scene.max() + 1)][scene] + 1
    labels[scene == 0] = 0
    separated = separate(labels)
    assert touching(labels)
    assert not touching(separated)
    assert set(np.unique(separated)) - {0} == set(np.unique(labels)) - {0}
    assert np.isin(separated[separated != labels], 0).all()


@pytest.mark.parametrize("connectivity", [1, 2])
def test_components_of_the_separated_mask_are_the_cells(connectivity):
    labels = np.kron(np.arange(1, 13).reshape(3, 4), np.ones((5, 6), int))
    structure = ndimage.generate_binary_structure(2, connectivity)
    components, count = ndimage.label(separate(labels) > 0, structure)
    assert count == 12
    for component in range(1, 13):
        assert len(np.unique(labels[components == component])) == 1


def test_every_carved_pixel_was_in_the_way():
    labels = voronoi((47, 31), 20, seed=5)
    separated = separate(labels)
    carved = np.argwhere(separated != labels)
    assert len(carved)
    for row, column in carved:
        restored = separated.copy()
        restored[row, column] = labels[row, column]
        assert touching(restored)


def test_the_gap_is_one_pixel_taken_from_the_larger_cell():
    labels = np.repeat([[1] * 4 + [2] * 9], 5, axis=0)
    assert np.array_equal(separate(labels), np.repeat([[1] * 4 + [0] + [2] * 8], 5, axis=0))
    assert np.array_equal(separate(3 - labels), np.repeat([[2] * 4 + [0] + [1] * 8], 5, axis=0))


def test_cells_that_touch_at_a_corner_are_parted():
    labels = blocks("1100", "1100", "0022", "0022", "0022")
    assert np.array_equal(separate(labels), blocks("1100", "1100", "0002", "0022", "0022"))


def test_a_cell_of_one_pixel_between_others_stays():
    labels = blocks("1111222", "1111222", "1115222", "3333444", "3333444", "3333444")
    separated = separate(labels)
    assert separated[2, 3] == 5
    assert (separated == 5).sum() == 1
    assert not touching(separated)
    assert set(np.unique(separated)) == {0, 1, 2, 3, 4, 5}


def test_a_long_thin_cell_between_smaller_ones_stays_whole():
    column = np.repeat(np.arange(1, 5), 3)  # four cells of 3 x 3 px
    labels = np.stack([column] * 3 + [np.full(12, 9)] + [column + 4] * 3, axis=1)
    separated = separate(labels)
    assert np.array_equal(separated == 9, labels == 9)
    assert not touching(separated)
    assert len(np.unique(separated)) == 10


def test_no_cell_vanishes_even_in_noise():
    labels = np.random.default_rng(0).integers(0, 60, (17, 23))
    assert np.array_equal(np.unique(separate(labels)), np.unique(labels))


def test_among_thin_cells_the_smaller_stays_whole():
    assert np.array_equal(separate(blocks("31122")), blocks("30102"))


def test_pixels_beside_the_background_can_be_spared():
    labels = blocks("1112000000", "1112000000", "1112222222")
    assert np.array_equal(separate(labels), blocks("1110000000", "1110000000", "1110222222"))


def test_where_no_gap_has_room_the_cells_stay_whole():
    assert np.array_equal(separate(blocks("0120")), blocks("0120"))


def test_cells_apart_are_left_alone():
    labels = blocks("1102", "1102", "0000", "3304").astype(np.uint16)
    separated = separate(labels)
    assert separated.dtype == np.uint16
    assert np.array_equal(separated, labels)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros((2, 3, 4), int), r"labels must be one image \(H, W\) of pixels, not of shape \(2, 3, 4\)"),
        (np.zeros((0, 4), int), "of pixels, not of shape"),
        (np.zeros((3, 4)), "labels must be integers, .* not float64"),
        (np.zeros((3, 4), bool), "labels must be integers, .* not bool"),
        (np.full((3, 4), -2), r"labels must be 0 \(background\) or more, found -2"),
    ],
)
def test_what_is_no_label_image_is_refused(labels, message):
    for function in (border_weight_map, separate):
        with pytest.raises(ValueError, match=message):
            function(labels)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"w0": -1}, "w0 must be 0 or more"),
        ({"w0": np.nan}, "w0 must be 0 or more"),
        ({"sigma": 0}, "sigma must be above 0"),
        ({"sigma": np.nan}, "sigma must be above 0"),
        ({"class_weights": (1, 2, 3)}, "class_weights must be two numbers"),
        ({"class_weights": 2}, "class_weights must be two numbers"),
        ({"class_weights": (1, -1)}, "class_weights must be two numbers of at least 0"),
        ({"class_weights": (1, np.nan)}, "class_weights must be two numbers of at least 0"),
        ({"sigma": np.inf}, "sigma must be above 0"),
        ({"w0": np.inf}, "w0 must be 0 or more"),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        border_weight_map(discs(), **settings)


@pytest.mark.parametrize("counts", [[3, -1], [0, 0], [[1, 2]], [np.nan, 1]])
def test_impossible_pixel_counts_are_refused(counts):
    with pytest.raises(ValueError, match="counts must be"):
        class_weights(counts)


def test_the_windows_reach_is_what_float32_demands():
    assert 10 * np.exp(-(borders.WINDOW**2) / 2) < RTOL * 0.5
