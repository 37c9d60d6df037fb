"""Explains the rectified linear unit: what it lets through (see `minunet.layers.relu`)."""

import math

import numpy as np

from .explanation import Factor, Group


def explain_out(values, *index):
    """The greater of x and 0."""
    x = values["x"]
    number, here = float(x.array[index]), ",".join(map(str, index))
    compared = Factor(x.name, np.array([number, 0.0]), np.array([index, [-1] * len(index)]))
    passes = number > 0 or math.isnan(number)
    group = Group(f"x[{here}]" if passes else "0", (Factor.at(x.name, x.array, index),))
    return {
        "equation": "out = max(x, 0)",
        "here": f"out[{here}] = max({number:.9g}, 0)",
        "groups": (group,) if passes else (),
        "bound": 0.0,
        "candidates": compared,
        "winner": 0 if passes else 1,
        "notes": () if passes else ("x is not above 0: this unit is off here, and passes no gradient back",),
    }


def explain_dx(values, *index):
    """The gradient passes where x was above 0."""
    x, dout = values["x"], values["dout"]
    number, here = float(x.array[index]), ",".join(map(str, index))
    on = Factor(f"[{x.name} > 0]", np.array([float(number > 0)]), np.array([index]))
    return {
        "equation": "dx = dout [x > 0]",
        "here": f"dx[{here}] = dout[{here}] [{number:.9g} > 0]",
        "groups": (Group(f"dout[{here}] [x > 0]", (Factor.at(dout.name, dout.array, index), on)),),
        "bound": 0.0,
        "notes": () if number > 0 else ("dead ReLU: its input is not above 0",),
    }
