"""The stepper: one training step, one event at a time, forwards and backwards."""

import copy
import math
from dataclasses import replace
from typing import Any, Self

import numpy as np

from ..sizes import whole_number
from ..unet import UNet
from .breakpoints import CONDITIONS, Breakpoint
from .check import Check, check
from .diverge import Divergence, diverges
from .events import PHASES, Event
from .explain import EXPLAINERS, Explanation, Named
from .file import load, save
from .names import checked_index, find_event, find_value
from .step import at_output, network_input, optimizer_rule, own_optimizer, take_step
from .trace import Trace, trace
from .values import Values
from .what_if import WhatIf, what_if
from .why import Why, why


class Stepper:
    """One whole training step on one image, to walk through in both directions.

    The step is taken once, with the network's own layers, and every array of it is kept: the forward pass when the
    stepper is made, each layer's backward when it is first looked at. What moves is a position among the events
    (`minunet.stepper.events`), and with it the parameters in `net`, which are as they were until their update, and new
    from there on. Neither the network given nor the optimizer is changed.

    Parameters
    ----------
    net : UNet
    image : array (H, W) or (C, H, W)
        Of a legal size; it is normalised as the network wants. Or (N, C, H, W), normalised already.
    labels : integer array (H, W) or (N, H, W)
        The class of each pixel; of the image's size, or of the output's.
    weights : array like `labels`, optional
        Ones where not given.
    optimizer : SGD or Adam, optional
        With its state; a copy is used. None: SGD with momentum 0.99, at rest, and the highest learning rate of
        ``minunet train``. Gradients are not clipped.
    training : bool
        Whether there is dropout.
    seed : int
        Of its masks.

    Attributes
    ----------
    net : UNet
        A copy. Its parameters are read-only, and those of the position.
    events : list of Event
    values : mapping of str to array
        Every value, by its name; read-only. Their shapes, known before they are computed, are in `values.shapes`.
    position : int
        Of the event that happened last; 0 is the image itself.
    breakpoints : list of Breakpoint
    from_file : bool
        Whether it was loaded: then the layers that computed it need not be those of `net`.
    made_by : dict of str to (Event, str)
        Which event made a value, and as which of its results.

    Raises
    ------
    ValueError
        Where the image is of no legal size, naming the nearest, or labels or weights do not fit.
    """

    def __init__(self, net, image, labels, weights=None, optimizer=None, training=True, seed=0):
        x = network_input(net, image)
        labels = at_output(net, "labels", labels, x, np.int64)
        weights = np.ones(labels.shape) if weights is None else weights
        weights = at_output(net, "weights", weights, x, x.real.dtype)
        optimizer = own_optimizer(net, optimizer)
        settings = {"optimizer": optimizer_rule(optimizer), "training": bool(training), "seed": int(seed)}
        self._begin(net, *take_step(net, x, labels, weights, optimizer, training, seed), settings)

    def _begin(self, net, events: list[Event], values: Values, settings: dict[str, Any], from_file=False) -> None:
        """Stand at the first event of a step."""
        self.from_file = from_file
        self.settings = settings
        self.events = events
        self.values = values
        self.net = copy.copy(net)
        self.net.params = {name: self.values[name] for name in net.params}
        self.position = 0
        self.breakpoints: list[Breakpoint] = []
        self.made_by = {name: (event, role) for event in self.events for role, name in event.outputs.items()}

    # Moving

    @property
    def event(self) -> Event:
        """What happened last."""
        return self.events[self.position]

    def next(self) -> Event | None:
        """Let one more event happen; None at the end."""
        return self._move_to(self.position + 1) if self.position + 1 < len(self.events) else None

    def back(self) -> Event | None:
        """Take the last event back; None at the beginning."""
        return self._move_to(self.position - 1) if self.position else None

    def goto(self, name: str) -> Event:
        """Stand at the event of this name, forwards or backwards, whatever breakpoints lie between."""
        return self._move_to(self.events.index(find_event(self.events, name)))

    def run_to(self, name: str) -> Event:
        """Go on to the event of this name, or to the first breakpoint before it.

        Raises
        ------
        ValueError
            Where that event has happened already.
        """
        event = find_event(self.events, name)
        target = self.events.index(event)
        if target <= self.position:
            raise ValueError(f"{event.name} has happened already; go back there with goto, or restart")
        return self._run(target)

    def run(self) -> Event:
        """Go on to the next breakpoint, or to the end."""
        return self._run(len(self.events) - 1)

    def restart(self) -> Event:
        """Back to the beginning."""
        return self._move_to(0)

    def break_at(self, name: str | None = None, phase: str | None = None, condition: str | None = None) -> Breakpoint:
        """Set a breakpoint, where `run` and `run_to` stop.

        Parameters
        ----------
        name : str, optional
            Of an event.
        phase : str, optional
            Stop where this phase begins.
        condition : str, optional
            "nan", "zero gradient" or "dead relu": stop at an event where a NaN or infinity arises, whose result is a
            gradient of zeros alone, or a ReLU's output of zeros alone.

        Returns
        -------
        Breakpoint
            May be removed from `breakpoints`.
        """
        given = [value for value in (name, phase, condition) if value is not None]
        if len(given) != 1:
            raise ValueError("give one of name, phase and condition")
        if phase is not None and phase not in PHASES:
            raise ValueError(f"phase is {phase!r}, expected one of {', '.join(PHASES)}")
        if condition is not None and condition not in CONDITIONS:
            raise ValueError(f"condition is {condition!r}, expected one of {', '.join(CONDITIONS)}")
        if name is not None:
            name = find_event(self.events, name).name
        if name == "input" or phase == "forward":
            raise ValueError("a run begins at the image: it never comes to where it begins")
        self.breakpoints.append(Breakpoint(name, phase, condition))
        return self.breakpoints[-1]

    def _run(self, target: int) -> Event:
        for position in range(self.position + 1, target):
            if any(breakpoint.stops(self.events, position, self.values) for breakpoint in self.breakpoints):
                return self._move_to(position)
        return self._move_to(target)

    def _move_to(self, position: int) -> Event:
        low, high = sorted((self.position, position))
        for event in self.events[low + 1 : high + 1]:
            if event.phase == "update":
                after = position > self.position
                self.net.params[event.inputs["param"]] = self.values[
                    event.outputs["new"] if after else event.inputs["param"]
                ]
        self.position = position
        return self.event

    # Looking

    def value(self, what: str) -> np.ndarray:
        """The array of this name; see `names` for what may be left out."""
        return self.values[find_value(self.events, self.values, what)]

    def explain(self, what: str, index=()) -> Explanation:
        """Every term of the sum that made one number.

        Parameters
        ----------
        what : str
            Of a value that an event made, ``"down0.conv0"`` (its output), ``"down0.conv0.dweight"`` and so on.
        index : tuple of int
            Into that value. For the loss none, or a pixel (n, h, w): what that one adds to it.

        Raises
        ------
        ValueError
            For an unknown name, an index outside the value, or a value that no event made.
        """
        name = find_value(self.events, self.values, what)
        if name not in self.made_by or self.made_by[name][0].op == "input":
            raise ValueError(f"{name} was given, not computed: there is no sum behind it")
        event, role = self.made_by[name]
        of_pixel = name == "loss.out" and np.size(index) > 0
        index = checked_index(name, self.values.shapes["weights" if of_pixel else name], index)
        taken: dict[str, Any] = {
            argument: Named(source, self.values[source]) for argument, source in (event.inputs | event.outputs).items()
        }
        taken |= {"rate": self.net.dropout, "optimizer": self.settings["optimizer"]}
        explanation = Explanation(name, index, np.nan, **EXPLAINERS[event.op, role](taken, *index))
        value = explanation.total if of_pixel else float(self.values[name][index])
        return replace(explanation, value=value)

    def trace(self, what: str, index, steps: int | None = 1) -> Trace:
        """Follow one number back through the layers: down to the pixels, or, of a gradient, up to the loss.

        Parameters
        ----------
        what, index
            As for `explain`.
        steps : int, optional
            How many events that had a say; None: as far as it goes.
        """
        if steps is not None:
            steps = whole_number("steps", steps)
        return trace(self, self.explain(what, index), steps)

    def what_if(self, what: str, index, delta: float) -> WhatIf:
        """The change of the loss that the gradient predicts, beside the true one, and where the two part.

        Parameters
        ----------
        what : str
            Of a parameter, ``"down0.conv0.weight"``, or ``"input"``: a pixel.
        index : tuple of int
        delta : float
            The change asked about, other than 0.
        """
        name = find_value(self.events, self.values, what)
        if name not in self.net.params and name != "input.out":
            raise ValueError(
                f"{name} is neither a parameter nor the image; ask of down0.conv0.weight, say, or of input"
            )
        index = checked_index(name, self.values[name].shape, index)
        if not math.isfinite(delta) or not delta:
            raise ValueError(f"delta is {delta!r}, expected a finite number other than 0")
        layer, _, kind = name.rpartition(".")
        gradient = self.values[f"{layer}.d{kind}" if name in self.net.params else f"{self.events[1].name}.dx"]
        return what_if(self, name, index, delta, float(gradient[index]))

    def check(self, name: str | None = None) -> Check:
        """Is this layer's backward the gradient of its forward? Finite differences on the numbers in hand.

        Parameters
        ----------
        name : str, optional
            Of an event, forward or backward; where not given, of the present one.
        """
        return check(self, self.event if name is None else find_event(self.events, name))

    def why(self, what: str, index=()) -> Why:
        """Why a number is zero (of a gradient: dead ReLU, lost maximum, ...) or not finite (the first cause)."""
        name = find_value(self.events, self.values, what)
        return why(self, name, checked_index(name, self.values[name].shape, index))

    def diverges(self, other: "Stepper") -> Divergence | None:
        """The first event, index and term where this step and another one part; None where they do not."""
        return diverges(self, other)

    def save(self, path) -> None:
        """Write the step and all its values to one file, without pickle, for `Stepper.load`."""
        save(path, self)

    @classmethod
    def load(cls, path, layers=None) -> Self:
        """The stepper that `save` wrote, at its beginning.

        Parameters
        ----------
        path : path
        layers : module or namespace, optional
            The layer set, for `check` and `what_if`: a file holds what layers computed, but no layers. None:
            `minunet.fast`.

        Raises
        ------
        OSError, ValueError
            Where the file cannot be opened, is damaged or of another version.
        """
        stepper = cls.__new__(cls)
        stepper._begin(*load(path, layers), from_file=True)
        return stepper

    def to_html(self) -> str:
        """One self-contained page that shows the step, for `minunet step --html`; see `minunet.stepper.page`."""
        from .page import page

        return page(self)

    def _repr_html_(self) -> str:
        """What a notebook shows of a stepper at the end of a cell."""
        from .page import frame

        return frame(self)

    def untouched_net(self, dtype) -> UNet:
        """A copy of the network as it was before the step, in another dtype; its parameters may be changed."""
        net = copy.copy(self.net)
        net.params = {name: self.values[name].astype(dtype) for name in self.net.params}
        return net
