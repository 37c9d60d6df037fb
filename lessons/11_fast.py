# %% [markdown]
# # Lesson 11: fast
#
# *About 75 minutes. You need lesson 1.*
#
# Ronneberger, Fischer and Brox 2015 segment a 512 x 512 image in less than a second (section 1), on a graphics card. Your layers of lesson 1
# are right, and slow; minunet's own, in `minunet/fast`, train the paper's network in less time than PyTorch on each processor that was tried
# (`benchmarks/RESULTS.md`), and are NumPy too. What lies between the two is no magic: an order in which memory is read, one long matrix product, and a
# trick with polynomials of 1980.

# %%
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np

from minunet.course import check

rng = np.random.default_rng(0)

# %% [markdown]
# ## Memory is read in lines
#
# A processor does not fetch a number from memory; it fetches a *line* of 64 bytes, sixteen float32 numbers, and keeps it close by in
# the *cache*, a small and quick memory of its own. If the next number that you want is in the same line, it is there already. If it is
# far from there, the other fifteen were fetched in vain.
#
# **Predict before you run.** An array of 4096 x 4096 numbers is summed twice in pieces of 4096 numbers: once row by row, once column by column.
# The same numbers, and as many additions. Which is faster, and by how much?
#
# <details><summary>After you have decided</summary>
#
# Row by row: in NumPy a row lies in one piece. Down a column each number is in another line, and before the next column asks for
# the neighbours, their lines have made room for others. How much slower that is depends on the machine; a factor of five to twenty is usual.
# (A part of it is something else: numbers that lie side by side are added several at a time.)
#
# </details>

# %% tags=["varies"]
def seconds(function, repeat=3):
    """The best of some runs: what else the machine was doing only adds."""
    times = []
    for _ in range(repeat):
        start = perf_counter()
        function()
        times.append(perf_counter() - start)
    return min(times)


square = rng.standard_normal((4096, 4096), np.float32)
by_row = seconds(lambda: [square[k].sum() for k in range(4096)])
by_column = seconds(lambda: [square[:, k].sum() for k in range(4096)])
ratio = by_column / by_row
print(f"rows {by_row * 1000:.0f} ms, columns {by_column * 1000:.0f} ms, ratio {ratio:.1f}")

# %% [markdown]
# ## One long matrix product
#
# A matrix product of two n x n matrices does $2n^3$ operations with $3n^2$ numbers: each number is used again and again while it is close by. Libraries
# for it (BLAS: here OpenBLAS) cut the matrices into blocks that fit the cache, and reach nearly all that the processor can do. Nothing
# that you write in Python comes near. So the plan is always the same: **turn the problem into a matrix product, the larger the better.**
#
# Lesson 1 made nine of them for a 3x3 kernel. One is better. Write the window of every pixel as a *column* of a matrix: C kh kw numbers high, as
# many columns as the result has pixels. Then the kernels, each written as a row, stand at its left, and the convolution is
#
# $$out_{(F,\; hw)} = weight_{(F,\; C\,kh\,kw)} \cdot columns_{(C\,kh\,kw,\; hw)}$$
#
# ### Exercise 1
# Make the columns of one image (C, H, W). Rows of the matrix run over c, then i, then j, as `weight.reshape(F, -1)` does; its columns run over the
# result's rows h, then w. (kh times kw slices will do, each a shifted image.)

# %% nbgrader={"grade": false, "grade_id": "im2col", "locked": false, "schema_version": 3, "solution": true, "task": false}
def im2col(x, kh, kw):
    """The windows of x (C, H, W) as columns: (C * kh * kw, (H-kh+1) * (W-kw+1))."""
    ### BEGIN SOLUTION
    C, H, W = x.shape
    h, w = H - kh + 1, W - kw + 1
    columns = np.empty((C, kh, kw, h, w), x.dtype)
    for i in range(kh):
        for j in range(kw):
            columns[:, i, j] = x[:, i : i + h, j : j + w]
    return columns.reshape(C * kh * kw, h * w)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_im2col", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(im2col)

