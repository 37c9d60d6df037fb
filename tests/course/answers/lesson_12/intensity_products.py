# wrong: an addition left out
def intensity(C, F, k, H, W):
    h = H - k + 1
    w = W - k + 1
    macs = F * C * k**2 * h * w
    return macs / (4 * (C * H * W + F * C * k**2 + F * h * w))
