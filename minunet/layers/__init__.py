"""The readable layer set: one short file a layer, forward and backward side by side.

A layer is a pair of pure functions. ``forward`` returns its output and a cache, ``backward`` turns the
gradient of the loss with respect to the output into the gradients with respect to every input. There is no
other state, no graph and no automatic differentiation: each backward is derived by hand in its docstring.

Arrays are (N, C, H, W): image, channel, row, column. Inputs are never changed. The first argument's dtype
decides the result's: float32 to train, float64 and complex128 to check. All functions run on NumPy and on
CuPy arrays alike.
"""

from .conv2d import conv2d_backward, conv2d_forward
from .conv_transpose2d import conv_transpose2d_backward, conv_transpose2d_forward
from .crop_concat import crop_concat_backward, crop_concat_forward
from .dropout import dropout_backward, dropout_forward
from .max_pool2d import max_pool2d_backward, max_pool2d_forward
from .relu import relu_backward, relu_forward
from .weighted_cross_entropy import weighted_cross_entropy_backward, weighted_cross_entropy_forward

__all__ = [
    "conv2d_backward",
    "conv2d_forward",
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
]
