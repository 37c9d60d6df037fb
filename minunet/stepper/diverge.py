"""Where two recorded steps part: the first event, the first index, and the term that differs most."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Divergence:
    """Where two steps part.

    Attributes
    ----------
    event, value : str
    index : tuple of int
        The first, in row order, where the two differ by more than rounding.
    mine, theirs : float
    term : str
        Of the sum behind it the term that differs most; or that the terms are the same and the sum is not.
    """

    event: str
    value: str
    index: tuple[int, ...]
    mine: float
    theirs: float
    term: str

    def __str__(self) -> str:
        place = f"{self.value}[{','.join(map(str, self.index))}]"
        return f"they part at {self.event}: {place} is {self.mine:.9g} here and {self.theirs:.9g} there; {self.term}"


def diverges(mine, theirs) -> Divergence | None:
    """The first event whose results differ by more than rounding; None where there is none.

    Raises
    ------
    ValueError
        Where the two are no steps of networks of one shape.
    """
    if mine.events != theirs.events:
        raise ValueError("the two steps have other events: the networks differ in depth or dropout, or the optimizers")
    for event in mine.events:
        for name in (*event.inputs.values(), *event.outputs.values()):
            index = _first_difference(name, mine.values[name], theirs.values[name])
            if index is not None:
                here, there = (float(stepper.values[name][index]) for stepper in (mine, theirs))
                return Divergence(event.name, name, index, here, there, _term(mine, theirs, name, index))
    return None


def _first_difference(name: str, mine: np.ndarray, theirs: np.ndarray):
    """The first index where two values differ by more than rounding of the coarser type allows."""
    if mine.shape != theirs.shape:
        raise ValueError(f"{name} has shape {mine.shape} here and {theirs.shape} there: no steps of one network")
    kinds = [array.dtype for array in (mine, theirs)]
    tolerance = max((1e-4 if kind == np.float32 else 1e-9) if kind.kind == "f" else 0.0 for kind in kinds)
    a, b = np.asarray(mine, float), np.asarray(theirs, float)
    size = np.sqrt(np.mean(a[np.isfinite(a)] ** 2)) if np.isfinite(a).any() else 1.0
    apart = ~np.isclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True)
    return tuple(int(i) for i in np.argwhere(apart)[0]) if apart.any() else None


def _term(mine, theirs, name: str, index: tuple[int, ...]) -> str:
    if name not in mine.made_by or mine.made_by[name][0].op == "input":
        return "its mask was drawn so" if name.endswith(".keep") else "it was given so"
    here, there = mine.explain(name, index), theirs.explain(name, index)
    for explanation, where in ((here, "here"), (there, "there")):
        if not explanation.agrees:
            return (
                f"{where} it is not the sum of its terms, {explanation.total:.9g}: that layer computes something else"
            )
    ours, others = here.terms, there.terms
    if len(ours) != len(others):
        return "another of the candidates was taken"
    k = max(range(len(ours)), key=lambda k: abs(ours[k].value - others[k].value), default=None)
    if k is None:
        return "both sums are empty"
    factors = " · ".join(f"{factor}{list(place) if place else ''}" for factor, place, _ in ours[k].factors)
    return f"the term {factors} is {ours[k].value:.9g} here and {others[k].value:.9g} there"
