"""Announces an array of no entries, one of whose axes is vast."""

# EXPECT: answers=none, ended=too much output, contained=0

import json
import os
import struct

import numpy as np


def send(head, *arrays):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    os.write(3, struct.pack(">I", len(head)) + head + b"".join(arrays))


send([{"reply": {}}, [["float64", [0, 2**70]]]])


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
