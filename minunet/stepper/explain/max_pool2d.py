"""Explains max-pooling: the four candidates and the winner (see `minunet.layers.max_pool2d`)."""

import numpy as np

from .explanation import Factor, Group
from .places import at, places

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))


def explain_out(values, n, c, h, w):
    """The greatest of a 2x2 window; among equals the first in row order."""
    window, winner = _window(values["x"], n, c, h, w)
    i, j = CORNERS[winner]
    won = Factor(window.name, window.values[[winner]], window.indices[[winner]])
    return {
        "equation": "out[n,c,h,w] = max over i,j of x[n,c,2h+i,2w+j]",
        "here": f"out[{n},{c},{h},{w}] = max(" + ", ".join(f"{number:.9g}" for number in window.values) + ")",
        "groups": (Group(f"x[{n},{c},2·{h}+{i},2·{w}+{j}]", (won,)),),
        "bound": 0.0,
        "candidates": window,
        "winner": winner,
    }


def explain_dx(values, n, c, p, q):
    """The gradient goes whole to the pixel that won its window."""
    (h, i), (w, j) = divmod(p, 2), divmod(q, 2)
    dout = values["dout"]
    window, winner = _window(values["x"], n, c, h, w)
    won = CORNERS[winner] == (i, j)
    indicator = Factor(f"[({i},{j}) won]", np.array([float(won)]), np.array([[n, c, p, q]]))
    return {
        "equation": "dx[n,c,2h+i,2w+j] = dout[n,c,h,w] [(i,j) won its window]",
        "here": f"dx[{n},{c},2·{h}+{i},2·{w}+{j}] = dout[{n},{c},{h},{w}] · {int(won)}",
        "groups": (Group(f"dout[{n},{c},{h},{w}] [won]", (Factor.at(dout.name, dout.array, (n, c, h, w)), indicator)),),
        "bound": 0.0,
        "candidates": window,
        "winner": winner,
        "notes": () if won else ("({},{}) won the window, and gets the gradient".format(*CORNERS[winner]),),
    }


def _window(x, n, c, h, w):
    rows, columns = (np.array([2 * start + corner[axis] for corner in CORNERS]) for axis, start in enumerate((h, w)))
    window = Factor(x.name, at(x, n, c, rows, columns), places(n, c, rows, columns))
    nan = np.isnan(window.values)
    return window, int(nan.argmax() if nan.any() else window.values.argmax())  # argmax: the first among equals
