# wrong: velocity multiplied by -lr too
import numpy as np


def momentum_step(velocity, grad, lr, momentum):
    return -lr * (momentum * velocity + grad)
