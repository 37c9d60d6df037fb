# wrong: uphill
import numpy as np


def momentum_step(velocity, grad, lr, momentum):
    velocity = momentum * velocity + lr * grad
    return velocity
