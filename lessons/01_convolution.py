# %% [markdown]
# # Lesson 1: one pixel at a time
#
# *About 60 minutes. You need NumPy and nothing else.*
#
# A U-Net is a long chain of very few kinds of step, and one of them does nearly all the work: the **convolution**. The paper's network
# (Ronneberger, Fischer and Brox 2015, section 2) has 23 of them, four of which go up (lesson 4). In this lesson you write one, three times: for one pixel, in
# loops, and in a way that is many times faster. At the end you know why what everybody calls convolution is not one.
#
# What you write here is checked by a program that has no sense of humour but knows some hundreds of ways to get it
# wrong, and tells you which of them you found. Whatever is right goes into a file, `my_layers.py`; in lesson 7 a real U-Net learns with it.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet.course import cells, check

# %% [markdown]
# ## An image is an array
#
# A microscope gave us nuclei that glow. To NumPy they are numbers, rows first.

# %%
image = cells()[0][:96, :128]
print(image.shape, image.dtype, f"from {image.min():.2f} to {image.max():.2f}")

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), width_ratios=[4, 3])
left.imshow(image, cmap="gray")
left.add_patch(plt.Rectangle((65.5, 45.5), 8, 8, fill=False, color="orange"))
left.set(title="96 rows, 128 columns", xlabel="column", ylabel="row")
right.imshow(image[46:54, 66:74], cmap="gray", vmin=0, vmax=image.max())
for (row, column), value in np.ndenumerate(image[46:54, 66:74]):
    ink = "black" if value > 0.45 else "white"
    right.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=8)
