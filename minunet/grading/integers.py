"""Images of whole numbers, judged apart: ``np.zeros_like(x)`` makes a gradient that cuts fractions off.

It costs nothing: an image of floating point is what a layer is given. But who tests one with ``np.arange`` meets it.
"""

from dataclasses import replace

import numpy as np

from .asking import Asker
from .judge import Observed, calls, look


def integer_notes(asker: Asker, observed: Observed) -> list[str]:
    """What a backward that is right makes of whole numbers; nothing where that is right too."""
    layer, case = observed.layer, observed.right[0]
    if not layer.integers or layer.backward is None:
        return []
    rng = np.random.default_rng(0)
    x = rng.integers(-9, 10, np.shape(case.arguments["x"]))
    right = replace(case, arguments=case.arguments | {"x": x.astype(float)})
    outputs = layer.truth(**right.arguments, dout=case.dout)
    right = replace(right, outputs={name: np.asarray(value, float) for name, value in outputs.items()})
    whole = replace(right, arguments=right.arguments | {"x": x})
    answer = asker.ask(calls(layer, whole, observed.convention, "whole"))[1]
    if answer.error:
        return [f"given an x of whole numbers it raises {answer.error}: {answer.message}"]
    return [
        f"given an x of whole numbers, {name} is cut off to whole numbers: make it with np.zeros(x.shape)"
        for index, name in enumerate(layer.backward.outputs)
        if observed.is_right(name) and look(answer, index, name, layer.backward, right, observed.convention).problem
    ]
