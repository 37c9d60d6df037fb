# wrong: foreground against background alone
import numpy as np


def pixel_error(predicted, truth):
    return np.mean(predicted.astype(bool) ^ truth.astype(bool))
