# wrong: spline not level at its ends
import numpy as np
from scipy.interpolate import CubicSpline


def elastic_displacement(shape, rng, sigma=10, points=3):
    nodes = rng.normal(0, sigma, (2, points, points))
    t = np.linspace(0, 1, points)
    rows = CubicSpline(t, nodes, axis=1)(np.linspace(0, 1, shape[0]))
    return CubicSpline(t, rows, axis=2)(np.linspace(0, 1, shape[1]))
