"""The paper's U-Net in PyTorch, over a dict of minunet's parameter names: what minunet is compared with.

Nothing of minunet is used here, so that a mistake there cannot repeat itself.
"""

import numpy as np
import torch
import torch.nn.functional as F


def forward(params, x, depth, dropout_scales=None):
    """Logits of the U-Net.

    Parameters
    ----------
    params : dict of str to Tensor
    x : Tensor (N, C, H, W)
    depth : int
        The number of poolings.
    dropout_scales : dict of int to Tensor, optional
        For a level of the contracting path, what its features are multiplied by after the second ReLU:
        0 where dropout drops, 1 / (1 - rate) where it keeps.

    Returns
    -------
    Tensor (N, classes, h, w)
    """

    def conv(name, x):
        return F.conv2d(x, params[f"{name}.weight"], params[f"{name}.bias"])

    def block(name, x):
        return F.relu(conv(f"{name}.conv1", F.relu(conv(f"{name}.conv0", x))))

    scales = dropout_scales or {}
    skips = []
    for l in range(depth + 1):
        x = block(f"down{l}", x)
        if l in scales:
            x = x * scales[l]
        if l < depth:
            skips.append(x)
            x = F.max_pool2d(x, 2)
    for l in reversed(range(depth)):
        x = F.conv_transpose2d(x, params[f"up{l}.upconv.weight"], params[f"up{l}.upconv.bias"], stride=2)
        x = block(f"up{l}", torch.cat([centre_crop(skips[l], x.shape[2:]), x], dim=1))
    return conv("head", x)


def centre_crop(x, size):
    """The middle of the last two dimensions of `x`, of the given (height, width)."""
    height, width = size
    top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
    return x[:, :, top : top + height, left : left + width]


def weighted_cross_entropy(logits, labels, weights=None, reduction="mean"):
    """Weighted cross-entropy over the pixels; `reduction` is "mean", "sum" or "weight_mean"."""
    energy = F.cross_entropy(logits, labels, reduction="none")
    if weights is None:
        weights = torch.ones_like(energy)
    total = (weights * energy).sum()
    divisor = {"mean": energy.numel(), "sum": 1, "weight_mean": weights.sum()}[reduction]
    return total / divisor


def leaf(array):
    """A tensor that holds a copy of a NumPy array and gathers a gradient."""
    return torch.tensor(array, requires_grad=True)


def step_results(params, x, labels, weights=None, reduction="mean", dropout_scales=None):
    """All that one training step computes, from NumPy arrays to NumPy arrays.

    Returns
    -------
    dict of str to array
        ``"logits"``, ``"loss"``, and ``"grad NAME"`` for each parameter and for ``input``.
    """
    leaves = {name: leaf(value) for name, value in params.items()} | {"input": leaf(x)}
    scales = {level: torch.from_numpy(scale) for level, scale in (dropout_scales or {}).items()}
    logits = forward(leaves, leaves["input"], depth_of(params), scales)
    loss = weighted_cross_entropy(
        logits, torch.from_numpy(labels), None if weights is None else torch.from_numpy(weights), reduction
    )
    loss.backward()
    results = {"logits": logits.detach().numpy(), "loss": np.array(loss.item())}
    return results | {f"grad {name}": tensor.grad.numpy() for name, tensor in leaves.items()}


def trained_params(params, x, labels, weights, optimizer, steps):
    """The parameters (dict of arrays) after some steps on one batch.

    `optimizer` makes one from a list of tensors: ``lambda tensors: torch.optim.SGD(tensors, lr=0.1)``.
    """
    leaves = {name: leaf(value) for name, value in params.items()}
    optimizer = optimizer(list(leaves.values()))
    x, labels, weights = (torch.from_numpy(array) for array in (x, labels, weights))
    for _ in range(steps):
        optimizer.zero_grad()
        weighted_cross_entropy(forward(leaves, x, depth_of(params)), labels, weights).backward()
        optimizer.step()
    return {name: tensor.detach().numpy() for name, tensor in leaves.items()}


def depth_of(params):
    """The depth that the parameter names tell: one up-convolution a level."""
    return sum(name.endswith("upconv.weight") for name in params)
