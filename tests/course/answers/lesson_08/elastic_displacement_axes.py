# right: splines along one axis, then along the other
import numpy as np
from scipy.interpolate import CubicSpline


def elastic_displacement(shape, rng, sigma=10, points=3):
    nodes = sigma * rng.standard_normal((2, points, points))
    t = np.arange(points)
    rows = CubicSpline(t, nodes, axis=1, bc_type="clamped")(np.linspace(0, points - 1, shape[0]))
    return CubicSpline(t, rows, axis=2, bc_type="clamped")(np.linspace(0, points - 1, shape[1]))
