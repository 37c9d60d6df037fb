"""What a segmentation costs nothing to beat: a threshold."""

import numpy as np
from scipy import ndimage

from .metrics import SMALLEST_OBJECT, instances

BINS = 256


def otsu_instances(image, sigma=1.0):
    """Bright objects by Otsu's threshold (1979) after smoothing, then connected components.

    Parameters
    ----------
    image : array (H, W)
    sigma : float
        Of the Gaussian smoothing, in pixels.

    Returns
    -------
    labels : int32 array (H, W)
        Components of at least 10 pixels.
    """
    smooth = ndimage.gaussian_filter(np.asarray(image, np.float64), sigma)
    return instances(smooth > otsu_threshold(smooth), SMALLEST_OBJECT)


def otsu_threshold(image):
    """The grey value that splits the histogram into two classes of the greatest variance between them.

    With n and m the share and the mean of the pixels on either side, that variance is n1 n2 (m1 - m2)^2.
    """
    counts, edges = np.histogram(image, BINS)
    middles = (edges[1:] + edges[:-1]) / 2
    below, total = np.cumsum(counts), np.cumsum(counts * middles)
    below, total, above, rest = below[:-1], total[:-1], below[-1] - below[:-1], total[-1] - total[:-1]
    split = (below > 0) & (above > 0)
    if not split.any():  # one value alone
        return float(image.max())
    between = below[split] * above[split] * (total[split] / below[split] - rest[split] / above[split]) ** 2
    return float(edges[1:-1][split][between.argmax()])
