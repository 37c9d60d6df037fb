# wrong: share of the largest number
import numpy as np


def split_by_image(image_of_tile, share):
    count = image_of_tile.max() + 1
    n = max(1, round(share * count))
    return image_of_tile >= count - n
