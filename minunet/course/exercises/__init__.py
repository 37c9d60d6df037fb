"""What each lesson asks for, as specs of the grader: a file a lesson, ``SPEC`` in it.

Layers of the contract are those of the assignment "unet"; whatever else a lesson has written is a function without a
backward, with a truth, inputs and mistakes of its own.
"""

import pkgutil
from dataclasses import replace
from functools import cache
from importlib import import_module

from ...grading.grader import selected
from ...grading.spec import Spec


@cache
def specs() -> dict[int, Spec]:
    """By the lesson's number; exact, since the lessons that follow call what was written."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name.startswith("lesson_"))
    found = {int(name[-2:]): import_module(f".{name}", __name__).SPEC for name in names}
    return {number: replace(spec, exact=True) for number, spec in found.items()}


def functions(spec: Spec) -> list[str]:
    """The exercises of a lesson, in order."""
    names = [function.name for layer in spec.layers for function in layer.functions]
    return [name for name in names if not spec.only or name in spec.only]


def spec_of(names) -> Spec:
    """The assignment of these exercises alone: the first lesson's that has them all.

    Raises
    ------
    ValueError
        Where there is no such exercise.
    """
    wanted = set(names)
    for spec in specs().values():
        known = {function.name for layer in spec.layers for function in layer.functions}
        if wanted <= known and wanted & set(functions(spec)):
            return selected(spec, wanted)
    raise ValueError(f"no lesson asks for {', '.join(sorted(wanted))}; was a function renamed?")
