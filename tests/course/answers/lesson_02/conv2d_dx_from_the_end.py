# wrong: counted from the end where p - i or q - j is below 0
import numpy as np


def conv2d_dx(weight, dout):
    N, F, rows, columns = dout.shape
    F, C, kh, kw = weight.shape
    dx = np.zeros((N, C, rows + kh - 1, columns + kw - 1))
    for p in range(dx.shape[2]):
        for q in range(dx.shape[3]):
            for i in range(kh):
                for j in range(kw):
                    if p - i < rows and q - j < columns:
                        dx[:, :, p, q] += dout[:, :, p - i, q - j] @ weight[:, :, i, j]
    return dx
