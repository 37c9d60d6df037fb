"""Make the golden files: what PyTorch computes, written down for machines without it.

    python -m tests.parity.make_golden

from the repository's root, with torch installed, writes ``tests/parity/golden/*.npz`` anew; the same
versions of NumPy and PyTorch on the same processor give the same bytes. Each file holds what went in
(``x``, ``labels``, ``weights``, ``reduction`` and every ``param NAME``: a seed alone would not mean the same
in every NumPy), and what PyTorch made of it in float64: ``logits``, ``loss``, every ``grad NAME`` with
``grad input``, and every ``after NAME``, the parameters after `STEPS` steps of SGD on that one batch with
the "mean" reduction. Only `torch_unet` computes: minunet draws the first weights and nothing else.
"""

from pathlib import Path

import numpy as np
import torch

from . import torch_unet
from .report import Case

GOLDEN = Path(__file__).parent / "golden"
STEPS, LR, MOMENTUM = 5, 0.02, 0.99
CASES = {
    "depth1": Case(depth=1, base=3, size=(18, 22), in_channels=2, classes=3, batch=2),
    "depth2": Case(depth=2, base=2, size=(48, 44), reduction="weight_mean"),
}


def sgd(tensors):
    """PyTorch's SGD; at a constant learning rate its momentum and Caffe's are the same."""
    return torch.optim.SGD(tensors, lr=LR, momentum=MOMENTUM)


def golden(case):
    """The arrays of one golden file."""
    params = case.network().params
    x, labels, weights = case.data()
    arrays = {"x": x, "labels": labels.astype(np.int8), "weights": weights}
    arrays |= {"reduction": np.array(case.reduction), "sgd": np.array([STEPS, LR, MOMENTUM])}
    arrays |= {f"param {name}": value for name, value in params.items()}
    arrays |= torch_unet.step_results(params, x, labels, weights, case.reduction)
    trained = torch_unet.trained_params(params, x, labels, weights, sgd, STEPS)
    return arrays | {f"after {name}": value for name, value in trained.items()}


def main():
    """Write every file and print its size."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    GOLDEN.mkdir(exist_ok=True)
    for name, case in CASES.items():
        path = GOLDEN / f"{name}.npz"
        np.savez_compressed(path, **golden(case))
        print(f"{path.name}: {case}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
