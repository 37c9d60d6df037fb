"""Does the stand-in for CuPy see mistakes, and is it like CuPy?"""

import operator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import standin_cupy
from device_parity import CASES, Source, bits, check_on_standin

from minunet import layers
from minunet.device import to_device, to_host

UFUNC, CONVERSION = "does not support ufuncs", "Implicit conversion to a NumPy array"
HOST_ARRAY, CROSSINGS = "Unsupported type <class 'numpy.ndarray'>", "crossings"

# Mistakes that do no harm on NumPy. For each: the case that runs it, what to replace by what in a copy of the
# layer's file, and what the stand-in says.
FAULTS = [
    ("conv2d", "wide = xp.zeros((N, F, (H", "wide = np.zeros((N, F, (H", UFUNC),
    ("conv2d", "dflat = xp.zeros(", "dflat = np.zeros(", UFUNC),
    ("conv2d", "dweight = xp.empty(", "dweight = np.empty(", CONVERSION),
    ("conv2d", "dout.sum(axis=(0, 2, 3))", "np.sum(dout, axis=(0, 2, 3))", "np.sum was called"),
    ("conv2d", "seen.swapaxes(1, 2)", "np.swapaxes(seen, 1, 2)", "np.swapaxes was called"),
    ("conv_transpose2d", "out = xp.empty(", "out = np.empty(", CONVERSION),
    (
        "conv_transpose2d",
        "for i, j in TAPS:\n        out",
        "for (i, j), _ in xp.ndenumerate([[0, 0], [0, 0]]):\n        out",
        "no attribute 'ndenumerate'",
    ),
    ("conv_transpose2d", "kernel[:, :, i, j] @ dtap", "np.matmul(kernel[:, :, i, j], dtap)", UFUNC),
    ("conv_transpose2d", "dx = xp.zeros(", "dx = np.zeros(", UFUNC),
    ("crop_concat", "xp.concatenate(", "np.concatenate(", "np.concatenate was called"),
    ("crop_concat", "dskip = xp.zeros(", "dskip = np.zeros(", CONVERSION),
    ("crop_concat", "dout[:, Cs:].copy()", "np.array(dout[:, Cs:])", CONVERSION),
    ("dropout", "device_of(x))", '"cpu")', HOST_ARRAY),
    ("dropout", "_apply(dout, keep, rate)", 'to_device(_apply(dout, keep, rate), "cpu")', CROSSINGS),
    ("dropout", "return values * keep", "return values * np.asarray(keep)", CONVERSION),
    ("max_pool2d", "xp.maximum(xp.maximum(", "np.maximum(xp.maximum(", UFUNC),
    ("max_pool2d", "lost = first", "xp.seterr()\n    lost = first", "no attribute 'seterr'"),
    ("max_pool2d", "dx = xp.empty(", "dx = np.empty(", CONVERSION),
    ("max_pool2d", "(cache == place)", "(np.asarray(cache) == place)", CONVERSION),
    ("relu", "maximum(x, 0), positive", "maximum(x, np.zeros_like(x)), positive", "np.zeros_like was called"),
    ("relu", "maximum(x, 0), positive", "maximum(x, np.zeros(x.shape, x.dtype)), positive", HOST_ARRAY),
    ("relu", "dout * cache", "np.multiply(dout, cache)", UFUNC),
    ("relu", "dout * cache", "dout * cache if cache.any() else dout * 0", CROSSINGS),
    ("cross_entropy_mean", "xp.ones(", "np.ones(", HOST_ARRAY),
    ("cross_entropy_mean", "xp.arange(", "np.arange(", HOST_ARRAY),
    ("cross_entropy_sum", "xp.exp(", "np.exp(", UFUNC),
    (
        "cross_entropy_sum",
        "    exps = xp.exp(",
        '    with xp.errstate(over="raise"):\n        exps = xp.exp(',
        "no attribute 'errstate'",
    ),
    ("cross_entropy_weight_mean", "weights.sum()", "float(np.sum(weights))", "np.sum was called"),
]


def file_of(case):
    return "weighted_cross_entropy" if case.startswith("cross_entropy") else case


def copy_of(file, right, wrong):
    """`minunet.layers`, but one file's functions come from a copy that has `wrong` in the place of `right`."""
    source = (Path(layers.__file__).parent / f"{file}.py").read_text(encoding="utf-8")
    if source.count(right) != 1:
        raise ValueError(f"{file}.py holds {right!r} {source.count(right)} times, expected once")
    copy = ModuleType(f"minunet.layers.{file}")
    copy.__package__ = "minunet.layers"
    vars(copy)["np"] = np
    exec(compile(source.replace(right, wrong), f"a copy of {file}.py", "exec"), vars(copy))
    functions = {name: getattr(layers, name) for name in layers.__all__}
    functions |= {name: vars(copy)[name] for name in (f"{file}_forward", f"{file}_backward")}
    return SimpleNamespace(**functions)


@pytest.mark.parametrize(("case", "right", "wrong", "says"), FAULTS)
def test_a_planted_fault_is_harmless_on_numpy_and_caught_by_the_standin(cupy, case, right, wrong, says):
    mistaken = copy_of(file_of(case), right, wrong)
    on_numpy = CASES[case](mistaken, Source("cpu", "float32"))
    assert bits(on_numpy) == bits(CASES[case](layers, Source("cpu", "float32")))
    with pytest.raises((TypeError, AttributeError, AssertionError), match=says):
        check_on_standin(cupy, case, mistaken)


