"""Explanations: every term of the sum that made a number, and their total is that number."""

import numpy as np
import pytest

import minunet as mu
from minunet.stepper.explain import EXPLAINERS

from .conftest import changed_layers, example, network

ELEMENTS = 12  # of each value


def some_indices(shape, count, seed=0):
    """Corners, and places at random."""
    rng = np.random.default_rng(seed)
    corners = {tuple(0 for _ in shape), tuple(side - 1 for side in shape)}
    return sorted(corners | {tuple(int(rng.integers(side)) for side in shape) for _ in range(count)})


def test_every_number_is_the_total_of_its_terms(stepper):
    """Every kind of value of every layer, within the bound that the explanation states."""
    checked = 0
    for event in stepper.events[1:]:
        for name in event.outputs.values():
            for index in some_indices(stepper.values[name].shape, ELEMENTS):
                explanation = stepper.explain(name, index)
                assert explanation.value == stepper.values[name][index]
                assert abs(explanation.total - explanation.value) <= explanation.bound, explanation
                checked += 1
    assert checked > 600


def test_every_explainer_is_met(steps):
    met = {(event.op, role) for stepper in steps.values() for event in stepper.events[1:] for role in event.outputs}
    assert met == set(EXPLAINERS)


def test_factors_are_what_lies_where_they_say(stepper):
    for event in stepper.events[1:]:
        for name in event.outputs.values():
            index = some_indices(stepper.values[name].shape, 1)[-1]
            for group in stepper.explain(name, index).groups:
                for factor in group.factors:
                    if factor.name in stepper.values and name not in ("loss.out", "loss.dlogits"):
                        found = stepper.values[factor.name][tuple(factor.indices.T)]
                        np.testing.assert_array_equal(found, factor.values)


def test_the_bound_is_no_blanket(stepper):
    """It is a small part of the terms that it allows for: in float32 most often a few millionths."""
    parts = []
    for event in stepper.events[1:]:
        for name in event.outputs.values():
            for index in some_indices(stepper.values[name].shape, 2):
                explanation = stepper.explain(name, index)
                size = sum(np.abs(group.products).sum() for group in explanation.groups)
                if size > 1e-9:
                    parts.append(explanation.bound / size)
    eps = np.finfo(stepper.values["loss.out"].dtype).eps
    assert np.median(parts) < 100 * eps
    assert max(parts) < 1e6 * eps


def test_a_wrong_layer_disagrees_with_its_terms():
    def doubled(dout, cache):
        dx, dweight, dbias = mu.layers.conv2d_backward(dout, cache)
        return dx, 1.001 * dweight, dbias

    net = network(layers=changed_layers(conv2d_backward=doubled))
    explanation = mu.Stepper(net, *example(net, (60, 64))).explain("down1.conv0.dweight", (0, 1, 2, 0))
    assert not explanation.agrees
    assert "DISAGREES" in str(explanation)
    assert explanation.value == pytest.approx(1.001 * explanation.total, rel=1e-4)


def test_a_convolution_by_hand(small):
    explanation = small.explain("down0.conv0", (0, 2, 5, 7))
    x, weight = small.values["input.out"], small.values["down0.conv0.weight"]
    terms = explanation.terms
    assert len(terms) == 2 * 3 * 3 + 1
    value, ((name, place, first), (other, other_place, second)) = terms[10].value, terms[10].factors
    assert (name, place) == ("down0.conv0.weight", (2, 1, 0, 1))
    assert (other, other_place) == ("input.out", (0, 1, 5, 8))
    assert (first, second) == (weight[place], x[other_place])
    assert value == float(first) * float(second)
    assert explanation.equation == "out[n,f,h,w] = bias[f] + Σ_c,i,j weight[f,c,i,j] x[n,c,h+i,w+j]"


def test_a_maximum_shows_its_four_candidates_and_the_winner(small):
    explanation = small.explain("down0.pool", (0, 1, 4, 6))
    window = small.values["down0.skip.out"][0, 1, 8:10, 12:14].ravel()
    np.testing.assert_array_equal(explanation.candidates.values, window)
    assert explanation.winner == window.argmax()
    assert explanation.candidates.indices.tolist() == [[0, 1, 8, 12], [0, 1, 8, 13], [0, 1, 9, 12], [0, 1, 9, 13]]


def test_among_equals_the_first_wins_and_the_others_get_nothing(small):
    ties = np.argwhere(small.values["down0.pool.out"] == 0)
    n, c, h, w = map(int, ties[0])
    explanation = small.explain("down0.pool", (n, c, h, w))
    assert explanation.winner == 0
    assert small.explain("down0.pool.dx", (n, c, 2 * h, 2 * w)).groups[0].factors[1].values == 1
    assert small.explain("down0.pool.dx", (n, c, 2 * h + 1, 2 * w)).groups[0].factors[1].values == 0


