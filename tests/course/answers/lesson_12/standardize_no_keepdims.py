# wrong: raises ValueError
def standardize(x):
    return (x - x.mean(axis=(1, 2, 3))) / x.std(axis=(1, 2, 3))
