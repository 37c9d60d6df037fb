"""Right, and uses much of NumPy."""

# EXPECT: answers=right, ended=done, contained=0

import numpy as np

rng = np.random.default_rng(0)
a = rng.standard_normal((40, 40))
np.linalg.svd(a)
np.linalg.solve(a, a)
np.einsum("ij,jk,kl->il", a, a, a)
np.fft.fft2(a)
np.lib.stride_tricks.sliding_window_view(a, (3, 3)).sum()
np.random.rand(3)  # noqa: NPY002


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