@pytest.mark.parametrize(("case", "right"), sorted({fault[:2] for fault in FAULTS}))
def test_a_copy_without_the_fault_passes(cupy, case, right):
    check_on_standin(cupy, case, copy_of(file_of(case), right, right))


def test_every_layer_has_a_fault_planted():
    planted = {file_of(fault[0]) for fault in FAULTS}
    assert planted == {name.removesuffix("_forward") for name in layers.__all__ if name.endswith("_forward")}


@pytest.mark.parametrize("text", ["no such text", "positive"])
def test_a_fault_that_does_not_fit_its_file_is_an_error(text):
    with pytest.raises(ValueError, match=r"relu.py holds .* times, expected once"):
        copy_of("relu", text, "")


@pytest.mark.skipif(find_spec("cupy") is None, reason="asks CuPy itself, which is not installed")
def test_the_standin_offers_nothing_that_cupy_lacks():
    import cupy

    standin = standin_cupy.make_cupy()
    assert set(vars(standin)) - set(dir(cupy)) == {"crossings", "__getattr__"}
    assert set(dir(standin.ndarray)) - set(dir(cupy.ndarray)) == {"_values"}


@pytest.mark.parametrize("name", ["errstate", "ndenumerate", "nditer", "object_", "longdouble", "no_such_name"])
def test_names_that_cupy_lacks_are_hidden(cupy, name):
    with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
        getattr(cupy, name)


REFUSED = {
    "np.asarray(device)": lambda device, host: np.asarray(device),
    "np.float32(device)": lambda device, host: np.float32(device),
    "np.array([device])": lambda device, host: np.array([device]),
    "np.exp(device)": lambda device, host: np.exp(device),
    "np.sum(device)": lambda device, host: np.sum(device),
    "memoryview(device)": lambda device, host: memoryview(device),
    "device + host": lambda device, host: device + host,
    "host + device": lambda device, host: host + device,
    "device == host": lambda device, host: device == host,
    "host == device": lambda device, host: host == device,
    "host @ device": lambda device, host: host.T @ device,
    "device + list": lambda device, host: operator.add(device, [1, 2, 3]),
    "device += host": lambda device, host: operator.iadd(device, host),
    "host += device": lambda device, host: operator.iadd(host, device),
    "device[host]": lambda device, host: device[host > 0],
    "device[list]": lambda device, host: device[[0, 1]],
    "host[device]": lambda device, host: host[device > 0],
    "device[...] = host": lambda device, host: operator.setitem(device, ..., host),
    "host[...] = device": lambda device, host: operator.setitem(host, ..., device),
    "range(device)": lambda device, host: range(device[0, 0].astype("int64")),
    "hash(device)": lambda device, host: hash(device),
}


@pytest.mark.parametrize("mixture", REFUSED)
def test_host_and_device_do_not_mix(cupy, mixture):
    host = np.ones((2, 3), "float32")
    with pytest.raises(TypeError):
        REFUSED[mixture](to_device(host, "cuda"), host)


def test_functions_refuse_host_arrays(cupy):
    host = np.ones((2, 3), "float32")
    device = to_device(host, "cuda")
    for call in (
        lambda: cupy.maximum(device, host),
        lambda: cupy.where(device > 0, device, host),
        lambda: cupy.concatenate([device, host]),
        lambda: cupy.add(device, 1, out=host),
        lambda: cupy.take_along_axis(device, host.astype(int), axis=1),
        lambda: cupy.choose(device > 0, [device, device]),
    ):
        with pytest.raises(TypeError, match="Unsupported type"):
            call()


def test_objects_do_not_fit_on_the_device(cupy):
    with pytest.raises(ValueError, match="Unsupported dtype object"):
        cupy.asarray(np.array([None]))
    with pytest.raises(ValueError, match="Unsupported dtype object"):
        cupy.zeros((2, 3), object)


def test_reductions_and_full_indices_stay_on_the_device(cupy):
    x = to_device(np.arange(6.0).reshape(2, 3), "cuda")
    for value in (x.sum(), cupy.max(x), x.any(), x[1, 2], x[x > 3][0]):
        assert isinstance(value, cupy.ndarray)
        assert value.shape == ()


def test_slices_are_views_and_in_place_operations_keep_the_array(cupy):
    x = to_device(np.zeros((2, 3)), "cuda")
    before = x
    x += 1
    assert x is before
    x[0][1:] += 1
    corner = x[1, 2]
    corner *= 5
    np.testing.assert_array_equal(to_host(x), [[1, 2, 2], [1, 1, 5]])
    assert x.astype("float64", copy=False) is x
    assert x.real is x


def test_scalars_pass_and_keep_the_dtype(cupy):
    x = to_device(np.ones((2, 3), "float32"), "cuda")
    for value in (2 * x, x - 1.5, np.float32(2) * x, x / np.float32(2), x**2, -x):
        assert isinstance(value, cupy.ndarray)
        assert value.dtype == np.float32


def test_a_scalar_read_back_is_counted(cupy):
    x = to_device(np.full((1, 1), 2.5), "cuda")
    cupy.crossings.clear()
    assert (bool(x), float(x[0, 0]), int(x[0, 0]), x.item()) == (True, 2.5, 2, 2.5)
    assert cupy.crossings == {"scalar": 4}
    with pytest.raises(ValueError, match="ambiguous"):
        bool(to_device(np.ones(2), "cuda"))
