"""Exercises outside of the layer contract: one function, one result, no backward."""

from collections.abc import Callable, Iterable

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Case, Function, Layer


def plain(
    signature: str,
    formula: str,
    truth: Callable,
    cases: Callable[[np.random.Generator], list[Case]],
    small: Callable[[np.random.Generator], Iterable[Case]],
    mistakes: Bank,
    points: float = 1,
    slack: float = 1,
) -> Layer:
    """A `Layer` that is a function alone.

    Parameters
    ----------
    signature : str
        As ``"receptive_field(depth) -> out"``: its name, its arguments and the name of its result.
    formula : str
        Of the result.
    truth : function
        Of the arguments; gives the result.
    cases, small, mistakes
        As of `Layer`; a mistake's output has the result's name.
    slack : float
        By how much more than one rounding of the largest number, in float32, a result may be off.
    """
    name, _, rest = signature.partition("(")
    arguments, _, output = rest.partition(") -> ")
    names = tuple(part.split("=")[0].strip() for part in arguments.split(",") if part.strip())

    def outputs(**given):
        return {output: np.asarray(truth(**given), float)}

    def size(**given):
        return {output: slack * np.max(np.abs(outputs(**given)[output]), initial=0)}

    return Layer(
        forward=Function(name, signature, points, {output: formula}),
        backward=None,
        truth=outputs,
        arguments=names,
        cases=cases,
        small=small,
        mistakes=mistakes,
        takes_dout=False,
        size=size,
    )
