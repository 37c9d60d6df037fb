# wrong: gradient multiplied by 1 - momentum
import numpy as np


def momentum_step(velocity, grad, lr, momentum):
    return momentum * velocity - lr * (1 - momentum) * grad
