"""Sends the grader a reply of its own making, with arrays of zeros."""

# EXPECT: answers=wrong, ended=done, contained=0

import json
import os
import struct

import numpy as np


def send(head, *arrays):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    os.write(3, struct.pack(">I", len(head)) + head + b"".join(arrays))


send([{"reply": {"function": "relu_forward"}}, [["float32", [2, 3, 4, 5]]]], bytes(480))


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
