"""`sys.exit` in forward, in the hope that nobody catches it."""

# EXPECT: answers=none, ended=exit 0, contained=0

import sys


def relu_forward(x):
    sys.exit(0)


def relu_backward(dout, cache):
    return dout * cache
