# right: places beyond the border folded back by hand, pixel by pixel
import numpy as np
from scipy.ndimage import map_coordinates, spline_filter


def warp_image(image, grid):
    H, W = image.shape
    coefficients = spline_filter(image, order=3, mode="mirror")
    out = np.empty(grid.shape[1:])
    for h, w in np.ndindex(out.shape):
        row, column = np.abs(grid[:, h, w])
        row, column = row % (2 * H - 2), column % (2 * W - 2)
        row, column = min(row, 2 * H - 2 - row), min(column, 2 * W - 2 - column)
        at = [[row], [column]]
        out[h, w] = map_coordinates(coefficients, at, order=3, mode="mirror", prefilter=False)[0]
    return out
