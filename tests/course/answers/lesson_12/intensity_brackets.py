# wrong: multiplied by the numbers, not divided
def intensity(C, F, k, H, W):
    h, w = H - k + 1, W - k + 1
    return 2 * F * C * k**2 * h * w / 4 * (C * H * W + F * C * k**2 + F * h * w)
