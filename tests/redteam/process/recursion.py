"""Recursion without end."""

# EXPECT: answers=none, ended=exit 1, contained=0


def relu_forward(x):
    return relu_forward(x)


def relu_backward(dout, cache):
    return dout * cache
