"""The events: what happens in a training step, in which order, and that the tape's own numbers are shown."""

import numpy as np
import pytest

import minunet as mu
from minunet.stepper.events import PHASES

from .conftest import example, network, optimizer_for


def test_a_step_of_a_small_network_in_order():
    net = network(depth=1)
    stepper = mu.Stepper(net, *example(net, (20, 22)))
    forward = ["input", "down0.conv0", "down0.relu0", "down0.conv1", "down0.relu1", "down0.dropout"]
    forward += ["down0.skip", "down0.pool"]
    forward += ["down1.conv0", "down1.relu0", "down1.conv1", "down1.relu1", "down1.dropout"]
    forward += ["up0.upconv", "up0.crop_concat", "up0.conv0", "up0.relu0", "up0.conv1", "up0.relu1", "head"]
    assert [event.name for event in stepper.events if event.phase == "forward"] == forward
    backward = [f"{name}.backward" for name in ("loss", *reversed(forward[1:]))]
    places = {name: backward.index(f"{name}.backward") for name in ("down0.skip", "down0.pool")}
    backward[places["down0.pool"]], backward[places["down0.skip"]] = "down0.pool.backward", "down0.skip.backward"
    assert [event.name for event in stepper.events if event.phase == "backward"] == backward
    assert [event.name for event in stepper.events if event.phase == "update"] == [
        f"{name}.update" for name in net.params
    ]
    assert [event.phase for event in stepper.events] == sorted(
        (event.phase for event in stepper.events), key=PHASES.index
    )


def test_every_event_takes_what_was_given_or_made_before_it(stepper):
    given = {"labels", "weights", *stepper.net.params}
    given |= {name for name in stepper.values if name.endswith((".velocity", ".m", ".v", ".keep"))}
    known = set(given)
    for event in stepper.events:
        assert set(event.inputs.values()) <= known, event.name
        known |= set(event.outputs.values())
    assert known == set(stepper.values)


def test_the_numbers_are_those_of_the_network_and_of_the_optimizer():
    net = network(dtype="float64")
    image, labels, weights = example(net, (60, 64))
    optimizer = optimizer_for(net, "sgd")
    stepper = mu.Stepper(net, image, labels, weights, optimizer, seed=5)
    cut = slice(20, -20)
    logits, tape = net.forward(image[None], training=True, rng=np.random.default_rng(5))
    loss, dlogits = net.loss(logits, labels[None, cut, cut], weights[None, cut, cut])
    grads = net.backward(dlogits, tape)
    for step in tape:
        np.testing.assert_array_equal(stepper.values[f"{step.name}.out"], step.output, err_msg=step.name)
    assert stepper.values["loss.out"] == loss
    np.testing.assert_array_equal(stepper.values["loss.dlogits"], dlogits)
    np.testing.assert_array_equal(stepper.values["down0.conv0.dx"], grads.pop("input"))
    for name, grad in grads.items():
        layer, kind = name.rsplit(".", 1)
        np.testing.assert_array_equal(stepper.values[f"{layer}.d{kind}"], grad, err_msg=name)
    optimizer.step(grads)
    for name, value in net.params.items():
        np.testing.assert_array_equal(stepper.values[f"{name}.new"], value, err_msg=name)
        np.testing.assert_array_equal(stepper.values[f"{name}.velocity.new"], optimizer.state[name], err_msg=name)


def test_the_gradients_that_meet_at_a_skip_add_up(stepper):
    for event in stepper.events:
        if event.name.endswith(".skip.backward"):
            dpool, dskip = (stepper.values[event.inputs[name]] for name in ("dpool", "dskip"))
            np.testing.assert_array_equal(stepper.values[event.outputs["dx"]], dpool + dskip)


def test_neither_network_nor_optimizer_is_changed():
    net = network()
    optimizer = optimizer_for(net, "adam")
    before = [value.copy() for value in (*net.params.values(), *optimizer.state.values())]
    stepper = mu.Stepper(net, *example(net, (60, 64)), optimizer=optimizer)
    stepper.goto(stepper.events[-1].name)
    after = [*net.params.values(), *optimizer.state.values()]
    for then, now in zip(before, after, strict=True):
        np.testing.assert_array_equal(then, now)


def test_without_an_optimizer_it_is_sgd_as_train_begins_with():
    net = network()
    stepper = mu.Stepper(net, *example(net, (60, 64)))
    assert stepper.settings["optimizer"] == {"kind": "sgd", "lr": 0.005, "momentum": 0.99}
    assert not stepper.values["head.bias.velocity"].any()


def test_values_are_read_only(stepper):
    for name, array in stepper.values.items():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        assert not array.flags.writeable, name


def test_an_image_is_normalised_and_a_batch_is_taken_as_it_is():
    net = network(dtype="float64")
    net.normalization = (np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    image, labels, _ = example(net, (60, 64))
    stepper = mu.Stepper(net, image, labels)
    np.testing.assert_array_equal(stepper.values["input.out"][0], (image - [[[1]], [[2]]]) / [[[3]], [[4]]])
    np.testing.assert_array_equal(mu.Stepper(net, image[None], labels).values["input.out"][0], image)


def test_labels_of_the_output_s_size_and_of_the_image_s_mean_the_same():
    net = network()
    image, labels, weights = example(net, (60, 64))
    whole = mu.Stepper(net, image, labels, weights)
    inner = mu.Stepper(net, image, labels[20:-20, 20:-20], weights[20:-20, 20:-20])
    assert whole.diverges(inner) is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image": np.zeros((2, 61, 64))}, r"61 is not legal at depth 2; the nearest legal: 60 or 64"),
        ({"image": np.zeros((3, 60, 64))}, r"image has 3 channels, expected the network's 2"),
        ({"image": np.zeros(60)}, r"image has shape \(60,\), expected \(H, W\)"),
        ({"labels": np.zeros((60, 60), int)}, r"labels has shape \(1, 60, 60\), expected the image's \(1, 60, 64\)"),
        ({"labels": np.zeros((60, 64))}, r"labels has dtype float64, expected integers 0\.\.2"),
        ({"labels": np.full((60, 64), 3)}, r"labels holds 3, expected only the classes 0\.\.2"),
        ({"weights": np.zeros((20, 20))}, r"weights has shape \(1, 20, 20\)"),
        ({"optimizer": "sgd"}, r"optimizer is a str, expected minunet\.SGD or minunet\.Adam"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(changed, message):
    net = network()
    image, labels, weights = example(net, (60, 64))
    given = {"image": image, "labels": labels, "weights": weights, "optimizer": None} | changed
    with pytest.raises(ValueError, match=message) as caught:
        mu.Stepper(net, **given)
    assert "\n" not in str(caught.value)
