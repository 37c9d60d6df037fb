"""`device.py`, and the promise that everything runs on CuPy arrays, kept without a GPU by `standin_cupy`."""

import sys
from collections import Counter

import numpy as np
import pytest
import standin_cupy
from device_parity import CASES, OPTIMIZERS, STEPS, Source, bits, check_on_standin, distances, train

from minunet import UNet, fast, layers, load
from minunet.device import array_module, device_of, resolve_device, to_device, to_host
from minunet.fast.threads import blas


@pytest.fixture
def no_cupy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)  # makes `import cupy` raise ImportError


@pytest.fixture
def cupy_without_gpu(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", standin_cupy.make_cupy(available=False))


def test_without_cupy_every_array_is_on_the_cpu(no_cupy):
    x = np.ones((2, 3))
    assert array_module(x) is np
    assert device_of(x) == "cpu"
    assert to_host(x) is x
    assert to_device(x, "cpu") is x


def test_arrays_know_their_module_and_device(cupy):
    host, device = np.ones((2, 3)), cupy.ones((2, 3))
    assert array_module(host) is np
    assert device_of(host) == "cpu"
    assert array_module(device) is cupy
    assert device_of(device) == "cuda"


def test_to_device_and_back_keeps_every_bit_and_shares_no_memory(cupy):
    x = np.random.default_rng(0).standard_normal((2, 3))
    there = to_device(x, "cuda")
    there += 1
    back = to_host(there)
    np.testing.assert_array_equal(back, x + 1)
    back += 1
    np.testing.assert_array_equal(to_device(there, "cpu"), x + 1)


def test_an_array_that_is_there_already_is_not_copied(cupy):
    x = cupy.ones((2, 3))
    cupy.crossings.clear()
    assert to_device(x, "cuda") is x
    assert not cupy.crossings


def test_auto_takes_the_gpu_where_there_is_one(cupy):
    assert resolve_device("auto") == "cuda"
    assert resolve_device("cuda") == "cuda"
    assert resolve_device("cpu") == "cpu"


def test_without_cupy_auto_is_the_cpu_and_cuda_says_what_to_install(no_cupy):
    assert resolve_device("auto") == "cpu"
    with pytest.raises(ValueError, match=r"needs CuPy, which is not installed: pip install"):
        resolve_device("cuda")
    with pytest.raises(ValueError, match=r"needs CuPy, which is not installed"):
        to_device(np.ones(2), "cuda")


def test_without_a_gpu_auto_is_the_cpu_and_cuda_says_so(cupy_without_gpu):
    assert resolve_device("auto") == "cpu"
    with pytest.raises(ValueError, match=r"CuPy is installed but finds no GPU"):
        resolve_device("cuda")
    with pytest.raises(ValueError, match=r"CuPy is installed but finds no GPU"):
        to_device(np.ones(2), "cuda")


def test_an_unknown_device_is_refused():
    with pytest.raises(ValueError, match=r"device is 'gpu', expected \"auto\", \"cpu\" or \"cuda\""):
        resolve_device("gpu")
    with pytest.raises(ValueError, match=r"device is 'auto', expected \"cpu\" or \"cuda\""):
        to_device(np.ones(2), "auto")


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
@pytest.mark.parametrize("layers", [layers, fast], ids=["layers", "fast"])
@pytest.mark.parametrize("case", CASES)
def test_a_layer_gives_the_same_bits_on_the_device(cupy, case, layers, dtype):
    # Winograd's matrices: three forward, five backward; a network's workspace takes each there once.
    winograd = layers is fast and case == "conv2d_3x3_wide" and dtype == "float32"
    check_on_standin(cupy, case, layers, dtype, constants=8 * winograd)


def test_a_fused_convolution_gives_the_same_bits_on_the_device(cupy):
    check_on_standin(cupy, "conv2d_relu", fast)


def test_a_label_out_of_range_is_named_from_the_device(cupy):
    source = Source("cuda", "float32")
    labels = source.labels(3, 2, 5, 7)
    labels[1, 2, 3] = 8
    with pytest.raises(ValueError, match=r"labels holds 8, expected only the classes 0\.\.2"):
        layers.weighted_cross_entropy_forward(source.array(2, 3, 5, 7), labels)


def test_to_the_fast_set_a_label_out_of_range_on_the_device_is_nan_and_on_the_host_an_error(cupy):
    for value in (-1, 3):
        source = Source("cuda", "float32")
        logits, labels = source.array(2, 3, 5, 7), source.labels(3, 2, 5, 7)
        assert np.isfinite(float(fast.weighted_cross_entropy_forward(logits, labels)[0]))
        labels[1, 2, 3] = value
        assert np.isnan(float(fast.weighted_cross_entropy_forward(logits, labels)[0]))
        with pytest.raises(ValueError, match=f"labels holds {value}, expected only the classes"):
            fast.weighted_cross_entropy_forward(to_host(logits), to_host(labels))


@pytest.mark.parametrize("set_to", [None, "", "0", "1"])
def test_in_tf32_no_convolution_is_winograds_on_the_device(cupy, monkeypatch, set_to):
    if set_to is None:
        monkeypatch.delenv("CUPY_TF32", raising=False)
    else:
        monkeypatch.setenv("CUPY_TF32", set_to)
    source = Source("cuda", "float32")
    cupy.crossings.clear()
    found = CASES["conv2d_3x3_wide"](fast, source)
    matrices = 0 if set_to == "1" else 8  # of Winograd's, taken to the device
    assert cupy.crossings == {"upload": source.uploads + matrices}
    wanted = CASES["conv2d_3x3_wide"](layers, Source("cpu", "float32"))
    assert max(distances(found, wanted).values()) < 1e-4


@pytest.mark.parametrize("layers", [layers, fast], ids=["layers", "fast"])
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_steps_give_the_same_bits_on_the_device(cupy, optimizer, dtype, keep, layers):
    with blas():  # as the fast set holds it on the host
        expected = train("cpu", dtype, optimizer, keep, layers=layers)
        cupy.crossings.clear()
        found = train("cuda", dtype, optimizer, keep, layers=layers)
    assert {name for name, value in found.items() if device_of(value) == "cpu"} <= {"state t"}

    parameters = len(UNet(base=1, depth=2).params)
    image_labels_and_weights, dropout_masks = 3, 2
    uploads = parameters + image_labels_and_weights + STEPS * dropout_masks
    waits = Counter(scalar=STEPS) if layers is not fast else Counter()  # the readable loss looks at the labels
    assert cupy.crossings == Counter(upload=uploads) + waits
    assert bits(found) == bits(expected)


def test_a_network_moves_there_and_back(cupy):
    net = UNet(base=3, depth=1)
    before = bits(net.params)
    assert net.to("cuda") is net
    assert net.device == "cuda"
    assert {device_of(value) for value in net.params.values()} == {"cuda"}
    assert net.to("cpu").device == "cpu"
    assert {type(value) for value in net.params.values()} == {np.ndarray}
    assert bits(net.params) == before


def test_an_image_on_the_wrong_device_is_refused(cupy):
    net = UNet(base=1, depth=1).to("cuda")
    with pytest.raises(ValueError, match="x is on cpu and the network on cuda"):
        net.forward(np.zeros((1, 1, 18, 20), "float32"))


def test_a_network_on_the_device_saves_as_it_would_from_the_host(cupy, tmp_path):
    net = UNet(in_channels=2, base=3, depth=1, seed=5).to("cuda")
    cupy.crossings.clear()
    net.save(tmp_path / "net.npz")
    assert cupy.crossings == {"download": len(net.params)}
    loaded = load(tmp_path / "net.npz")
    assert loaded.device == "cpu"
    assert bits(loaded.params) == bits(net.params)
