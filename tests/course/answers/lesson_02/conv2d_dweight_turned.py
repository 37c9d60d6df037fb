# wrong: turned round
import numpy as np
from scipy.signal import convolve2d


def conv2d_dweight(x, dout):
    N, F, rows, columns = dout.shape
    C = x.shape[1]
    dweight = np.zeros((F, C, x.shape[2] - rows + 1, x.shape[3] - columns + 1))
    for n in range(N):
        for f in range(F):
            for c in range(C):
                dweight[f, c] += convolve2d(x[n, c], dout[n, f, ::-1, ::-1], mode="valid")[::-1, ::-1]
    return dweight
