"""The fast layer set: the functions of `minunet.layers` again, built for speed, in NumPy alone.

Where a training step's time goes, and what is done about it:

- The 3x3 convolutions need a quarter of the multiplications by Winograd's filtering (`winograd`), or, with few
  channels, one long matrix product (`im2col`). `conv2d` says which is taken when.
- BLAS multiplies on all cores but NumPy gathers and adds on one: Python threads share both (`threads`).
- Fresh memory costs as much as computing: it is used again (`workspace`).
- Convolution, bias and ReLU are one pass over the output where no tape wants to see what lies between them.

On a GPU the same functions make few calls, each a long one, and the host never waits for one within a step. Products
are rounded to TF32's ten bits where CuPy is told so, by the environment variable CUPY_TF32=1, and nowhere else.

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
)
from .conv2d import conv2d_backward, conv2d_forward, conv2d_relu_backward, conv2d_relu_forward
from .conv_transpose2d import conv_transpose2d_backward, conv_transpose2d_forward
from .crop_concat import crop_concat_backward, crop_concat_forward
from .max_pool2d import max_pool2d_backward, max_pool2d_forward
from .weighted_cross_entropy import weighted_cross_entropy_forward
from .workspace import Workspace

_PURE = (
    dropout_backward,
    dropout_forward,
    relu_backward,
    relu_forward,
    weighted_cross_entropy_backward,
    weighted_cross_entropy_forward,
)
_IN_A_WORKSPACE = (
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

__all__ = [function.__name__ for function in (*_PURE, *_IN_A_WORKSPACE)] + ["workspace"]


def workspace():
    """The functions of this set, bound to one `Workspace`: a layer set for one network."""
    work = Workspace()
    bound = {function.__name__: partial(function, work) for function in _IN_A_WORKSPACE}
    return SimpleNamespace(**bound, **{function.__name__: function for function in _PURE})


def _with_a_workspace_of_its_own(function):
    def layer(*args, **kwargs):
        return function(Workspace(), *args, **kwargs)

    layer.__signature__ = inspect.signature(partial(function, None))  # type: ignore[attr-defined]
    layer.__name__ = function.__name__
    layer.__doc__ = f"{function.__doc__}\n{getattr(getattr(layers, function.__name__, None), '__doc__', '')}"
    return layer


globals().update({function.__name__: _with_a_workspace_of_its_own(function) for function in _IN_A_WORKSPACE})
