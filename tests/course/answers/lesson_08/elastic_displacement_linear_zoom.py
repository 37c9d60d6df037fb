# wrong: interpolated linearly
import numpy as np
from scipy.ndimage import zoom


def elastic_displacement(shape, rng, sigma=10, points=3):
    nodes = rng.normal(0, sigma, (2, points, points))
    factors = [shape[0] / points, shape[1] / points]
    return np.stack([zoom(plane, factors, order=1) for plane in nodes])
