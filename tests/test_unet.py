"""The network: the paper's sizes, names and numbers, a truthful tape, and gradients that are right as a whole."""

import copy
import math
import pickle
import re
import weakref
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

import minunet as mu
from minunet import fast, layers, reference, unet
from minunet.unet import OPERATIONS, initial_parameters, parameter_shapes

SIZES = {1: (18, 22), 2: (48, 44), 3: (92, 100)}  # height and width, for each depth

FIGURE_1 = [  # name, channels, side of the output
    ("down0.conv0", 64, 570),
    ("down0.conv1", 64, 568),
    ("down0.pool", 64, 284),
    ("down1.conv0", 128, 282),
    ("down1.conv1", 128, 280),
    ("down1.pool", 128, 140),
    ("down2.conv0", 256, 138),
    ("down2.conv1", 256, 136),
    ("down2.pool", 256, 68),
    ("down3.conv0", 512, 66),
    ("down3.conv1", 512, 64),
    ("down3.pool", 512, 32),
    ("down4.conv0", 1024, 30),
    ("down4.conv1", 1024, 28),
    ("up3.upconv", 512, 56),
    ("up3.crop_concat", 1024, 56),
    ("up3.conv0", 512, 54),
    ("up3.conv1", 512, 52),
    ("up2.upconv", 256, 104),
    ("up2.crop_concat", 512, 104),
    ("up2.conv0", 256, 102),
    ("up2.conv1", 256, 100),
    ("up1.upconv", 128, 200),
    ("up1.crop_concat", 256, 200),
    ("up1.conv0", 128, 198),
    ("up1.conv1", 128, 196),
    ("up0.upconv", 64, 392),
    ("up0.crop_concat", 128, 392),
    ("up0.conv0", 64, 390),
    ("up0.conv1", 64, 388),
    ("head", 2, 388),
]


def some_net(depth=2, base=2, **settings):
    """A float64 network of two input channels and three classes, its biases random."""
    net = mu.UNet(**{"in_channels": 2, "classes": 3, "base": base, "depth": depth, "dtype": "float64"} | settings)
    rng = np.random.default_rng(1)
    for name, value in net.params.items():
        if name.endswith("bias"):
            value[...] = 0.1 * rng.standard_normal(value.shape)
    return net


def some_batch(depth=2, batch=2):
    """Image, labels and weights that fit `some_net`."""
    rng = np.random.default_rng(2)
    height, width = SIZES[depth]
    pixels = (batch, mu.output_size(height, depth), mu.output_size(width, depth))
    x = rng.standard_normal((batch, 2, height, width))
    return x, rng.integers(0, 3, pixels), rng.uniform(0.1, 5, pixels)


def gradients(net, x, labels, weights, keep=True, seed=3):
    """Gradients of a training step, dropout included, and its tape."""
    logits, tape = net.forward(x, training=True, rng=np.random.default_rng(seed), keep=keep)
    _, dlogits = net.loss(logits, labels, weights)
    return net.backward(dlogits, tape), tape


def layer_set(**changed):
    """`minunet.layers` with some functions replaced; None takes one away."""
    functions = {name: getattr(layers, name) for name in layers.__all__} | changed
    return SimpleNamespace(**{name: function for name, function in functions.items() if function})


