"""Lesson 3: ReLU and max-pooling, as the layer contract has them, and some mistakes of those who meet them first."""

from dataclasses import replace

from ...grading.bank import Bank
from ...grading.mistakes.max_pool2d import one_hot
from ...grading.spec import Spec
from ...grading.specs.unet import MAX_POOL2D, RELU

relu, max_pool2d = Bank(RELU.mistakes), Bank(MAX_POOL2D.mistakes)


@relu.instead("out", "np.max for np.maximum", "np.max(x, 0) is the largest along axis 0, not of x and 0.", "np.maximum")
def largest_along_images(x):
    return x.max(axis=0)


@relu.instead("dx", "times x, everywhere", "The derivative is 1 where x is positive, else 0.", "Multiply by x > 0.")
def times_any_x(x, dout):
    return dout * x


@max_pool2d.instead(
    "dx",
    "windows mixed up by reshape",
    "A reshape to (..., H/2, W/2, 4) takes four pixels of one row.",
    "Reshape to (..., H/2, 2, W/2, 2), and transpose before the four lie in a row.",
)
def of_four_in_a_row(x, dout):
    return (one_hot(x.reshape(*dout.shape, 4).argmax(axis=4)) * dout[..., None]).reshape(x.shape)


SPEC = Spec(
    "lesson 3",
    (replace(RELU, mistakes=relu), replace(MAX_POOL2D, mistakes=max_pool2d)),
    only=frozenset({"relu_forward", "relu_backward", "max_pool2d_forward", "max_pool2d_backward"}),
)
