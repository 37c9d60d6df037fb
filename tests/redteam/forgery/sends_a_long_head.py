"""Announces a head of 4 GB."""

# EXPECT: answers=none, ended=broken reply, contained=0

import json
import os
import struct

import numpy as np


def send(head, *arrays):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    os.write(3, struct.pack(">I", len(head)) + head + b"".join(arrays))


os.write(3, b"\xff" * 8)


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
