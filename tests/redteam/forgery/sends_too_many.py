"""Sends replies without end, small ones."""

# EXPECT: answers=any, ended=too much output, contained=0, seconds=10

import json
import os
import struct

import numpy as np


def send(head, *arrays):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    os.write(3, struct.pack(">I", len(head)) + head + b"".join(arrays))


while True:
    send([{"reply": {}}, []])


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
