"""The weighted cross-entropy over a softmax: the energy of the paper."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    LAYOUTS,
    assert_equal_to_rounding,
    assert_separate,
    checked_dtypes,
    different_sizes,
    exactly,
    examples,
    laid_out,
    normal,
    read_only,
    seeds,
)

import minunet.layers
from minunet import reference

REDUCTIONS = ("mean", "sum", "weight_mean")


def arguments(N=2, C=3, H=4, W=5, dtype="float64", seed=0):
    """Random logits, labels, and weights of which one in five is 0."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 3, (N, H, W)) * (rng.random((N, H, W)) >= 0.2)
    return normal(rng, (N, C, H, W), dtype), rng.integers(0, C, (N, H, W)), weights


def loss_and_gradient(layers, *args):
    loss, cache = layers.weighted_cross_entropy_forward(*args)
    return loss, layers.weighted_cross_entropy_backward(cache)


@examples
@given(
    sizes=different_sizes(range(2, 5), range(1, 6), range(2, 7), range(2, 8)),
    reduction=st.sampled_from(REDUCTIONS),
    weighted=st.booleans(),
    dtype=checked_dtypes,
    seed=seeds,
)
def test_loss_and_gradient_equal_the_specification(sizes, reduction, weighted, dtype, seed):
    logits, labels, weights = arguments(*sizes, dtype, seed)
    args = logits, labels, weights if weighted else None, reduction
    loss, dlogits = loss_and_gradient(minunet.layers, *args)
    wanted_loss, wanted_dlogits = loss_and_gradient(reference, *args)
    assert_equal_to_rounding(loss, wanted_loss)
    assert_equal_to_rounding(dlogits, wanted_dlogits)


# Two pixels, two classes. A softmax over two classes is the logistic function of the difference: the pixels
# give their true class the probabilities 3/4 and 1/2.
LOGITS = np.array([[[log(3), 5]], [[0, 5]]])[None]
LABELS = np.array([[[0, 1]]])
WEIGHTS = np.array([[[2.0, 4.0]]])
ENERGY = -2 * log(3 / 4) - 4 * log(1 / 2)


@pytest.mark.parametrize(("reduction", "divisor"), [("mean", 2), ("sum", 1), ("weight_mean", 6)])
def test_by_hand_the_reductions_differ_by_their_divisor_alone(layers, reduction, divisor):
    loss, dlogits = loss_and_gradient(layers, LOGITS, LABELS, WEIGHTS, reduction)
    assert_equal_to_rounding(loss, np.float64(ENERGY / divisor))
    wanted = np.array([[[2 * (3 / 4 - 1), 4 * 1 / 2]], [[2 * 1 / 4, 4 * (1 / 2 - 1)]]])[None] / divisor
    assert_equal_to_rounding(dlogits, wanted)


def test_mean_is_the_default(layers):
    assert_equal_to_rounding(layers.weighted_cross_entropy_forward(LOGITS, LABELS, WEIGHTS)[0], np.float64(ENERGY / 2))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_no_weights_are_ones(layers, reduction):
    logits, labels, _ = arguments()
    loss, dlogits = loss_and_gradient(layers, logits, labels, None, reduction)
    wanted_loss, wanted_dlogits = loss_and_gradient(layers, logits, labels, np.ones(labels.shape), reduction)
    assert_equal_to_rounding(loss, wanted_loss)
    assert_equal_to_rounding(dlogits, wanted_dlogits)


def test_gradients_over_the_classes_of_a_pixel_sum_to_zero(layers):
    """A constant added to all logits of a pixel changes no probability."""
    _, dlogits = loss_and_gradient(layers, *arguments())
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-16)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_huge_logits_do_not_overflow(layers, dtype):
    logits = np.array([[[800, 800, -800]], [[-800, 800, 800]]], dtype)[None]
    loss, dlogits = loss_and_gradient(layers, logits, np.array([[[0, 1, 0]]]), None, "sum")
    np.testing.assert_allclose(loss, 0 + log(2) + 1600, rtol=1e-7)
    np.testing.assert_array_equal(dlogits, np.array([[[0, 0.5, -1]], [[0, -0.5, 1]]])[None])


def test_a_probability_near_one_keeps_its_small_loss(layers):
    logits = np.array([0.0, -30]).reshape(1, 2, 1, 1)
    loss, _ = layers.weighted_cross_entropy_forward(logits, np.zeros((1, 1, 1), int), None, "sum")
    np.testing.assert_allclose(loss, exp(-30), atol=2.3e-16)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_a_pixel_of_weight_zero_is_ignored_whatever_its_logits(layers, reduction, value):
    logits, labels, _ = arguments()
    weights = np.random.default_rng(1).uniform(1, 2, labels.shape)
    weights[1, 2, 3] = weights[0, 0, 4] = 0
    loss, dlogits = loss_and_gradient(layers, logits, labels, weights, reduction)
    logits[1, :, 2, 3] = value  # every class
    logits[0, 1, 0, 4] = value  # one class
    same_loss, same_dlogits = loss_and_gradient(layers, logits, labels, weights, reduction)
    assert same_loss == loss
    np.testing.assert_array_equal(same_dlogits, dlogits)
    np.testing.assert_array_equal(same_dlogits[1, :, 2, 3], 0)


