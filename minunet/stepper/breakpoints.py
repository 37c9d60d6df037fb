"""Where a run stops: at an event, where a phase begins, or where something has gone wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .events import Event


@dataclass(frozen=True)
class Breakpoint:
    """One of the three is given.

    Attributes
    ----------
    name : str, optional
        Of an event.
    phase : str, optional
        Whose first event it is.
    condition : str, optional
        Of `CONDITIONS`.
    """

    name: str | None = None
    phase: str | None = None
    condition: str | None = None

    def stops(self, events: list[Event], position: int, values: Mapping[str, np.ndarray]) -> bool:
        """Whether a run stops at the event of this position."""
        event = events[position]
        if self.phase is not None:
            return event.phase == self.phase and (position == 0 or events[position - 1].phase != self.phase)
        if self.condition is not None:
            results = [values[name] for name in event.outputs.values()]
            if self.condition == "nan":  # where it arises: not where it is handed on
                made = {name for earlier in events[:position] for name in earlier.outputs.values()}
                taken = [values[name] for name in event.inputs.values() if name in made]
                return _nan(event, results) and not _nan(event, taken)
            return CONDITIONS[self.condition](event, results)
        return event.name == self.name

    def __str__(self) -> str:
        return self.name or (f"phase {self.phase}" if self.phase else str(self.condition))


def _nan(event: Event, results: list[np.ndarray]) -> bool:
    return any(not np.isfinite(result).all() for result in results)


def _zero_gradient(event: Event, results: list[np.ndarray]) -> bool:
    return event.phase == "backward" and any(not result.any() for result in results)


def _dead_relu(event: Event, results: list[np.ndarray]) -> bool:
    return event.phase == "forward" and event.op == "relu" and not results[0].any()


CONDITIONS = {"nan": _nan, "zero gradient": _zero_gradient, "dead relu": _dead_relu}
