"""How far float32 is from float64: each fast function and PyTorch's, on the paper network's own activations.

The readable layers in float64 give the truth. Errors are relative, in the L2 norm; that of a whole network includes
every ReLU and pooling choice that rounding turned over. ``python -m benchmarks.accuracy [base size]``
"""

import sys

import numpy as np

import minunet
from minunet import UNet
from minunet.fast import workspace

from .contestants import batch
from .harness import needs_torch, report

FUNCTIONS = ("conv2d", "conv_transpose2d")  # the others only copy and choose
SEED = 3


def main(base=64, size=572):
    torch = needs_torch()
    torch.manual_seed(SEED)
    x, labels, weights = batch(size)
    net = UNet(base=base)
    truth_net = UNet(base=base, dtype="float64", layers=minunet.layers)
    truth_net.params = {name: value.astype(np.float64) for name, value in net.params.items()}
    truth, tape = gradients(truth_net, x.astype(np.float64), labels, weights.astype(np.float64), keep=True)
    rows = [row for step in tape if step.op in FUNCTIONS for row in layer_errors(torch, step)]
    del tape
    found, _ = gradients(net, x, labels, weights, keep=False)
    beside = torch_gradients(torch, truth_net.params, x, labels, weights)
    for name, want in truth.items():
        rows.append({"what": f"network: {name}", **errors({"fast": found[name], "torch": beside[name]}, want)})
    of_params = {f"network: {name}" for name in net.params}
    worst = {
        "layer, fast": max(row["fast"] for row in rows if not row["what"].startswith("network")),
        "logits, fast over torch": next(row["ratio"] for row in rows if row["what"] == "network: logits"),
        "parameter's gradient, fast": max(row["fast"] for row in rows if row["what"] in of_params),
        "input's gradient, fast": rows[-1]["fast"],
        "input's gradient, torch": rows[-1]["torch"],
    }
    print(worst)
    report("accuracy", rows, worst=worst)


def layer_errors(torch, step):
    """Of the output and every gradient, for a random upstream gradient."""
    inputs = [array.astype(np.float32) for array in step.inputs]
    rng = np.random.default_rng(SEED)
    dout = rng.standard_normal(step.output.shape).astype(np.float32)
    exact = [array.astype(np.float64) for array in inputs]
    out, cache = getattr(minunet.layers, f"{step.op}_forward")(*exact)
    wanted = out, *getattr(minunet.layers, f"{step.op}_backward")(dout.astype(np.float64), cache)
    fast = workspace()
    out, cache = getattr(fast, f"{step.op}_forward")(*inputs)
    found = out, *getattr(fast, f"{step.op}_backward")(dout, cache)
    tensors = [torch.from_numpy(array).requires_grad_() for array in inputs]
    if step.op == "conv2d":
        result = torch.nn.functional.conv2d(*tensors)
    else:
        result = torch.nn.functional.conv_transpose2d(*tensors, stride=2)
    beside = result.detach(), *torch.autograd.grad(result, tensors, torch.from_numpy(dout))
    for name, mine, other, want in zip(("out", "dx", "dweight", "dbias"), found, beside, wanted, strict=True):
        yield {"what": f"{step.name}: {name}", **errors({"fast": mine, "torch": other.numpy()}, want)}


def gradients(net, x, labels, weights, keep):
    logits, tape = net.forward(x, keep=keep)
    _, dlogits = net.loss(logits, labels, weights)
    return {"logits": logits} | net.backward(dlogits, tape), tape


def torch_gradients(torch, params, x, labels, weights):
    from tests.parity.torch_unet import forward

    leaves = {name: torch.from_numpy(value.astype(np.float32)).requires_grad_() for name, value in params.items()}
    leaves["input"] = torch.from_numpy(x).requires_grad_()
    depth = sum(name.startswith("up") and name.endswith("upconv.bias") for name in params)
    logits = forward(leaves, leaves["input"], depth)
    energy = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels), reduction="none")
    (energy * torch.from_numpy(weights)).mean().backward()
    return {"logits": logits.detach().numpy()} | {name: leaf.grad.numpy() for name, leaf in leaves.items()}


def errors(found, want):
    of = {name: float(np.linalg.norm(array - want) / np.linalg.norm(want)) for name, array in found.items()}
    return of | {"ratio": of["fast"] / of["torch"]}


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
