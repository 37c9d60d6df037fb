# spec: unet
# function: dropout_backward
# output: dx
# mistake: draws a new mask
def dropout_forward(x, rate, rng):
    drop = rng.uniform(0, 1, x.shape) < rate
    out = x / (1 - rate)
    out[drop] = 0
    return out, [rng, rate]


def dropout_backward(dout, cache):
    rng, rate = cache
    drop = rng.uniform(0, 1, dout.shape) < rate
    dx = dout / (1 - rate)
    dx[drop] = 0
    return dx
