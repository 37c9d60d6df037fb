"""A training tile follows from seed and step alone, and its labels and weights belong to its pixels."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from minunet import sampling
from minunet.augment import Augmentation, warp_labels
from minunet.borders import border_weight_map, class_weights, separate
from minunet.data import Dataset, Sample, touching_cells
from minunet.sampling import TileSampler, ahead
from minunet.sizes import margin, output_size

DEPTH, TILE = 1, 28  # output 12
BORDER, OUTPUT = margin(DEPTH), output_size(TILE, DEPTH)
NORMALIZATION = (60.0, 40.0)
GEOMETRY_ALONE = Augmentation(contrast=(1, 1), brightness=(0, 0))


def dataset(samples, kind="instances", classes=2):
    return Dataset(samples, kind, classes, len(samples[0].image), "")


def cells():
    """Two images of different sizes, in which cells touch."""
    return dataset([touching_cells((60, 84), count=12, seed=1), touching_cells((47, 66), count=8, seed=2)])


def numbered_pixels(*shapes):
    """A data set in which a pixel's class is its number, so that a tile's labels say where they come from."""
    samples, count = [], 0
    for shape in shapes:
        labels = np.arange(count, count + np.prod(shape), dtype=np.int32).reshape(shape)
        samples.append(Sample("numbers", np.zeros((1, *shape), np.float32), labels))
        count += labels.size
    return dataset(samples, "classes", count)


def sampler(data, augmentation=GEOMETRY_ALONE, w0=10.0, sigma=1.0, seed=3, normalization=NORMALIZATION):
    return TileSampler(data, TILE, DEPTH, normalization, augmentation, w0, sigma, seed)


def assert_same_tiles(found, wanted):
    for tile, other in zip(found, wanted, strict=True):
        for array, like in zip(tile, other, strict=True):
            np.testing.assert_array_equal(array, like)


# what a tile follows from


def test_a_tile_has_the_same_bits_in_any_order_and_in_any_thread():
    first, second = sampler(cells(), Augmentation()), sampler(cells(), Augmentation())
    tiles = [first.draw(step) for step in range(8)]
    assert_same_tiles([second.draw(step) for step in reversed(range(8))], tiles[::-1])
    with ThreadPoolExecutor(4) as pool:
        assert_same_tiles(pool.map(first.draw, range(8)), tiles)


def test_another_step_or_another_seed_makes_another_tile():
    first, second = sampler(cells()), sampler(cells(), seed=4)
    assert not np.array_equal(first.draw(0).x, first.draw(1).x)
    assert not np.array_equal(first.draw(0).x, second.draw(0).x)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_tile_has_the_shapes_and_types_that_the_network_takes(channels):
    sample = cells().samples[0]
    tile = sampler(dataset([Sample("colour", np.repeat(sample.image, channels, axis=0), sample.labels)])).draw(0)
    assert (tile.x.shape, tile.x.dtype) == ((1, channels, TILE, TILE), np.float32)
    assert (tile.labels.shape, tile.labels.dtype) == ((1, OUTPUT, OUTPUT), np.int32)
    assert (tile.weights.shape, tile.weights.dtype) == ((1, OUTPUT, OUTPUT), np.float32)


def test_every_image_and_every_pixel_gets_its_turn():
    pixels = sampler(numbered_pixels((14, 15), (13, 17)), Augmentation.none())
    seen = np.unique([pixels.draw(step).labels for step in range(200)])
    np.testing.assert_array_equal(seen, np.arange(14 * 15 + 13 * 17))


def test_without_augmentation_a_tile_is_a_window_of_the_image():
    pixels = sampler(numbered_pixels((20, 31)), Augmentation.none())
    for step in range(20):
        rows, columns = np.divmod(pixels.draw(step).labels[0], 31)
        np.testing.assert_array_equal(rows, rows[0, 0] + np.arange(OUTPUT)[:, None] + np.zeros_like(rows))
        np.testing.assert_array_equal(columns, columns[0, 0] + np.arange(OUTPUT) + np.zeros_like(rows))


def test_without_augmentation_the_very_pixels_are_read_and_none_in_between():
    image = np.random.default_rng(5).random((1, 33, 41)).astype(np.float32)
    pixels = sampler(dataset([Sample("noise", image, np.zeros((33, 41), np.int32))], "classes", 1), Augmentation.none())
    normalized = (image - NORMALIZATION[0]) / np.float32(NORMALIZATION[1])
    assert all(np.isin(pixels.draw(step).x, normalized).all() for step in range(5))


# labels and pixels


def test_labels_stay_on_their_pixels_under_every_deformation():
    row, column = np.mgrid[:61, :83]
    height = np.sin(row / 4.0) + np.cos(column / 5.0 + row / 11.0)
    steepest = np.hypot(1 / 4 + 1 / 11, 1 / 5)
    labels = (height > 0).astype(np.int32)
    data = dataset([Sample("hills", height[None].astype(np.float32), labels)], "classes")
    tiles = sampler(data, normalization=(0.0, 1.0))
    told = 0
    for step in range(30):
        tile = tiles.draw(step)
        inner = tile.x[0, 0, BORDER : BORDER + OUTPUT, BORDER : BORDER + OUTPUT]
        clear = abs(inner) > steepest * np.sqrt(1 / 2) + 0.01  # the nearest pixel is at most so far away
        told += np.count_nonzero(clear)
        np.testing.assert_array_equal((inner > 0)[clear], tile.labels[0][clear] > 0)
    assert told > 30 * OUTPUT**2 / 2


def test_an_image_smaller_than_a_tile_is_mirrored_over_and_over():
    tile = sampler(numbered_pixels((5, 7)), Augmentation.none()).draw(0)
    rows, columns = np.divmod(tile.labels[0], 7)
    assert set(np.unique(rows)) == set(range(5))
    for lines in (rows[:, 0], columns[0]):
        np.testing.assert_array_equal(abs(np.diff(lines)), 1)  # to and fro, and no edge pixel twice
    assert np.isfinite(sampler(cells()).draw(0).x).all()


def test_instances_that_touch_come_apart_by_one_pixel():
    labels = np.ones((40, 50), np.int32)
    labels[:, 25:] = 2
    data = dataset([Sample("halves", np.zeros((1, 40, 50), np.float32), labels)])
    tiles = sampler(data, Augmentation.none())
    drawn = [tiles.draw(step) for step in range(24)]
    with_gap = [tile for tile in drawn if (tile.labels == 0).any()]
    assert 2 < len(with_gap) < 24
    background, _ = tiles.balance
    for tile in with_gap:
        gap = tile.labels[0] == 0
        np.testing.assert_array_equal(gap.sum(axis=1), 1)
        np.testing.assert_allclose(tile.weights[0][gap], background + 10 * np.exp(-(2**2) / 2), rtol=1e-6)


# weights


def lone_cells():
    """Cells of 5x7 px and gaps of 4, which no deformation lets touch here."""
    labels = np.zeros((62, 81), np.int32)
    tops, lefts = range(1, 55, 9), range(2, 70, 11)
    for cell, (top, left) in enumerate(((top, left) for top in tops for left in lefts), start=1):
        labels[top : top + 5, left : left + 7] = cell
    return dataset([Sample("lone", labels[None].astype(np.float32), labels)])


def test_cells_just_outside_a_tile_weigh_on_its_border(monkeypatch):
    grids = []
    real = sampling.sampling_grid
    monkeypatch.setattr(sampling, "sampling_grid", lambda *given: grids.append(real(*given)) or grids[-1])
    data = lone_cells()
    tiles = sampler(data, Augmentation(elastic=1, scale=(1, 1.25)), w0=100, sigma=1.3)
    inner = np.s_[BORDER : BORDER + OUTPUT, BORDER : BORDER + OUTPUT]
    mattered = 0
    for step in range(10):
        tile = tiles.draw(step)
        around = warp_labels(data.samples[0].labels, grids[-1])  # the whole tile: more than the sampler looks at
        np.testing.assert_array_equal(separate(around), around)
        np.testing.assert_array_equal(tile.labels[0], around[inner] > 0)
        wanted = border_weight_map(around, 100, 1.3, tiles.balance)
        np.testing.assert_allclose(tile.weights[0], wanted[inner], rtol=1e-6)
        alone = border_weight_map(around[inner], 100, 1.3, tiles.balance)
        mattered += not np.allclose(alone, wanted[inner], rtol=1e-3)
    assert mattered >= 5


def test_class_labels_weigh_by_their_class_alone():
    rng = np.random.default_rng(0)
    labels = rng.choice(3, size=(40, 52), p=(0.7, 0.2, 0.1)).astype(np.int32)
    tiles = sampler(dataset([Sample("classes", rng.normal(size=(1, 40, 52)), labels)], "classes", 3))
    tile = tiles.draw(0)
    assert set(np.unique(tile.labels)) == {0, 1, 2}
    np.testing.assert_array_equal(tile.weights, tiles.balance.astype(np.float32)[tile.labels])


def test_the_classes_are_balanced_over_the_whole_training_set_border_term_and_all():
    data = cells()
    balance = sampler(data).balance
    apart = [separate(sample.labels) for sample in data.samples]
    counts = sum(np.bincount((labels > 0).ravel()) for labels in apart)
    assert counts.sum() == 60 * 84 + 47 * 66
    border = sum(border_weight_map(labels, sigma=1, class_weights=(0, 0)).sum(dtype=float) for labels in apart)
    assert border > 0
    np.testing.assert_allclose(balance, class_weights(counts, border), rtol=1e-12)
    assert balance[0] < 1 < balance[1]


# ahead of the training


def workers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor")]


def test_tiles_made_ahead_are_those_made_one_by_one():
    tiles = sampler(cells(), Augmentation())
    assert_same_tiles(ahead(tiles.draw, range(4, 11)), [tiles.draw(step) for step in range(4, 11)])


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_tiles_come_in_order_and_none_twice(count):
    drawn = []
    assert list(ahead(lambda step: drawn.append(step) or step, range(count))) == list(range(count)) == drawn


def test_no_more_is_made_ahead_than_asked_for():
    drawn = []
    tiles = ahead(lambda step: drawn.append(step) or step, range(50), depth=3)
    assert [next(tiles) for _ in range(5)] == [0, 1, 2, 3, 4]
    tiles.close()
    assert drawn == list(range(len(drawn)))
    assert len(drawn) <= 5 + 3


def test_what_goes_wrong_in_the_background_is_raised_at_its_step():
    def draw(step):
        if step == 3:
            raise OSError("the disk is gone")
        return step

    tiles = ahead(draw, range(9))
    assert [next(tiles) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="the disk is gone"):
        next(tiles)
    assert not workers()


def test_the_background_thread_ends_with_its_consumer():
    tiles = ahead(lambda step: step, range(100))
    next(tiles)
    assert len(workers()) == 1
    tiles.close()
    assert not workers()


def test_what_is_not_needed_any_more_is_not_made(monkeypatch):
    closing = threading.Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            closing.set()
            super().shutdown()

    def draw(step):
        if step == 1:
            assert closing.wait(30)
        drawn.append(step)
        return step

    monkeypatch.setattr(sampling, "ThreadPoolExecutor", Pool)
    drawn = []
    tiles = ahead(draw, range(100))
    next(tiles)
    tiles.close()
    assert drawn in ([0], [0, 1])  # 2 and 3 were waiting


# weights


@pytest.mark.parametrize("kind", ["instances", "classes"])
def test_without_balance_a_pixel_weighs_1_but_for_the_border_term(kind):
    data = cells()
    if kind == "classes":
        data = dataset([Sample(s.name, s.image, np.minimum(s.labels, 1)) for s in data.samples], "classes")
    even = TileSampler(data, TILE, DEPTH, NORMALIZATION, GEOMETRY_ALONE, 10.0, 1.0, 3, balanced=False)
    without_term = TileSampler(data, TILE, DEPTH, NORMALIZATION, GEOMETRY_ALONE, 0.0, 1.0, 3, balanced=False)
    tile, plain, balanced = even.draw(4), without_term.draw(4), sampler(data).draw(4)
    assert (plain.weights == 1).all()
    term = balanced.weights - sampler(data).balance[balanced.labels]
    if kind == "classes":
        assert (tile.weights == 1).all()
    else:
        np.testing.assert_allclose(tile.weights, 1 + term, rtol=0, atol=1e-6)
        assert term.max() > 0.1


# what an image goes on as


def test_with_zero_padding_pixels_beyond_the_image_are_zero_and_weigh_nothing():
    data = cells()
    options = (data, TILE, DEPTH, NORMALIZATION, Augmentation(), 10.0, 1.0, 3)
    mirrored, zero = TileSampler(*options), TileSampler(*options, padding="zero")
    beyond = 0
    for step in range(60):
        tile, wanted = zero.draw(step), mirrored.draw(step)
        outside = outside_of_the_image(mirrored, step)
        assert (tile.x[0, :, outside] == 0).all()
        np.testing.assert_array_equal(tile.x[0, :, ~outside], wanted.x[0, :, ~outside])
        outside = outside[BORDER : BORDER + OUTPUT, BORDER : BORDER + OUTPUT]
        assert (tile.weights[0, outside] == 0).all()
        np.testing.assert_array_equal(tile.weights[0, ~outside], wanted.weights[0, ~outside])
        np.testing.assert_array_equal(tile.labels, wanted.labels)
        beyond += np.count_nonzero(outside)
    assert beyond > 0


def outside_of_the_image(tiles, step):
    """Whether each pixel of a tile is read outside its image: drawn again, to look at where it is read."""
    grids = []

    def keep(image, grid, coefficients):
        grids.append((image.shape[1:], grid))
        return np.zeros((1, *grid.shape[1:]), np.float32)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling, "warp_image", keep)
        tiles.draw(step)
    (((height, width), (row, column)),) = grids
    return ~((row >= 0) & (row <= height - 1) & (column >= 0) & (column <= width - 1))
