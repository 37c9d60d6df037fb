# wrong: nodes half a pixel outside of the tile
import numpy as np
from scipy.interpolate import CubicSpline


def elastic_displacement(shape, rng, sigma=10, points=3):
    H, W = shape
    t = np.linspace(0, 1, points)
    nodes = rng.normal(0, sigma, (2, points, points))
    BH = CubicSpline(t, np.eye(points), bc_type="clamped")((np.arange(H) + 0.5) / H)
    BW = CubicSpline(t, np.eye(points), bc_type="clamped")((np.arange(W) + 0.5) / W)
    return np.einsum("hi,dij,wj->dhw", BH, nodes, BW)
