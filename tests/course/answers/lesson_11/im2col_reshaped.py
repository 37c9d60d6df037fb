# wrong: reshaped without transposing
from numpy.lib.stride_tricks import sliding_window_view


def im2col(x, kh, kw):
    C, H, W = x.shape
    v = sliding_window_view(x, (kh, kw), axis=(1, 2))
    return v.reshape(C * kh * kw, (H - kh + 1) * (W - kw + 1))
