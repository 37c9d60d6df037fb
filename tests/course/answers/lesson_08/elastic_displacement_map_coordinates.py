# right: the nodes as a small image, mirrored beyond its edge
import numpy as np
from scipy import ndimage


def elastic_displacement(shape, rng, sigma=10, points=3):
    nodes = rng.normal(0, sigma, (2, points, points))
    H, W = shape
    at = np.meshgrid(np.linspace(0, points - 1, H), np.linspace(0, points - 1, W), indexing="ij")
    out = np.zeros((2, H, W))
    for d in range(2):
        out[d] = ndimage.map_coordinates(nodes[d], at, order=3, mode="mirror")
    return out
