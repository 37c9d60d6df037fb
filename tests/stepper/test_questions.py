"""Questions to a step: what if, why, is this layer right, where do two part; and that a file keeps it all."""

import json

import numpy as np
import pytest

import minunet as mu
from minunet import layers, reference

from .conftest import changed_layers, example, network


def hand_loss(net, image, labels, weights, seed):
    logits, _ = net.forward(image[None], training=True, rng=np.random.default_rng(seed))
    cut = slice(20, -20)
    return float(net.loss(logits, labels[None, cut, cut], weights[None, cut, cut])[0])


class TestWhatIf:
    @pytest.mark.parametrize(("what", "index"), [("up0.conv1.weight", (1, 2, 0, 1)), ("head.bias", (2,))])
    def test_prediction_and_truth(self, what, index):
        net = network(dtype="float64")
        image, labels, weights = example(net, (60, 64))
        stepper = mu.Stepper(net, image, labels, weights, seed=4)
        found = stepper.what_if(what, index, 1e-3)
        layer, kind = what.rsplit(".", 1)
        assert found.gradient == stepper.values[f"{layer}.d{kind}"][index]
        np.testing.assert_allclose(found.predicted, found.gradient * found.deltas)
        before = hand_loss(net, image, labels, weights, 4)
        for delta, true in zip(found.deltas, found.true, strict=True):
            net.params[what][index] += delta
            assert true == pytest.approx(hand_loss(net, image, labels, weights, 4) - before, abs=1e-14)
            net.params[what][index] -= delta
        assert found.linear_until >= 1e-3 / 256

    def test_a_pixel(self, small):
        found = small.what_if("input", (0, 1, 30, 31), 1e-3)
        assert found.gradient == small.values["down0.conv0.dx"][0, 1, 30, 31]
        near = np.abs(found.deltas) == np.abs(found.deltas).min()
        np.testing.assert_allclose(found.true[near], found.predicted[near], rtol=1e-2)

    def test_of_nan_there_is_no_line(self):
        net = network()
        net.params["head.bias"][1] = np.nan
        stepper = mu.Stepper(net, *example(net, (60, 64)))
        assert stepper.what_if("head.bias", (0,), 0.1).linear_until == 0

    def test_where_the_line_ends(self):
        """A bias that turns its channel off: beyond that the loss stays where it is."""
        net = network(dtype="float64")
        image, labels, weights = example(net, (60, 64))
        stepper = mu.Stepper(net, image, labels, weights)
        found = stepper.what_if("up0.conv1.bias", (1,), -1e4)
        assert found.linear_until == 0
        assert "no line even at the smallest delta" in str(found)

    def test_nothing_is_changed_by_asking(self, small):
        before = {name: array.tobytes() for name, array in small.values.items()}
        small.what_if("down0.conv0.weight", (0, 0, 1, 1), 0.1)
        assert {name: array.tobytes() for name, array in small.values.items()} == before

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("down0.relu0", (0, 0, 0, 0), 1), r"down0\.relu0\.out is neither a parameter nor the image"),
            (("head.bias", (3,), 1), r"index \(3,\) lies outside head\.bias; legal: \(0\.\.2\)"),
            (("head.bias", (1,), 0), "delta is 0, expected a finite number other than 0"),
            (("head.bias", (1,), float("nan")), "delta is nan"),
        ],
    )
    def test_what_cannot_be_asked(self, small, arguments, message):
        with pytest.raises(ValueError, match=message):
            small.what_if(*arguments)


