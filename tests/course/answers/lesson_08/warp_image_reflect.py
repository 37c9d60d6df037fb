# wrong: edge pixel repeated by the mirror
import numpy as np
from scipy.ndimage import map_coordinates


def warp_image(image, grid):
    return map_coordinates(image, grid, order=3, mode="reflect")
