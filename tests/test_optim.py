"""The optimizers against their algorithms, written out for one number after another."""

import math

import numpy as np
import pytest

import minunet as mu
from minunet.optim import clip_norm, joint_norm

STEPS = 7


def some_params(dtype="float64"):
    rng = np.random.default_rng(0)
    return {
        "a.weight": rng.standard_normal((2, 3, 4)).astype(dtype),
        "a.bias": rng.standard_normal(5).astype(dtype),
    }


def some_grads(dtype="float64", steps=STEPS):
    """A dict of gradients for each step, with the key ``input`` that a network adds."""
    rng = np.random.default_rng(1)
    return [
        {name: rng.standard_normal(value.shape).astype(dtype) for name, value in some_params().items()}
        | {"input": rng.standard_normal((6, 7)).astype(dtype)}
        for _ in range(steps)
    ]


def numbers(arrays, name):
    """One tensor's values as plain numbers."""
    return arrays[name].ravel().tolist()


def caffe_sgd(p, gradients, lr, momentum):
    """One number after another: v = momentum v - lr g, p = p + v; `lr` gives one rate for each step."""
    v = 0.0
    for g, rate in zip(gradients, lr, strict=True):
        v = momentum * v - rate * g
        p = p + v
    return p


def adam(p, gradients, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Kingma and Ba 2015, algorithm 1, for one number."""
    m = v = 0.0
    for t, (g, rate) in enumerate(zip(gradients, lr, strict=True), start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        p = p - rate * m_hat / (math.sqrt(v_hat) + eps)
    return p


def assert_follows(optimizer, params, rule, lr):
    """`optimizer`, its rate set to each of `lr` in turn, takes every number where `rule` takes it."""
    start = {name: value.copy() for name, value in params.items()}
    grads = some_grads()
    for step_grads, rate in zip(grads, lr, strict=True):
        optimizer.lr = rate
        optimizer.step(step_grads)
    for name, value in params.items():
        gradients = zip(*(numbers(step_grads, name) for step_grads in grads), strict=True)
        expected = [rule(p, g, lr) for p, g in zip(numbers(start, name), gradients, strict=True)]
        np.testing.assert_allclose(value.ravel(), expected, rtol=1e-12, atol=1e-14, err_msg=name)


LEARNING_RATES = {"constant": [0.1] * STEPS, "changing": [0.1, 0.1, 0.01, 0.3, 0.0, 0.02, 0.02]}


@pytest.mark.parametrize("lr", LEARNING_RATES.values(), ids=LEARNING_RATES)
@pytest.mark.parametrize("momentum", [0.99, 0.5, 0.0])
def test_sgd_is_caffes(momentum, lr):
    params = some_params()
    assert_follows(
        mu.SGD(params, lr=lr[0], momentum=momentum), params, lambda p, g, lr: caffe_sgd(p, g, lr, momentum), lr
    )


def test_the_papers_momentum_is_the_default():
    params = some_params()
    assert_follows(
        mu.SGD(params, lr=0.1), params, lambda p, g, lr: caffe_sgd(p, g, lr, 0.99), LEARNING_RATES["constant"]
    )


@pytest.mark.parametrize("lr", LEARNING_RATES.values(), ids=LEARNING_RATES)
@pytest.mark.parametrize("settings", [{}, {"beta1": 0.7, "beta2": 0.9, "eps": 0.1}], ids=["defaults", "others"])
def test_adam_is_the_articles_algorithm(settings, lr):
    params = some_params()
    assert_follows(mu.Adam(params, lr=lr[0], **settings), params, lambda p, g, lr: adam(p, g, lr, **settings), lr)


def test_adams_first_step_is_the_learning_rate_whatever_the_gradients_size():
    params = {"p": np.zeros(3)}
    mu.Adam(params).step({"p": np.array([1e-3, -1.0, 1e3])})
    np.testing.assert_allclose(params["p"], [-1e-3, 1e-3, -1e-3], rtol=2e-5)  # eps is 1e-5 of the smallest


OPTIMIZERS = {"sgd": lambda params: mu.SGD(params, lr=0.1), "adam": lambda params: mu.Adam(params, lr=0.1)}
each_optimizer = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)


@each_optimizer
def test_parameters_change_in_place_and_gradients_not_at_all(make):
    params = some_params()
    arrays, start = dict(params), {name: value.copy() for name, value in params.items()}
    (grads,), (untouched,) = some_grads(steps=1), some_grads(steps=1)
    make(params).step(grads)
    assert params.keys() == arrays.keys()
    for name, array in arrays.items():
        assert params[name] is array
        assert not np.array_equal(array, start[name])
    for name, grad in grads.items():
        np.testing.assert_array_equal(grad, untouched[name])


@each_optimizer
def test_parameters_changed_from_outside_are_the_ones_that_move_on(make):
    moved, shifted = some_params(), some_params()
    first, second = make(moved), make(shifted)
    for value in shifted.values():
        value += 1
    for grads in some_grads():
        first.step(grads)
        second.step(grads)
    for name, value in moved.items():
        np.testing.assert_allclose(shifted[name], value + 1, rtol=0, atol=1e-14)


@each_optimizer
@pytest.mark.parametrize("lr", [0.1, np.float64(0.1)], ids=["float", "float64"])
def test_single_precision_stays_single(make, lr):
    params = some_params("float32")
    optimizer = make(params)
    optimizer.lr = lr
    for grads in some_grads("float32"):
        optimizer.step(grads)
    assert {value.dtype for value in params.values()} == {np.dtype("float32")}
    assert {value.dtype for name, value in optimizer.state.items() if name != "t"} == {np.dtype("float32")}


@each_optimizer
def test_training_goes_on_bit_for_bit_from_a_stored_state(make, tmp_path):
    params = some_params("float32")
    optimizer = make(params)
    grads = some_grads("float32")
    for step_grads in grads[:3]:
        optimizer.step(step_grads)
    np.savez(tmp_path / "stored.npz", **{f"params/{k}": v for k, v in params.items()}, **optimizer.state)

    with np.load(tmp_path / "stored.npz", allow_pickle=False) as stored:
        resumed_params = {name: stored[f"params/{name}"] for name in params}
        resumed = make(resumed_params)
        resumed.state.update((name, stored[name]) for name in optimizer.state)
    for step_grads in grads[3:]:
        optimizer.step(step_grads)
        resumed.step(step_grads)
    for name, value in params.items():
        np.testing.assert_array_equal(resumed_params[name], value)
    for name, value in optimizer.state.items():
        np.testing.assert_array_equal(resumed.state[name], value)


def test_clipped_gradients_keep_their_direction_and_have_the_norm_of_the_limit():
    rng = np.random.default_rng(0)
    grads = {"a": rng.standard_normal((3, 5, 2)), "b": rng.standard_normal(7).astype("float32")}
    before = {name: g.copy() for name, g in grads.items()}
    norm = joint_norm(grads)
    assert norm == pytest.approx(np.sqrt(sum((g**2).sum() for g in before.values())), rel=1e-6)
    clip_norm(grads, float(norm), 0.25 * float(norm))
    for name, g in grads.items():
        assert g.dtype == before[name].dtype
        np.testing.assert_allclose(g, 0.25 * before[name], rtol=1e-6)


def test_gradients_within_the_limit_stay_bit_for_bit():
    grads = {"a": np.array([[0.3, -0.4]]), "b": np.array([0.1])}
    before = {name: g.copy() for name, g in grads.items()}
    clip_norm(grads, float(joint_norm(grads)), 0.6)
    for name, g in grads.items():
        np.testing.assert_array_equal(g, before[name])
