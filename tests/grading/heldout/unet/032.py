# spec: unet
# function: relu_forward
# output: out
# mistake: values up to 1 become 0
def relu_forward(x):
    return x * (x > 1), x


def relu_backward(dout, cache):
    return dout * (cache > 0)
