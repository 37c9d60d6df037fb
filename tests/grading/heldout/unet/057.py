# spec: unet
# function: conv_transpose2d_forward
# output: out
# mistake: kernel turned round
def conv_transpose2d_forward(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    prod = rows @ weight[:, :, ::-1, ::-1].reshape(C, F * 4)
    out = prod.reshape(N, H, W, F, 2, 2).transpose(0, 3, 1, 4, 2, 5).reshape(N, F, 2 * H, 2 * W)
    return out + bias.reshape(1, -1, 1, 1), (rows, weight, x.shape)


def conv_transpose2d_backward(dout, cache):
    rows, weight, (N, C, H, W) = cache
    F = weight.shape[1]
    d = dout.reshape(N, F, H, 2, W, 2).transpose(0, 2, 4, 1, 3, 5).reshape(N * H * W, F * 4)
    dweight = (rows.T @ d).reshape(C, F, 2, 2)
    dx = (d @ weight.reshape(C, F * 4).T).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dweight, dout.sum((0, 2, 3))
