"""Empty arrays."""

# EXPECT: answers=wrong, ended=done, contained=0


def relu_forward(x):
    return x[:0], x > 0


def relu_backward(dout, cache):
    return dout * cache