# %%
tiny = np.arange(1, 13).reshape(1, 3, 4)
titles = ("an image, 3 x 4", "its 2 x 2 windows as columns")
fig, axes = plt.subplots(1, 2, figsize=(8, 3), width_ratios=[4, 6])
for ax, shown, title in zip(axes, (tiny[0], im2col(tiny, 2, 2)), titles, strict=True):
    ax.imshow(shown, cmap="Blues", vmin=0, vmax=18)
    for (row, column), value in np.ndenumerate(shown):
        ax.text(column, row, value, ha="center", va="center")
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The first column is the window at the top left, read along its rows; the next is the window one pixel to the right of it. A pixel in the middle
# stands there four times, with a 3x3 kernel nine times, and that costs memory: for one level of the paper's network, 64 channels of 570 x 570 pixels,

# %%
image, columns = 64 * 570 * 570, 64 * 9 * 568 * 568  # numbers of 4 bytes
print(f"image {4 * image / 2**20:.0f} MiB, columns {4 * columns / 2**20:.0f} MiB")

# %% [markdown]
# which no cache holds, so `minunet/fast/im2col.py` makes the columns for a strip of rows at a time. That is minunet's way where there are few channels. Where
# there are many, it takes the next one.
#
# ## Fewer multiplications
#
# Now the trick. Take one dimension: a kernel $g$ of three weights, and four inputs $d$, which give two results:
#
# $$y_0 = d_0 g_0 + d_1 g_1 + d_2 g_2, \qquad y_1 = d_1 g_0 + d_2 g_1 + d_3 g_2$$
#
# Six products. Winograd (1980) needs four:
#
# $$m_1 = (d_0 - d_2)\, g_0, \quad m_2 = (d_1 + d_2)\, \tfrac{g_0 + g_1 + g_2}{2}, \quad
# m_3 = (d_2 - d_1)\, \tfrac{g_0 - g_1 + g_2}{2}, \quad m_4 = (d_1 - d_3)\, g_2$$
#
# $$y_0 = m_1 + m_2 + m_3, \qquad y_1 = m_2 - m_3 - m_4$$
#
# Multiply it out once on paper: in $m_2 + m_3$ half of everything cancels. The sums of weights are made once for a kernel that meets a hundred
# thousand windows, so they do not count. (Where it comes from: the numbers $y$ are coefficients of a product of two polynomials, and such a product is
# known once its values are known at enough points. The points here are 0, 1, -1 and infinity.)
#
# ### Exercise 2
# Write it for many windows at once: `d` is (4, windows). Four products of arrays, no more.

# %% nbgrader={"grade": false, "grade_id": "winograd", "locked": false, "schema_version": 3, "solution": true, "task": false}
def winograd(d, g):
    """Two results of each window: d (4, windows), g (3,) -> (2, windows)."""
    ### BEGIN SOLUTION
    m1 = (d[0] - d[2]) * g[0]
    m2 = (d[1] + d[2]) * ((g[0] + g[1] + g[2]) / 2)
    m3 = (d[2] - d[1]) * ((g[0] - g[1] + g[2]) / 2)
    m4 = (d[1] - d[3]) * g[2]
    return np.stack([m1 + m2 + m3, m2 - m3 - m4])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_winograd", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(winograd)

# %% [markdown]
# The check cannot see how you did it, only that it is right. This cell counts: its array notes every `*` with another number. (What goes on inside of
# `@` it does not see.)

# %%
class Counting(np.ndarray):
    """An array that counts its products with other numbers."""

    products = 0

    def __mul__(self, other):
        Counting.products += self.size
        return super().__mul__(other)

    __rmul__ = __mul__


windows = np.zeros((4, 1)).view(Counting)
weights = np.array([1.0, 2.0, 3.0], object)  # as objects: weight * array asks the array too
winograd(windows, weights)
print(f"{Counting.products} products for two results; as written it would be 6")

# %% [markdown]
# In two dimensions the same is done along rows and then along columns: four times four products for 2x2 results that take 36 as written. minunet
# takes a larger tile, 4x4 results from 6x6 pixels at the points 0, 1, -1, 2, -2 and infinity:

# %%
for side in (2, 4):
    few, many = (side + 2) ** 2, 9 * side**2
    print(f"{side}x{side} results: {few} products instead of {many}, one for {many / few:.2f}")

# %% [markdown]
# ### Exercise 3: find the bug
# A friend uses it on a signal of any length, two results at a time, and tests it against NumPy:

# %%
def friends_signal(x, g):
    starts = np.arange(0, len(x) - 3, 2)
    windows = x[starts + np.arange(4)[:, None]]  # (4, windows)
    return winograd(windows, g).T.ravel()


