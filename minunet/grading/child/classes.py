"""Layers that a student wrote as classes, as the pair of functions that the assignment asks for.

A class is made with the parameters themselves, with their sizes, or with nothing, and is then given the parameters;
its ``backward(dout)`` returns all gradients, or dx alone, and has the others as attributes.
"""

import inspect

import numpy as np

SPELLINGS = {
    "weight": ("weight", "weights", "w", "W", "kernel", "kernels", "filters", "_weight", "_w"),
    "bias": ("bias", "biases", "b", "B", "_bias", "_b"),
    "rate": ("rate", "p", "drop_rate", "drop_prob", "_rate"),
    "rng": ("rng", "generator", "_rng"),
    "reduction": ("reduction", "_reduction"),
}
OUT = ("out_channels", "num_filters", "filters", "out_features")
IN = ("in_channels", "in_features")


def as_functions(module, classes, names, parameters):
    """(forward, backward) of the class that goes by one of `classes`, less case and underscores.

    Parameters
    ----------
    names : list of str
        Of forward's arguments as the assignment has them.
    parameters : list of str
        Which of these the class has gradients for.

    Raises
    ------
    NameError
        Where there is none.
    """
    for name, value in module.items():
        if inspect.isclass(value) and name.lower().replace("_", "").removesuffix("layer") in classes:
            return _pair(value, names, parameters, outputs_first="transpose" not in name.lower())
    raise NameError("not defined")


def _pair(cls, names, parameters, outputs_first):
    def forward(*arguments):
        given = dict(zip(names, arguments, strict=False))
        layer, taken = _make(cls, given, outputs_first)
        rest = [value for name, value in given.items() if name not in taken and name not in parameters]
        out = layer.forward(*rest[: _accepts(layer.forward)])
        return (out[0] if isinstance(out, tuple) else out), layer

    def backward(*arguments):
        *dout, layer = arguments
        result = layer.backward(*dout[: _accepts(layer.backward)])
        if isinstance(result, tuple | list | dict) or not parameters:
            return result
        return (result, *(_gradient(layer, name) for name in parameters))

    return forward, backward


def _accepts(function):
    """How many arguments it may be given by position."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.kind in kinds for p in inspect.signature(function).parameters.values())


def _make(cls, given, outputs_first):
    """An object of the class, and which arguments its constructor, or an attribute that it has, has taken."""
    values: dict = {}
    taken = set()
    for parameter in inspect.signature(cls).parameters.values():
        sizes = _sizes(parameter.name, given["weight"].shape, outputs_first) if "weight" in given else {}
        name = next((name for name in given if parameter.name in SPELLINGS.get(name, ())), None)
        if sizes or name is None:
            values |= sizes
        else:
            values[parameter.name] = given[name]
            taken.add(name)
    layer = cls(**values)
    for name in ("weight", "bias"):
        spelling = next((spelling for spelling in SPELLINGS[name] if hasattr(layer, spelling)), None)
        if name in given and spelling:
            setattr(layer, spelling, given[name])
    return layer, taken


def _sizes(name, shape, outputs_first):
    """What a constructor's parameter of this name wants to know of the weight's shape, if anything."""
    if name in IN + OUT:
        return {name: shape[(name in IN) == outputs_first]}
    if name == "kernel_size":
        return {name: shape[2]}
    return {}


def _gradient(layer, name):
    for spelling in SPELLINGS[name]:
        bare = spelling.lstrip("_")
        for attribute in (f"d{bare}", f"d_{bare}", f"grad_{bare}", f"{bare}_grad", f"{spelling}_grad", f"grad{bare}"):
            if isinstance(getattr(layer, attribute, None), np.ndarray):
                return getattr(layer, attribute)
    return None
