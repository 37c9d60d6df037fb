"""Explains dropout: kept and scaled up, or dropped (see `minunet.layers.dropout`)."""

import numpy as np

from .explanation import Factor, Group, rounding


def explain_out(values, *index):
    """What the mask kept, scaled up."""
    return _masked("out", "x", values, index)


def explain_dx(values, *index):
    """The same mask, the same scale."""
    return _masked("dx", "dout", values, index)


def _masked(result, source, values, index):
    value, keep, rate = values[source], values["keep"], values["rate"]
    here = ",".join(map(str, index))
    kept = bool(keep.array[index])
    group = Group(
        f"{source}[{here}] keep / (1 - rate)",
        (
            Factor.at(value.name, value.array, index),
            Factor(keep.name, np.array([float(kept)]), np.array([index])),
            Factor.constant("1 / (1 - rate)", 1 / (1 - rate)),
        ),
    )
    return {
        "equation": f"{result} = {source} keep / (1 - rate)",
        "here": f"{result}[{here}] = {source}[{here}] · {int(kept)} / (1 - {rate:g})",
        "groups": (group,),
        "bound": rounding(value.array.dtype, 2, abs(group.products[0])),
        "notes": () if kept else (f"dropped in this step: the mask is drawn with rate {rate:g}",),
    }
