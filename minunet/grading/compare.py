"""Is an array the right one, within what rounding can do?"""

from dataclasses import dataclass
from typing import Any

import numpy as np

UNIT = 2.0**-24  # of float32: a submission may compute in it, whatever it is given
SLACK = 8


@dataclass(frozen=True)
class Expected:
    """What a layer should give for one input.

    Attributes
    ----------
    arguments : dict
        Of forward.
    dout : array or None
    outputs : dict of str to array
        Every output of forward and backward, in float64.
    bounds : dict of str to float
        How far each may be off.
    """

    arguments: dict[str, Any]
    dout: np.ndarray | None
    outputs: dict[str, np.ndarray]
    bounds: dict[str, float]

    def with_dout(self, output: str, forward_outputs) -> dict[str, Any]:
        """The arguments by which an output is computed: with ``dout`` where it is backward's."""
        return (
            self.arguments if output in forward_outputs or self.dout is None else self.arguments | {"dout": self.dout}
        )


def expected(layer, case, rng) -> Expected:
    """The truth of a case, with a random gradient from above.

    The bound of an output whose entries are sums of n products is 8 sqrt(n) u S, S the largest sum of the absolute
    products (Higham and Mary 2019, who have 1 for 8 in the mean): n is the truth of ones, S that of absolute values.
    An FFT's errors spread over the whole array, hence the largest.
    """
    arguments = case.arguments
    dout = None
    if layer.takes_dout and layer.backward is not None:
        dout = rng.standard_normal(np.shape(next(iter(layer.truth(**arguments).values()))))
    truth = layer.truth(**arguments, **_given(dout))
    if layer.size is not None:
        sizes = layer.size(**arguments, **_given(dout))
        terms = {}
    else:
        absolute = {name: _map(np.abs, value) for name, value in arguments.items()}
        sizes = layer.truth(**absolute, **_given(None if dout is None else np.abs(dout)))
        ones = {name: _map(np.ones_like, value) for name, value in arguments.items()}
        terms = layer.truth(**ones, **_given(None if dout is None else np.ones_like(dout)))
    bounds = {
        name: SLACK * UNIT * float(np.sqrt(np.max(terms.get(name, 1), initial=1)) * np.max(sizes[name], initial=0))
        for name in truth
    }
    return Expected(arguments, dout, {name: np.asarray(value, float) for name, value in truth.items()}, bounds)


def _given(dout):
    return {} if dout is None else {"dout": dout}


def _map(function, value):
    return function(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def agree(found, right, bound) -> bool:
    """Whether two arrays have one shape, numbers within the bound, and the same that are not finite."""
    found, right = np.asarray(found), np.asarray(right)
    return found.shape == right.shape and bool(close(found, right, bound).all())


def as_text(found: float, right: float) -> tuple[str, str]:
    """Two numbers that differ, with as many digits as it takes to see it."""
    texts = [(f"{found + 0.0:.{digits}g}", f"{right + 0.0:.{digits}g}") for digits in (6, 9, 12, 17)]  # + 0.0: no -0
    return next((two for two in texts if two[0] != two[1]), texts[0])


def close(found, right, bound):
    """Entry by entry."""
    found, right = np.add(found, 0.0), np.add(right, 0.0)  # of two bools there is no difference
    with np.errstate(all="ignore"):
        finite = np.isfinite(found) & np.isfinite(right)
        same = (found == right) | (np.isnan(found) & np.isnan(right))
        return np.where(finite, np.abs(found - right) <= bound + 1e-12 * np.abs(right), same)
