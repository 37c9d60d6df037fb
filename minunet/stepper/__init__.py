"""Stepping through backprop: one training step of a real network, forwards and backwards, and every number explained.

stepper = mu.Stepper(net, image, labels)
stepper.next()
print(stepper.explain("down0.conv0", (0, 2, 5, 7)))
"""

from .events import Event
from .explain import Explanation
from .stepper import Stepper

__all__ = ["Event", "Explanation", "Stepper"]
