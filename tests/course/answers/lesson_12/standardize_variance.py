# wrong: variance for standard deviation
def standardize(x):
    N = len(x)
    flat = x.reshape(N, -1)
    flat = (flat - flat.mean(axis=1, keepdims=True)) / flat.var(axis=1, keepdims=True)
    return flat.reshape(x.shape)
