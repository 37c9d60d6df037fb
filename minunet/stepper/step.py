"""Takes one training step on a network, an event at a time, as far as it is looked at."""

import copy
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ..device import Array, to_device, to_host
from ..normalization import normalization_of
from ..optim import SGD, Adam
from ..recipe import LEARNING_RATES
from ..sizes import margin, output_size
from .events import ARGUMENTS, MEMORIES, Event, events_of
from .guard import guarded
from .values import Values


def take_step(net, x, labels, weights, optimizer, training: bool, seed: int) -> tuple[list[Event], Values]:
    """The events of a step, and their values: those of the forward pass and the loss, the others when asked for.

    Parameters
    ----------
    net : UNet
        Neither it nor the optimizer is changed; its parameters are those of now, whatever becomes of them.
    x, labels, weights : arrays (N, C, H, W), (N, h, w), (N, h, w)
        As `UNet.forward` and `UNet.loss` take them.
    optimizer : SGD or Adam
    training : bool
        Whether there is dropout.
    seed : int
        Of its masks.
    """
    net = copy.copy(net)
    net.layers = guarded(net.layers)
    with np.errstate(over="ignore", invalid="ignore"):  # a step that ends in nan is there to be looked at
        logits, tape = net.forward(to_device(x, net.device), training=training, rng=np.random.default_rng(seed))
        loss, dlogits = net.loss(logits, to_device(labels, net.device), to_device(weights, net.device))
    kind = optimizer_kind(optimizer)
    events = events_of(tape, list(net.params), kind)
    stored = {"input.out": x, "labels": labels, "weights": weights, "loss.out": loss, "loss.dlogits": dlogits}
    stored |= {f"{name}.keep": mask for name, mask in dropout_masks(net, tape, seed).items()}
    for step in tape:
        stored[f"{step.name}.out"] = step.output
        if step.op == "max_pool2d":
            stored[step.name.replace("pool", "skip") + ".out"] = step.inputs[0]
        elif len(step.inputs) == 3:
            stored[f"{step.name}.weight"], stored[f"{step.name}.bias"] = step.inputs[1:]
    for name in net.params:
        for memory, key in MEMORIES[kind].items():
            stored[f"{name}.{memory}"] = optimizer.state[key.format(name)]
    shapes = _shapes(events, stored)
    work = partial(_backward_and_update, net, dlogits, tape, optimizer, stored, shapes)
    return events, Values(shapes, stored, work)


def _backward_and_update(net, dlogits, tape, optimizer, stored, shapes) -> Iterator[dict[str, Array]]:
    grads: dict[str, Array] = {}
    for name, op, dinputs in net.walk_back(dlogits, tape):
        roles = ARGUMENTS.get(op, ("x",))
        if len(dinputs) != len(roles):
            raise ValueError(
                f"{name}: {op}_backward returned {len(dinputs)} gradients, expected {len(roles)}: of {', '.join(roles)}"
            )
        made = {f"{name}.d{role}": d for role, d in zip(roles, dinputs, strict=True)}
        for key, d in made.items():
            shape = getattr(d, "shape", ())  # a student's may be no array at all
            if shape != shapes[key]:
                raise ValueError(f"{key} has shape {shape}, expected {shapes[key]}: look at {op}_backward")
        grads |= {key: d for key, d in made.items() if key.endswith((".dweight", ".dbias"))}
        yield made
    kind = optimizer_kind(optimizer)
    for name in net.params:
        layer, role = name.rsplit(".", 1)
        state = {key.format(name): stored[f"{name}.{memory}"].copy() for memory, key in MEMORIES[kind].items()}
        if kind == "adam":
            state["t"] = optimizer.state["t"].copy()
        one = copy.copy(optimizer)  # the same rule, for this parameter alone
        one.params, one.state = {name: stored[name].copy()}, state
        one.step({name: grads[f"{layer}.d{role}"]})
        yield {f"{name}.{memory}.new": state[key.format(name)] for memory, key in MEMORIES[kind].items()} | {
            f"{name}.new": one.params[name]
        }


def _shapes(events: list[Event], stored) -> dict[str, tuple[int, ...]]:
    """Of every value: a gradient has the shape of what it belongs to, a new value that of the old."""
    shapes = {name: tuple(getattr(array, "shape", ())) for name, array in stored.items()}
    for event in events:
        for role, name in event.outputs.items():
            if name not in shapes:
                source = {"dx": "x", "dskip": "skip", "dweight": "weight", "dbias": "bias", "new": "param"}.get(role)
                if event.op == "skip":
                    source = "dpool"
                shapes[name] = shapes[event.inputs[source or role.removesuffix(".new")]]
    return shapes


def dropout_masks(net, tape, seed: int) -> dict[str, np.ndarray]:
    """The mask of each dropout step, drawn again as the layer contract has it: a cache is its layer's own affair."""
    rng = np.random.default_rng(seed)
    return {step.name: rng.random(step.output.shape) >= net.dropout for step in tape if step.op == "dropout"}


def own_optimizer(net, optimizer: SGD | Adam | None) -> SGD | Adam:
    """A copy whose state nobody else changes; of None, SGD at rest, with `minunet train`'s highest learning rate."""
    if optimizer is None:
        return SGD(net.params, LEARNING_RATES["sgd"])
    if not isinstance(optimizer, SGD | Adam):
        raise ValueError(f"optimizer is a {type(optimizer).__name__}, expected minunet.SGD or minunet.Adam, or None")
    if optimizer.params.keys() != net.params.keys():
        raise ValueError("optimizer is of another network: its parameters have other names")
    optimizer = copy.copy(optimizer)
    optimizer.params = net.params
    optimizer.state = {name: value.copy() for name, value in optimizer.state.items()}
    return optimizer


def optimizer_kind(optimizer: SGD | Adam) -> str:
    """ "sgd" or "adam"."""
    return "adam" if isinstance(optimizer, Adam) else "sgd"


def optimizer_rule(optimizer: SGD | Adam) -> dict[str, Any]:
    """The numbers of an update's formula."""
    if isinstance(optimizer, SGD):
        return {"kind": "sgd", "lr": float(optimizer.lr), "momentum": float(optimizer.momentum)}
    t = int(optimizer.state["t"]) + 1
    correction = float(np.sqrt(1 - optimizer.beta2**t))
    return {
        "kind": "adam",
        "beta1": float(optimizer.beta1),
        "beta2": float(optimizer.beta2),
        "rate": float(optimizer.lr) * correction / (1 - optimizer.beta1**t),
        "eps": float(optimizer.eps) * correction,
    }


def network_input(net, image) -> np.ndarray:
    """An image (H, W) or (C, H, W), normalised; or what is (N, C, H, W) as it is: what the network is given."""
    image = np.asarray(image)
    if image.ndim not in (2, 3, 4):
        raise ValueError(f"image has shape {image.shape}, expected (H, W), (C, H, W) or, normalised, (N, C, H, W)")
    if image.ndim < 4:
        planes = image[None] if image.ndim == 2 else image
        if len(planes) != net.in_channels:
            raise ValueError(
                f"image has {len(planes)} channels, expected the network's {net.in_channels}; convert it, "
                "or use a network for such images"
            )
        mean, std = (np.reshape(value, (-1, 1, 1)) for value in normalization_of(net, planes))
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
