# wrong: a result as large as the image
def intensity(C, F, k, H, W):
    ops = 2 * F * C * k**2 * H * W
    return ops / (4 * (C * H * W + F * C * k**2 + F * H * W))
