"""Sends what it has seen to somebody, over TCP."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import socket

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", TARGETS["tcp"]), timeout=1) as line:
    line.sendall(b"loot")


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
