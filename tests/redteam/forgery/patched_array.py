"""Spoils the functions with which replies are made."""

# EXPECT: answers=any, ended=done|exit 1|broken reply, contained=0

import json
import struct

import numpy as np

np.array = lambda *_, **__: None
json.dumps = lambda *_, **__: "[]"
struct.pack = lambda *_, **__: b""


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
