"""A U-Net class of the submission's own: its logits, and its gradients for a gradient of the logits that is given."""

import inspect

import numpy as np


def run_own(request, modules, arrays, layers, reply):
    """Reply with the logits, and with every gradient in the order of request["names"].

    request["file"], ["class"] : where the class is
    request["settings"] : as `minunet.UNet` has them; those that the class does not take are left out
    arrays : x, dlogits, and the parameters in the order of request["names"]
    """
    cls = modules[request["file"]][request["class"]]
    accepted = inspect.signature(cls).parameters
    offered = request["settings"] | {"layers": layers}
    net = cls(**{name: value for name, value in offered.items() if name in accepted})
    x, dlogits, *parameters = arrays
    for name, value in zip(request["names"], parameters, strict=True):
        if name not in net.params:
            raise KeyError(f"params has no {name!r}")
        net.params[name] = value.copy()
    logits, tape = net.forward(x)
    reply({"name": "logits"}, [np.array(logits)])
    grads = net.backward(dlogits, tape)
    for name in [*request["names"], "input"]:
        if name in grads:
            reply({"name": name}, [np.array(grads[name])])
