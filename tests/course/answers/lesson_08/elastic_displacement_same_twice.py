# wrong: one displacement for rows and columns
import numpy as np
from scipy.interpolate import CubicSpline


def elastic_displacement(shape, rng, sigma=10, points=3):
    nodes = rng.normal(0, sigma, (points, points))
    t = np.linspace(0, 1, points)
    field = CubicSpline(t, nodes, axis=0, bc_type="clamped")(np.linspace(0, 1, shape[0]))
    field = CubicSpline(t, field, axis=1, bc_type="clamped")(np.linspace(0, 1, shape[1]))
    return np.stack([field, field])