right.set(title="the 8 x 8 pixels in the frame", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# A network looks at several images at once, and each has several channels: red, green and blue at first, and later 64 or 1024 that
# nobody has a name for. So an array of images has four axes, always in this order:
#
# | axis | letter | counts |
# |---|---|---|
# | 0 | N | images |
# | 1 | C | channels |
# | 2 | H | rows |
# | 3 | W | columns |

# %%
x = image[np.newaxis, np.newaxis]
print(x.shape)

# %% [markdown]
# ## One number of the result
#
# A neuron of a convolution sees a small window of the image, multiplies each number in it with a weight of its own, and adds
# all the products and a **bias**. The next neuron does the same, with the same weights, one pixel further on. These weights, (C, kh, kw) of
# them for a window of kh rows and kw columns, are called a **kernel**. There are F kernels, so that the weights have four axes too, (F, C, kh, kw), and
# the result has F channels, one for each.
#
# $$out_{n,f,h,w} = b_f + \sum_{c=0}^{C-1}\sum_{i=0}^{kh-1}\sum_{j=0}^{kw-1} weight_{f,c,i,j}\; x_{n,c,h+i,w+j}$$
#
# Read it slowly: all of the lesson is this one equation.
#
# ### Exercise 1
# Write one number of it. (A slice and `.sum()` will do; three loops will do as well.)

# %% nbgrader={"grade": false, "grade_id": "one_pixel", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_pixel(x, weight, bias, n, f, h, w):
    """out[n, f, h, w]; x (N, C, H, W), weight (F, C, kh, kw), bias (F,)."""
    ### BEGIN SOLUTION
    kh, kw = weight.shape[2:]
    window = x[n, :, h : h + kh, w : w + kw]
    return (weight[f] * window).sum() + bias[f]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_one_pixel", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(one_pixel)

# %% [markdown]
# ## All numbers of the result
#
# **Predict before you run.** The image has 96 rows and 128 columns, the kernel 3 rows and 5 columns. How many rows and
# columns has the result? There is no padding: the paper's convolutions are *valid*, so a window never hangs over the border.
#
# <details><summary>After you have decided</summary>
#
# A window of 3 rows can begin at row 0, 1, ..., 93: that is 94 = 96 - 3 + 1. Likewise 124 = 128 - 5 + 1 columns. Two 3x3 convolutions
# take 4 rows and 4 columns from every image; that is how 572 becomes 568 in the paper's figure 1.
#
# </details>
#
# ### Exercise 2
# Compute all of it with loops, as the equation says. It may be slow.

# %% nbgrader={"grade": false, "grade_id": "conv2d_loops", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_loops(x, weight, bias):
    """x (N, C, H, W), weight (F, C, kh, kw), bias (F,); gives (N, F, H-kh+1, W-kw+1)."""
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    F, _, kh, kw = weight.shape
    out = np.empty((N, F, H - kh + 1, W - kw + 1))
    for n, f, h, w in np.ndindex(out.shape):
        out[n, f, h, w] = one_pixel(x, weight, bias, n, f, h, w)
    return out
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv2d_loops", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(conv2d_loops)

# %% [markdown]
# What does a kernel see? Two that were made by hand: one answers to edges between left and right, one smooths.

# %%
kernels = np.zeros((2, 1, 3, 3))
kernels[0, 0] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
kernels[1, 0] = 1 / 9
seen = conv2d_loops(x, kernels, np.zeros(2))

fig, axes = plt.subplots(1, 3, figsize=(10, 2.8))
for ax, shown, title in zip(axes, [image, *seen[0]], ["image", "edges: right minus left", "mean of 9 pixels"], strict=True):
    ax.imshow(shown, cmap="gray")
    ax.set(title=f"{title}\n{shown.shape[0]} x {shown.shape[1]}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Nobody makes kernels by hand any more. A network begins with random ones and finds better ones; lesson 2 begins to say how.
#
# ## A matrix product for each offset
#
# Python's loops are slow: the paper's network takes 150 billion products for one image of 572 x 572, and at the end of this section
# you see how long your loops would be at it. The trick is to exchange the loops. Hold the offset (i, j) in the kernel fixed. Then *all* pixels of the result take
# *their* pixel at that offset from one shifted image, and what remains is, for every pixel, a product of a matrix (F, C) with a vector (C).
#
# $$out = b + \sum_{i,j} weight_{:,:,i,j} \cdot x_{:,\, :,\, i:i+H',\, j:j+W'}$$
#
# where H' = H - kh + 1 and W' = W - kw + 1 are the result's rows and columns.
# So there are only kh times kw steps, nine for a 3x3, each a matrix product, which NumPy hands to a library that keeps the processor
# busy (lesson 11 shows how busy).
#
# ### Exercise 3
# Write it. `np.einsum("fc,nchw->nfhw", a, b)` is one way of writing the product: letters on the right of the arrow stay, and over those that
# are missing there, here c, it sums. Return a *cache* too, a tuple
# of what the way back will need: `(x, weight)`. Lesson 2 uses it.

# %% nbgrader={"grade": false, "grade_id": "conv2d_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_forward(x, weight, bias):
    """As conv2d_loops; returns out, and cache = (x, weight)."""
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    F, _, kh, kw = weight.shape
    rows, columns = H - kh + 1, W - kw + 1
    out = np.zeros((N, F, rows, columns), x.dtype) + bias[:, None, None]
    for i in range(kh):
        for j in range(kw):
            shifted = x[:, :, i : i + rows, j : j + columns]
            out += np.einsum("fc,nchw->nfhw", weight[:, :, i, j], shifted, optimize=True)
    return out, (x, weight)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv2d_forward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check(conv2d_forward)

# %% [markdown]
# How much was that worth? (Yours may be another number: this depends on the machine.)

# %% tags=["varies"]
from time import perf_counter

rng = np.random.default_rng(0)
some_x, some_weight, some_bias = rng.standard_normal((1, 8, 40, 48)), rng.standard_normal((8, 8, 3, 3)), np.zeros(8)
seconds = []
for function in (conv2d_loops, conv2d_forward):
    start = perf_counter()
    function(some_x, some_weight, some_bias)
    seconds.append(perf_counter() - start)
print(f"loops {seconds[0] * 1000:.0f} ms, matrix products {seconds[1] * 1000:.1f} ms: {seconds[0] / seconds[1]:.0f} times faster")
products = 8 * 38 * 46 * some_weight[0].size
print(f"150.4 billion products, in loops: {150.4e9 * seconds[0] / products / 3600:.1f} hours for one image")

# %% [markdown]
# ## Why it is no convolution
#
# In mathematics, a convolution turns the kernel by 180 degrees before it slides: $\sum_i weight_i\, x_{h-i}$ has a minus where our sum
# has a plus. Ours is called *correlation*. For a network it makes no difference, since it learns its kernels: it would simply learn the
# turned ones. But it makes a difference where you meet one: in SciPy, in a formula, and on the way back through a layer, in lesson 2, where
# the gradient of a correlation by its image will be a true convolution.

# %%
from scipy.signal import convolve2d, correlate2d

kernel = np.arange(9.0).reshape(3, 3)
ours = conv2d_forward(x, kernel[None, None], np.zeros(1))[0][0, 0]
print("correlation:", np.allclose(ours, correlate2d(image, kernel, mode="valid")))
print("convolution:", np.allclose(ours, convolve2d(image, kernel, mode="valid")))

# %% [markdown]
# ### Exercise 4: find the bug
# A friend wanted the true convolution, and tested it with the smoothing kernel and with a kernel that is symmetric. Both were right:

# %%
def friends_convolution(x, weight):
    turned = weight.transpose(0, 1, 3, 2)
    return conv2d_forward(x, turned, np.zeros(len(weight)))[0]


symmetric = np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
for tested in (kernels[1, 0], symmetric):
    print(np.allclose(friends_convolution(x, tested[None, None])[0, 0], convolve2d(image, tested, mode="valid")))

# %% [markdown]
# What is wrong, and why did neither test show it? Write it as it should be. (And choose, from now on, test data with no symmetry at
# all: no square images, no two sizes alike, no kernel that looks the same from behind.)

# %% nbgrader={"grade": false, "grade_id": "true_convolution", "locked": false, "schema_version": 3, "solution": true, "task": false}
def true_convolution(x, weight):
    """The convolution of mathematics, valid, without a bias: (N, F, H-kh+1, W-kw+1)."""
    ### BEGIN SOLUTION
    turned = weight[:, :, ::-1, ::-1]
    return conv2d_forward(x, turned, np.zeros(len(weight)))[0]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_true_convolution", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(true_convolution)

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# To transpose is to exchange rows and columns: it mirrors the kernel at its diagonal. To turn by 180 degrees reverses both axes. The smoothing
# kernel and the symmetric one look the same after either, so that neither could tell.
#
# </details>

# %% [markdown]
# ## To think about
# A convolution has the same weights everywhere. What would a layer look like that has weights of its own at every pixel: how many
# numbers would the paper's first layer (64 kernels of 3x3 on 572 x 572) need then? And what would a network lose that
# could no longer say "the same thing, somewhere else"?
#
# **Next:** how much must each weight change? Lesson 2 goes back through the layer.
