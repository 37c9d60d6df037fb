"""A network on a GPU is stepped through like any other, by the stand-in for CuPy: the values lie on the host."""

import numpy as np
import pytest

import minunet as mu
from minunet import fast, layers

from .conftest import example, network, optimizer_for


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("layer_set", [layers, fast], ids=["layers", "fast"])
def test_a_step_on_the_device_has_the_values_of_one_on_the_host(cupy, layer_set, optimizer):
    net = network(depth=1, base=2, layers=layer_set)
    batch = example(net, (26, 20))
    expected = mu.Stepper(net, *batch, optimizer=optimizer_for(net, optimizer))
    net = network(depth=1, base=2, layers=layer_set).to("cuda")
    on_host = optimizer_for(network(depth=1, base=2), optimizer)
    on_device = mu.SGD(net.params, on_host.lr) if optimizer == "sgd" else mu.Adam(net.params, on_host.lr)
    on_device.state = {
        name: mu.to_device(value, "cuda") if name != "t" else value for name, value in on_host.state.items()
    }
    found = mu.Stepper(net, *batch, optimizer=on_device)
    for name, array in expected.values.items():
        assert isinstance(found.values[name], np.ndarray)
        np.testing.assert_allclose(found.values[name], array, rtol=2e-5, atol=2e-6, err_msg=name)
    assert found.explain("down0.conv1.dweight", (1, 0, 2, 1)).agrees
    assert np.isfinite(found.what_if("head.bias", (1,), 0.01).true).all()
    assert found.check("down0.conv1").passed
