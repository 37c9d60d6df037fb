# spec: cs231n
# function: relu_backward
# output:
# mistake: reads the last input from a global: wrong once forward has run again
import numpy as np


_last = {}


def relu_forward(x):
    out = x * (x > 0)
    _last['x'] = x
    return out, x


def relu_backward(dout, cache):
    dx = np.array(dout)
    dx[_last['x'] <= 0] = 0
    return dx
