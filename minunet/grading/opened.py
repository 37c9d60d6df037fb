"""A finding in the stepper: a small network with the student's own layers, at the first step that is theirs and wrong.

Here, and nowhere else, a submission runs in this very process: for a student who looks at their own file.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from .. import layers
from ..sizes import output_size
from ..stepper import Stepper
from ..unet import OPERATIONS, UNet
from .loading import load_module
from .report import Report

SIDE = 28  # of the image, at depth 1


def stepper_at(path, report: Report) -> Stepper:
    """A `Stepper` that stands at the first wrong function of a report.

    Parameters
    ----------
    path : path
        Of the .py file.
    report : Report

    Raises
    ------
    ValueError
        Where it is no .py file, or nothing that is wrong is a function of the layer contract.
    """
    wrong = [finding.function for finding in report.findings if finding.verdict == "wrong"]
    named = [name for name in wrong if name.rpartition("_")[0] in OPERATIONS]
    if Path(path).suffix != ".py" or not named:
        raise ValueError("only a .py file with a wrong function of minunet's layers can be opened in the stepper")
    op, _, direction = named[0].rpartition("_")
    net = UNet(1, 2, 2, 1, layers=_with_ours(load_module(path)))
    rng = np.random.default_rng(0)
    side = output_size(SIDE, 1)
    stepper = Stepper(net, rng.standard_normal((SIDE, SIDE)), rng.integers(0, 2, (side, side)))
    phase = "loss" if op == "weighted_cross_entropy" and direction == "forward" else direction
    stepper.goto(next(event.name for event in stepper.events if event.op == op and event.phase == phase))
    return stepper


def _with_ours(module):
    """Their functions, and ours where they have none."""
    names = [f"{op}_{direction}" for op in OPERATIONS for direction in ("forward", "backward")]
    return SimpleNamespace(**{name: getattr(module, name, getattr(layers, name)) for name in names})