def test_an_up_convolution_shows_the_one_pixel_its_channels_and_the_tap(small):
    explanation = small.explain("up0.upconv", (0, 2, 7, 4))
    x, weight = explanation.groups[0].factors
    assert {tuple(place[2:]) for place in x.indices.tolist()} == {(3, 2)}
    assert {tuple(place[2:]) for place in weight.indices.tolist()} == {(1, 0)}
    assert x.indices[:, 1].tolist() == list(range(6))
    assert "the input pixel (3, 2) alone, through the kernel's tap (1, 0)" in explanation.notes


def test_a_crop_shows_its_offset(small):
    explanation = small.explain("up0.crop_concat", (0, 1, 3, 4))
    top = (small.values["down0.skip.out"].shape[2] - small.values["up0.upconv.out"].shape[2]) // 2
    assert explanation.groups[0].factors[0].indices.tolist() == [[0, 1, 3 + top, 4 + top]]
    assert f"h + {top}, w + {top}" in explanation.notes[0]


def test_the_loss_of_a_pixel_shows_logits_softmax_weight_and_label(small):
    explanation = small.explain("loss", (0, 2, 5))
    logits = small.values["head.out"][0, :, 2, 5].astype(float)
    p = np.exp(logits) / np.exp(logits).sum()
    label, weight = int(small.values["labels"][0, 2, 5]), float(small.values["weights"][0, 2, 5])
    assert explanation.value == pytest.approx(-weight * np.log(p[label]) / small.values["labels"].size)
    notes = "\n".join(explanation.notes)
    assert all(f"{number:.6g}" in notes for number in (*logits, *p, weight))
    assert f"label {label}" in notes


def test_the_pixels_shares_add_up_to_the_loss(small):
    N, H, W = small.values["labels"].shape
    shares = [small.explain("loss", (n, h, w)).value for n in range(N) for h in range(H) for w in range(W)]
    assert sum(shares) == pytest.approx(float(small.values["loss.out"]), rel=1e-6)


def test_momentum_shows_old_velocity_gradient_and_new_velocity(small):
    index = (1, 0, 2, 1)
    explanation = small.explain("down0.conv1.weight.velocity.new", index)
    factors = {factor.name: factor.values[0] for group in explanation.groups for factor in group.factors}
    assert factors == {
        "momentum": 0.99,
        "down0.conv1.weight.velocity": small.values["down0.conv1.weight.velocity"][index],
        "-lr": -0.03,
        "down0.conv1.dweight": small.values["down0.conv1.dweight"][index],
    }


def test_nan_agrees_with_nan():
    net = network()
    net.params["down0.conv1.bias"][1] = np.nan
    stepper = mu.Stepper(net, *example(net, (60, 64)))
    explanation = stepper.explain("down0.conv1", (0, 1, 3, 3))
    assert np.isnan(explanation.value)
    assert explanation.agrees
    assert stepper.explain("down0.relu1", (0, 1, 3, 3)).agrees


def test_the_text_shows_formula_terms_and_total(small):
    text = str(small.explain("down1.conv0.dweight", (2, 1, 0, 2)))
    lines = text.splitlines()
    assert lines[0].startswith("down1.conv0.dweight[2,1,0,2] = ")
    assert lines[1].strip() == "dweight[f,c,i,j] = Σ_n,h,w dout[n,f,h,w] x[n,c,h+i,w+j]"
    count = int(np.prod(small.values["down1.relu0.dx"].shape[2:]))
    assert f"{count:,} terms" in text
    assert f"... {count - 12} smaller ones" in text
    assert lines[-1].endswith("agrees")


@pytest.mark.parametrize(
    ("what", "index", "message"),
    [
        ("down0.conv9", (0, 0, 0, 0), r"there is no value 'down0.conv9'; did you mean down0\.conv"),
        (
            "down0.conv0",
            (0, 3, 0, 0),
            r"index \(0, 3, 0, 0\) lies outside down0\.conv0\.out; legal: \(0\.\.0, 0\.\.2, ",
        ),
        ("down0.conv0", (0, 0, 0), r"down0\.conv0\.out has 4 dimensions, found 3 numbers; legal: \(0\.\.0"),
        ("down0.conv0", (0, 0, 0, -1), r"lies outside down0\.conv0\.out"),
        ("down0.conv0", (0, 0, 0, 1.5), "expected whole numbers, one for each dimension"),
        ("input", (0, 0, 0, 0), "input.out was given, not computed"),
        ("down0.conv0.weight", (0, 0, 0, 0), "down0.conv0.weight was given, not computed"),
    ],
)
def test_what_cannot_be_explained_is_told_in_one_line(small, what, index, message):
    with pytest.raises(ValueError, match=message) as caught:
        small.explain(what, index)
    assert "\n" not in str(caught.value)


def test_names_may_be_short(small):
    index = (0, 1, 2, 3)
    assert small.explain("down0.relu0", index).what == "down0.relu0.out"
    assert small.explain("down0.relu0.dout", index).what == "down0.conv1.dx"
    assert small.explain("down0.relu0.backward", index).what == "down0.relu0.dx"
    assert small.explain("head.dout", (0, 1, 2, 3)).what == "loss.dlogits"
