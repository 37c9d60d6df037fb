"""What goes wrong between the layers: a U-Net from right layers, put together wrongly.

`run` is the network with a switch for each misconception. All of them off it is `minunet.UNet`.
"""

from dataclasses import dataclass

import numpy as np

from ... import layers


@dataclass(frozen=True)
class Wiring:
    """A misconception: its switch in `run`, and what to say of it."""

    switch: str
    name: str
    explanation: str
    fix: str


WIRINGS = (
    Wiring(
        "no_skip",
        "skip connections left out",
        "Each level of the expansive path has the contracting path's features beside its own.",
        "crop_concat(skip, x) before the first convolution of each level.",
    ),
    Wiring(
        "skip_before_relu",
        "skip taken before the last ReLU",
        "What is sent across is what is pooled: the block's end, after its second ReLU.",
        "Keep the array that goes into the pooling.",
    ),
    Wiring(
        "skip_of_first_convolution",
        "skip taken after the first convolution",
        "What is sent across is what is pooled: the block's end, after its second ReLU.",
        "Keep the array that goes into the pooling.",
    ),
    Wiring(
        "no_last_relu",
        "last ReLU of each block left out",
        "Each of the two convolutions of a block is followed by a ReLU.",
        "ReLU after conv1 as after conv0.",
    ),
    Wiring(
        "no_first_relu",
        "first ReLU of each block left out",
        "Each of the two convolutions of a block is followed by a ReLU; without one, two convolutions are one.",
        "ReLU after conv0 as after conv1.",
    ),
    Wiring(
        "no_up_relu",
        "ReLUs of the expansive path left out",
        "The expansive path's convolutions are followed by ReLUs too.",
        "Use the same block on the way down and up.",
    ),
    Wiring(
        "relu_after_upconv",
        "ReLU after the up-convolution",
        "None follows it: figure 1 has ReLUs after the 3x3 convolutions alone.",
        "Concatenate what the up-convolution gives.",
    ),
    Wiring(
        "head_relu", "ReLU after the head", "The head's output are logits, of either sign.", "Return them as they are."
    ),
    Wiring(
        "softmax_after_head",
        "softmax after the head",
        "The softmax is the loss's: it takes logits.",
        "Return the head's output as it is.",
    ),
    Wiring(
        "forget_skip_gradient",
        "gradient of the skip forgotten",
        "A feature map that is pooled and sent across is used twice: its gradient is the sum of both.",
        "Add dskip to the gradient that comes up through the pooling.",
    ),
    Wiring(
        "forget_pool_gradient",
        "gradient of the pooling forgotten",
        "A feature map that is pooled and sent across is used twice: its gradient is the sum of both.",
        "Add dskip to the gradient that comes up through the pooling; do not replace it.",
    ),
    Wiring(
        "mean_of_gradients",
        "mean of the two gradients of a skip",
        "Where a value is used twice, its gradients add up.",
        "Add; do not halve.",
    ),
    Wiring(
        "no_relu_gradient",
        "backward of the ReLUs left out",
        "Every step of forward has its step in backward.",
        "Walk the tape from its end and leave nothing out.",
    ),
)


def run(params, depth, x, dlogits, **switches):
    """(Logits, gradients by name) of a U-Net with these misconceptions."""
    on = {wiring.switch: False for wiring in WIRINGS} | switches
    tape, skips = [], []

    def step(op, *inputs, names=()):
        out, cache = getattr(layers, f"{op}_forward")(*inputs)
        tape.append((op, cache, names))
        return out

    def weighted(op, name, x):
        names = (f"{name}.weight", f"{name}.bias")
        return step(op, x, *(params[n] for n in names), names=names)

    def block(name, x, relus=(True, True)):
        found = []
        for i in (0, 1):
            x = weighted("conv2d", f"{name}.conv{i}", x)
            found.append(x)
            x = step("relu", x) if relus[i] else x
            found.append(x)
        return x, found

    both = (not on["no_first_relu"], not on["no_last_relu"])
    for l in range(depth + 1):
        x, found = block(f"down{l}", x, both)
        if l < depth:
            leave = 2 if on["skip_before_relu"] else 1 if on["skip_of_first_convolution"] else 3
            skips.append(found[leave])
            tape.insert(len(tape) - (3 - leave), ("leave", l, ()))
            x = step("max_pool2d", x)
    for l in reversed(range(depth)):
        x = weighted("conv_transpose2d", f"up{l}.upconv", x)
        x = step("relu", x) if on["relu_after_upconv"] else x
        skip = skips.pop()
        x = step("crop_concat", 0 * skip if on["no_skip"] else skip, x)
        x, _ = block(f"up{l}", x, (False, False) if on["no_up_relu"] else both)
    x = weighted("conv2d", "head", x)
    x = step("relu", x) if on["head_relu"] else x
    if on["softmax_after_head"]:
        p = np.exp(x - x.max(axis=1, keepdims=True))
        x = p / p.sum(axis=1, keepdims=True)
    return x, _backward(tape, dlogits, on)


def _backward(tape, d, on):
    """Of forwards that are right: the misconceptions of backward are switched here."""
    grads: dict = {}
    across: list = []
    for op, cache, names in reversed(tape):
        if op == "leave":
            sent = across.pop()
            if on["forget_pool_gradient"]:
                d = sent
            elif not on["forget_skip_gradient"] and not on["no_skip"]:
                d = (d + sent) / (2 if on["mean_of_gradients"] else 1)
        elif op == "relu" and on["no_relu_gradient"]:
            continue
        else:
            result = getattr(layers, f"{op}_backward")(d, cache)
            if op == "crop_concat":
                across.append(result[0])
                d = result[1]
            elif names:
                d, grads[names[0]], grads[names[1]] = result
            else:
                d = result
    return grads | {"input": d}
