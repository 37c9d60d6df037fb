"""What a student's layers may do wrong is told with the name of the function, and told again when asked again."""

from types import ModuleType

import numpy as np
import pytest

import minunet as mu
from minunet import layers

from .conftest import changed_layers, example, network


def stepper_with(**functions):
    net = network(layers=changed_layers(**functions))
    return mu.Stepper(net, *example(net, (60, 64)))


def relu_in_place(x):
    positive = x > 0
    x[~positive] = 0
    return x, positive


def relu_backward_in_place(dout, cache):
    dout *= cache
    return dout


def test_a_forward_that_changes_its_input_is_named():
    with pytest.raises(ValueError, match="relu_forward changes an array that it was given; it must work on a copy"):
        stepper_with(relu_forward=relu_in_place)


def test_a_backward_that_changes_its_input_is_named_each_time_and_what_came_before_is_there():
    stepper = stepper_with(relu_backward=relu_backward_in_place)
    for _ in range(2):
        with pytest.raises(ValueError, match="relu_backward changes an array that it was given"):
            stepper.value("down0.conv0.dx")
    assert stepper.explain("head.dweight", (1, 2, 0, 0)).agrees
    assert not stepper.check("up0.relu1").passed


def test_a_missing_gradient_is_told():
    stepper = stepper_with(conv2d_backward=lambda dout, cache: layers.conv2d_backward(dout, cache)[0])
    with pytest.raises(ValueError, match="head: conv2d_backward returned 1 gradients, expected 3: of x, weight, bias"):
        stepper.value("head.dx")
    assert "returned 1 gradients, expected 3" in stepper.check("head").message


def test_a_gradient_of_another_shape_is_told():
    def column(dout, cache):
        dx, dweight, dbias = layers.conv2d_backward(dout, cache)
        return dx, dweight, dbias[:, None]

    with pytest.raises(ValueError, match=r"head\.dbias has shape \(3, 1\), expected \(3,\): look at conv2d_backward"):
        stepper_with(conv2d_backward=column).value("head.dbias")


def test_a_layer_that_raises_is_told_each_time():
    def broken(dout, cache):
        raise RuntimeError("not written yet")

    stepper = stepper_with(max_pool2d_backward=broken)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not written yet"):
            stepper.value("down0.conv0.dx")


def test_gradients_of_another_dtype_are_shown_on_the_page_too():
    def half(dout, cache):
        return layers.relu_backward(dout, cache).astype(np.float16)

    assert stepper_with(relu_backward=half).to_html().startswith("<!doctype html>")


def test_a_check_where_no_gradient_arrives_draws_one():
    def flipped(dout, cache):
        dx, dweight, dbias = layers.conv2d_backward(dout, cache)
        return dx, 7 * dweight[:, :, ::-1], dbias

    net = network(layers=changed_layers(conv2d_backward=flipped))
    image, labels, weights = example(net, (60, 64))
    found = mu.Stepper(net, image, labels, 0 * weights).check("down1.conv0")
    assert not found.passed
    assert "a random gradient, since the one that arrives is 0 here" in found.message


def test_a_check_where_numbers_are_not_finite_is_no_verdict():
    net = network()
    net.params["down0.conv1.bias"][0] = np.nan
    with pytest.raises(ValueError, match=r"down0\.conv1 cannot be checked here"):
        mu.Stepper(net, *example(net, (60, 64))).check("down0.conv1")


