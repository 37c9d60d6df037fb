"""Explains an update: what the optimizer remembered, the gradient, and what it made of them (see `minunet.optim`)."""

import numpy as np

from .explanation import Factor, Group, rounding


def explain_velocity(values, *index):
    """Old velocity, gradient, new velocity."""
    rule = values["optimizer"]
    return _sum(
        "velocity' = momentum velocity - lr gradient",
        values,
        index,
        [
            ("momentum velocity", "velocity", [("momentum", rule["momentum"])]),
            ("-lr gradient", "gradient", [("-lr", -rule["lr"])]),
        ],
    )


def explain_sgd(values, *index):
    """The parameter moves by its new velocity."""
    return _sum(
        "param' = param + velocity'", values, index, [("param", "param", []), ("velocity'", "velocity.new", [])]
    )


def explain_m(values, *index):
    """Adam's running mean of the gradient."""
    beta = values["optimizer"]["beta1"]
    return _sum(
        "m' = beta1 m + (1 - beta1) gradient",
        values,
        index,
        [("beta1 m", "m", [("beta1", beta)]), ("(1 - beta1) gradient", "gradient", [("1 - beta1", 1 - beta)])],
    )


def explain_v(values, *index):
    """Adam's running mean of the gradient's square."""
    beta, gradient = values["optimizer"]["beta2"], float(values["gradient"].array[index])
    return _sum(
        "v' = beta2 v + (1 - beta2) gradient²",
        values,
        index,
        [
            ("beta2 v", "v", [("beta2", beta)]),
            ("(1 - beta2) gradient²", "gradient", [("gradient", gradient), ("1 - beta2", 1 - beta)]),
        ],
    )


def explain_adam(values, *index):
    """The parameter moves against the mean gradient, measured by its usual size."""
    rule = values["optimizer"]
    usual = float(np.sqrt(values["v.new"].array[index].astype(float))) + rule["eps"]
    return _sum(
        "param' = param - rate m' / (√v' + eps)",
        values,
        index,
        [
            ("param", "param", []),
            ("-rate m' / (√v' + eps)", "m.new", [("-rate", -rule["rate"]), ("1 / (√v' + eps)", 1 / usual)]),
        ],
    )


def _sum(equation, values, index, terms):
    """Of each term: its formula, the value that it is an element of, and the constants that multiply it."""
    here = ",".join(map(str, index))
    groups = tuple(
        Group(
            formula,
            (
                *(Factor.constant(name, number) for name, number in constants),
                Factor.at(values[source].name, values[source].array, index),
            ),
        )
        for formula, source, constants in terms
    )
    size = sum(abs(float(group.products[0])) for group in groups)
    return {
        "equation": equation,
        "here": f"[{here}]: " + " + ".join(f"({group.products[0]:.9g})" for group in groups),
        "groups": groups,
        "bound": rounding(values["param"].array.dtype, 4, size),
    }
