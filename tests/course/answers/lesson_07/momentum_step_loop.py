# right: number by number
import numpy as np


def momentum_step(velocity, grad, lr, momentum):
    new = np.empty_like(velocity)
    for where in np.ndindex(velocity.shape):
        new[where] = momentum * velocity[where] - lr * grad[where]
    return new