class TestPaper:
    """Figure 1 and section 3."""

    @pytest.mark.parametrize(
        ("base", "count"), [(64, 31_030_658), (16, 1_940_834), (8, 485_682)], ids=["64", "16", "8"]
    )
    def test_number_of_parameters(self, base, count):
        shapes = parameter_shapes(in_channels=1, classes=2, base=base, depth=4)
        assert sum(math.prod(shape) for shape in shapes.values()) == count

    def test_the_network_has_the_parameters_that_the_shapes_tell(self):
        net = mu.UNet(base=8)
        shapes = {name: value.shape for name, value in net.params.items()}
        assert list(shapes.items()) == list(parameter_shapes(1, 2, 8, 4).items())

    def test_figure_1_layer_by_layer(self):
        _, tape = mu.UNet(base=1).forward(np.zeros((1, 1, 572, 572), np.float32))
        found = [(step.name, *step.output.shape[1:]) for step in tape if step.op != "relu"]
        assert found == [
            (name, channels if name == "head" else channels // 64, side, side) for name, channels, side in FIGURE_1
        ]

    def test_23_layers_have_weights(self):
        ops = [step.op for step in mu.UNet(base=1).forward(np.zeros((1, 1, 188, 188), np.float32))[1]]
        assert (ops.count("conv2d"), ops.count("conv_transpose2d")) == (18 + 1, 4)

    def test_initial_weights_are_gaussian_with_the_papers_deviation(self):
        params = mu.UNet(base=64, depth=1).params
        inputs = {  # of one neuron
            "down0.conv1": 9 * 64,
            "down1.conv0": 9 * 64,
            "down1.conv1": 9 * 128,
            "up0.upconv": 128,
            "up0.conv0": 9 * (64 + 64),
        }
        for name, n in inputs.items():
            weight = params[f"{name}.weight"].astype(float).ravel()
            # Deviation, mean and kurtosis of k draws scatter by 1/sqrt(2k), 1/sqrt(k) and sqrt(24/k): 4 of each.
            k = weight.size
            z = weight / math.sqrt(2 / n)
            assert z.std() == pytest.approx(1, abs=4 / math.sqrt(2 * k)), name
            assert z.mean() == pytest.approx(0, abs=4 / math.sqrt(k)), name
            assert (z**4).mean() == pytest.approx(3, abs=4 * math.sqrt(96 / k)), name

    def test_the_head_and_the_first_layer_count_their_own_inputs(self):
        params = initial_parameters({"down0.conv0.weight": (500, 7, 3, 3), "head.weight": (300, 64, 1, 1)}, 0, "f8")
        for name, n in {"down0.conv0.weight": 63, "head.weight": 64}.items():
            assert params[name].std() * math.sqrt(n / 2) == pytest.approx(1, abs=4 / math.sqrt(2 * params[name].size))

    def test_initial_biases_are_0(self):
        biases = [value for name, value in mu.UNet(base=2).params.items() if name.endswith("bias")]
        assert len(biases) == 23
        assert not any(bias.any() for bias in biases)


class TestNames:
    """Parameters and steps are named alike, in the order of the forward pass."""

    def test_parameters(self):
        convolutions = [
            *("down0.conv0", "down0.conv1", "down1.conv0", "down1.conv1", "down2.conv0", "down2.conv1"),
            *("up1.upconv", "up1.conv0", "up1.conv1", "up0.upconv", "up0.conv0", "up0.conv1", "head"),
        ]
        assert list(some_net(depth=2).params) == [
            f"{name}.{part}" for name in convolutions for part in ("weight", "bias")
        ]

    def test_steps_in_training(self):
        _, tape = gradients(some_net(depth=2), *some_batch(depth=2))
        assert [(step.name, step.op) for step in tape] == [
            ("down0.conv0", "conv2d"),
            ("down0.relu0", "relu"),
            ("down0.conv1", "conv2d"),
            ("down0.relu1", "relu"),
            ("down0.pool", "max_pool2d"),
            ("down1.conv0", "conv2d"),
            ("down1.relu0", "relu"),
            ("down1.conv1", "conv2d"),
            ("down1.relu1", "relu"),
            ("down1.dropout", "dropout"),
            ("down1.pool", "max_pool2d"),
            ("down2.conv0", "conv2d"),
            ("down2.relu0", "relu"),
            ("down2.conv1", "conv2d"),
            ("down2.relu1", "relu"),
            ("down2.dropout", "dropout"),
            ("up1.upconv", "conv_transpose2d"),
            ("up1.crop_concat", "crop_concat"),
            ("up1.conv0", "conv2d"),
            ("up1.relu0", "relu"),
            ("up1.conv1", "conv2d"),
            ("up1.relu1", "relu"),
            ("up0.upconv", "conv_transpose2d"),
            ("up0.crop_concat", "crop_concat"),
            ("up0.conv0", "conv2d"),
            ("up0.relu0", "relu"),
            ("up0.conv1", "conv2d"),
            ("up0.relu1", "relu"),
            ("head", "conv2d"),
        ]

    def test_gradients_have_the_names_and_shapes_of_the_parameters_and_of_the_input(self):
        net = some_net()
        x, labels, weights = some_batch()
        grads, _ = gradients(net, x, labels, weights)
        assert list(grads) == [*net.params, "input"]
        assert {name: grad.shape for name, grad in grads.items()} == {
            name: value.shape for name, value in (net.params | {"input": x}).items()
        }


class TestSettings:
    def test_same_seed_same_weights(self):
        first, second, other = (mu.UNet(base=2, depth=1, seed=seed).params for seed in (5, 5, 6))
        for name, value in first.items():
            np.testing.assert_array_equal(value, second[name])
            assert name.endswith("bias") or not np.array_equal(value, other[name])

    def test_the_seed_means_the_same_in_every_dtype(self):
        single, double = (mu.UNet(base=2, depth=1, dtype=dtype).params for dtype in ("float32", "float64"))
        for name, value in double.items():
            assert (single[name].dtype, value.dtype) == (np.float32, np.float64)
            np.testing.assert_array_equal(single[name], value.astype(np.float32))

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_the_inputs_dtype_is_kept_throughout(self, dtype):
        net = some_net(depth=1)  # float64
        x, labels, weights = some_batch(depth=1)
        grads, tape = gradients(net, x.astype(dtype), labels, weights)
        assert {step.output.dtype for step in tape} == {np.dtype(dtype)}
        assert {grad.dtype for grad in grads.values()} == {np.dtype(dtype)}

    def test_settings_build_the_same_network_again(self):
        settings = {"in_channels": 2, "classes": 3, "base": 5, "depth": 1, "dropout": 0.25, "dtype": "float64"}
        net = mu.UNet(**settings)
        assert net.settings == settings
        assert parameter_shapes(2, 3, 5, 1) == {
            name: value.shape for name, value in mu.UNet(**net.settings).params.items()
        }

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("in_channels", 0), ("in_channels", 1.0), ("classes", 1), ("classes", "2"), ("base", 0)),
            *(("depth", 0), ("depth", 1.5)),
        ],
    )
    def test_a_setting_that_makes_no_network_is_refused(self, name, value):
        with pytest.raises(ValueError, match=f"^{name} is {value!r}, expected a whole number of at least "):
            mu.UNet(**{"base": 1, name: value})

    @pytest.mark.parametrize("dropout", [-0.1, 1, 1.5, math.nan])
    def test_a_dropout_rate_that_is_none_is_refused(self, dropout):
        with pytest.raises(ValueError, match=re.escape(f"dropout is {dropout}, expected 0 <= dropout < 1")):
            mu.UNet(base=1, dropout=dropout)

    def test_two_networks_share_nothing(self):
        first, second = some_net(depth=1), some_net(depth=1)
        batch = some_batch(depth=1)
        before, _ = gradients(second, *batch)
        for name, value in first.params.items():
            assert not np.shares_memory(value, second.params[name])
            value += 1
        first.normalization = (3.0, 4.0)
        gradients(first, *batch)
        after, _ = gradients(second, *batch)
        assert second.normalization == (0.0, 1.0)
        for name, grad in before.items():
            np.testing.assert_array_equal(grad, after[name])

    def test_to_moves_in_place_and_returns_the_network(self):
        net = some_net(depth=1)
        params = net.params
        assert net.to("cpu") is net
        assert net.params is params
        assert net.device == "cpu"
        with pytest.raises(ValueError, match="tpu"):
            net.to("tpu")