g = np.array([0.5, -1.0, 2.0])
for n in (12, 64, 100):
    x = rng.standard_normal(n)
    print(n, np.allclose(friends_signal(x, g), np.convolve(x, g[::-1], mode="valid")))

# %% [markdown]
# Her lengths were all of one kind. Which lengths go wrong, and what is missing then? Write it for any length from 3 on. (A window that hangs over the
# end may read a 0 there, if what it brings too much is cut off afterwards.)

# %% nbgrader={"grade": false, "grade_id": "winograd_signal", "locked": false, "schema_version": 3, "solution": true, "task": false}
def winograd_signal(x, g):
    """All len(x) - 2 results of the valid correlation of x (n,) with g (3,)."""
    ### BEGIN SOLUTION
    padded = np.append(x, 0)
    starts = np.arange(0, len(x) - 2, 2)
    windows = padded[starts + np.arange(4)[:, None]]
    return winograd(windows, g).T.ravel()[: len(x) - 2]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_winograd_signal", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(winograd_signal)

# %% [markdown]
# ## What it costs
#
# Differences and sums before, sums after: each rounds, and with the larger tile the numbers in between are larger than the results. How much is
# lost? Against the same convolution in float64, over 64 channels:

# %%
import minunet as mu

x = rng.standard_normal((1, 64, 30, 38))
weight = rng.standard_normal((64, 64, 3, 3)) * np.sqrt(2 / (64 * 9))
exact, _ = mu.layers.conv2d_forward(x, weight, np.zeros(64))
inputs = [array.astype(np.float32) for array in (x, weight, np.zeros(64))]
lost = {}
for name, module in (("nine matrix products", mu.layers), ("Winograd, 4x4 tiles", mu.fast)):
    found, _ = module.conv2d_forward(*inputs)
    lost[name] = float(np.abs(found - exact).mean() / np.abs(exact).mean())
    print(f"{name}: relative error {lost[name]:.0e}")
exactly, quickly = lost.values()
print(f"that is {np.log10(quickly / exactly):.1f} of a decimal digit")
assert lost["Winograd, 4x4 tiles"] < 1e-5

# %% [markdown]
# About one of the seven digits that float32 has. In float16, which has three, it would be missed.
#
# ## Against PyTorch
#
# One 3x3 convolution, 64 to 64 channels, in float32: your way of lesson 1 (minunet's readable layer is the same in nine products), minunet's fast one, and
# PyTorch's, if it is installed here.

# %% tags=["varies"]
x = rng.standard_normal((1, 64, 124, 124), np.float32)
weight, bias = rng.standard_normal((64, 64, 3, 3), np.float32), np.zeros(64, np.float32)
times = {
    "readable": seconds(lambda: mu.layers.conv2d_forward(x, weight, bias)),
    "fast": seconds(lambda: mu.fast.conv2d_forward(x, weight, bias), 8),
}
try:
    import torch

    tensors = [torch.from_numpy(array) for array in (x, weight, bias)]
    times["PyTorch"] = seconds(lambda: torch.nn.functional.conv2d(*tensors), 8)
except ImportError:
    print("PyTorch is not installed here: pip install torch, to see it beside the others")
for name, taken in times.items():
    print(f"{name:9} {taken * 1000:7.1f} ms")

fig, ax = plt.subplots(figsize=(6, 1.8))
colours = ["#bcbcc4", "#4e79a7", "#f28e2b"][: len(times)]
ax.barh(list(times), [1000 * taken for taken in times.values()], color=colours)
ax.set(xlabel="milliseconds")
ax.invert_yaxis()
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# One convolution called by itself makes its buffers anew. A network keeps them, from step to step, since fresh memory has to be cleared by the system
# before anyone may write to it, and that takes time. It also shares the gathering and adding among threads, for NumPy itself does
# these on one core. In a clone of minunet, `python -m benchmarks.train_step` measures whole training steps side by side with PyTorch; what came out is in
# `benchmarks/RESULTS.md`, with the machine and the date.
#
# Three rules to take home. Measure before you change anything. Compare side by side in the same run, many times, and look at the ratio: the
# clock of a shared machine lies. And keep the slow version: it is the one that you can read, and the test of the fast one.
#
# ## To think about
# Winograd's trick saves multiplications and spends additions, and moves more numbers about. On a machine where a multiplication and an addition come as one
# instruction and memory is slow, when is it worth it? What does the answer depend on: the channels, the pixels, the kernel's size?
#
# **Next:** lesson 12 asks the same of a GPU.
