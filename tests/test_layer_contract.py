"""What every layer set promises: the names, the arguments, a docstring with shapes, and no heavy import."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from strategies import assert_equal_to_rounding

import minunet.fast
import minunet.layers
import minunet.reference
from minunet.unet import OPERATIONS, UNet

ARGUMENTS = {
    "conv2d_forward": "x, weight, bias",
    "conv2d_backward": "dout, cache",
    "relu_forward": "x",
    "relu_backward": "dout, cache",
    "max_pool2d_forward": "x",
    "max_pool2d_backward": "dout, cache",
    "conv_transpose2d_forward": "x, weight, bias",
    "conv_transpose2d_backward": "dout, cache",
    "crop_concat_forward": "skip, x",
    "crop_concat_backward": "dout, cache",
    "dropout_forward": "x, rate, rng",
    "dropout_backward": "dout, cache",
    "weighted_cross_entropy_forward": "logits, labels, weights, reduction",
    "weighted_cross_entropy_backward": "cache",
}
LAYER_SETS = [minunet.layers, minunet.reference, minunet.fast]


def test_the_network_asks_for_just_these_functions():
    assert {f"{op}_{way}" for op in OPERATIONS for way in ("forward", "backward")} == set(ARGUMENTS)


def test_layers_offers_just_these_functions():
    assert sorted(minunet.layers.__all__) == sorted(ARGUMENTS)


@pytest.mark.parametrize("layers", LAYER_SETS)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments_have_the_names_of_the_contract(layers, name):
    assert ", ".join(inspect.signature(getattr(layers, name)).parameters) == ARGUMENTS[name]


@pytest.mark.parametrize("layers", LAYER_SETS)
def test_only_the_loss_has_defaults(layers):
    defaults = {
        (name, argument): parameter.default
        for name in ARGUMENTS
        for argument, parameter in inspect.signature(getattr(layers, name)).parameters.items()
        if parameter.default is not parameter.empty
    }
    loss = "weighted_cross_entropy_forward"
    assert defaults == {(loss, "weights"): None, (loss, "reduction"): "mean"}


@pytest.mark.parametrize("layers", LAYER_SETS)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_docstring_gives_shapes(layers, name):
    docstring = inspect.getdoc(getattr(layers, name)) or ""
    assert any(shape in docstring for shape in ("(N, ", "any shape", "like x", "like `x`"))


@pytest.mark.parametrize("training", [False, True])
def test_a_network_over_the_reference_computes_the_same(training):
    """H = 18 is the smallest legal side at depth 1."""
    fast, slow = (
        UNet(in_channels=3, classes=4, base=2, depth=1, dtype="float64", layers=layers)
        for layers in (minunet.layers, minunet.reference)
    )
    rng = np.random.default_rng(0)
    for name in fast.params:  # biases start at 0, which would hide a forgotten one
        fast.params[name] = slow.params[name] = rng.standard_normal(fast.params[name].shape)
    x = rng.standard_normal((2, 3, 18, 20))
    labels = rng.integers(0, 4, (2, 2, 4))
    weights = rng.uniform(0, 2, (2, 2, 4))

    def run(net):
        logits, tape = net.forward(x, training=training, rng=np.random.default_rng(5))
        loss, dlogits = net.loss(logits, labels, weights)
        return {"logits": logits, "loss": loss} | net.backward(dlogits, tape)

    found, wanted = run(fast), run(slow)
    assert list(found) == list(wanted)
    for name in found:
        scale = np.abs(wanted[name]).max()
        assert_equal_to_rounding(found[name] / scale, wanted[name] / scale)


@pytest.mark.parametrize("module", ["minunet", "minunet.layers", "minunet.fast", "minunet.reference", "minunet.unet"])
def test_importing_loads_nothing_beyond_numpy_and_the_standard_library(module):
    """What CuPy's, a browser's or a student's Python may lack must not be asked for."""
    program = (
        "import sys, numpy.random\n"
        "before = set(sys.modules)\n"
        f"import {module}\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    root = Path(minunet.__file__).parents[1]
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    ).stdout.split()
    threads = {"threadpoolctl"} if module == "minunet.fast" else set()  # which it can do without
    assert set(loaded) - set(sys.stdlib_module_names) <= {"minunet", "numpy"} | threads
    assert "minunet" in loaded


def test_the_fast_set_does_without_threadpoolctl():
    program = (
        "import sys; sys.modules['threadpoolctl'] = None\n"
        "import minunet as mu, numpy as np\n"
        "net = mu.UNet(base=1, depth=1)\n"
        "print(net.forward(np.zeros((1, 1, 20, 18), 'float32'))[0].shape)"
    )
    root = Path(minunet.__file__).parents[1]
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "(1, 2, 4, 2)"