class TestBadInput:
    def test_an_illegal_size_is_told_the_nearest_legal_ones(self):
        with pytest.raises(ValueError, match=r"input size 46 is not legal at depth 2; the nearest legal: 44 or 48$"):
            some_net().forward(np.zeros((1, 2, 44, 46)))
        with pytest.raises(ValueError, match=r"input size 40 is not legal at depth 2; the nearest legal: 44$"):
            some_net().forward(np.zeros((1, 2, 40, 44)))

    @pytest.mark.parametrize("shape", [(1, 1, 44, 48), (1, 3, 44, 48), (2, 44, 48), (44, 48)], ids=str)
    def test_other_channels_or_dimensions_are_refused(self, shape):
        expected = f"x has shape {shape}, expected (N, 2, H, W)"
        with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
            some_net().forward(np.zeros(shape))

    def test_dropout_without_a_generator_is_refused(self):
        with pytest.raises(ValueError, match="needs rng"):
            some_net().forward(some_batch()[0], training=True)

    def test_an_input_on_another_device_is_refused(self, monkeypatch):
        net = some_net()
        x, _, _ = some_batch()
        monkeypatch.setattr(unet, "device_of", lambda array: "cuda" if array is x else "cpu")
        with pytest.raises(ValueError, match="x is on cuda and the network on cpu; move one"):
            net.forward(x)

    @pytest.mark.parametrize("keep", [True, False])
    def test_a_gradient_that_does_not_fit_leaves_the_tape_whole(self, keep):
        net = some_net(dropout=0)
        x, labels, weights = some_batch()
        logits, tape = net.forward(x, keep=keep)
        _, dlogits = net.loss(logits, labels, weights)
        with pytest.raises(ValueError, match="dout has shape"):
            net.backward(dlogits[:, :, 1:], tape)
        assert net.backward(dlogits, tape).keys() == {*net.params, "input"}


