"""Grading student reimplementations: a file in, findings out.

    report = mu.grade("my_layers.py", hints="fix")

The submission runs in a sandbox (`sandbox/`) and what it computes is judged outside: against the truth (`judge.py`),
against a bank of mistakes that run (`mistakes/`, `bank.py`), by experiments (`diagnosis.py`). An assignment is a file
(`specs/`).
"""

from .bank import Bank
from .classroom import grade_many
from .grader import grade
from .spec import Case, Function, Layer, Seeded, Spec

__all__ = ["Bank", "Case", "Function", "Layer", "Seeded", "Spec", "grade", "grade_many"]
