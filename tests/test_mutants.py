"""The checks are themselves checked: each planted mistake is caught, and our own files pass."""

import functools
import re

import numpy as np
import pytest
from mutants import FILES, MUTANTS, failures
from mutants.__main__ import report
from mutants.checks import LINEAR, SIZES, arguments, backward_of, forward_of
from mutants.patching import PACKAGE, Mutant, build, source_of

from minunet import gradcheck, layers
from minunet.gradient_check import GradientError
from minunet.unet import OPERATIONS

HARMLESS = Mutant("layers/relu.py", "none", "Another way to write it.", {"return dout * cache": "return cache * dout"})


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_planted_mistake_is_caught(mutant):
    assert next(failures(mutant.file, mutant.source()), None)


@pytest.mark.parametrize("file", FILES)
def test_our_own_file_passes_the_same_checks(file):
    assert list(failures(file, source_of(file))) == []


def test_a_harmless_patch_is_not_caught():
    assert list(failures(HARMLESS.file, HARMLESS.source())) == []


def test_mistakes_are_planted_in_every_layer_and_in_the_wiring():
    ours = [f"layers/{path.name}" for path in (PACKAGE / "layers").glob("[a-z]*.py")]
    assert sorted(FILES) == sorted([*ours, "unet.py", "tape.py"])
    assert len({str(mutant) for mutant in MUTANTS}) == len(MUTANTS) >= 45


@pytest.mark.parametrize("old", ["no such text", "dout"])
def test_a_patch_whose_old_text_is_not_there_exactly_once_is_an_error(old):
    with pytest.raises(LookupError, match="expected once"):
        Mutant("layers/relu.py", "", "", {old: ""}).source()


def test_the_table_names_the_checks_and_counts(capsys):
    relu = next(mutant for mutant in MUTANTS if mutant.file == "layers/relu.py")
    assert report([relu, HARMLESS]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"relu: backward lets everything through +central, complex", lines[0])
    assert re.fullmatch(r"relu: none +NOT CAUGHT", lines[1])
    assert lines[2] == "caught 1 of 2 planted"


def test_building_a_mutant_leaves_the_real_module_alone():
    broken = build("layers/relu.py", source_of("layers/relu.py").replace("dout * cache", "dout"))
    one = np.ones(1)
    assert broken.relu_backward(one, one < 0) == 1
    assert layers.relu_backward(one, one < 0) == 0


GRADIENTS = [
    (op, method, k)
    for op in OPERATIONS
    for method in ("central", "complex", "adjoint")
    for k in range({"conv2d": 3, "conv_transpose2d": 3, "crop_concat": 2}.get(op, 1))
    if method != "adjoint" or op in LINEAR
]


@pytest.mark.parametrize(("op", "method", "k"), GRADIENTS)
def test_a_gradient_a_thousandth_too_large_is_rejected(op, method, k):
    right = backward_of(layers, op)

    @functools.wraps(right)
    def too_large(*args):
        grads = right(*args)
        grads = list(grads) if isinstance(grads, tuple) else [grads]
        grads[k] = grads[k] * 1.001
        return grads

    for args in arguments(op, *SIZES, np.random.default_rng(0)):
        if op == "dropout" and method == "adjoint" and args[1] == 0.3:
            continue  # 1 / 0.7 is not exact
        with pytest.raises(GradientError, match=r"every entry is 1\.001 times the right one"):
            gradcheck(forward_of(layers, op), too_large, *args, method=method)
