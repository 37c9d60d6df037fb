"""Augmentation: image and labels deformed alike, each resampled once."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from scipy.interpolate import RectBivariateSpline

from minunet.augment import (
    Augmentation,
    augment,
    elastic_displacement,
    sampling_grid,
    spline_coefficients,
    vary_grey,
    warp_image,
    warp_labels,
)

OFF = Augmentation.none()


def generator(seed=0):
    return np.random.default_rng(seed)


def noise(*shape):
    """An image with some pixels of exactly 0, which rounding would show first."""
    image = generator(1).normal(size=shape).astype(np.float32)
    image[..., ::3, ::2] = 0
    return image


def middle(array):
    height, width = array.shape[-2:]
    return (height - 1) / 2, (width - 1) / 2


def grid_of(image, augmentation, shape=None, seed=0):
    """The grid about the middle of an image, at its own size unless `shape` says otherwise."""
    return sampling_grid(shape or image.shape[-2:], middle(image), generator(seed), augmentation)


@pytest.mark.parametrize("shape", [(21, 34), (3, 20, 11)])
def test_everything_off_returns_the_very_pixels(shape):
    image = noise(*shape)
    grid = grid_of(image, OFF)
    assert grid.dtype == np.float64
    assert np.array_equal(grid, np.indices(shape[-2:]))
    labels = generator().integers(0, 9, shape[-2:])
    warped, warped_labels = augment(image, labels, generator(), OFF)
    assert warped.dtype == np.float32
    assert np.array_equal(warped, image)
    assert np.array_equal(warped_labels, labels)


def test_mirror_is_a_flip():
    image = noise(21, 34)
    grid = grid_of(image, replace(OFF, mirror=1))
    assert np.array_equal(warp_image(image, grid), np.fliplr(image))


@pytest.mark.parametrize("turns", [-3, -2, -1, 1, 2, 3, 4])
def test_right_angles_are_rot90(turns):
    image = noise(21, 34)
    expected = np.rot90(image, turns)
    grid = grid_of(image, replace(OFF, rotation=(90 * turns, 90 * turns)), expected.shape)
    assert np.array_equal(warp_image(image, grid), expected)


def test_a_turned_mirror_image_is_mirrored_last():
    image = noise(21, 34)
    grid = grid_of(image, replace(OFF, rotation=(90, 90), mirror=1), (34, 21))
    assert np.array_equal(warp_image(image, grid), np.fliplr(np.rot90(image)))


def test_rotation_is_that_of_scipy():
    image = noise(24, 33)
    turned = warp_image(image, grid_of(image, replace(OFF, rotation=(25, 25))))
    expected = ndimage.rotate(image.astype(np.float64), 25, reshape=False, order=3, mode="mirror")
    np.testing.assert_allclose(turned, expected, rtol=1e-6, atol=1e-6)


def test_scale_is_an_enlargement_about_the_middle():
    image = noise(24, 33)
    enlarged = warp_image(image, grid_of(image, replace(OFF, scale=(1.6, 1.6))))
    offset = np.array(middle(image)) * (1 - 1 / 1.6)
    shrink = np.diag([1 / 1.6, 1 / 1.6])
    expected = ndimage.affine_transform(image.astype(np.float64), shrink, offset, order=3, mode="mirror")
    np.testing.assert_allclose(enlarged, expected, rtol=1e-6, atol=1e-6)


def test_shift_is_the_choice_of_centre():
    image = noise(40, 50)
    grid = sampling_grid((11, 16), (20 + 5, 30 + 7.5), generator(), OFF)
    assert np.array_equal(warp_image(image, grid), image[20:31, 30:46])


def test_outside_the_image_is_its_mirror_image_as_often_as_needed():
    image, labels = noise(5, 4), generator().integers(0, 9, (5, 4))
    grid = grid_of(image, OFF, (25, 30))
    pad = ((10, 10), (13, 13))
    assert np.array_equal(warp_image(image, grid), np.pad(image, pad, mode="reflect"))
    assert np.array_equal(warp_labels(labels, grid), np.pad(labels, pad, mode="reflect"))


@pytest.mark.parametrize("shape", [(1, 7), (2, 3)])
def test_the_smallest_images_are_mirrored_too(shape):
    image = noise(*shape)
    grid = grid_of(image, Augmentation(), (9, 12), seed=4)
    wide = np.pad(image, 60, mode="reflect")
    expected = RectBivariateSpline(*map(np.arange, wide.shape), wide).ev(*(grid + 60))
    np.testing.assert_allclose(warp_image(image, grid), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_warped_image_is_the_cubic_spline_through_its_mirrored_pixels(seed):
    image = noise(43, 61)
    grid = grid_of(image, Augmentation(), seed=seed)
    wide = np.pad(image, 60, mode="reflect")  # a spline forgets its far end by a factor 0.27 a pixel
    assert -40 < grid.min()
    assert (grid.max((1, 2)) < np.array(image.shape) + 40).all()
    expected = RectBivariateSpline(*map(np.arange, wide.shape), wide).ev(*(grid + 60))
    np.testing.assert_allclose(warp_image(image, grid), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_labels_are_those_of_the_nearest_pixels(seed):
    labels = generator().integers(0, 200, (43, 61)).astype(np.uint8)
    grid = grid_of(labels, Augmentation(), seed=seed)
    wide = np.pad(labels, 60, mode="reflect")
    row, column = np.rint(grid + 60).astype(int)
    warped = warp_labels(labels, grid)
    assert warped.dtype == np.uint8
    assert np.array_equal(warped, wide[row, column])


@pytest.mark.parametrize("seed", range(5))
def test_image_and_labels_stay_aligned(seed):
    rows, columns = np.indices((80, 112))  # level at the edges, so that its mirror image is as smooth
    waves = 30 + 8 * np.cos(2 * np.pi * rows / 79) + 9 * np.cos(3 * np.pi * columns / 111)
    steepest = np.hypot(8 * 2 * np.pi / 79, 9 * 3 * np.pi / 111)
    only_moved = replace(Augmentation(), contrast=(1, 1), brightness=(0, 0))
    image, labels = augment(waves, np.rint(waves * 1000).astype(int), generator(seed), only_moved)
    # the centre of the nearest pixel is at most half a diagonal away; labels are rounded to 0.001
    assert np.abs(image - labels / 1000).max() < steepest * np.sqrt(0.5) + 0.001
    assert np.abs(image - waves).max() > 5


def test_labels_of_the_middle_of_a_tile_are_the_middle_of_the_labels_of_a_tile():
    labels = generator().integers(0, 9, (43, 61))
    grid = grid_of(labels, Augmentation(), (36, 44), seed=2)
    assert np.array_equal(warp_labels(labels, grid[:, 7:29, 9:35]), warp_labels(labels, grid)[7:29, 9:35])


@pytest.mark.parametrize("shape", [(19, 26), (3, 19, 26)])
def test_coefficients_computed_once_serve_every_tile(shape):
    image = noise(*shape)
    coefficients = spline_coefficients(image)
    for seed in range(3):
        grid = grid_of(image, Augmentation(), (9, 14), seed)
        tile = warp_image(image, grid)
        assert tile.shape == (*shape[:-2], 9, 14)
        assert np.array_equal(warp_image(image, grid, coefficients), tile)


def test_every_channel_is_warped_alike():
    image = noise(3, 19, 26)
    grid = grid_of(image, Augmentation())
    assert np.array_equal(warp_image(image, grid), [warp_image(channel, grid) for channel in image])


@pytest.mark.parametrize(("shape", "points"), [((36, 52), 3), ((17, 9), 5), ((8, 30), 2), ((1, 6), 3)])
def test_displacement_is_the_bicubic_spline_of_a_coarse_grid(shape, points):
    displacement = elastic_displacement(shape, generator(), sigma=10, points=points)
    assert displacement.dtype == np.float64
    nodes = generator().normal(0, 10, (2, points, points))
    where = np.meshgrid(*(np.linspace(0, points - 1, size) for size in shape), indexing="ij")
    expected = [ndimage.map_coordinates(axis, where, order=3, mode="mirror") for axis in nodes]
    np.testing.assert_allclose(displacement, expected, rtol=0, atol=1e-12)


def test_displacements_at_the_nodes_are_gaussian_of_10_px():
    rng = generator()
    at_nodes = np.array([elastic_displacement((9, 13), rng)[:, ::4, ::6] for _ in range(1000)])
    assert at_nodes.shape == (1000, 2, 3, 3)
    # 1000 draws give the standard deviation of a node to 2.2 %, and of all 18 to 0.5 %: four times these
    np.testing.assert_allclose(at_nodes.std(axis=0), 10, rtol=0.09)
    assert at_nodes.std() == pytest.approx(10, rel=0.02)
    assert abs(at_nodes.mean()) < 4 * 10 / np.sqrt(at_nodes.size)
    correlation = np.corrcoef(at_nodes.reshape(1000, 18), rowvar=False) - np.eye(18)
    assert np.abs(correlation).max() < 4.5 / np.sqrt(1000)


def test_the_grid_is_turned_and_scaled_about_the_displaced_pixels():
    settings = replace(OFF, elastic=4)
    displacement = sampling_grid((18, 25), (0, 0), generator(3), settings)
    displacement -= np.indices((18, 25)) - np.reshape([8.5, 12], (2, 1, 1))
    assert displacement.std() > 1
    turned = sampling_grid((18, 25), (7, 9), generator(3), replace(settings, rotation=(90, 90), scale=(2, 2)))
    rows, columns = np.indices((18, 25)) - np.reshape([8.5, 12], (2, 1, 1)) + displacement
    np.testing.assert_allclose(turned, [7 + columns / 2, 9 - rows / 2], rtol=0, atol=1e-12)


def test_settings_are_drawn_evenly_between_their_bounds():
    settings = replace(OFF, rotation=(10, 30), scale=(0.5, 2), mirror=0.25)
    angles, scales, flips = [], [], 0
    rng = generator()
    for _ in range(1000):
        grid = sampling_grid((3, 5), (0, 0), rng, settings)
        down = grid[:, 2, 2] - grid[:, 1, 2]  # the step in the source for one row of the tile
        right = grid[:, 1, 3] - grid[:, 1, 2]
        angles.append(np.degrees(np.arctan2(-down[1], down[0])))
        scales.append(1 / np.hypot(*down))
        flips += down[0] * right[1] - down[1] * right[0] < 0
    for drawn, (low, high) in ((angles, settings.rotation), (scales, settings.scale)):
        histogram, _ = np.histogram(drawn, bins=4, range=(low, high))
        assert histogram.sum() == 1000
        assert (abs(histogram - 250) < 4 * np.sqrt(1000 * 0.25 * 0.75)).all()
    assert abs(flips - 250) < 4 * np.sqrt(1000 * 0.25 * 0.75)


def test_grey_values_are_stretched_then_moved():
    image = noise(2, 6, 7)
    settings = replace(OFF, contrast=(0.5, 1.5), brightness=(-2, 3))
    contrasts, shifts = [], []
    rng = generator()
    for _ in range(300):
        varied = vary_grey(image, rng, settings)
        assert varied.dtype == np.float32
        shift = varied[0, 0, 0]  # where the image is 0
        contrast = (varied[0, 1, 1] - shift) / image[0, 1, 1]
        np.testing.assert_allclose(varied, contrast * image + shift, rtol=0, atol=1e-5)
        contrasts.append(contrast)
        shifts.append(shift)
    for drawn, (low, high) in ((contrasts, settings.contrast), (shifts, settings.brightness)):
        spread = high - low
        assert low - 1e-6 < min(drawn) < low + 0.05 * spread
        assert high - 0.05 * spread < max(drawn) < high + 1e-6


def test_augment_varies_the_grey_values_of_the_image():
    image, labels = noise(6, 8), generator().integers(0, 9, (6, 8))
    varied, same = augment(image, labels, generator(), replace(OFF, contrast=(2, 2), brightness=(1, 1)))
    assert np.array_equal(varied, 2 * image + 1)
    assert np.array_equal(same, labels)


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    image, labels = noise(31, 44), generator().integers(0, 9, (31, 44))
    first, again, other = (augment(image, labels, generator(seed)) for seed in (5, 5, 6))
    assert first[0].tobytes() == again[0].tobytes()
    assert np.array_equal(first[1], again[1])
    assert not np.allclose(first[0], other[0])
    assert not np.array_equal(first[1], other[1])


def test_augment_leaves_its_arguments_as_they_were():
    image, labels = noise(31, 44), generator().integers(0, 9, (31, 44))
    before = image.copy(), labels.copy()
    augment(image, labels, generator())
    assert np.array_equal(image, before[0])
    assert np.array_equal(labels, before[1])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rotation": (10, -10)}, r"rotation must be \(low, high\) with low <= high, not \(10, -10\)"),
        ({"contrast": (1.5, 0.5)}, "contrast must be"),
        ({"brightness": (0.5, np.nan)}, "brightness must be"),
        ({"scale": (0, 1)}, "scale must be above 0"),
        ({"mirror": 1.5}, "mirror must be a probability"),
        ({"elastic": -1}, "elastic must be 0 px or more"),
    ],
)
def test_impossible_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Augmentation(**settings)


def test_impossible_displacements_are_refused():
    with pytest.raises(ValueError, match="sigma must be 0 px or more, not -1"):
        elastic_displacement((9, 9), generator(), sigma=-1)
    with pytest.raises(ValueError, match="points must be 2 or more"):
        elastic_displacement((9, 9), generator(), points=1)


def test_what_cannot_be_augmented_is_refused():
    image, labels = noise(6, 8), np.zeros((6, 8), int)
    with pytest.raises(ValueError, match=r"image must be floats .* not uint8; normalise it first"):
        augment(image.astype(np.uint8), labels, generator())
    with pytest.raises(ValueError, match=r"labels must be of the image's size \(6, 8\), not \(8, 6\)"):
        augment(image, labels.T, generator())
    with pytest.raises(ValueError, match="labels must be integers, not float64"):
        augment(image, labels * 1.0, generator())


def test_what_cannot_be_warped_is_refused():
    grid = grid_of(noise(6, 8), OFF)
    with pytest.raises(ValueError, match=r"image must be of shape \(H, W\) or \(C, H, W\) .* not \(8,\)"):
        warp_image(noise(6, 8)[0], grid)
    with pytest.raises(ValueError, match=r"image must be .* hold pixels"):
        warp_image(np.zeros((0, 8)), grid)
    with pytest.raises(ValueError, match=r"labels must be of shape \(H, W\) and"):
        warp_labels(np.zeros((2, 6, 8), int), grid)
    with pytest.raises(ValueError, match=r"grid must be of shape \(2, h, w\)"):
        warp_image(noise(6, 8), grid[0])