class TestWhy:
    def zero(self, stepper, what, where=lambda index: True):
        return next(tuple(map(int, i)) for i in np.argwhere(stepper.value(what) == 0) if where(tuple(i)))

    def test_dead_relu(self, small):
        index = self.zero(small, "up0.relu1.dx")
        assert "dead ReLU" in small.why("up0.relu1.dx", index).answer

    def test_lost_maximum(self, small):
        n, c, h, w = map(int, np.argwhere(small.values["down0.pool.out"] > 0)[0])
        winner = small.explain("down0.pool", (n, c, h, w)).winner
        i, j = divmod((winner + 1) % 4, 2)
        assert small.why("down0.pool.dx", (n, c, 2 * h + i, 2 * w + j)).causes == [("lost the maximum", 1)]

    def test_cropped_away(self, small):
        assert small.why("up0.crop_concat.dskip", (0, 0, 1, 2)).answer.startswith("cropped away")

    def test_dropped_out(self, small):
        keep = small.values["down2.dropout.keep"]
        index = tuple(int(i) for i in np.argwhere(~keep & (small.values["down2.dropout.out"] == 0))[0])
        assert small.why("down2.dropout.dx", index).answer.startswith("dropped out")

    def test_weight_zero(self):
        net = network()
        net.params["up0.conv1.weight"][:, 1] = 0
        stepper = mu.Stepper(net, *example(net, (60, 64)))
        on = np.abs(stepper.values["up0.relu1.dx"]).sum(axis=1)[0, 4:-4, 4:-4]
        h, w = (int(i) + 4 for i in np.argwhere(on > 0)[0])
        assert "every weight is 0" in str(stepper.why("up0.conv1.dx", (0, 1, h, w)).causes)

    def test_a_pixel_without_weight(self):
        net = network()
        image, labels, weights = example(net, (60, 64))
        stepper = mu.Stepper(net, image, labels, np.zeros_like(weights))
        assert "the pixel's weight is 0" in stepper.why("loss.dlogits", (0, 1, 2, 3)).answer
        assert "the pixel's weight is 0" in stepper.why("head.dweight", (0, 1, 0, 0)).answer

    def test_many_causes_are_counted(self, small):
        index = self.zero(small, "down0.conv0.dx")
        found = small.why("down0.conv0.dx", index)
        assert sum(count for _, count in found.causes) > 1
        assert found.causes == sorted(found.causes, key=lambda cause: -cause[1])
        assert small.value(found.place[0])[found.place[1]] == 0

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_the_first_that_is_not_finite(self, value):
        net = network()
        net.params["down1.conv1.weight"][2, 1, 0, 2] = value
        found = mu.Stepper(net, *example(net, (60, 64))).why("loss")
        assert found.place == ("down1.conv1.weight", (2, 1, 0, 2))
        assert "given to down1.conv1" in found.answer

    def test_an_overflow_is_found_where_it_is_made(self):
        net = network()
        net.params["down1.conv0.weight"][0] = 3e38
        net.params["down1.conv0.bias"][0] = 3e38
        found = mu.Stepper(net, *example(net, (60, 64))).why("loss")
        assert found.place[0] == "down1.conv0.out"
        assert "from finite numbers" in found.answer

    def test_a_nan_of_the_image_was_given_and_an_unrelated_one_is_not_blamed(self):
        net = network()
        image, labels, weights = example(net, (60, 64))
        image[1, 50, 3] = np.nan
        stepper = mu.Stepper(net, image, labels, weights)
        assert "given to input" in stepper.why("down0.conv0", (0, 1, 49, 2)).answer
        net.params["up0.conv1.bias"][0] = np.nan
        found = mu.Stepper(net, *example(net, (60, 64))).why("head", (0, 0, 1, 1))
        assert found.place == ("up0.conv1.bias", (0,))

    def test_in_a_batch_another_image_s_nan_is_not_blamed(self):
        net = network()
        image, labels, weights = example(net, (60, 64))
        batch = np.stack([image, image])
        batch[0, 0, 30, 30] = np.nan
        net.params["up0.conv1.bias"][0] = np.nan
        stepper = mu.Stepper(net, batch, np.stack([labels, labels]), np.stack([weights, weights]))
        assert stepper.why("head", (1, 0, 9, 9)).place == ("up0.conv1.bias", (0,))
        assert stepper.why("head", (0, 0, 9, 9)).place[0] == "input.out"

    def test_a_loss_of_zero(self):
        net = network()
        image, labels, weights = example(net, (60, 64))
        assert "weight 0" in mu.Stepper(net, image, labels, 0 * weights).why("loss").answer

    def test_a_flat_image_has_an_answer(self):
        net = network()
        for name, value in net.params.items():
            if name.endswith("bias"):
                value[...] = 0
        stepper = mu.Stepper(net, np.zeros((2, 60, 64)), np.zeros((60, 64), int))
        assert stepper.why("down0.conv0.dweight", (0, 0, 0, 0)).causes

    def test_any_other_number_has_a_sum_instead(self, small):
        index = tuple(int(i) for i in np.argwhere(small.values["head.out"])[0])
        with pytest.raises(ValueError, match="ask why of a zero, or of nan; explain shows the sum"):
            small.why("head", index)


