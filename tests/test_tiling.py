"""Overlap-tile: an image of any size, cut into tiles, is segmented as if the network had seen it whole."""

import itertools
import tracemalloc

import numpy as np
import pytest
from strategies import exactly, read_only

import minunet as mu
from minunet.normalization import normalize
from minunet.sizes import input_size_for, margin, output_size, smallest_input
from minunet.tiling import _bands, _pieces, mirrored, predict_rows, tiles_along

# A float32 nearest to a number below 1 is at most half its last bit off; the rest is float64 sums of the network.
ROUNDING = 2.0**-25 + 1e-13


def network(depth=1, channels=1, classes=2, dtype="float64", seed=0):
    """A small network whose biases, too, are random: with zeros, a wrong one would go unseen."""
    net = mu.UNet(channels, classes, base=2, depth=depth, dtype=dtype, seed=seed)
    rng = np.random.default_rng(seed + 1)
    for value in net.params.values():
        value += 0.1 * rng.standard_normal(value.shape).astype(dtype)
    return net


def random_image(*shape, seed=0):
    """Gaussian float32 values."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def whole_logits(net, image):
    """The plain definition: mirror the image, and show all of it to the network at once."""
    border = margin(net.depth)
    sizes = [input_size_for(side, net.depth) for side in image.shape[1:]]
    pads = [(border, size - side - border) for size, side in zip(sizes, image.shape[1:], strict=True)]
    x = np.pad(image.astype(net.params["head.bias"].dtype), [(0, 0), *pads], mode="reflect")
    return net.forward(x[None])[0][0]


def whole(net, image):
    """Class probabilities by the plain definition."""
    exps = np.exp(whole_logits(net, image))
    return (exps / exps.sum(axis=0))[:, : image.shape[1], : image.shape[2]]


class Watched:
    """A network that remembers what it was shown, and what it answered."""

    def __init__(self, net):
        self.net, self.inputs, self.answers = net, [], []

    def __getattr__(self, name):
        return getattr(self.net, name)

    def logits(self, x):
        self.inputs.append(x)
        self.answers.append(self.net.logits(x))
        return self.answers[-1]


# Tiled is whole

# (depth, tile, height, width): at least three tiles each way, and sides that are multiples of nothing in play.
MANY_TILES = [(1, 24, 29, 37), (2, 56, 41, 53), (3, 116, 73, 91), (4, 220, 87, 113)]


@pytest.mark.parametrize(("depth", "tile", "height", "width"), MANY_TILES)
def test_tiled_equals_whole_at_every_pixel(depth, tile, height, width):
    net, image = network(depth, channels=2, classes=3), random_image(2, height, width)
    tiled = mu.predict(net, image, tile)
    assert tiled.shape == (3, height, width)
    np.testing.assert_allclose(tiled, whole(net, image), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize(("depth", "tile", "height", "width"), MANY_TILES)
def test_the_logits_of_each_tile_are_those_of_the_whole_to_float64_rounding(depth, tile, height, width):
    net, image = Watched(network(depth)), random_image(1, height, width)
    mu.predict(net, image, tile)
    (tile_height, tops), (tile_width, lefts) = (tiles_along(side, tile, depth) for side in (height, width))
    assert len(tops) >= 3
    assert len(lefts) >= 3
    assert {x.shape for x in net.inputs} == {(1, 1, tile_height, tile_width)}
    reference = whole_logits(net.net, image)
    for (top, left), logits in zip(itertools.product(tops, lefts), net.answers, strict=True):
        place = reference[:, top : top + logits.shape[2], left : left + logits.shape[3]]
        overlap = logits[0, :, : place.shape[1], : place.shape[2]]
        np.testing.assert_allclose(overlap, place, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("depth", "tile", "height", "width"), MANY_TILES)
def test_every_tile_starts_on_the_pooling_grid_and_together_they_cover_the_side(depth, tile, height, width):
    for side in (height, width):
        size, starts = tiles_along(side, tile, depth)
        assert size <= tile
        step = output_size(tile, depth) // 2**depth * 2**depth
        assert len(starts) == 1 + max(0, -(-(side - output_size(tile, depth)) // step))  # as few as `tile` allows
        assert all(start % 2**depth == 0 for start in starts)
        covered = {pixel for start in starts for pixel in range(start, start + output_size(size, depth))}
        assert covered.issuperset(range(side))
        assert starts[-1] < side  # none lies outside altogether


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_no_tile_is_larger_than_the_image_needs(depth):
    side = 2**depth + 1
    size, starts = tiles_along(side, 1000, depth)
    assert size == input_size_for(side, depth)
    assert starts == [0]


def test_the_papers_tiles_step_by_384_pixels():
    assert tiles_along(2 * 384 + 388, 572, depth=4) == (572, [0, 384, 768])


@pytest.mark.parametrize(("side", "size", "starts"), [(512, 444, [0, 256]), (1000, 524, [0, 336, 672])])
def test_tiles_are_no_larger_than_so_many_of_them_need_to_be(side, size, starts):
    assert tiles_along(side, 572, depth=4) == (size, starts)
    output = output_size(size - 16, depth=4)
    assert (len(starts) - 1) * (output // 16 * 16) + output < side  # the next smaller ones would not do


def test_tiles_too_small_for_the_grid_still_cover_the_image():
    size, starts = tiles_along(11, smallest_input(4), depth=4)
    assert (size, starts) == (188, [0, 4, 8])  # 4 pixels each, off the grid of 16


def test_a_small_tile_off_the_grid_gives_probabilities_all_the_same():
    probabilities = mu.predict(network(4), random_image(5, 9), smallest_input(4))
    assert probabilities.shape == (2, 5, 9)
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, atol=2e-7)


def test_the_default_tile_is_about_the_papers():
    net = Watched(network(1))
    mu.predict(net, random_image(1, 556, 9))
    assert [x.shape[2] for x in net.inputs] == [572]
    mu.predict(net, random_image(1, 557, 9))
    assert len(net.inputs) == 1 + 2


# Mirroring


@pytest.mark.parametrize("side", [1, 2, 3, 7, 30])
def test_mirrored_indices_are_those_of_numpys_reflection_over_and_over(side):
    wanted = np.pad(np.arange(side), (23, 41), mode="reflect")
    np.testing.assert_array_equal(mirrored(-23, side + 41, side), wanted)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (2, 3), (5, 7)])
@pytest.mark.parametrize("depth", [1, 3])
def test_an_image_smaller_than_the_margin_is_mirrored_repeatedly(depth, shape):
    net, image = network(depth), random_image(1, *shape)
    np.testing.assert_allclose(mu.predict(net, image), whole(net, image), rtol=0, atol=ROUNDING)


# The result


def test_the_result_is_float32_probabilities_that_sum_to_one():
    probabilities = mu.predict(network(2, classes=4, dtype="float32"), random_image(33, 21))
    assert probabilities.dtype == np.float32
    assert probabilities.min() > 0
    np.testing.assert_allclose(probabilities.sum(axis=0), 1, atol=3e-7)  # four roundings of 6e-8


def test_logits_too_large_for_exp_are_no_trouble():
    net = network(1)
    net.params["head.bias"][:] = 0, 2000
    np.testing.assert_array_equal(mu.predict(net, random_image(3, 5))[1], 1)


def test_one_channel_may_be_left_out_of_the_shape():
    net, image = network(1), random_image(13, 17)
    np.testing.assert_array_equal(mu.predict(net, image), mu.predict(net, image[None]))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, bool])
def test_an_integer_image_is_taken_at_its_values(dtype):
    net, image = network(1), (np.random.default_rng(0).random((13, 17)) * 200).astype(dtype)
    np.testing.assert_array_equal(mu.predict(net, image), mu.predict(net, image.astype(np.float32)))


def test_the_image_is_never_changed():
    net, image = network(1, channels=2), random_image(2, 13, 17)
    net.normalization = (3.0, 2.0)
    read_only(image)
    mu.predict(net, image, average=True)


# Normalisation


def test_the_networks_normalization_is_applied():
    net, image = network(1), random_image(13, 17)
    plain = mu.predict(net, image)
    net.normalization = (100.0, 4.0)  # powers of 2 and whole numbers: the way back is exact
    shifted = np.round(image * 1024) / 1024
    np.testing.assert_array_equal(
        mu.predict(net, shifted * 4 + 100), mu.predict(network(1), ((shifted * 4 + 100) - 100) / 4)
    )
    assert np.abs(mu.predict(net, image) - plain).max() > 1e-3  # it does matter


def test_each_channel_has_its_own_normalization():
    net, image = network(1, channels=3), np.round(random_image(3, 13, 17) * 1024) / 1024
    plain = mu.predict(net, image)
    mean, std = np.array([10.0, -20.0, 30.0]), np.array([2.0, 4.0, 0.5])
    net.normalization = (mean, std)
    np.testing.assert_array_equal(mu.predict(net, image * std[:, None, None] + mean[:, None, None]), plain)


# Averaging


def turns(image):
    """The 8 rotations and mirrors of an image, each with the way back."""
    for quarter_turns, mirror in itertools.product(range(4), (False, True)):
        turned = np.rot90(image, quarter_turns, axes=(-2, -1))
        if mirror:
            yield turned[..., ::-1], lambda p, k=quarter_turns: np.rot90(p[..., ::-1], -k, axes=(-2, -1))
        else:
            yield turned, lambda p, k=quarter_turns: np.rot90(p, -k, axes=(-2, -1))


def test_averaging_is_the_mean_over_the_eight_rotations_and_mirrors():
    net, image = network(2, channels=2), random_image(2, 35, 26)
    single = [back(mu.predict(net, turned)) for turned, back in turns(image)]
    assert np.ptp(single, axis=0).max() > 1e-3  # each differs: a mean of eight equal ones would prove nothing
    averaged = mu.predict(net, image, average=True)
    assert averaged.dtype == np.float32
    np.testing.assert_allclose(averaged, np.mean(single, axis=0, dtype=np.float64), rtol=0, atol=3e-7)
    np.testing.assert_allclose(averaged.sum(axis=0), 1, atol=3e-7)


def test_an_averaged_prediction_turns_with_the_image():
    net, image = network(2), random_image(1, 35, 26)
    averaged = mu.predict(net, image, average=True)
    for turned, back in turns(image):
        np.testing.assert_allclose(back(mu.predict(net, turned, average=True)), averaged, rtol=0, atol=3e-7)


def test_an_average_of_tiles_is_the_average_of_wholes():
    net, image = network(1), random_image(1, 29, 37)
    np.testing.assert_allclose(
        mu.predict(net, image, tile=24, average=True), mu.predict(net, image, average=True), rtol=0, atol=3e-7
    )


# Memory


@pytest.mark.parametrize("average", [False, True])
def test_memory_does_not_grow_with_the_image_besides_the_result(average):
    net = network(1, dtype="float32")

    def beside_the_result(width):
        image = random_image(1, 60, width)
        tracemalloc.start()
        try:
            held = mu.predict(net, image, tile=64, average=average).nbytes
            return tracemalloc.get_traced_memory()[1] - held
        finally:
            tracemalloc.stop()

    mu.predict(net, random_image(1, 60, 96), 64, average)  # what is imported or kept at first use shall not count
    few_tiles, many_tiles = beside_the_result(96), beside_the_result(960)  # of 48 pixels, all
    assert many_tiles - few_tiles < 60 * (960 - 96)  # a single byte a pixel would be more


@pytest.mark.parametrize("average", [False, True])
def test_rows_of_tiles_are_the_prediction_in_parts_from_the_top_down(average):
    net, image = network(2, channels=2, classes=3), random_image(2, 59, 37)
    tops, blocks = zip(*predict_rows(net, image, tile=56, average=average), strict=True)
    assert len(tops) >= 3
    np.testing.assert_array_equal(tops, np.cumsum([0, *(block.shape[1] for block in blocks[:-1])]))
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), mu.predict(net, image, tile=56, average=average))


@pytest.mark.parametrize("height", [388, 389, 768, 1000])
def test_averaging_large_images_needs_one_row_of_tiles_a_band_and_turn(height):
    for band in _bands(height, 572, 4, average=True):
        for quarter_turns in range(4):
            assert len(list(_pieces(height, 300, band, (quarter_turns, False), 572, 4))) == 1


@pytest.mark.parametrize("dtype", [np.uint8, ">u2", ">f4"])
def test_a_memory_mapped_image_is_read_a_tile_at_a_time(tmp_path, dtype):
    net, image = network(1), np.random.default_rng(0).integers(0, 200, (290, 1000)).astype(dtype)
    (tmp_path / "image").write_bytes(image.tobytes())
    mapped = np.memmap(tmp_path / "image", dtype, "r", shape=image.shape)
    wanted = mu.predict(net, image, tile=64)
    tracemalloc.start()
    try:
        probabilities = mu.predict(net, mapped, tile=64)
        beside_the_result = tracemalloc.get_traced_memory()[1] - probabilities.nbytes
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(probabilities, wanted)
    assert beside_the_result < image.size * 4  # as float32 the image would take that


# Errors


@pytest.mark.parametrize(
    ("channels", "shape", "wanted"),
    [
        (1, (3, 5, 7), "(H, W) or (1, H, W)"),
        (3, (5, 7), "(3, H, W)"),
        (3, (5, 7, 3), "(3, H, W)"),
        (1, (7,), "(H, W) or (1, H, W)"),
        (1, (1, 1, 5, 7), "(H, W) or (1, H, W)"),
    ],
)
def test_another_shape_is_refused(channels, shape, wanted):
    found = (1, *shape) if len(shape) == 2 else shape
    with pytest.raises(ValueError, match=exactly(f"image has shape {found}, expected {wanted} for this network")):
        mu.predict(network(1, channels), np.zeros(shape))


def test_an_empty_image_is_refused():
    with pytest.raises(
        ValueError, match=exactly("image has shape (1, 0, 7), which is empty; expected at least one pixel")
    ):
        mu.predict(network(1), np.zeros((0, 7)))


def test_nan_and_infinity_are_counted():
    image = random_image(505, 7)
    image[0, 1], image[2, 3], image[504, 6] = np.nan, np.inf, -np.inf
    message = "image holds 3 values that are NaN or infinite of 3535; mend or mask them first"
    with pytest.raises(ValueError, match=exactly(message)):
        mu.predict(network(1), image)


@pytest.mark.parametrize("shape", [(5, 7), (300, 9)])
def test_an_illegal_tile_is_refused_with_the_nearest_legal_ones_even_where_a_smaller_tile_would_do(shape):
    message = "input size 570 is not legal at depth 4; the nearest legal: 556 or 572"
    with pytest.raises(ValueError, match=exactly(message)):
        mu.predict(network(4), random_image(*shape), tile=570)


# Zeros for mirror


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize(
    ("channels", "normalization"), [(1, (0.5, 2.0)), (2, (np.array([0.5, -0.3]), np.array([2.0, 1.5])))]
)
def test_with_zero_padding_a_normalised_image_goes_on_in_zeros(channels, normalization, average):
    net = network(depth=2, channels=channels)
    net.normalization, net.padding = normalization, "zero"
    image = random_image(channels, 33, 49)
    found = mu.predict(net, image, tile=76, average=average)
    border = margin(2) + 20  # the average turns the image: let no tile see beyond
    normal = normalize(image, normalization)
    framed = np.pad(normal, [(0, 0), (border, border), (border, border)])
    net.normalization, net.padding = (0.0, 1.0), "mirror"
    wanted = mu.predict(net, framed, average=average)[:, border:-border, border:-border]
    mirrored_too = mu.predict(net, normal, average=average)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-7)
    assert np.abs(mirrored_too - wanted).max() > 1e-3


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_zero_padding_is_no_pixel_value(dtype):
    net = network()
    net.normalization, net.padding = (100.5, 20.0), "zero"
    image = np.random.default_rng(1).integers(0, 200, (19, 25)).astype(dtype)
    np.testing.assert_allclose(mu.predict(net, image), mu.predict(net, image.astype(float)), rtol=0, atol=1e-7)
