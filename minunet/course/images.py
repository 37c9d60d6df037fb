"""The image that the lessons look at."""

import numpy as np

from ..data import SampleUnavailable, nuclei, touching_cells


def cells() -> tuple[np.ndarray, np.ndarray]:
    """Fluorescent nuclei of a real micrograph; where it cannot be fetched, drawn cells, and a line that says so.

    Returns
    -------
    image : (512, 512) float64 array
        Grey, from 0 to 1.
    labels : (512, 512) int32 array
        0 is background, 1 and up one nucleus each.
    """
    try:
        sample = nuclei()
    except SampleUnavailable as error:
        print(f"The real image cannot be had ({error}); these cells are drawn.")
        sample = touching_cells()
    image = sample.image[0].astype(float)
    return (image - image.min()) / np.ptp(image), sample.labels