class TestCheck:
    def test_every_layer_is_right(self, stepper):
        checked = 0
        for event in stepper.events:
            if event.phase == "forward" and event.op not in ("input", "skip"):
                found = stepper.check(event.name)
                assert found.passed, found
                assert found.error < 1e-6
                checked += 1
        assert checked >= 15
        assert stepper.check("loss").passed

    def test_a_wrong_backward_is_told_with_its_pattern(self):
        def flipped(dout, cache):
            dx, dweight, dbias = layers.conv2d_backward(dout, cache)
            return dx, dweight[:, :, ::-1], dbias

        net = network(layers=changed_layers(conv2d_backward=flipped))
        found = mu.Stepper(net, *example(net, (60, 64))).check("down1.conv0")
        assert not found.passed
        assert "the gradient of weight is wrong" in found.message
        assert "[2, 1, 0] where [0, 1, 2] belong" in found.message

    def test_pooling_is_checked_beside_its_ties(self):
        def to_every_tie(dout, cache):
            _, equal = cache
            return np.repeat(np.repeat(dout, 2, axis=2), 2, axis=3) * equal

        def forward(x):
            out, _ = layers.max_pool2d_forward(x)
            return out, (x.shape, x == np.repeat(np.repeat(out, 2, axis=2), 2, axis=3))

        net = network(layers=changed_layers(max_pool2d_forward=forward, max_pool2d_backward=to_every_tie))
        assert mu.Stepper(net, *example(net, (60, 64))).check("down0.pool").passed  # right wherever there is a gradient

    def test_the_present_event_is_the_default(self, small):
        small.goto("up0.upconv.backward")
        assert small.check().name == "up0.upconv"

    @pytest.mark.parametrize("name", ["input", "down0.skip", "head.bias.update"])
    def test_what_is_no_layer(self, small, name):
        with pytest.raises(ValueError, match="is no layer"):
            small.check(name)


