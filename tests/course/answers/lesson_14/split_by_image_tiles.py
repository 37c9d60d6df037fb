# wrong: tiles held out, not images
import numpy as np


def split_by_image(image_of_tile, share):
    n = max(1, round(share * len(image_of_tile)))
    out = np.zeros(len(image_of_tile), bool)
    out[-n:] = True
    return out
