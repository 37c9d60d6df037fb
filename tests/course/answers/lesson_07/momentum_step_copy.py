# right: a copy, changed in place
import numpy as np


def momentum_step(velocity, grad, lr, momentum):
    v = velocity.copy()
    v *= momentum
    v -= lr * grad
    return v
