# right: number by number
import numpy as np


def conv2d_dbias(dout):
    N, F, H, W = dout.shape
    dbias = np.zeros(F)
    for n in range(N):
        for f in range(F):
            for h in range(H):
                for w in range(W):
                    dbias[f] += dout[n, f, h, w]
    return dbias
