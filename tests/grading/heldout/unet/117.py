# spec: unet
# function: dropout_backward
# output: dx
# mistake: divided by N
def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape) >= rate
    out = x * mask / (1 - rate)
    return out, {"mask": mask, "rate": rate}


def dropout_backward(dout, cache):
    N = dout.shape[0]
    return dout * cache["mask"] / (1 - cache["rate"]) / N
