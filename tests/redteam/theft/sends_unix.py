"""Sends what it has seen to somebody, to a socket that has a path."""

# EXPECT: answers=right, ended=done, contained=2

import contextlib
import socket

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
    line.sendto(b"loot", TARGETS["unix"])


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
