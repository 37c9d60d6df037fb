"""An assignment of a teacher's own, as README shows it."""

import numpy as np

from minunet.grading import Bank, Case, Function, Layer, Spec

bank = Bank()


@bank.instead("dx", "1 where x is negative", "exp(x) is the derivative there, not 1.", "Multiply by exp(x).")
def linear(x, dout):
    return dout


@bank.after("dx", "divided by N", "A layer passes on what it is given.", "Leave out the division.")
def averaged(result, x):
    return result / len(x)


def truth(x, dout=None):
    out = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
    return {"out": out} if dout is None else {"out": out, "dx": dout * np.where(x > 0, 1, np.exp(np.minimum(x, 0)))}


def cases(rng):
    return [Case({"x": rng.standard_normal((3, 4))}), Case({"x": rng.standard_normal((1, 5))}, frozenset(["N is 1"]))]


def small(rng):
    return [Case({"x": np.array([[value]])}) for value in (1.0, -1.0)]


ELU = Layer(
    forward=Function("elu_forward", "elu_forward(x) -> out, cache", 1, {"out": "out = x where x > 0, else exp(x) - 1"}),
    backward=Function(
        "elu_backward", "elu_backward(dout, cache) -> dx", 2, {"dx": "dx = dout (1 where x > 0, else exp(x))"}
    ),
    truth=truth,
    arguments=("x",),
    cases=cases,
    small=small,
    mistakes=bank,
)

SPEC = Spec("elu", (ELU,))
