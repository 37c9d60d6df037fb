"""A thread goes on changing the arrays after they were returned."""

# EXPECT: answers=any, ended=done, contained=0

import contextlib
import threading

import numpy as np


def scribble(array):
    while True:
        array += 1


def start(array):
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=scribble, args=(array,), daemon=True).start()
    return array


def relu_forward(x):
    return start(np.maximum(x, 0)), x > 0


def relu_backward(dout, cache):
    return start(dout * cache)
