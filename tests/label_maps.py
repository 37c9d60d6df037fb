"""Small label maps, for the tests of what is measured on them."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def label_maps(draw, highest=4):
    """A small map of random labels: many objects touch, some are missing."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(0, highest + 1, (height, width)) * (rng.random((height, width)) < 0.8)


@st.composite
def pairs_of_label_maps(draw):
    """A truth, and a prediction like it but for some pixels: so that objects match, half match and miss."""
    truth = draw(label_maps())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    changed = rng.random(truth.shape) < draw(st.sampled_from([0, 0.2, 0.5, 1]))
    return np.where(changed, rng.integers(0, 5, truth.shape), truth), truth


def blocks(*runs, height=2):
    """A map of columns: `blocks((3, 1), (2, 0))` is three columns of label 1, then two of background."""
    return np.repeat([label for _, label in runs], [length for length, _ in runs])[None].repeat(height, axis=0)
