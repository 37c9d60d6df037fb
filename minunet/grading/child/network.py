"""A U-Net on the submission's layers: one step, array by array, and then some steps of training."""

from types import SimpleNamespace

import numpy as np

from minunet.optim import SGD
from minunet.unet import UNet

from ..conventions import Convention
from .classes import as_functions
from .own_network import run_own


def run_network(request, modules, arrays, reply):
    """Reply with the output of every step, the loss, the gradients of every step, and the losses of a training.

    With request["own"] the network is a class of the submission's own, and `own_network.run_own` says what of it.

    request["layers"] : op -> {"forward", "backward": each (file, function)}, "classes", "parameters", "arguments",
        "outputs", "gradients", "axes", "bias"
    request["settings"], ["seed"], ["steps"], ["lr"] : of the network and its training
    arrays : x, labels, weights, and the parameters in order
    """
    layers = SimpleNamespace()
    for op, layer in request["layers"].items():
        forward, backward = _functions(layer, modules)
        setattr(layers, f"{op}_forward", forward)
        setattr(layers, f"{op}_backward", backward)
    if "own" in request:
        run_own(request["own"], modules, arrays, layers, reply)
        return
    net = UNet(**request["settings"], layers=layers)
    x, labels, weights, *parameters = arrays
    for name, value in zip(net.params, parameters, strict=True):
        net.params[name] = value.copy()

    logits, tape = net.forward(x, training=True, rng=np.random.default_rng(request["seed"]))
    for step in tape:
        reply({"name": step.name, "op": step.op}, [np.array(step.output)])
    loss, dlogits = net.loss(logits, labels, weights)
    reply({"name": "loss", "op": "weighted_cross_entropy"}, [np.array(loss), np.array(dlogits)])
    for name, op, dinputs in net.walk_back(dlogits, tape):
        reply({"name": name, "op": op}, [np.array(d) for d in dinputs])

    optimizer = SGD(net.params, request["lr"], momentum=0.9)
    rng = np.random.default_rng(request["seed"])
    for _ in range(request["steps"]):
        logits, tape = net.forward(x, training=True, rng=rng, keep=False)
        loss, dlogits = net.loss(logits, labels, weights)
        optimizer.step(net.backward(dlogits, tape))
        reply({"name": "training", "op": ""}, [np.array(loss)])


def _functions(layer, modules):
    """Forward and backward as the contract has them, whatever the submission's convention."""
    found = []
    for part in ("forward", "backward"):
        file, name = layer[part]
        if name in modules[file]:
            found.append(modules[file][name])
        else:
            found.append(
                as_functions(modules[file], layer["classes"], layer["arguments"], layer["parameters"])[
                    part == "backward"
                ]
            )
    own_forward, own_backward = found
    convention = Convention("", tuple((name, tuple(order)) for name, order in layer["axes"]), tuple(layer["bias"]))

    def forward(*arguments):
        given = [convention.argument(n, a) for n, a in zip(layer["arguments"], arguments, strict=False)]
        result = own_forward(*given)
        (out, cache) = result if isinstance(result, tuple | list) else (result, None)
        return convention.result("out", out, ()), (cache, [np.shape(a) for a in arguments])

    def backward(*arguments):
        *dout, (cache, shapes) = arguments
        result = own_backward(*(convention.argument("x", d) for d in dout), cache)
        if isinstance(result, dict):
            result = [result[name] for name in layer["gradients"]]
        many = list(result) if isinstance(result, tuple | list) else [result]
        named = zip(layer["gradients"], many, shapes, strict=False)
        arranged = [convention.result(name, np.asarray(value), shape) for name, value, shape in named]
        return tuple(arranged) if isinstance(result, tuple | list) else arranged[0]

    return forward, backward
