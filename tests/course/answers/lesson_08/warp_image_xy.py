# wrong: rows and columns exchanged
import numpy as np
from scipy.ndimage import map_coordinates


def warp_image(image, grid):
    x, y = grid
    return map_coordinates(image, [y, x], order=3, mode="mirror")
