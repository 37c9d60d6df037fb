"""From what a network says of each pixel to numbered objects."""

import numpy as np
from scipy import ndimage

from .metrics import SMALLEST_OBJECT, instances

METHODS = ("components", "watershed")
SEEDS = 0.8  # probability of what is surely one object's inside
SMALLEST_SEED = 30  # px: more than an object needs, so that no cell is shattered by specks of certainty
INSIDE, BEYOND = 127, 255  # most doubt in an object, and outside: that step is larger than any within


def foreground_of(probabilities, threshold):
    """Which pixels belong to an object, and not to the background.

    Parameters
    ----------
    probabilities : float array (classes, H, W)
        As `minunet.predict` gives them.
    threshold : float
        Of two classes, the probability above which a pixel is foreground; at 0.5 that is the likelier class, as it
        always is with more classes.

    Returns
    -------
    bool array (H, W)
    """
    if len(probabilities) > 2:
        return probabilities.argmax(axis=0) > 0
    background, foreground = probabilities
    return (1 - threshold) * foreground > threshold * background  # at 0.5 not a rounding away from the likelier class


def find_objects(foreground, probability, method):
    """Objects, by a method of this name.

    Parameters
    ----------
    foreground : bool array (H, W)
    probability : float array (H, W)
        Of the foreground; "components" does not look at it.
    method : "components" or "watershed"
        The connected parts of the foreground, or `watershed`.

    Returns
    -------
    labels : int32 array (H, W)
        0 on the background, 1..n on the objects of at least 10 pixels.

    Raises
    ------
    ValueError
        For another method.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}, expected one of {', '.join(METHODS)}")
    return watershed(foreground, probability) if method == "watershed" else instances(foreground, SMALLEST_OBJECT)


def watershed(foreground, probability):
    """The foreground, flooded from its most certain parts: so that cells part which touch at a doubtful border.

    Seeds are the parts above a probability of 0.8, of at least 30 pixels, and connected parts of the foreground that
    hold none. Each pixel of
    the foreground goes to the seed from which it is reached by the smallest steps of probability (the image foresting
    transform, Falcao et al. 2004, as scipy has it).

    Parameters
    ----------
    foreground : bool array (H, W)
    probability : float array (H, W)

    Returns
    -------
    labels : int32 array (H, W)
        0 on the background, 1..n on the objects of at least 10 pixels.
    """
    parts, count = ndimage.label(foreground)
    markers = instances(foreground & (probability > SEEDS), SMALLEST_SEED)
    seeded = np.zeros(count + 1, bool)
    seeded[parts[markers > 0]] = True
    alone = foreground & ~seeded[parts]
    markers[alone] = markers.max(initial=0) + parts[alone]
    doubt = np.minimum(2 * INSIDE * (1 - probability), INSIDE)
    doubt = np.where(foreground, doubt, BEYOND).astype(np.uint8)
    # A frame: scipy 1.17's flood goes on from the end of a row to the beginning of the next.
    framed = np.pad(doubt, 1, constant_values=BEYOND), np.pad(markers.astype(np.int32), 1)
    flooded = ndimage.watershed_ift(*framed)[1:-1, 1:-1]
    flooded[~foreground] = 0
    keep = np.bincount(flooded.ravel(), minlength=1) >= SMALLEST_OBJECT
    keep[0] = False
    return (np.cumsum(keep) * keep).astype(np.int32)[flooded]
