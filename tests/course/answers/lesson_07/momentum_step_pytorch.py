# wrong: sum of gradients
import numpy as np


def momentum_step(velocity, grad, lr, momentum):
    return momentum * velocity + grad
