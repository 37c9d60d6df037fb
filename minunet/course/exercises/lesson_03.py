"""Lesson 3: ReLU and max-pooling, as the layer contract has them."""

from ...grading.spec import Spec
from ...grading.specs.unet import MAX_POOL2D, RELU

SPEC = Spec(
    "lesson 3",
    (RELU, MAX_POOL2D),
    only=frozenset({"relu_forward", "relu_backward", "max_pool2d_forward", "max_pool2d_backward"}),
)
