# right: simplified by hand
def intensity(C, F, k, H, W):
    h, w = H + 1 - k, W + 1 - k
    return F * C * k * k * h * w / 2 / (C * H * W + F * C * k * k + F * h * w)