class TestDropout:
    def test_drops_at_the_two_lowest_levels_before_pooling_and_skip(self):
        net = some_net(depth=3, dropout=0.4)
        _, tape = gradients(net, *some_batch(depth=3))
        steps = {step.name: step for step in tape}
        assert [step.name for step in tape if step.op == "dropout"] == ["down2.dropout", "down3.dropout"]
        for level, after in ((2, ("down2.pool", "up2.crop_concat")), (3, ("up2.upconv",))):
            dropout = steps[f"down{level}.dropout"]
            assert dropout.inputs[0] is steps[f"down{level}.relu1"].output
            assert all(steps[name].inputs[0] is dropout.output for name in after)
            alive = dropout.inputs[0] > 0
            kept = dropout.output != 0
            np.testing.assert_allclose(dropout.output[kept], dropout.inputs[0][kept] / 0.6, rtol=1e-15)
            scatter = 4 * math.sqrt(0.4 * 0.6 / alive.sum())
            assert 1 - kept[alive].mean() == pytest.approx(0.4, abs=scatter)

    def test_at_depth_1_every_level_drops(self):
        _, tape = gradients(some_net(depth=1), *some_batch(depth=1))
        assert [step.name for step in tape if step.op == "dropout"] == ["down0.dropout", "down1.dropout"]

    @pytest.mark.parametrize(("rate", "training"), [(0, True), (0.5, False)], ids=["rate 0", "prediction"])
    def test_without_it_no_step_is_recorded_and_no_generator_needed(self, rate, training):
        net = some_net(dropout=rate)
        logits, tape = net.forward(some_batch()[0], training=training)
        assert "dropout" not in {step.op for step in tape}
        np.testing.assert_array_equal(logits, some_net(dropout=0.3).forward(some_batch()[0])[0])

    def test_the_generators_seed_decides_the_masks(self):
        net = some_net()
        x, _, _ = some_batch()
        first, again, other = (net.forward(x, training=True, rng=np.random.default_rng(seed))[0] for seed in (7, 7, 8))
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


