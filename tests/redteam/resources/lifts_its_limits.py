"""Lifts its own limits again, and takes 4 GB."""

# EXPECT: answers=any, ended=memory|done, contained=1

import contextlib
import resource

import numpy as np

for name in dir(resource):
    if name.startswith("RLIMIT_"):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
pieces = [np.empty(64 << 17) for _ in range(64)]
print("ESCAPED from its limits", flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
