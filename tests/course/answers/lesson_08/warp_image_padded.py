# right: the image padded by its mirror image first
import numpy as np
from scipy.ndimage import map_coordinates


def warp_image(image, grid):
    pad = 40
    padded = np.pad(image, pad, mode="reflect")
    return map_coordinates(padded, grid + pad, order=3, mode="mirror")
