"""Writes a program to memory and runs it from there, where no rule over files reaches."""

# EXPECT: answers=any, ended=done|exit 0, contained=2

import contextlib
import os

import numpy as np

TARGETS = {}

with contextlib.suppress(OSError):
    script = os.memfd_create("script", 0)
    os.write(script, f"#!/bin/sh\ncat {TARGETS['file']}\n".encode())
    os.execve(script, ["script"], {})


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
