"""How far minunet is from PyTorch on the same weights: ``python -m tests.parity.report`` prints the table.

The relative error of a tensor is the largest absolute difference over PyTorch's largest absolute value.
"""

import sys
from dataclasses import dataclass

import numpy as np

import minunet as mu

from . import torch_unet


@dataclass(frozen=True)
class Case:
    """A network, a batch and a loss, all drawn from one seed."""

    depth: int
    base: int
    size: tuple[int, int]
    in_channels: int = 1
    classes: int = 2
    batch: int = 1
    weighted: bool = True
    reduction: str = "mean"
    dropout: float = 0.0
    dtype: str = "float64"

    def __str__(self):
        """Short enough for a test's name and a table's row."""
        height, width = self.size
        return (
            f"depth{self.depth}-base{self.base}-{self.batch}x{self.in_channels}x{height}x{width}"
            f"-classes{self.classes}-{'weighted' if self.weighted else 'plain'}-{self.reduction}"
            + (f"-dropout{self.dropout}" if self.dropout else "")
            + (f"-{self.dtype}" if self.dtype != "float64" else "")
        )

    def network(self, layers=None):
        """The network, its biases random: zeros would hide a misplaced one."""
        net = mu.UNet(
            self.in_channels, self.classes, self.base, self.depth, self.dropout, dtype=self.dtype, layers=layers
        )
        rng = np.random.default_rng(1)
        for name, value in net.params.items():
            if name.endswith("bias"):
                value[...] = 0.1 * rng.standard_normal(value.shape)
        return net

    def data(self):
        """Image (N, C, H, W), labels (N, h, w) and weights (N, h, w), a fifth of them 0, or None."""
        rng = np.random.default_rng(2)
        x = rng.standard_normal((self.batch, self.in_channels, *self.size)).astype(self.dtype)
        pixels = (self.batch, *(mu.output_size(side, self.depth) for side in self.size))
        labels = rng.integers(0, self.classes, pixels)
        if not self.weighted:
            return x, labels, None
        weights = rng.uniform(0.1, 10, pixels) * (rng.random(pixels) > 0.2)
        return x, labels, weights.astype(self.dtype)


CASES = (
    Case(depth=1, base=3, size=(18, 22), in_channels=2, classes=3, batch=2),
    Case(depth=1, base=2, size=(24, 20), classes=5, batch=3, reduction="sum"),
    Case(depth=2, base=5, size=(48, 44), in_channels=3, classes=4, batch=2, reduction="weight_mean"),
    Case(depth=2, base=4, size=(52, 60), weighted=False),
    Case(depth=3, base=3, size=(92, 108), classes=3, batch=2, reduction="weight_mean", weighted=False),
    Case(depth=3, base=2, size=(100, 92), in_channels=2, batch=2, reduction="sum", weighted=False),
    Case(depth=1, base=4, size=(22, 26), batch=2, dropout=0.5),
    Case(depth=3, base=3, size=(100, 92), classes=3, batch=2, dropout=0.3),
)
PAPER = Case(depth=4, base=64, size=(188, 188))
PAPER_SIZED = Case(depth=4, base=4, size=(572, 588))
SINGLE = (
    Case(depth=2, base=8, size=(60, 52), batch=2, dtype="float32"),
    Case(depth=4, base=8, size=(188, 204), dtype="float32"),
)


def relative_error(found, wanted):
    """The largest absolute difference over the largest absolute value of `wanted`."""
    assert found.shape == wanted.shape
    scale = np.abs(wanted).max()
    assert scale > 0, "nothing to compare: a tensor of zeros"
    return float(np.abs(found - wanted).max() / scale)


def step_results(net, x, labels, weights=None, reduction="mean", rng=None):
    """What `torch_unet.step_results` gives, by minunet, and the dropout that was drawn on the way."""
    logits, tape = net.forward(x, training=rng is not None, rng=rng)
    loss, dlogits = net.loss(logits, labels, weights, reduction)
    grads = net.backward(dlogits, tape)
    results = {"logits": logits, "loss": np.asarray(loss)}
    results |= {f"grad {name}": grad for name, grad in grads.items()}
    scales = {
        int(step.name[len("down") : -len(".dropout")]): net.layers.dropout_backward(
            np.ones_like(step.output), step.cache
        )
        for step in tape
        if step.op == "dropout"
    }
    return results, scales


def errors(case, layers=None):
    """Relative error of logits, loss and every gradient: dict of str to float."""
    net = case.network(layers)
    batch = (*case.data(), case.reduction)
    rng = np.random.default_rng(3) if case.dropout else None
    found, dropout_scales = step_results(net, *batch, rng=rng)
    wanted = torch_unet.step_results(net.params, *batch, dropout_scales=dropout_scales)
    assert found.keys() == wanted.keys()
    return {name: relative_error(found[name], wanted[name]) for name in wanted}


KINDS = {
    "logits": "logits",
    "loss": "loss",
    "grad input": "gradient of the input",
    "conv0.weight": "gradient of a 3x3 weight",
    "conv1.weight": "gradient of a 3x3 weight",
    "upconv.weight": "gradient of an up-convolution's weight",
    "head.weight": "gradient of the head's weight",
    ".bias": "gradient of a bias",
}


def worst_by_kind(errors):
    """The largest error of each kind of tensor, in the order of `KINDS`."""
    worst = {}
    for ending, kind in KINDS.items():
        for name, error in errors.items():
            if name.endswith(ending):
                worst[kind] = np.maximum(worst.get(kind, 0.0), error)  # a nan stays one
    return worst


def main():
    """Print the worst relative error of each kind of tensor, for float64 and for float32."""
    groups = {"float64": (*CASES, PAPER, PAPER_SIZED), "float32": SINGLE}
    table = {}
    for dtype, cases in groups.items():
        for case in cases:
            print(case, file=sys.stderr)
            for kind, error in worst_by_kind(errors(case)).items():
                row = table.setdefault(kind, dict.fromkeys(groups, 0.0))
                row[dtype] = np.maximum(row[dtype], error)
    print(f"{'worst relative error against PyTorch':40}" + "".join(f"{dtype:>10}" for dtype in groups))
    for kind, row in table.items():
        print(f"{kind:40}" + "".join(f"{error:10.1e}" for error in row.values()))


if __name__ == "__main__":
    main()
