# right: sets of pixels
def seg(predicted, truth):
    found, true = {}, {}
    for (h, w), k in __import__("numpy").ndenumerate(truth):
        if k:
            true.setdefault(int(k), set()).add((h, w))
        if predicted[h, w]:
            found.setdefault(int(predicted[h, w]), set()).add((h, w))
    if not true:
        return 0.0 if found else 1.0
    scores = [0.0] * len(true)
    for n, R in enumerate(true.values()):
        for S in found.values():
            if len(R & S) > len(R) / 2:
                scores[n] = len(R & S) / len(R | S)
    return sum(scores) / len(scores)
