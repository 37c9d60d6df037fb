# wrong: sum for mean
def pixel_error(predicted, truth):
    wrong = 0
    for p, t in zip(predicted.ravel(), truth.ravel()):
        if p != t:
            wrong += 1
    return wrong