class TestTape:
    def test_each_step_takes_what_the_steps_before_it_gave(self):
        net = some_net(depth=3)
        x, labels, weights = some_batch(depth=3)
        _, tape = gradients(net, x, labels, weights)
        assert np.array_equal(tape[0].inputs[0], x)
        steps = {step.name: step for step in tape}
        for before, step in pairwise(tape):
            if step.op == "crop_concat":
                level = step.name[len("up") : -len(".crop_concat")]
                assert step.inputs[0] is steps[f"down{level}.pool"].inputs[0]
                assert step.inputs[1] is before.output
            else:
                assert step.inputs[0] is before.output

    def test_the_last_output_is_the_logits(self):
        logits, tape = some_net().forward(some_batch()[0])
        assert tape[-1].output is logits

    def test_every_step_can_be_played_again_from_what_it_recorded(self):
        _, tape = gradients(some_net(), *some_batch())
        for step in tape:
            if step.op == "dropout":
                continue  # a rate and a generator are no arrays: its mask is in its cache
            output, _ = getattr(layers, f"{step.op}_forward")(*step.inputs)
            np.testing.assert_array_equal(output, step.output, err_msg=step.name)

    def test_steps_with_parameters_record_them(self):
        net = some_net()
        _, tape = gradients(net, *some_batch())
        weighted = [step for step in tape if step.op in ("conv2d", "conv_transpose2d")]
        assert len(weighted) == len(net.params) / 2
        for step in weighted:
            np.testing.assert_array_equal(step.inputs[1], net.params[f"{step.name}.weight"])
            np.testing.assert_array_equal(step.inputs[2], net.params[f"{step.name}.bias"])

    def test_a_kept_tape_stays_true_when_parameters_change_in_place(self):
        net = some_net()
        x, labels, weights = some_batch()
        before, tape = gradients(net, x, labels, weights)
        recorded = [[array.copy() for array in (*step.inputs, step.output)] for step in tape]
        for value in net.params.values():
            value *= -2
        for step, arrays in zip(tape, recorded, strict=True):
            for array, then in zip((*step.inputs, step.output), arrays, strict=True):
                np.testing.assert_array_equal(array, then, err_msg=step.name)
        _, dlogits = net.loss(tape[-1].output, labels, weights)
        for name, grad in net.backward(dlogits, tape).items():
            np.testing.assert_array_equal(grad, before[name], err_msg=name)

    def test_a_kept_tape_outlives_the_next_call(self):
        net = some_net()
        x, labels, weights = some_batch()
        _, tape = gradients(net, x, labels, weights)
        outputs = [step.output.copy() for step in tape]
        gradients(net, -x, labels, weights, keep=False)
        for step, output in zip(tape, outputs, strict=True):
            np.testing.assert_array_equal(step.output, output, err_msg=step.name)

    def test_parameters_changed_in_place_take_effect_at_the_next_call(self):
        net, fresh = some_net(), some_net()
        x, labels, weights = some_batch()
        gradients(net, x, labels, weights)
        for name, value in net.params.items():
            value *= 0.7
            fresh.params[name] = value.copy()
        expected, _ = gradients(fresh, x, labels, weights)
        found, _ = gradients(net, x, labels, weights)
        for name, grad in expected.items():
            np.testing.assert_array_equal(found[name], grad, err_msg=name)

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    @pytest.mark.parametrize("layers", [layers, fast], ids=["layers", "fast"])
    def test_a_training_tape_gives_the_same_gradients_and_keeps_nothing(self, layers, dtype):
        net = some_net(depth=3, layers=layers, dtype=dtype)
        x, labels, weights = some_batch(depth=3)
        batch = x.astype(dtype), labels, weights.astype(dtype)
        kept, tape = gradients(net, *batch)
        found, released = gradients(net, *batch, keep=False)
        for name, grad in kept.items():
            np.testing.assert_array_equal(found[name], grad, err_msg=name)
        fused = {step.name.replace("conv", "relu") for step in released if step.op == "conv2d_relu"}
        assert [step.name for step in released] == [step.name for step in tape if step.name not in fused]
        assert {(step.inputs, step.output, step.cache) for step in released} == {(None, None, None)}

    def test_a_training_tape_drops_arrays_before_backward(self):
        _, tape = some_net().forward(some_batch()[0], keep=False)
        assert {(step.inputs, step.output) for step in tape} == {(None, None)}

    def test_a_training_tape_is_walked_once(self):
        net = some_net(dropout=0)
        x, labels, weights = some_batch()
        logits, tape = net.forward(x, keep=False)
        _, dlogits = net.loss(logits, labels, weights)
        net.backward(dlogits, tape)
        with pytest.raises(ValueError, match=r"walked before.*keep=True"):
            net.backward(dlogits, tape)

    @pytest.mark.parametrize("keep", [True, False])
    def test_a_step_changes_neither_the_batch_nor_the_parameters(self, keep):
        net = some_net()
        batch = some_batch()
        before = [array.copy() for array in (*batch, *net.params.values())]
        gradients(net, *batch, keep=keep)
        for array, then in zip((*batch, *net.params.values()), before, strict=True):
            np.testing.assert_array_equal(array, then)