def test_a_nan_that_counts_comes_out(layers):
    logits, labels, _ = arguments()
    logits[1, 0, 2, 3] = np.nan
    loss, dlogits = loss_and_gradient(layers, logits, labels, None)
    assert np.isnan(loss)
    wanted = np.zeros(dlogits.shape, bool)
    wanted[1, :, 2, 3] = True
    np.testing.assert_array_equal(np.isnan(dlogits), wanted)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_all_weights_zero_give_no_loss_and_no_gradient(layers, reduction):
    logits, labels, weights = arguments()
    loss, dlogits = loss_and_gradient(layers, logits, labels, 0 * weights, reduction)
    assert loss == 0
    np.testing.assert_array_equal(dlogits, np.zeros(logits.shape))


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_the_logits_decide_the_dtype(layers, reduction, dtype):
    logits, labels, weights = arguments(dtype=dtype)
    for given_weights in (None, weights, weights.astype("float32"), weights.astype(np.int64) + 1):
        loss, dlogits = loss_and_gradient(layers, logits, labels, given_weights, reduction)
        assert loss.dtype == dtype
        assert loss.shape == ()
        assert dlogits.dtype == dtype


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "uint64"])
def test_labels_may_be_any_integers(layers, dtype):
    logits, labels, weights = arguments()
    loss, dlogits = loss_and_gradient(layers, logits, labels, weights)
    same_loss, same_dlogits = loss_and_gradient(layers, logits, labels.astype(dtype), weights)
    assert same_loss == loss
    np.testing.assert_array_equal(same_dlogits, dlogits)


def test_inputs_are_only_read_and_never_handed_back(layers):
    logits, labels, weights = read_only(*arguments())
    _, dlogits = loss_and_gradient(layers, logits, labels, weights, "sum")
    assert_separate([dlogits], [logits, labels, weights])


def test_the_gradient_is_a_new_array_each_time(layers):
    _, cache = layers.weighted_cross_entropy_forward(*arguments())
    first = layers.weighted_cross_entropy_backward(cache)
    kept = first.copy()
    first[...] = np.nan
    np.testing.assert_array_equal(layers.weighted_cross_entropy_backward(cache), kept)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_memory_layout_does_not_matter(layers, layout):
    args = arguments()
    loss, dlogits = loss_and_gradient(layers, *args)
    same_loss, same_dlogits = loss_and_gradient(layers, *(laid_out(values, layout) for values in args))
    assert_equal_to_rounding(same_loss, loss)
    assert_equal_to_rounding(same_dlogits, dlogits)


def test_an_empty_batch_costs_nothing(layers):
    logits, labels, weights = arguments(N=0)
    loss, dlogits = loss_and_gradient(layers, logits, labels, weights)
    assert loss == 0
    assert dlogits.shape == logits.shape


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"logits": np.zeros((3, 4, 5))}, "logits has shape (3, 4, 5), expected (N, C, H, W)"),
        (
            {"logits": np.zeros((2, 3, 4, 5), np.int64)},
            "logits has dtype int64, expected floating point: use logits.astype('float32')",
        ),
        ({"labels": np.zeros((2, 5, 4), np.int64)}, "labels has shape (2, 5, 4), expected (2, 4, 5)"),
        ({"labels": np.zeros((2, 1, 4, 5), np.int64)}, "labels has shape (2, 1, 4, 5), expected (2, 4, 5)"),
        ({"labels": np.zeros((2, 4, 5))}, "labels has dtype float64, expected integers 0..2"),
        ({"labels": np.zeros((2, 4, 5), bool)}, "labels has dtype bool, expected integers 0..2"),
        ({"labels": np.full((2, 4, 5), 3)}, "labels holds 3, expected only the classes 0..2"),
        ({"labels": np.full((2, 4, 5), -1)}, "labels holds -1, expected only the classes 0..2"),
        ({"labels": np.full((2, 4, 5), 255, np.uint8)}, "labels holds 255, expected only the classes 0..2"),
        ({"weights": np.ones((2, 1, 1))}, "weights has shape (2, 1, 1), expected (2, 4, 5)"),
        (
            {"weights": np.zeros((2, 4, 5)), "reduction": "weight_mean"},
            'weights sum to 0, expected something to average for reduction "weight_mean"',
        ),
        ({"reduction": "none"}, "reduction is 'none', expected one of 'mean', 'sum', 'weight_mean'"),
    ],
)
def test_what_does_not_fit_is_refused(layers, change, message):
    logits, labels, weights = arguments()
    with pytest.raises(ValueError, match=exactly(message)):
        layers.weighted_cross_entropy_forward(**{"logits": logits, "labels": labels, "weights": weights} | change)


def test_a_label_outside_the_classes_is_refused_even_where_its_weight_is_zero(layers):
    logits, labels, weights = arguments()
    labels[0, 1, 2], weights[0, 1, 2] = 3, 0
    with pytest.raises(ValueError, match=exactly("labels holds 3, expected only the classes 0..2")):
        layers.weighted_cross_entropy_forward(logits, labels, weights)
