# right: the rank of each image
import numpy as np


def split_by_image(image_of_tile, share):
    images, rank = np.unique(image_of_tile, return_inverse=True)
    return rank >= len(images) - max(1, round(share * len(images)))
