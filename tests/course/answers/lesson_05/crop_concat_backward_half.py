# wrong: halved, as though both parts had as many channels
import numpy as np


def crop_concat_backward(dout, cache):
    s, x = cache
    half = dout.shape[1] // 2
    t, l = (s[2] - x[2]) // 2, (s[3] - x[3]) // 2
    return np.pad(dout[:, :half], ((0, 0), (0, 0), (t, t), (l, l))), dout[:, half:]
