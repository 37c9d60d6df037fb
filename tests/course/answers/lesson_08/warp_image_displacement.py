# wrong: grid taken for a displacement
import numpy as np
from scipy.ndimage import map_coordinates


def warp_image(image, grid):
    h, w = grid.shape[1:]
    rows, columns = np.meshgrid(np.arange(h), np.arange(w), indexing="ij")
    return map_coordinates(image, [rows + grid[0], columns + grid[1]], order=3, mode="mirror")
