"""Tells the grader that the job has ended, and never returns."""

# EXPECT: answers=none, ended=timeout, contained=0, seconds=0.5

import json
import os
import struct

import numpy as np


def send(head, *arrays):
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    os.write(3, struct.pack(">I", len(head)) + head + b"".join(arrays))


send([{"ended": "done"}, []])
while True:
    pass


def relu_forward(x):
    return np.zeros_like(x), None


def relu_backward(dout, cache):
    return np.zeros_like(dout)
