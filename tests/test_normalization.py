"""Normalisation: by the training set's mean and standard deviation, or by each image's own."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import minunet as mu
from minunet.augment import Augmentation
from minunet.data import Dataset, Sample
from minunet.normalization import normalization_of, normalize, own_normalization, statistics
from minunet.recipe import Recipe
from minunet.sampling import TileSampler
from minunet.stepper import Stepper
from minunet.training import Training
from minunet.unet import UNet


def image_of(rng, *shape):
    return rng.normal(50, 12, shape).astype(np.float32)


def test_normalize_gives_float32_of_any_image():
    image = np.arange(6, dtype=np.uint8).reshape(1, 2, 3)
    normalized = normalize(image, (1, 2))
    assert normalized.dtype == np.float32
    assert_array_equal(normalized, [[[-0.5, 0, 0.5], [1, 1.5, 2]]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_statistics_are_of_all_pixels_of_all_images(dtype):
    rng = np.random.default_rng(0)
    images = [image_of(rng, 1, *size).astype(dtype) for size in ((7, 11), (13, 3))]
    pixels = np.concatenate([image.ravel() for image in images]).astype(np.float64)
    assert_allclose(statistics(images), (pixels.mean(), pixels.std()), rtol=1e-12)


def test_each_channel_has_its_own_and_a_constant_one_is_not_divided_by_zero():
    image = np.stack([image_of(np.random.default_rng(1), 5, 9), np.full((5, 9), 7, np.float32)])
    mean, std = statistics([image])
    assert_allclose(mean, image.mean(axis=(1, 2)), rtol=1e-6)
    assert_allclose(std, [image[0].std(), 1], rtol=1e-6)


def test_a_large_image_is_read_a_few_rows_at_a_time_and_has_the_same_statistics():
    image = np.random.default_rng(2).integers(0, 256, (1, 4000, 500), np.uint8)  # 16 MB where all of it is float64
    tracemalloc.start()
    found = own_normalization(image)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
    assert_allclose(found, statistics([image]), rtol=1e-12)


def test_a_network_takes_the_training_sets_unless_it_was_trained_on_each_images_own():
    net, image = UNet(base=1, depth=1), image_of(np.random.default_rng(3), 1, 6, 10)
    net.normalization = (3.0, 4.0)
    assert normalization_of(net, image) == (3.0, 4.0)
    net.each_image = True
    assert_allclose(normalization_of(net, image), (image.mean(), image.std()), rtol=1e-5)


@pytest.mark.parametrize("padding", ["mirror", "zero"])
@pytest.mark.parametrize("average", [False, True])
def test_predict_takes_the_whole_images_own_and_not_a_tiles(padding, average):
    rng = np.random.default_rng(4)
    net, image = UNet(base=2, depth=1, seed=5), image_of(rng, 1, 37, 53)
    image += 3 * np.arange(53, dtype=np.float32)  # tiles differ in brightness
    net.padding, net.normalization = padding, (-100.0, 0.1)
    plain = UNet(base=2, depth=1, seed=5)
    plain.padding, plain.normalization = padding, own_normalization(image)
    assert np.abs(mu.predict(net, image, 28, average) - mu.predict(plain, image, 28, average)).max() > 1e-3
    net.each_image = True
    assert_array_equal(mu.predict(net, image, 28, average), mu.predict(plain, image, 28, average))


def test_how_bright_an_image_is_and_how_much_contrast_it_has_no_longer_matters():
    net, image = UNet(2, base=2, depth=1, seed=6), image_of(np.random.default_rng(7), 2, 17, 29)
    net.each_image = True
    other = image * np.float32([[[4]], [[0.5]]]) + np.float32([[[1000]], [[-20]]])
    assert_allclose(mu.predict(net, other), mu.predict(net, image), rtol=0, atol=1e-3)


def test_training_tiles_are_of_each_images_own():
    rng = np.random.default_rng(8)
    dim = image_of(rng, 1, 40, 44)
    labels = np.zeros((40, 44), np.int32)
    labels[9:20, 11:30] = 1
    images = [dim, 7 * dim + 90]
    datasets = [Dataset([Sample("a", image, labels)], "instances", 2, 1, "") for image in images]
    tiles = [TileSampler(data, 28, 1, None, Augmentation(), 10, 5, seed=9).draw(3) for data in datasets]
    assert_allclose(tiles[0].x, tiles[1].x, rtol=0, atol=1e-4)


def test_a_run_on_each_images_own_gives_a_network_that_predicts_so_and_is_stored_so(tmp_path):
    rng = np.random.default_rng(10)
    labels = np.zeros((30, 34), np.int32)
    labels[9:20, 11:24] = 1
    data = Dataset([Sample("a", image_of(rng, 1, 30, 34), labels)], "instances", 2, 1, "")
    net = Training(data, tmp_path, Recipe(base=1, depth=1, tile=28, steps=2, each_image=True)).run()
    assert net.each_image
    assert mu.load(tmp_path / "best.npz").each_image
    assert not Training(data, tmp_path / "other", Recipe(base=1, depth=1, tile=28, steps=2)).net.each_image


def test_the_stepper_normalises_as_predict_does_and_its_file_knows_how(tmp_path):
    net, image = UNet(base=1, depth=1, seed=11), image_of(np.random.default_rng(12), 28, 32)
    net.each_image = True
    stepper = Stepper(net, image, np.zeros((28, 32), int))
    assert_allclose(stepper.values["input.out"][0, 0], (image - image.mean()) / image.std(), rtol=0, atol=1e-5)
    stepper.save(tmp_path / "step.npz")
    assert Stepper.load(tmp_path / "step.npz").net.each_image