class TestGradients:
    @pytest.mark.parametrize("depth", [1, 2, 3])
    @pytest.mark.parametrize("reduction", ["mean", "sum", "weight_mean"])
    def test_all_gradients_together_match_a_complex_step(self, depth, reduction):
        net = some_net(depth=depth, base=3)
        x, labels, weights = some_batch(depth)
        rng = np.random.default_rng(4)
        logits, tape = net.forward(x, training=True, rng=np.random.default_rng(5))
        _, dlogits = net.loss(logits, labels, weights, reduction)
        grads = net.backward(dlogits, tape)

        # Each tensor's direction is scaled by its gradient, so that none hides behind a larger one.
        directions = {
            name: rng.standard_normal(grad.shape) * np.sign(grad) / np.abs(grad).sum() for name, grad in grads.items()
        }
        h = 1e-30
        for name in net.params:
            net.params[name] = net.params[name] + 1j * h * directions[name]
        logits, _ = net.forward(x + 1j * h * directions["input"], training=True, rng=np.random.default_rng(5))
        loss, _ = net.loss(logits, labels, weights, reduction)
        derivative = sum((grads[name] * directions[name]).sum() for name in grads)
        assert loss.imag / h == pytest.approx(derivative, rel=1e-11, abs=0)

    def test_a_batch_is_the_sum_of_its_images(self):
        net = some_net(dropout=0)
        x, labels, weights = some_batch(batch=3)

        def summed(part):
            logits, tape = net.forward(x[part])
            _, dlogits = net.loss(logits, labels[part], weights[part], "sum")
            return net.backward(dlogits, tape)

        def assert_sum(found, wanted):
            np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-13 * np.abs(wanted).max())

        whole, *single = (summed(part) for part in (slice(0, 3), slice(0, 1), slice(1, 2), slice(2, 3)))
        for name in net.params:
            assert_sum(whole[name], sum(grads[name] for grads in single))
        assert_sum(whole["input"], np.concatenate([grads["input"] for grads in single]))


class TestLayerSets:
    def test_the_reference_computes_the_same(self):
        x, labels, weights = some_batch(depth=1, batch=1)
        expected, tape = gradients(some_net(depth=1), x, labels, weights)
        found, reference_tape = gradients(some_net(depth=1, layers=reference), x, labels, weights)
        assert [step.name for step in reference_tape] == [step.name for step in tape]
        for name, grad in expected.items():
            np.testing.assert_allclose(found[name], grad, rtol=0, atol=1e-13 * np.abs(grad).max(), err_msg=name)

    @pytest.mark.parametrize("function", layers.__all__)
    def test_a_replaced_function_is_the_one_that_is_called(self, function):
        calls = []

        def replaced(*args):
            calls.append(args)
            return getattr(layers, function)(*args)

        net = some_net(depth=1, layers=layer_set(**{function: replaced}))
        found, tape = gradients(net, *some_batch(depth=1))
        op = function.removesuffix("_forward").removesuffix("_backward")
        assert len(calls) == ([step.op for step in tape].count(op) or 1)  # the loss is on no tape
        expected, _ = gradients(some_net(depth=1, layers=layers), *some_batch(depth=1))
        np.testing.assert_array_equal(found["input"], expected["input"])

    def test_a_replaced_function_decides_the_result(self):
        def leaky_relu_forward(x):
            return np.where(x > 0, x, 0.1 * x), np.where(x > 0, 1, 0.1)

        x, _, _ = some_batch(depth=1)
        leaky = some_net(depth=1, layers=layer_set(relu_forward=leaky_relu_forward))
        assert not np.allclose(leaky.forward(x)[0], some_net(depth=1).forward(x)[0])

    def test_operations_are_the_functions_of_a_layer_set(self):
        assert sorted(f"{op}_{way}" for op in OPERATIONS for way in ("forward", "backward")) == layers.__all__

    @pytest.mark.parametrize("function", layers.__all__)
    def test_a_set_with_a_function_missing_is_refused(self, function):
        with pytest.raises(ValueError, match=f"^layers lacks {function}; expected every function of minunet.layers$"):
            some_net(layers=layer_set(**{function: None}))

    def test_workspace_is_asked_for_once_and_used(self):
        calls = []

        def workspace():
            calls.append("workspace")
            return layer_set(relu_forward=lambda x: (calls.append("relu"), layers.relu_forward(x))[1])

        net = some_net(depth=1, layers=layer_set(workspace=workspace))
        for _ in range(2):
            gradients(net, *some_batch(depth=1))
        assert calls == ["workspace"] + ["relu"] * 12


