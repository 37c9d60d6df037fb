"""The bank proves itself: every mistake is detected, every two are told apart, and two at once are what they say."""

import warnings
from collections import Counter
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from minunet import UNet, layers
from minunet.course.exercises import specs
from minunet.grading.bank import pairs, predict
from minunet.grading.compare import agree, expected
from minunet.grading.mistakes.wiring import WIRINGS, run
from minunet.grading.specs import SHIPPED, find_spec

SPECS = [*map(find_spec, SHIPPED), *specs().values()]
LAYERS = {f"{spec.name}-{layer.name}": layer for spec in SPECS for layer in spec.layers if layer not in SPECS[0].layers}
LAYERS |= {f"unet-{layer.name}": layer for layer in SPECS[0].layers}
OUTPUTS = [
    (name, output) for name, layer in LAYERS.items() for output in dict.fromkeys(m.output for m in layer.mistakes)
]
APART = 100  # times the bound: what counts as told apart

# Told apart by less: the two differ where a probability is about the number that is added, and nowhere else.
NEAR = 20


def forward_outputs(layer):
    return layer.forward.outputs if layer.backward is not None else ()


@cache
def truths(name, seed=0):
    layer = LAYERS[name]
    rng = np.random.default_rng(seed)
    return [expected(layer, case, rng) for case in layer.cases(rng)]


def made(mistakes, layer, output, right):
    """What they give for a case; None where they raise, as a student's would."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return np.asarray(predict(mistakes, output, layer.truth, right.with_dout(output, forward_outputs(layer))))
        except (ValueError, IndexError, TypeError):
            return None


def differ(a, b, bound):
    if a is None or b is None:
        return (a is None) != (b is None)
    return not agree(a, b, bound)


@cache
def table(name, output):
    """What each mistake gives, in every case."""
    layer = LAYERS[name]
    return {m.name: [made([m], layer, output, right) for right in truths(name)] for m in layer.mistakes_of(output)}


@pytest.mark.parametrize(("name", "output"), OUTPUTS)
def test_every_mistake_is_detected(name, output):
    for mistake, results in table(name, output).items():
        seen = [
            differ(found, right.outputs[output], APART * right.bounds[output])
            for found, right in zip(results, truths(name), strict=True)
        ]
        assert any(seen), mistake


@pytest.mark.parametrize(("name", "output"), OUTPUTS)
def test_every_two_mistakes_are_told_apart(name, output):
    for (one, theirs), (other, others) in combinations(table(name, output).items(), 2):
        factor = NEAR if "probability at" in one + other else APART
        seen = [
            differ(a, b, factor * right.bounds[output])
            for a, b, right in zip(theirs, others, truths(name), strict=True)
        ]
        assert any(seen), (one, other)


def test_the_bank_is_large_and_reaches_every_function():
    counts = Counter(layer.forward.name for layer in find_spec("unet").layers for _ in layer.mistakes)
    assert len(counts) == 7
    assert sum(counts.values()) + len(WIRINGS) >= 80
    for layer in find_spec("unet").layers:
        for function in layer.functions:
            assert all(len(layer.mistakes_of(output)) >= 5 for output in function.outputs), function.name


@pytest.mark.parametrize("name", LAYERS)
def test_every_mistake_has_a_name_of_its_own_and_says_why_and_what_to_do(name):
    layer = LAYERS[name]
    names = [(mistake.output, mistake.name) for mistake in layer.mistakes]
    assert len(set(names)) == len(names)
    assert all(mistake.explanation and mistake.fix for mistake in layer.mistakes)


@pytest.mark.parametrize(("name", "output"), OUTPUTS)
def test_two_mistakes_at_once_are_what_both_do(name, output):
    layer = LAYERS[name]
    for first, second in pairs(layer.mistakes_of(output)):
        assert first is not second
        assert [first.place, second.place] != ["instead", "instead"]
        if first.place == "instead" and second.place == "after":
            right = truths(name)[0]
            arguments = right.with_dout(output, forward_outputs(layer))
            try:
                with np.errstate(all="ignore"):
                    by_hand = second.call(arguments, first.call(arguments))
            except (ValueError, IndexError):
                continue
            np.testing.assert_array_equal(made([first, second], layer, output, right), by_hand)


@pytest.mark.parametrize("name", LAYERS)
def test_the_truth_of_another_draw_is_within_its_own_bounds_and_not_beyond(name):
    for right in truths(name, seed=1):
        for output, value in right.outputs.items():
            in_float32 = value.astype(np.float32).astype(float)
            assert agree(in_float32, value, right.bounds[output])
            if value.size and np.abs(value).max() > 0:
                assert not agree(value * 1.01, value, right.bounds[output]), output


def network():
    net = UNet(1, 3, 2, 2, dropout=0.0, dtype="float64", layers=layers)
    x = np.random.default_rng(0).standard_normal((2, 1, 44, 52))
    logits, tape = net.forward(x)
    dlogits = np.random.default_rng(1).standard_normal(logits.shape)
    return net, x, dlogits, {"logits": logits} | net.backward(dlogits, tape)


def test_the_wiring_without_mistakes_is_the_network():
    net, x, dlogits, right = network()
    logits, grads = run(net.params, 2, x, dlogits)
    for name, value in ({"logits": logits} | grads).items():
        np.testing.assert_allclose(value, right[name], rtol=1e-12, atol=1e-12)


def test_every_mistake_of_the_wiring_is_detected_and_told_apart():
    net, x, dlogits, right = network()
    found = {"right": right}
    for wiring in WIRINGS:
        logits, grads = run(net.params, 2, x, dlogits, **{wiring.switch: True})
        found[wiring.name] = {"logits": logits} | grads
    for (one, a), (other, b) in combinations(found.items(), 2):
        apart = max(np.abs(a[name] - b[name]).max() / max(np.abs(a[name]).max(), 1e-300) for name in right)
        assert apart > 1e-2, (one, other)
