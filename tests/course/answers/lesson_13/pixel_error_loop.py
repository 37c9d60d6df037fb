# right: loops
def pixel_error(predicted, truth):
    H, W = truth.shape
    wrong = sum(predicted[h, w] != truth[h, w] for h in range(H) for w in range(W))
    return wrong / (H * W)
