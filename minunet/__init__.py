"""minunet: the U-Net of Ronneberger, Fischer and Brox (2015), whole, in NumPy, every backward pass by hand.

    import minunet as mu

    net = mu.UNet(base=16)
    logits, tape = net.forward(x)
    loss, dlogits = net.loss(logits, labels, weights)
    grads = net.backward(dlogits, tape)

Each public name is loaded when it is first used, so that importing minunet costs what importing NumPy costs.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "UNet": "unet",
    "output_size": "sizes",
    "load": "checkpoint",
    "predict": "tiling",
    "border_weight_map": "borders",
    "SGD": "optim",
    "Adam": "optim",
    "gradcheck": "gradient_check",
    "Stepper": "stepper",
    "grade": "grading",
    "to_device": "device",
    "to_host": "device",
}
_MODULES = (
    "layers",
    "fast",
    "reference",
    "borders",
    "augment",
    "tiling",
    "optim",
    "training",
    "metrics",
    "data",
    "stepper",
    "grading",
)

__all__ = ["__version__", *_HOME, *_MODULES]


def __getattr__(name):
    if name in _HOME:
        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    elif name in _MODULES:
        value = import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module 'minunet' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
