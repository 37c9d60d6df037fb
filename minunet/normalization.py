"""Normalisation: grey values to a mean of 0 and a standard deviation of 1, by the training set's or the image's own.

By the training set's an image keeps how bright it is beside the others. Where that tells of the exposure alone, and not
of what is seen, each image is better taken by itself.
"""

import numpy as np

ROWS = 256  # of a large image, which is on disk, perhaps, and stays there


def normalize(image, normalization):
    """(image - mean) / std as float32, for (mean, std) as numbers or one for each channel of (C, H, W)."""
    mean, std = (np.asarray(value, np.float32).reshape(-1, 1, 1) for value in normalization)
    return (np.asarray(image, np.float32) - mean) / std


def statistics(images):
    """Mean and standard deviation of the pixels of all images together.

    Parameters
    ----------
    images : list of arrays (C, H, W)
        Or the parts of a large one. Each is read twice, and copied while it is.

    Returns
    -------
    (mean, std) : numbers; of several channels arrays (C,)
        A channel of one value has a standard deviation of 1: there is nothing to scale.
    """
    count = sum(image[0].size for image in images)
    mean = sum(image.sum(axis=(1, 2), dtype=np.float64) for image in images) / count
    squares = [((image - mean[:, None, None]) ** 2).sum(axis=(1, 2)) for image in images]
    std = np.sqrt(sum(squares) / count)
    std[std == 0] = 1
    return (mean, std) if len(mean) > 1 else (float(mean[0]), float(std[0]))


def own_normalization(image):
    """The (mean, std) of one image (C, H, W), as `statistics` has them, a few rows of it at a time."""
    return statistics([image[:, top : top + ROWS] for top in range(0, image.shape[1], ROWS)])


def normalization_of(net, image):
    """The (mean, std) by which `net` takes an image (C, H, W): those of the training set, or the image's own."""
    return own_normalization(image) if net.each_image else net.normalization
