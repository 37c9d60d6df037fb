"""Starts 50 threads that stay."""

# EXPECT: answers=right, ended=done, contained=0

import contextlib
import threading
import time

import numpy as np

for _ in range(50):
    with contextlib.suppress(RuntimeError):
        threading.Thread(target=time.sleep, args=(20,), daemon=True).start()


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
