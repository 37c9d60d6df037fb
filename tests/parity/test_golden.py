"""minunet beside what PyTorch computed once (`make_golden`): parity where torch is not installed."""

from pathlib import Path

import numpy as np
import pytest

import minunet as mu

EXACT = 1e-10
GOLDEN = Path(__file__).parent / "golden"


def part(arrays, kind):
    """The arrays of one kind, ``param``, ``grad`` or ``after``, by their names."""
    return {name.removeprefix(f"{kind} "): value for name, value in arrays.items() if name.startswith(f"{kind} ")}


def assert_close(found, wanted):
    """Equal to `EXACT`, relative to the tensor's largest value."""
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        np.testing.assert_allclose(found[name], value, rtol=0, atol=EXACT * np.abs(value).max(), err_msg=name)


@pytest.fixture(params=["depth1", "depth2"])
def arrays(request):
    with np.load(GOLDEN / f"{request.param}.npz", allow_pickle=False) as file:
        return dict(file)


@pytest.fixture
def net(arrays):
    """The network that the golden weights fit, with those weights."""
    params = part(arrays, "param")
    base, in_channels = params["down0.conv0.weight"].shape[:2]
    net = mu.UNet(
        in_channels,
        classes=len(params["head.bias"]),
        base=base,
        depth=sum(name.endswith("upconv.bias") for name in params),
        dropout=0,
        dtype="float64",
    )
    assert net.params.keys() == params.keys()
    net.params.update(params)
    return net


def test_the_golden_files_are_small():
    assert sum(path.stat().st_size for path in GOLDEN.glob("*.npz")) < 200_000


def test_logits_loss_and_every_gradient_are_pytorchs(net, arrays):
    logits, tape = net.forward(arrays["x"])
    loss, dlogits = net.loss(logits, arrays["labels"], arrays["weights"], str(arrays["reduction"]))
    assert_close({"logits": logits, "loss": loss}, {name: arrays[name] for name in ("logits", "loss")})
    assert_close(net.backward(dlogits, tape), part(arrays, "grad"))


def test_training_ends_at_pytorchs_parameters(net, arrays):
    steps, lr, momentum = arrays["sgd"]
    optimizer = mu.SGD(net.params, lr, momentum)
    for _ in range(int(steps)):
        logits, tape = net.forward(arrays["x"], training=True, keep=False)
        _, dlogits = net.loss(logits, arrays["labels"], arrays["weights"])
        optimizer.step(net.backward(dlogits, tape))
    assert_close(net.params, part(arrays, "after"))
