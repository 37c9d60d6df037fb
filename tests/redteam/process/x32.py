"""Calls the kernel by the numbers of the x32 calls, which a list may lack."""

# EXPECT: answers=any, ended=done|signal SIGSYS, contained=2

import ctypes

import numpy as np

if ctypes.CDLL(None).syscall(0x40000000 + 39) > 0:  # getpid
    print("ESCAPED by x32", flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
