# spec: cs231n
# function: relu_backward
# output: dx
# mistake: mask the other way round, less zeros
def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache >= 0] = 0
    return dx
