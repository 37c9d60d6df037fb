"""One training step as an ordered list of events: what happens, in order, and to which values.

    forward     input, then each layer; where a skip connection leaves the contracting path, "down0.skip" splits it
    loss        the weighted cross-entropy
    backward    the loss and each layer the other way round; "down0.skip.backward" adds the two gradients that meet
    update      each parameter, from its gradient and what the optimizer remembers

Every event makes named values from named values. A value is named after the event that made it: ``down0.conv0.out``,
``down0.conv0.dx``, ``down0.conv0.dweight``, ``down0.conv0.weight.new``; the image is ``input.out``. What was given has
a name too: ``labels``, ``weights``, each parameter, and what the optimizer remembers, ``down0.conv0.weight.velocity``.
"""

from dataclasses import dataclass

from ..tape import Tape

PHASES = ("forward", "loss", "backward", "update")
ARGUMENTS = {
    "conv2d": ("x", "weight", "bias"),
    "conv_transpose2d": ("x", "weight", "bias"),
    "crop_concat": ("skip", "x"),
    "relu": ("x",),
    "max_pool2d": ("x",),
    "dropout": ("x",),
}
MEMORIES = {"sgd": {"velocity": "{}"}, "adam": {"m": "m/{}", "v": "v/{}"}}  # and their names in the optimizer's state


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


def events_of(tape: Tape, params: list[str], optimizer: str) -> list[Event]:
    """Every event of a training step, from the tape of its forward pass; `optimizer` is "sgd" or "adam"."""
    forward = _forward(tape)
    inputs = {"logits": forward[-1].outputs["out"], "labels": "labels", "weights": "weights"}
    loss = _event("loss", "loss", "weighted_cross_entropy", inputs, ["out"])
    return [*forward, loss, *_backward(forward, loss), *(_update(name, optimizer) for name in params)]


def _forward(tape: Tape) -> list[Event]:
    events = [_event("input", "forward", "input", {}, ["out"])]
    skips = []
    for step in tape:
        current = events[-1].outputs["out"]
        if step.op == "max_pool2d":  # here the contracting path is left: the map is pooled, and sent across too
            events.append(_event(step.name.replace("pool", "skip"), "forward", "skip", {"x": current}, ["out"]))
            current = events[-1].outputs["out"]
            skips.append(current)
        given = {
            "weight": f"{step.name}.weight",
            "bias": f"{step.name}.bias",
            "keep": f"{step.name}.keep",
            "x": current,
        }
        if step.op == "crop_concat":
            given["skip"] = skips.pop()
        arguments = [*ARGUMENTS[step.op], *(["keep"] if step.op == "dropout" else [])]
        inputs = {argument: given[argument] for argument in arguments}
        events.append(_event(step.name, "forward", step.op, inputs, ["out"]))
    return events


def _backward(forward: list[Event], loss: Event) -> list[Event]:
    """A skip is met before its pooling here, and is added up behind it: the pooling's gradient comes first."""
    events = [_event("loss.backward", "backward", "weighted_cross_entropy", loss.inputs, ["dlogits"])]
    across: list[str] = []
    dout = "loss.dlogits"
    for event in reversed(forward[1:]):
        if event.op == "skip":
            inputs = {"dpool": dout, "dskip": across.pop()}
            made = _event(f"{event.name}.backward", "backward", "skip", inputs, ["dx"])
        else:
            roles = [f"d{argument}" for argument in ARGUMENTS[event.op]]
            made = _event(f"{event.name}.backward", "backward", event.op, event.inputs | {"dout": dout}, roles)
        if event.op == "crop_concat":
            across.append(made.outputs["dskip"])
        dout = made.outputs["dx"]
        events.append(made)
    return events


def _update(name: str, optimizer: str) -> Event:
    layer, kind = name.rsplit(".", 1)
    memories = MEMORIES[optimizer]
    inputs = {"param": name, "gradient": f"{layer}.d{kind}"} | {memory: f"{name}.{memory}" for memory in memories}
    return _event(f"{name}.update", "update", optimizer, inputs, [*(f"{memory}.new" for memory in memories), "new"])


def _event(name: str, phase: str, op: str, inputs: dict[str, str], roles: list[str]) -> Event:
    """An event whose results are named after it, without the ending that tells its phase."""
    owner = name.removesuffix(".backward").removesuffix(".update")
    return Event(name, phase, op, inputs, {role: f"{owner}.{role}" for role in roles})
