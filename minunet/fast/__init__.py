"""The fast layer set: the functions of `minunet.layers` again, built for speed, in NumPy alone.

Where a training step's time goes, and what is done about it:

- The 3x3 convolutions need a quarter of the multiplications by Winograd's filtering (`winograd`), or, with few
  channels, one long matrix product (`im2col`). `conv2d` says which is taken when.
- BLAS multiplies on all cores but NumPy gathers and adds on one: Python threads share both (`threads`).
- Fresh memory costs as much as computing: it is used again (`workspace`).
- Convolution, bias and ReLU are one pass over the output where no tape wants to see what lies between them.

`workspace` returns the same functions bound to buffers and threads of their own, as a `UNet` calls them; called
directly, each function makes its own and lets them go.
"""

import inspect
from functools import partial
from types import SimpleNamespace

from .. import layers
from ..layers import (
    dropout_backward,
    dropout_forward,
    relu_backward,
    relu_forward,
    weighted_cross_entropy_backward,
    weighted_cross_entropy_forward,
)
from .conv2d import conv2d_backward, conv2d_forward, conv2d_relu_backward, conv2d_relu_forward
from .conv_transpose2d import conv_transpose2d_backward, conv_transpose2d_forward
from .crop_concat import crop_concat_backward, crop_concat_forward
from .max_pool2d import max_pool2d_backward, max_pool2d_forward
from .workspace import Workspace

_AS_READABLE = (
    dropout_backward,
    dropout_forward,
    relu_backward,
    relu_forward,
    weighted_cross_entropy_backward,
    weighted_cross_entropy_forward,
)
_FASTER = (
    conv2d_backward,
    conv2d_forward,
    conv2d_relu_backward,
    conv2d_relu_forward,
    conv_transpose2d_backward,
    conv_transpose2d_forward,
    crop_concat_backward,
    crop_concat_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)

__all__ = [
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_relu_backward",
    "conv2d_relu_forward",
    "conv_transpose2d_backward",
    "conv_transpose2d_forward",
    "crop_concat_backward",
    "crop_concat_forward",
    "dropout_backward",
    "dropout_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "relu_backward",
    "relu_forward",
    "weighted_cross_entropy_backward",
    "weighted_cross_entropy_forward",
    "workspace",
]


def workspace():
    """The functions of this set, bound to one `Workspace`: a layer set for one network."""
    work = Workspace()
    bound = {function.__name__: partial(function, work) for function in _FASTER}
    return SimpleNamespace(**bound, **{function.__name__: function for function in _AS_READABLE})


def _with_a_workspace_of_its_own(function):
    def layer(*args, **kwargs):
        return function(Workspace(), *args, **kwargs)

    layer.__signature__ = inspect.signature(partial(function, None))  # type: ignore[attr-defined]
    layer.__name__ = function.__name__
    layer.__doc__ = f"{function.__doc__}\n{getattr(getattr(layers, function.__name__, None), '__doc__', '')}"
    return layer


globals().update({function.__name__: _with_a_workspace_of_its_own(function) for function in _FASTER})
