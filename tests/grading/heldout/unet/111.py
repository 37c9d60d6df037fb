# spec: unet
# function: dropout_forward
# output: out
# mistake: the mask for the values
def dropout_forward(x, rate, rng):
    scaled_mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return scaled_mask.copy(), (scaled_mask,)


def dropout_backward(dout, cache):
    return dout * cache[0]