@pytest.mark.parametrize("dtype", ["int32", "bool", "foo", None, "float16"])
def test_parameters_that_are_no_floats_to_compute_in_are_refused(dtype):
    with pytest.raises(ValueError, match=f"^dtype is {dtype!r}, expected one of float32, float64, complex128$"):
        mu.UNet(base=1, depth=1, dtype=dtype)


def test_a_network_that_no_memory_holds_is_refused_at_once():
    with pytest.raises(ValueError, match=r"base 4 at depth 400 makes .* parameters, expected at most"):
        mu.UNet(base=4, depth=400)


def test_a_seed_is_no_generator():
    net = mu.UNet(base=1, depth=1)
    with pytest.raises(ValueError, match=r"needs rng, a numpy\.random\.Generator, found 0"):
        net.forward(np.zeros((1, 1, 18, 20), np.float32), training=True, rng=0)


def test_a_kept_tape_stays_true_when_the_image_is_changed_in_place():
    net = mu.UNet(base=2, depth=1, seed=3, dtype="float64")
    x = np.random.default_rng(1).standard_normal((1, 1, 18, 22))
    before = x.copy()
    logits, tape = net.forward(x)
    x += 1
    assert np.array_equal(tape[0].inputs[0], before)
    assert np.array_equal(
        net.backward(np.ones_like(logits), tape)["down0.conv0.weight"],
        net.backward(np.ones_like(logits), net.forward(before)[1])["down0.conv0.weight"],
    )


def test_logits_are_those_of_forward_and_nothing_else_outlives_them():
    class Watched(np.ndarray):
        """NumPy's own arrays take no weak reference."""

    seen = []

    def watched_forward(x, weight, bias):
        out, cache = layers.conv2d_forward(x, weight, bias)
        out = out.view(Watched)
        seen.append(weakref.ref(out))
        return out, cache

    functions = {name: getattr(layers, name) for name in layers.__all__} | {"conv2d_forward": watched_forward}
    net = mu.UNet(in_channels=2, classes=3, base=2, depth=2, seed=5, layers=SimpleNamespace(**functions))
    x = np.random.default_rng(2).standard_normal((2, 2, 44, 52)).astype(np.float32)
    logits = net.logits(x)
    assert sum(reference() is not None for reference in seen) == 1
    assert np.array_equal(logits, net.forward(x)[0])


@pytest.mark.parametrize("layer_set", [None, layers, reference], ids=["fast", "layers", "reference"])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["copy", "pickle"])
def test_a_network_can_be_copied_and_pickled_whatever_its_layer_set(layer_set, copied):
    net = mu.UNet(2, 3, base=2, depth=1, seed=4, layers=layer_set)
    net.normalization = (np.array([1.0, 2.0]), 3.0)
    x = np.random.default_rng(5).standard_normal((1, 2, 18, 22)).astype(np.float32)
    other = copied(net)
    assert np.array_equal(other.logits(x), net.logits(x))
    assert other.layers is layer_set or layer_set is None
    assert np.array_equal(other.normalization[0], [1, 2])
    other.params["head.bias"] += 1
    assert not np.array_equal(other.logits(x), net.logits(x))  # nothing is shared
