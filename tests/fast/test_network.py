"""A whole network over the fast set: as near to float64 as training needs, beside PyTorch's float32."""

import numpy as np
import pytest

import minunet as mu
from minunet import layers

BASE, DEPTH, SIZE = 24, 3, (124, 132)  # Winograd on every level but at the first convolution


def step(dtype, layers=None):
    """Logits and all gradients of one batch, computed in `dtype`."""
    net = mu.UNet(in_channels=2, classes=3, base=BASE, depth=DEPTH, dtype=dtype, layers=layers)
    x, labels, weights = batch()
    logits, tape = net.forward(x.astype(dtype), keep=False)
    _, dlogits = net.loss(logits, labels, weights.astype(dtype))
    return {"logits": logits} | net.backward(dlogits, tape)


def batch():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((1, 2, *SIZE)).astype("float32")
    output = [mu.output_size(side, depth=DEPTH) for side in SIZE]
    return x, rng.integers(0, 3, (1, *output)), rng.uniform(0.5, 2, (1, *output)).astype("float32")


def error(found, wanted):
    """Relative, in the L2 norm."""
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


@pytest.fixture(scope="module")
def truth():
    return step("float64", layers)


def test_every_gradient_is_within_2e_3_of_float64(truth):
    found = step("float32")
    assert {name: error(found[name], want) for name, want in truth.items() if not error(found[name], want) < 2e-3} == {}


def test_logits_are_at_most_ten_times_as_far_from_float64_as_pytorchs(truth):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from parity import torch_unet

    params = mu.UNet(in_channels=2, classes=3, base=BASE, depth=DEPTH).params
    leaves = {name: torch.from_numpy(value) for name, value in params.items()}
    beside = torch_unet.forward(leaves, torch.from_numpy(batch()[0]), DEPTH).numpy()
    assert error(step("float32")["logits"], truth["logits"]) < 10 * error(beside, truth["logits"])
