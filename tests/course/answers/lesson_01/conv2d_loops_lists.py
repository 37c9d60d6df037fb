# right: lists in lists
import numpy as np


def conv2d_loops(x, weight, bias):
    kh, kw = weight.shape[2:]

    def plane(image, kernel, b):
        rows, columns = range(image.shape[1] - kh + 1), range(image.shape[2] - kw + 1)
        return [[np.vdot(kernel, image[:, h : h + kh, w : w + kw]) + b for w in columns] for h in rows]

    return np.array([[plane(image, k, b) for k, b in zip(weight, bias, strict=True)] for image in x])
