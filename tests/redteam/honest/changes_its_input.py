"""Changes the array it is given, and returns it."""

# EXPECT: answers=right, ended=done, contained=0


def relu_forward(x):
    mask = x > 0
    x *= mask
    return x, mask


def relu_backward(dout, cache):
    return dout * cache
