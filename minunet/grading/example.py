"""The smallest input that shows a mistake, and the one wrong number in it."""

import numpy as np

from .asking import Asker
from .compare import as_text, close, expected
from .judge import Observed, calls, followed, function_of, look
from .report import Example
from .spec import Seeded

ENTRIES = 40  # of an argument that is shown whole


def smallest(asker: Asker, observed: Observed, output: str, rng) -> Example | None:
    """The first of the layer's small cases, by the number of their entries, in which `output` is wrong."""
    layer = observed.layer
    function = function_of(layer, output)
    index = list(function.outputs).index(output)
    cases = sorted(layer.small(rng), key=lambda case: sum(np.size(value) for value in case.arguments.values()))
    right = [expected(layer, case, rng) for case in cases]
    for one in right:
        if one.dout is not None:
            one.dout[...] = np.where(one.dout < 0, -1, 1) * (1 + np.arange(one.dout.size).reshape(one.dout.shape) % 5)
    right = [_again(layer, one) for one in right]
    asked = [calls(layer, one, observed.convention, str(k)) for k, one in enumerate(right)]
    answers = asker.ask([call for both in asked for call in both])
    for k, one in enumerate(right):
        forward, answer = answers[len(asked[0]) * k], answers[len(asked[0]) * k + (function is layer.backward)]
        if observed.freely:
            one = followed(layer, one, forward) or one
            if output not in one.outputs:
                continue
        seen = look(answer, index, output, function, one, observed.convention)
        if seen.problem and (seen.kind != "error" or observed.seen[output][0].kind == "error"):
            return _example(one, output, function, seen)
    return _of_first(observed, output, function)


def _of_first(observed, output, function):
    """Of the inputs by which it was judged, the first that it gets wrong."""
    first = next(k for k, seen in enumerate(observed.seen[output]) if seen.problem)
    return _example(observed.right[first], output, function, observed.seen[output][first])


def _again(layer, one):
    """The truth for a gradient from above that was rounded."""
    if one.dout is None:
        return one
    outputs = layer.truth(**one.arguments, dout=one.dout)
    return type(one)(one.arguments, one.dout, {name: np.asarray(v, float) for name, v in outputs.items()}, one.bounds)


def _example(one, output, function, seen):
    right = one.outputs[output]
    entry, found, wanted = output, seen.problem, f"shape {right.shape}" if right.shape else "one number"
    if seen.kind in ("value", "nonfinite"):
        wrong = ~close(seen.value, right, one.bounds[output])
        place = tuple(int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape))
        entry = f"{output}[{', '.join(map(str, place))}]" if place else output
        found, wanted = as_text(seen.value[place], right[place])
    elif seen.kind == "shape":
        found = f"shape {seen.value.shape}"
    given = dict(one.arguments)
    if one.dout is not None and "dout" in function.signature:
        given["dout"] = one.dout
    inputs = {name: _shown(value) for name, value in given.items() if value is not None}
    return Example(inputs, entry, function.outputs[output], found, wanted)


def _shown(value):
    if isinstance(value, Seeded):
        return f"np.random.default_rng({value.seed})"
    if not isinstance(value, np.ndarray):
        return repr(value)
    if value.size > ENTRIES:
        return f"an array of shape {value.shape}"
    text = np.array2string(value, precision=4, suppress_small=True, separator=", ", floatmode="maxprec_equal")
    return text.replace(".,", ",").replace(".]", "]")
