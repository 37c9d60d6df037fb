"""Divides by zero."""

# EXPECT: answers=none, ended=exit 1, contained=0


def relu_forward(x):
    return 1 / 0, None


def relu_backward(dout, cache):
    return dout * cache
