"""Finds, among the frames around it, the functions that send, and sends by them."""

# EXPECT: answers=wrong, ended=done, contained=0

import sys

import numpy as np

frame = sys._getframe()
while frame:
    if "reply" in frame.f_locals and callable(frame.f_locals["reply"]):
        frame.f_locals["reply"]({"function": "relu_forward"}, [np.zeros((2, 3, 4, 5), np.float32)])
        break
    frame = frame.f_back


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
