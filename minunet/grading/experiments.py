"""Experiments on an output that no known mistake explains: what it depends on, and whether as it should.

Each changes one thing in the plainest input and looks whether the output follows as the right one would. They need no
bank, and say something of mistakes that nobody has thought of.
"""

from dataclasses import replace

import numpy as np

from .asking import Asker, Call
from .judge import Observed, calls, function_of, look
from .kernel_probe import kernel_probe


def experiments(asker: Asker, observed: Observed, output: str) -> list[str]:
    """What they show, in sentences; none where there is nothing to say."""
    layer, case, convention = observed.layer, observed.right[0], observed.convention
    if observed.freely:  # two calls differ by what they draw
        return []
    function = function_of(layer, output)
    part, index = int(function is layer.backward), list(function.outputs).index(output)
    changed = {name: _changed(value) for name, value in case.arguments.items() if _is_numbers(value)}
    variants = [case, *(replace(case, arguments=case.arguments | {name: value}) for name, value in changed.items())]
    names = list(changed)
    dout = case.dout
    if part and dout is not None:
        variants += [replace(case, dout=_changed(dout)), replace(case, dout=2 * dout)]
        names += ["dout", "twice dout"]
    asked: list[Call] = []
    for k, variant in enumerate(variants):
        asked += calls(layer, variant, convention, str(k))
    answers = asker.ask(asked)[part :: len(layer.functions)]
    seen = [look(answer, index, output, function, case, convention).value for answer in answers]
    values = [value for value in seen if value is not None]
    if len(values) < len(seen):
        return []
    base, *others = values
    right = _truths(layer, variants, output)
    found = [kernel_probe(asker, observed)] if output == "out" else []
    for name, value, truth in zip(names, others, right[1:], strict=True):
        follows, should = not _same(value, base), not _same(truth, right[0])
        if name == "twice dout":
            if not _same(value, 2 * base):
                found.append(f"{output} is not linear in dout, as every gradient is.")
        elif should and not follows:
            found.append(f"{output} does not depend on {name}, and should.")
        elif follows and not should:
            found.append(f"{output} depends on {name}, and should not.")
    return [sentence for sentence in found if sentence]


def _is_numbers(value):
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _changed(value):
    """Other numbers of the same kind: still spread about 0, of other signs and sizes."""
    return np.flip(value) * 1.5 + 0.25


def _truths(layer, variants, output):
    given = ({"dout": one.dout} if one.dout is not None else {} for one in variants)
    return [layer.truth(**one.arguments, **dout)[output] for one, dout in zip(variants, given, strict=True)]


def _same(a, b):
    if a.shape != b.shape:
        return False
    scale = np.abs(b).max(initial=0, where=np.isfinite(b))
    return np.allclose(a, b, rtol=1e-6, atol=1e-12 + 1e-6 * scale, equal_nan=True)
