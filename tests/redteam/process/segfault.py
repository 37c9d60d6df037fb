"""Reads address 0."""

# EXPECT: answers=none, ended=signal SIGSEGV, contained=0

import ctypes


def relu_forward(x):
    return ctypes.string_at(0), None


def relu_backward(dout, cache):
    return dout * cache
