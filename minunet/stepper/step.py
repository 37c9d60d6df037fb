"""Takes one whole training step on a copy of a network, and records it."""

import copy
from typing import Any

import numpy as np

from ..device import to_device, to_host
from ..optim import SGD, Adam
from ..recipe import LEARNING_RATES
from ..sizes import margin, output_size
from .events import Record, record_backward, record_forward, record_loss, record_update


def take_step(net, x, labels, weights, optimizer, training: bool, seed: int) -> Record:
    """Forward, loss, backward and update; neither `net` nor `optimizer` is changed.

    Parameters
    ----------
    net : UNet
    x, labels, weights : arrays (N, C, H, W), (N, h, w), (N, h, w)
        As `UNet.forward` and `UNet.loss` take them.
    optimizer : SGD or Adam
    training : bool
        Whether there is dropout.
    seed : int
        Of its masks.
    """
    record = Record()
    with np.errstate(over="ignore", invalid="ignore"):  # a step that ends in nan is there to be looked at
        logits, tape = net.forward(to_device(x, net.device), training=training, rng=np.random.default_rng(seed))
        record_forward(record, tape, dropout_masks(net, tape, seed))
        loss, dlogits = net.loss(logits, to_device(labels, net.device), to_device(weights, net.device))
        record_loss(record, labels, weights, loss, dlogits)
        grads = net.backward(dlogits, tape)
        record_backward(record, tape)
        before = {name: np.array(to_host(value)) for name, value in optimizer.state.items()}
        record_update(record, optimizer, before, _updated(net, optimizer, grads))
    return record


def dropout_masks(net, tape, seed: int) -> dict[str, np.ndarray]:
    """The mask of each dropout step, drawn again as the layer contract has it: a cache is its layer's own affair."""
    rng = np.random.default_rng(seed)
    return {step.name: rng.random(step.output.shape) >= net.dropout for step in tape if step.op == "dropout"}


def own_optimizer(net, optimizer: SGD | Adam | None) -> SGD | Adam:
    """A copy whose state nobody else changes; of None, what `minunet train` begins with."""
    if optimizer is None:
        return SGD(net.params, LEARNING_RATES["sgd"])
    if not isinstance(optimizer, SGD | Adam):
        raise ValueError(f"optimizer is a {type(optimizer).__name__}, expected minunet.SGD or minunet.Adam, or None")
    optimizer = copy.copy(optimizer)
    optimizer.params = net.params
    optimizer.state = {name: value.copy() for name, value in optimizer.state.items()}
    return optimizer


def optimizer_rule(optimizer: SGD | Adam) -> dict[str, Any]:
    """The numbers of an update's formula."""
    if isinstance(optimizer, SGD):
        return {"kind": "sgd", "lr": optimizer.lr, "momentum": optimizer.momentum}
    t = int(optimizer.state["t"]) + 1
    correction = float(np.sqrt(1 - optimizer.beta2**t))
    return {
        "kind": "adam",
        "beta1": optimizer.beta1,
        "beta2": optimizer.beta2,
        "rate": optimizer.lr * correction / (1 - optimizer.beta1**t),
        "eps": optimizer.eps * correction,
    }


def network_input(net, image) -> np.ndarray:
    """An image (H, W) or (C, H, W), normalised; or what is (N, C, H, W) as it is: what the network is given."""
    image = np.asarray(image)
    if image.ndim not in (2, 3, 4):
        raise ValueError(f"image has shape {image.shape}, expected (H, W), (C, H, W) or, normalised, (N, C, H, W)")
    if image.ndim < 4:
        planes = image[None] if image.ndim == 2 else image
        if len(planes) != net.in_channels:
            raise ValueError(f"image has {len(planes)} channels, expected the network's {net.in_channels}")
        mean, std = (np.reshape(value, (-1, 1, 1)) for value in net.normalization)
        image = ((planes - mean) / std)[None]
    for side in image.shape[2:]:
        output_size(side, net.depth)
    return np.array(image, to_host(net.params["head.bias"]).dtype)


def at_output(net, name: str, array, x: np.ndarray, dtype) -> np.ndarray:
    """Labels or weights (H, W) or (N, H, W), of the image's size or of the output's: cut to the output's, (N, h, w)."""
    array = np.asarray(array)
    array = array[None] if array.ndim == 2 else array
    border = margin(net.depth)
    (N, _, H, W) = x.shape
    whole, inner = (N, H, W), (N, H - 2 * border, W - 2 * border)
    if array.shape == whole:
        array = array[:, border:-border, border:-border]
    if array.shape != inner:
        raise ValueError(
            f"{name} has shape {array.shape}, expected the image's {whole} or the output's {inner} (N may be left out)"
        )
    if name == "labels" and array.dtype.kind not in "iu":
        raise ValueError(f"labels has dtype {array.dtype}, expected integers 0..{net.classes - 1}")
    return np.array(array, dtype)


def _updated(net, optimizer, grads):
    """The parameters after the optimizer's step, which is taken on copies."""
    optimizer.params = {name: value.copy() for name, value in net.params.items()}
    optimizer.step(grads)
    return optimizer.params
