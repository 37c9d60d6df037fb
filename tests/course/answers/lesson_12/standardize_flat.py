# right: rows of a matrix
def standardize(x):
    flat = x.reshape(len(x), -1)
    centred = flat - flat.mean(axis=1)[:, None]
    std = (centred**2).mean(axis=1) ** 0.5
    return (centred / std[:, None]).reshape(x.shape)
