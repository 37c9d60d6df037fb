"""Every backward pass is the gradient of its forward pass: each layer, the loss, and networks as a whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants.checks import (
    LINEAR,
    check_adjoint,
    check_central,
    check_complex,
    check_network_complex,
    network,
)
from strategies import different_sizes, examples, seeds

from minunet import UNet, gradcheck, layers, output_size
from minunet.sizes import smallest_input
from minunet.unet import OPERATIONS

# Measured: at most 1e-15 for layers, 5e-15 for networks. A machine that sums in another order may be off by more.
COMPLEX_STEP_BOUND = 5e-14

all_sizes = different_sizes(range(1, 4), range(1, 6), range(1, 6), range(1, 7), range(1, 7))  # N, C, F, H, W


@pytest.mark.parametrize("op", OPERATIONS)
@given(sizes=all_sizes, seed=seeds)
@examples
def test_layer_by_complex_step(op, sizes, seed):
    assert check_complex(layers, op, sizes, seed) < COMPLEX_STEP_BOUND


@pytest.mark.parametrize("op", OPERATIONS)
@given(sizes=all_sizes, seed=seeds)
@examples
def test_layer_by_central_differences(op, sizes, seed):
    check_central(layers, op, sizes, seed)


@pytest.mark.parametrize("op", LINEAR)
@given(sizes=all_sizes, seed=seeds)
@examples
def test_linear_layer_by_the_adjoint_identity_exactly(op, sizes, seed):
    assert check_adjoint(layers, op, sizes, seed) == 0


@pytest.mark.parametrize("op", OPERATIONS)
def test_layer_on_its_smallest_arrays(op):
    assert check_complex(layers, op, (1, 1, 1, 1, 1)) < COMPLEX_STEP_BOUND


@pytest.mark.parametrize(("depth", "count"), [(1, 20), (2, 8), (3, 3)])
def test_whole_network_by_complex_step(depth, count):
    @given(
        batch=st.integers(1, 3),
        in_channels=st.integers(1, 4),
        classes=st.integers(2, 5),
        base=st.integers(1, 3),
        extra=st.permutations([0, 1, 2]),
        training=st.booleans(),
        seed=seeds,
    )
    @settings(examples, max_examples=count)
    def check(batch, in_channels, classes, base, extra, training, seed):
        size = [smallest_input(depth) + 2**depth * steps for steps in extra[:2]]
        worst = check_network_complex(
            UNet, depth, batch, size, training, seed, in_channels=in_channels, classes=classes, base=base
        )
        assert worst < COMPLEX_STEP_BOUND

    check()


@pytest.mark.parametrize("training", [False, True])
def test_network_of_the_papers_depth_by_complex_step(training, record_property):
    worst = check_network_complex(UNet, depth=4, batch=1, size=(188, 204), training=training)
    record_property("worst complex-step error at depth 4", worst)
    print(f"depth 4, 188x204, training {training}: worst complex-step error {worst:.2e}")
    assert worst < COMPLEX_STEP_BOUND


@pytest.mark.parametrize(("depth", "size"), [(1, (18, 20)), (2, (44, 48)), (3, (92, 100)), (4, (188, 204))])
def test_the_networks_checked_have_a_gradient_everywhere(depth, size):
    """Dead units would pass any check: 0 is 0."""
    net = network(UNet, depth)
    x = np.random.default_rng(2).standard_normal((1, 2, *size))
    logits, tape = net.forward(x, training=True, rng=np.random.default_rng(3))
    grads = net.backward(np.random.default_rng(4).standard_normal(logits.shape), tape)
    assert [name for name, grad in grads.items() if not grad.any()] == []


@pytest.mark.parametrize("reduction", ["mean", "sum", "weight_mean"])
def test_training_loss_of_a_network_by_complex_step(reduction):
    """From the image to the weighted loss: what training follows downhill, pixels of weight 0 included."""
    net = network(UNet, depth=1, in_channels=3, classes=4)
    rng = np.random.default_rng(0)
    height, width = 22, 20
    pixels = (2, output_size(height, depth=1), output_size(width, depth=1))
    labels = rng.integers(0, 4, pixels)
    weights = rng.uniform(0, 10, pixels) * (rng.random(pixels) > 0.2)
    names = list(net.params)

    def forward(rng, x, *values):
        net.params.update(zip(names, values, strict=True))
        logits, tape = net.forward(x, training=True, rng=rng)
        loss, dlogits = net.loss(logits, labels, weights, reduction)
        return loss, (dlogits, tape)

    def backward(cache):
        grads = net.backward(*cache)
        return [grads["input"], *(grads[name] for name in names)]

    x = rng.standard_normal((2, 3, height, width))
    worst = gradcheck(forward, backward, np.random.default_rng(1), x, *list(net.params.values()), method="complex")
    assert worst < COMPLEX_STEP_BOUND
