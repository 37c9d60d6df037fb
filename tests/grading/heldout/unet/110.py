# spec: unet
# function: dropout_forward
# output: out
# mistake: one mask for all images
def dropout_forward(x, rate, rng):
    mask = rng.random(x.shape[1:]) >= rate
    out = x * mask / (1 - rate)
    return out, {"mask": mask, "rate": rate}


def dropout_backward(dout, cache):
    return dout * cache["mask"] / (1 - cache["rate"])
