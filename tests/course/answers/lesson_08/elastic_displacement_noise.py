# wrong: drawn at every pixel
import numpy as np


def elastic_displacement(shape, rng, sigma=10, points=3):
    return rng.normal(0, sigma, (2, shape[0], shape[1]))