def test_a_step_from_a_file_is_not_checked_with_other_layers(tmp_path):
    def flipped(dout, cache):
        dx, dweight, dbias = layers.conv2d_backward(dout, cache)
        return dx, dweight[:, :, ::-1], dbias

    wrong = changed_layers(conv2d_backward=flipped, relu_forward=lambda x: (np.maximum(x, 0.1 * x), x > 0))
    stepper = stepper_with(conv2d_backward=flipped, relu_forward=wrong.relu_forward)
    stepper.save(tmp_path / "step.npz")
    loaded = mu.Stepper.load(tmp_path / "step.npz")
    with pytest.raises(ValueError, match=r"up0\.conv1 was computed by other layers: .*Stepper\.load\(path, layers="):
        loaded.check("up0.conv1")
    with pytest.raises(ValueError, match="the loss was computed by other layers"):
        loaded.what_if("head.bias", (0,), 0.1)
    again = mu.Stepper.load(tmp_path / "step.npz", layers=wrong)
    assert not again.check("up0.conv1").passed
    assert again.what_if("head.bias", (0,), 0.1).linear_until > 0


def test_ctrl_c_in_a_layer_ends_a_command_and_not_the_step():
    calls = []

    def interrupted_once(dout, cache):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return layers.relu_backward(dout, cache)

    stepper = stepper_with(relu_backward=interrupted_once)
    with pytest.raises(KeyboardInterrupt):
        stepper.value("down0.conv0.dx")
    np.testing.assert_array_equal(stepper.value("down0.conv0.dx"), stepper_with().value("down0.conv0.dx"))


def test_a_module_of_a_student_need_not_be_found_by_its_name():
    module = ModuleType("layers_that_were_never_installed")
    vars(module).update({name: getattr(layers, name) for name in layers.__all__})
    net = network(layers=module)
    assert mu.Stepper(net, *example(net, (60, 64))).what_if("head.bias", (0,), 0.1).linear_until > 0


@pytest.mark.parametrize("signature", ["default", "star"])
def test_a_check_asks_for_the_contract_s_gradients_whatever_the_signature(signature):
    def with_default(x, weight, bias, stride=1):
        return layers.conv2d_forward(x, weight, bias)

    def with_star(*args):
        return layers.conv2d_forward(*args)

    stepper = stepper_with(conv2d_forward=with_default if signature == "default" else with_star)
    assert stepper.check("down1.conv0").passed


@pytest.mark.parametrize("name", ["loss", "down2.dropout"])
def test_loss_and_dropout_of_a_file_are_not_judged_by_other_layers(name, tmp_path):
    def loss_backward(cache):
        return 3 * layers.weighted_cross_entropy_backward(cache)

    def dropout_backward(dout, cache):
        return 5 * layers.dropout_backward(dout, cache)

    stepper = stepper_with(weighted_cross_entropy_backward=loss_backward, dropout_backward=dropout_backward)
    assert not stepper.check(name).passed
    stepper.save(tmp_path / "step.npz")
    with pytest.raises(ValueError, match="was computed by other layers"):
        mu.Stepper.load(tmp_path / "step.npz").check(name)


def test_views_of_one_memory_are_saved_as_what_they_show(tmp_path):
    def turned(dout, cache):
        return np.swapaxes(layers.relu_backward(dout, cache), 2, 3)

    net = network(layers=changed_layers(relu_backward=turned))
    image, labels, _ = example(net, (60, 60))
    stepper = mu.Stepper(net, image, labels)
    stepper.save(tmp_path / "step.npz")
    again = mu.Stepper.load(tmp_path / "step.npz")
    for value, array in stepper.values.items():
        np.testing.assert_array_equal(again.values[value], array, err_msg=value)


def test_pixels_without_weight_may_hold_anything():
    net = network()
    image, labels, weights = example(net, (60, 64))
    image[0, 30, 33] = np.nan
    weights[...] = 0
    stepper = mu.Stepper(net, image, labels, weights)
    assert np.isnan(stepper.value("head")).any()
    assert stepper.explain("loss").agrees
    assert stepper.explain("loss.dlogits", (0, 1, 9, 11)).agrees


def test_an_optimizer_of_another_network_is_refused():
    net = network()
    with pytest.raises(ValueError, match="optimizer is of another network"):
        mu.Stepper(net, *example(net, (60, 64)), optimizer=mu.SGD(network(depth=1).params, 0.1))
