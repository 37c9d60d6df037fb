"""One training step as an ordered list of events: what happened, in order, and to which values.

    forward     input, then each layer; where a skip connection leaves the contracting path, "down0.skip" splits it
    loss        the weighted cross-entropy
    backward    the loss and each layer the other way round; "down0.skip.backward" adds the two gradients that meet
    update      each parameter, from its gradient and what the optimizer remembers

Every event makes named values from named values. A value is named after the event that made it: ``down0.conv0.out``,
``down0.conv0.dx``, ``down0.conv0.dweight``, ``down0.conv0.weight.new``; the image is ``input.out``. What was given has
a name too: ``labels``, ``weights``, each parameter, and what the optimizer remembers, ``down0.conv0.weight.velocity``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..device import Array, to_host
from ..optim import Adam
from ..tape import Step, Tape

PHASES = ("forward", "loss", "backward", "update")
ARGUMENTS = {
    "conv2d": ("x", "weight", "bias"),
    "conv_transpose2d": ("x", "weight", "bias"),
    "crop_concat": ("skip", "x"),
    "relu": ("x",),
    "max_pool2d": ("x",),
    "dropout": ("x",),
}


@dataclass(frozen=True)
class Event:
    """One thing that happens in a training step.

    Attributes
    ----------
    name : str
        For example ``down0.conv0``, ``down0.conv0.backward``, ``down0.conv0.weight.update``.
    phase : str
        Of `PHASES`.
    op : str
        The layer function's name without ``_forward``; also ``input``, ``skip``, ``sgd`` and ``adam``.
    inputs, outputs : dict of str to str
        By the name of the argument or the result, the name of the value.
    """

    name: str
    phase: str
    op: str
    inputs: dict[str, str]
    outputs: dict[str, str]


class Record:
    """The events of one training step in order, and every value that they took or made.

    Attributes
    ----------
    events : list of Event
    values : dict of str to array
        On the host. Parameters are there as they were before the step; ``.new`` after it.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.values: dict[str, Any] = {}

    def keep(self, name: str, array: Array) -> str:
        """Store a value; returns its name."""
        self.values[name] = np.asarray(to_host(array))
        return name

    def add(self, name: str, phase: str, op: str, inputs: dict[str, str], outputs: dict[str, Array]) -> Event:
        """Append an event; its results are stored under its name, without the ending that tells its phase."""
        owner = name.removesuffix(".backward").removesuffix(".update")
        event = Event(name, phase, op, inputs, {key: self.keep(f"{owner}.{key}", outputs[key]) for key in outputs})
        self.events.append(event)
        return event


def record_forward(record: Record, tape: Tape, keeps: dict[str, np.ndarray]) -> None:
    """The events of a forward pass, from a tape made with ``keep=True``; `keeps` has the masks of dropout, by step."""
    current = record.add("input", "forward", "input", {}, {"out": _first(tape)}).outputs["out"]
    skips = []
    for step in tape:
        assert step.inputs is not None
        assert step.output is not None
        if step.op == "max_pool2d":  # here the contracting path is left: the map is pooled, and sent across too
            split = record.add(
                step.name.replace("pool", "skip"), "forward", "skip", {"x": current}, {"out": step.inputs[0]}
            )
            current = split.outputs["out"]
            skips.append(current)
        inputs = {"x": current}
        if step.op == "crop_concat":
            inputs = {"skip": skips.pop(), "x": current}
        elif step.op == "dropout":
            inputs["keep"] = record.keep(f"{step.name}.keep", keeps[step.name])
        elif len(step.inputs) == 3:
            for argument, array in zip(("weight", "bias"), step.inputs[1:], strict=True):
                inputs[argument] = record.keep(f"{step.name}.{argument}", array)
        current = record.add(step.name, "forward", step.op, inputs, {"out": step.output}).outputs["out"]


def record_loss(record: Record, labels: Array, weights: Array, loss: Array, dlogits: Array) -> None:
    """The loss, and the first event of the backward pass: its gradient."""
    inputs = {
        "logits": record.events[-1].outputs["out"],
        "labels": record.keep("labels", labels),
        "weights": record.keep("weights", weights),
    }
    record.add("loss", "loss", "weighted_cross_entropy", inputs, {"out": loss})
    record.add("loss.backward", "backward", "weighted_cross_entropy", inputs, {"dlogits": dlogits})


def record_backward(record: Record, tape: Tape) -> None:
    """The events of the backward pass, from a tape that has been walked."""
    current = "loss.dlogits"
    across: list[str] = []
    below: dict[str, Step] = dict(zip([step.name for step in tape[1:]], tape, strict=False))
    forward = {event.name: event for event in record.events}
    for step in reversed(tape):
        assert step.dinputs is not None
        names = tuple(f"d{argument}" for argument in ARGUMENTS[step.op])
        made = record.add(
            f"{step.name}.backward",
            "backward",
            step.op,
            forward[step.name].inputs | {"dout": current},
            dict(zip(names, step.dinputs, strict=True)),
        )
        current = made.outputs["dx"]
        if step.op == "crop_concat":
            across.append(made.outputs["dskip"])
        elif step.op == "max_pool2d":
            joined = record.add(
                f"{step.name.replace('pool', 'skip')}.backward",
                "backward",
                "skip",
                {"dpool": current, "dskip": across.pop()},
                {"dx": below[step.name].dout},
            )
            current = joined.outputs["dx"]


def record_update(record: Record, optimizer, before: dict[str, np.ndarray], after: dict[str, Array]) -> None:
    """The update of each parameter. `before` has copies of the optimizer's state, by its own names."""
    op = "adam" if isinstance(optimizer, Adam) else "sgd"
    memories = {"m": "m/{}", "v": "v/{}"} if op == "adam" else {"velocity": "{}"}
    for name, value in after.items():
        layer, kind = name.rsplit(".", 1)
        inputs = {"param": name, "gradient": f"{layer}.d{kind}"}
        outputs = {}
        for memory, key in memories.items():
            inputs[memory] = record.keep(f"{name}.{memory}", before[key.format(name)])
            outputs[f"{memory}.new"] = optimizer.state[key.format(name)]
        record.add(f"{name}.update", "update", op, inputs, outputs | {"new": value})


def _first(tape):
    return tape[0].inputs[0]
