"""Returns a view of what it was given."""

# EXPECT: answers=right, ended=done, contained=0


def relu_forward(x):
    mask = x > 0
    x[~mask] = 0
    return x[:], mask


def relu_backward(dout, cache):
    return dout * cache