class TestDiverges:
    def test_two_layer_sets_do_not_part(self):
        found = []
        for layer_set in (layers, reference):
            net = network(depth=1, base=2, dtype="float64", layers=layer_set)
            found.append(mu.Stepper(net, *example(net, (20, 22))))
        assert found[0].diverges(found[1]) is None

    def test_the_first_wrong_layer_is_named_with_index_and_sum(self):
        def shifted(dout, cache):
            dx, dweight, dbias = layers.conv_transpose2d_backward(dout, cache)
            return dx, np.roll(dweight, 1, axis=3), dbias

        right, wrong = network(layers=layers), network(layers=changed_layers(conv_transpose2d_backward=shifted))
        batch = example(right, (60, 64))
        found = mu.Stepper(right, *batch).diverges(mu.Stepper(wrong, *batch))
        assert (found.event, found.value) == ("up0.upconv.backward", "up0.upconv.dweight")
        assert found.index == (0, 0, 0, 0)
        assert "there it is not the sum of its terms" in found.term

    def test_another_weight_is_told_as_given(self):
        one, other = network(), network()
        other.params["down0.conv1.weight"][1, 2, 0, 1] += 1
        batch = example(one, (60, 64))
        found = mu.Stepper(one, *batch).diverges(mu.Stepper(other, *batch))
        assert (found.event, found.value, found.index) == ("down0.conv1", "down0.conv1.weight", (1, 2, 0, 1))
        assert found.theirs == pytest.approx(found.mine + 1)

    def test_another_optimizer_shows_the_term(self):
        net = network()
        batch = example(net, (60, 64))
        one, other = (mu.Stepper(net, *batch, optimizer=mu.SGD(net.params, lr)) for lr in (0.1, 0.2))
        found = one.diverges(other)
        assert found.value == "down0.conv0.weight.velocity.new"
        assert "-lr" in found.term

    def test_networks_of_other_shapes_cannot_be_compared(self):
        one, other = network(depth=1), network(depth=2)
        with pytest.raises(ValueError, match="the networks differ in depth or dropout, or the optimizers"):
            mu.Stepper(one, *example(one, (60, 64))).diverges(mu.Stepper(other, *example(other, (60, 64))))
        wide = network(depth=1, base=4)
        with pytest.raises(ValueError, match=r"has shape .* here and .* there"):
            mu.Stepper(one, *example(one, (60, 64))).diverges(mu.Stepper(wide, *example(wide, (60, 64))))


class TestFile:
    def test_everything_comes_back(self, stepper, tmp_path):
        stepper.save(tmp_path / "step.npz")
        again = mu.Stepper.load(tmp_path / "step.npz")
        assert again.events == stepper.events
        assert again.settings == stepper.settings
        assert set(again.values) == set(stepper.values)
        for name, array in stepper.values.items():
            np.testing.assert_array_equal(again.values[name], array, err_msg=name)
            assert again.values[name].dtype == array.dtype
        assert again.diverges(stepper) is None
        again.goto(again.events[-1].name)
        np.testing.assert_array_equal(again.net.params["head.bias"], stepper.values["head.bias.new"])

    def test_what_a_student_s_layers_computed_is_there_without_them(self, tmp_path):
        net = network(layers=changed_layers(relu_forward=lambda x: (np.maximum(x, 0.1 * x), x > 0)))
        stepper = mu.Stepper(net, *example(net, (60, 64)))
        stepper.save(tmp_path / "step.npz")
        again = mu.Stepper.load(tmp_path / "step.npz")
        index = tuple(int(i) for i in np.argwhere(again.values["down0.relu0.out"] < 0)[0])
        assert not again.explain("down0.relu0", index).agrees

    @pytest.mark.parametrize("damage", ["version", "cut", "text", "missing value", "weights"])
    def test_a_file_that_is_none_is_refused_in_one_line(self, small, tmp_path, damage):
        path = tmp_path / "step.npz"
        small.save(path)
        if damage == "cut":
            path.write_bytes(path.read_bytes()[:-100])
        elif damage == "text":
            path.write_text("no archive")
        elif damage == "weights":
            small.net.save(path)
        else:
            with np.load(path) as archive:
                arrays = dict(archive)
            settings = json.loads(str(arrays["settings"]))
            if damage == "version":
                settings["format"] = "minunet step 9"
            else:
                del arrays["values/head.out"]
            arrays["settings"] = np.array(json.dumps(settings))
            with open(path, "wb") as file:
                np.savez(file, **arrays)
        with pytest.raises(ValueError, match="is no whole recorded step") as caught:
            mu.Stepper.load(path)
        assert "\n" not in str(caught.value)
        if damage == "version":
            assert "its format is 'minunet step 9', and this minunet reads 'minunet step 1'" in str(caught.value)

    def test_a_folder_that_is_not_there(self, small, tmp_path):
        with pytest.raises(FileNotFoundError):
            small.save(tmp_path / "nowhere" / "step.npz")
        with pytest.raises(FileNotFoundError):
            mu.Stepper.load(tmp_path / "none.npz")
