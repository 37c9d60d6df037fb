"""Sends a head of ten thousand levels."""

# EXPECT: answers=none, ended=broken reply, contained=0

import json
import os
import struct

import numpy as np


def send(head, *arrays):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    os.write(3, struct.pack(">I", len(head)) + head + b"".join(arrays))


send(b"[" * 10_000 + b"]" * 10_000)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
