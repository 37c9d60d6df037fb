"""Planted mistakes, and the checks that must catch every one of them: ``python -m tests.mutants``.

One file of mistakes for each file of ours; `patching` turns a mistake into running code, `checks` are those
that our own layers and network pass in `test_gradients`.
"""

from pathlib import Path

import numpy as np

from . import (
    conv2d,
    conv_transpose2d,
    crop_concat,
    dropout,
    max_pool2d,
    relu,
    unet,
    weighted_cross_entropy,
)
from .checks import LAYER_CHECKS, NETWORK_CHECKS, SIZES, checks_of
from .patching import layer_set, network_class

MUTANTS = [
    mutant
    for module in (
        conv2d,
        relu,
        max_pool2d,
        conv_transpose2d,
        crop_concat,
        dropout,
        weighted_cross_entropy,
        unet,
    )
    for mutant in module.MUTANTS
]
FILES = list(dict.fromkeys(mutant.file for mutant in MUTANTS))


def failures(file, source):
    """Run the checks on `file` built from `source`; yield the name of each that fails, and what it says."""
    for name, check in _checks(file, source):
        try:
            with np.errstate(all="ignore"):  # a mistake may overflow: what counts is what comes of it
                check()
        except (AssertionError, ValueError) as error:
            yield name, error


def _checks(file, source):
    if file.startswith("layers/"):
        op, layers = Path(file).stem, layer_set(file, source)
        return [(name, lambda name=name: LAYER_CHECKS[name](layers, op, SIZES)) for name in checks_of(op)]
    make = network_class(file, source)
    return [(name, lambda check=check: check(make)) for name, check in NETWORK_CHECKS.items()]
