# right: a set of the last images
import numpy as np


def split_by_image(image_of_tile, share):
    images = sorted(set(image_of_tile.tolist()))
    n = max(1, round(share * len(images)))
    last = set(images[len(images) - n :])
    return np.array([k in last for k in image_of_tile.tolist()])
