"""Tracing back: the receptive field is exactly what has a say, forwards and backwards."""

import numpy as np
import pytest

import minunet as mu

from .conftest import changed_layers, example, network


def boxes(trace):
    return {stop.value: stop.box for stop in trace.stops}


def inside(box, shape):
    """True within the box."""
    mask = np.zeros(shape, bool)
    mask[..., box.rows[0] : box.rows[1] + 1, box.columns[0] : box.columns[1] + 1] = True
    return mask


@pytest.mark.parametrize(
    ("what", "index"),
    [
        ("down0.conv1", (0, 1, 7, 9)),
        ("down1.pool", (0, 3, 2, 4)),
        ("down2.conv1", (0, 8, 1, 3)),
        ("up1.upconv", (0, 2, 5, 2)),
        ("up1.conv0", (0, 4, 3, 3)),
        ("head", (0, 2, 4, 11)),
    ],
)
def test_no_pixel_outside_the_receptive_field_has_a_say_and_its_edges_have(what, index):
    """Other pixels outside leave the number as it is; other pixels along any edge of it do not."""
    # Neither a ReLU that is off nor a lost maximum shall hide a pixel: both let all through here.
    layer_set = changed_layers(
        relu_forward=lambda x: (x, None),
        relu_backward=lambda dout, cache: dout,
        max_pool2d_forward=lambda x: (
            x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2],
            0,
        ),
        max_pool2d_backward=lambda dout, cache: np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3),
    )
    net = network(dtype="float64", dropout=0, layers=layer_set)
    image, labels, _ = example(net, (60, 64))
    stepper = mu.Stepper(net, image, labels)
    field = boxes(stepper.trace(what, index, steps=None))["input.out"]
    mask = inside(field, image.shape)
    before = stepper.value(what)[index]

    def after(mask):
        """The number, with other pixels where the mask is."""
        noise = np.random.default_rng(2).standard_normal(image.shape)
        return mu.Stepper(net, np.where(mask, noise, image), labels).value(what)[index]

    assert after(~mask) == before
    for axis, ends in ((1, field.rows), (2, field.columns)):
        for end in ends:
            edge = np.zeros(image.shape, bool)
            np.moveaxis(edge, axis, 0)[end] = True
            assert after(edge & mask) != before


def test_a_gradient_comes_from_no_pixel_of_the_loss_outside_its_box():
    net = network(dtype="float64", dropout=0)
    image, labels, weights = example(net, (60, 64))
    stepper = mu.Stepper(net, image, labels, weights)
    index = (0, 1, 2, 3)
    box = boxes(stepper.trace("up1.upconv.dx", index, steps=None))["loss.dlogits"]
    mask = inside(box, stepper.values["weights"].shape)
    assert 0 < mask.sum() < mask.size
    others = np.where(mask, stepper.values["weights"], 17.0)
    assert (
        mu.Stepper(net, image, labels, others).value("down0.conv1.dx")[index] == stepper.value("down0.conv1.dx")[index]
    )


def test_one_step_back_is_what_the_layer_took(small):
    stop = small.trace("down0.conv1", (0, 1, 4, 6)).stops
    assert [(s.event, s.value, s.box.rows, s.box.columns) for s in stop] == [
        ("down0.conv1", "down0.relu0.out", (4, 6), (6, 8))
    ]


def test_a_channel_of_crop_and_concat_has_one_way_back_and_its_consumer_two(small):
    assert [s.value for s in small.trace("up0.crop_concat", (0, 1, 2, 3)).stops] == ["down0.skip.out"]
    assert [s.value for s in small.trace("up0.crop_concat", (0, 4, 2, 3)).stops] == ["up0.upconv.out"]
    values = [s.value for s in small.trace("up0.conv0", (0, 1, 2, 3), steps=2).stops]
    assert values == ["up0.crop_concat.out", "up0.upconv.out", "down0.skip.out"] or values == [
        "up0.crop_concat.out",
        "down0.skip.out",
        "up0.upconv.out",
    ]


def test_where_the_skip_was_cropped_the_gradient_comes_up_through_the_pooling_alone(small):
    values = [s.value for s in small.trace("down0.skip.dx", (0, 1, 0, 0), steps=None).stops]
    assert values[:2] == ["down0.pool.dx", "up0.crop_concat.dskip"]
    assert values.count("up0.conv0.dx") == 1
    assert "loss.dlogits" in values


def test_the_path_of_largest_terms_ends_at_a_pixel_or_at_the_loss(small):
    assert small.trace("head", (0, 1, 2, 3), steps=None).path[-1][0] == "input.out"
    grads = small.values["down1.conv0.dx"]
    index = tuple(int(i) for i in np.argwhere(np.abs(grads) == np.abs(grads).max())[0])
    path = small.trace("down1.conv0.dx", index, steps=None).path
    assert path[-1][0] == "loss.dlogits"
    for name, place, number in path:
        assert small.values[name][place] == number


def test_a_weight_s_gradient_comes_from_the_whole_map(small):
    found = boxes(small.trace("down0.conv1.dweight", (0, 1, 2, 2)))
    height, width = small.values["down0.relu0.out"].shape[2:]
    assert found["down0.relu0.out"].rows == (0, height - 1)
    assert found["down0.relu1.dx"].columns == (0, width - 3)


def test_the_loss_of_a_pixel_comes_from_that_pixel(small):
    found = boxes(small.trace("loss", (0, 3, 5), steps=None))
    assert (found["head.out"].rows, found["head.out"].columns) == ((3, 3), (5, 5))
    assert found["input.out"].height == 44


def test_what_two_ways_lead_to_stands_behind_both(small):
    values = [stop.value for stop in small.trace("head", (0, 1, 2, 3), steps=None).stops]
    assert values.index("down0.skip.out") > values.index("up0.crop_concat.out")
    assert values.index("down0.skip.out") > values.index("down0.pool.out")
    assert len(values) == len(set(values))


def test_an_updated_weight_comes_from_its_gradient_and_that_from_image_and_loss(small):
    values = [stop.value for stop in small.trace("head.weight.new", (0, 0, 0, 0), steps=None).stops]
    assert values[0] == "head.dweight"
    assert {"loss.dlogits", "input.out"} <= set(values)


def test_it_reads_as_a_table(small):
    text = str(small.trace("down0.conv1", (0, 1, 4, 6), steps=3))
    assert text.splitlines()[0] == "down0.conv1.out[0,1,4,6] comes from"
    assert "rows 4..8, columns 6..10" in text
    assert text.splitlines()[3].endswith("5x5")
