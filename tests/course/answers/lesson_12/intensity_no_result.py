# wrong: the result not counted
def intensity(C, F, k, H, W):
    ops = 2 * F * C * k**2 * (H - k + 1) * (W - k + 1)
    read = 4 * C * H * W + 4 * F * C * k**2
    return ops / read
