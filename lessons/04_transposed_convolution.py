# %% [markdown]
# # Lesson 4: the way up
#
# *About 70 minutes. You need lessons 1 and 2.*
#
# Each max-pooling (lesson 3) leaves a quarter of the pixels, and each valid convolution takes away a border. After four poolings the paper's
# 572 x 572 image is a map of 28 x 28. But the result must say something of each pixel. So the right half of the U goes up again, by a layer that the
# paper calls **up-convolution** (Ronneberger, Fischer and Brox 2015, section 2), others **transposed convolution**, and some, to everybody's
# confusion, deconvolution. The second name is the one to understand: from it follow what the layer computes and what its gradient is.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet.course import cells, check, need

need("conv2d_forward")
from my_layers import conv2d_forward

# %% [markdown]
# ## First down
#
# Take the convolution of lesson 1 with a kernel of 2x2, and let its window make steps of two pixels and not of one. (The step is called
# the **stride**.) The windows then lie side by side like tiles, none shares a pixel with another, and the result has half as many rows and columns. It
# goes from F channels to C, and we leave out the bias:
#
# $$out_{n,c,h,w} = \sum_{f=0}^{F-1}\sum_{i=0}^{1}\sum_{j=0}^{1} weight_{c,f,i,j}\; y_{n,f,2h+i,2w+j}$$
#
# As in lesson 1, the weight's first axis counts channels of the result and its second those of the input. Only the letters have changed places, for a reason
# that comes soon.
#
# ### Exercise 1
# Write it. Lesson 1's trick serves again: hold (i, j) fixed; then the pixels that meet that weight are every second row and every second column, and
# `a[1::2]` is how NumPy writes "every second one, from number 1 on".

# %% nbgrader={"grade": false, "grade_id": "downsample", "locked": false, "schema_version": 3, "solution": true, "task": false}
def downsample(y, weight):
    """y (N, F, 2H, 2W), weight (C, F, 2, 2); gives (N, C, H, W)."""
    ### BEGIN SOLUTION
    N, _, rows, columns = y.shape
    out = np.zeros((N, weight.shape[0], rows // 2, columns // 2), y.dtype)
    for i in range(2):
        for j in range(2):
            out += np.einsum("cf,nfhw->nchw", weight[:, :, i, j], y[:, :, i::2, j::2])
    return out
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_downsample", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(downsample)

# %% [markdown]
# ## A layer is a matrix
#
# Whatever does nothing but multiply by constants and add, a matrix can do. Lay the pixels of a tiny image in a row, 4 x 6 = 24 of them, and the
# result's 2 x 3 = 6 too: going down is a matrix $A$ of 6 rows and 24 columns. To see it, show the layer images in which one pixel is 1
# and the others are 0: a matrix times such an image is one of its columns, the one of that pixel.

# %%
def matrix_of(layer, shape):
    """The matrix of a layer that takes an array of this shape, a column for each number."""
    units = np.eye(np.prod(shape))
    return np.stack([layer(unit.reshape(shape)).ravel() for unit in units], axis=1)


tiny_weight = np.array([[[[1.0, 2], [3, 4]]]])
A = matrix_of(lambda y: downsample(y, tiny_weight), (1, 1, 4, 6))


def draw(ax, matrix, title, rows, columns):
    """A matrix, with the numbers that are not 0."""
    ax.imshow(matrix, cmap="Blues", vmin=0, vmax=6)
    for row, column in np.argwhere(matrix):
        value = f"{matrix[row, column]:.0f}"
        ax.text(column, row, value, ha="center", va="center", fontsize=8)
    ax.set_xticks(np.arange(matrix.shape[1] + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(matrix.shape[0] + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="0.85", linewidth=0.5)
    ax.tick_params(which="minor", length=0)
    ax.set(title=title, xlabel=columns, ylabel=rows)


fig, ax = plt.subplots(figsize=(9, 2.7), layout="constrained")
title = "A: down, with the weights 1, 2, 3, 4"
draw(ax, A, title, "pixel of the result", "pixel of the 4 x 6 image, row after row")
ax.set(xticks=range(0, 24, 2), yticks=range(6))
plt.show()

# %% [markdown]
# Read a row of it: result 0 is made of pixels 0 and 1 of the image's first row and of pixels 6 and 7, which are the two below. Read a column: each pixel
# of the image has **one** number in its column. It has a part in one window only.
#
# Now for the way up. We want a layer that makes 24 numbers of 6, and there is a matrix of that shape at hand: turn $A$ on its side,
# rows into columns. That is its **transpose** $A^T$, and the layer whose matrix it is, is the transposed convolution.

# %%
fig, ax = plt.subplots(figsize=(3.2, 6.2), layout="constrained")
rows = "pixel of the 4 x 6 result, row after row"
draw(ax, A.T, "A transposed: up", rows, "pixel of the 2 x 3 image")
ax.set(xticks=range(6), yticks=range(0, 24, 2))
plt.show()

# %% [markdown]
# Nobody would multiply by such a matrix: look how empty it is, and this is a tiny one. The paper's last way up leads from 196 x 196 pixels with 128 channels to
# 392 x 392 with 64. A row of the picture has one number, since each output is made of one pixel. Now that pixel has 128 channels, and a row 128 numbers:

# %%
rows, columns = 392 * 392 * 64, 196 * 196 * 128
print(f"{rows:,} rows, {columns:,} columns; one entry in {columns // 128:,} is not 0")

# %% [markdown]
# So we want a sum, as in exercise 1, and not the matrix. Read it in the picture: column *m* says what pixel *m* of the small image does.
# It writes itself, times 1, 2, 3 and 4, into a block of 2x2 pixels. It **paints** a block.
#
# And with channels, and all the letters? For all $x$ and $y$,
#
# $$\langle A y,\, x\rangle = \langle y,\, A^T x\rangle$$
#
# where the brackets mean: multiply number by number, and add all up. This says the same as "rows into columns": if $x$ has its only 1 at place $s$, and $y$ at
# place $o$, the left side is the number in row $s$ and column $o$ of $A$, and the right side is the number in row $o$ and column $s$ of $A^T$.
# Two layers that belong together so are called **adjoint** to each other.
#
# Put the sum of exercise 1 into the left side. Name the place that $y$ is read at: $p = 2h+i$ and $q = 2w+j$. Then gather what stands beside each $y$:
#
# $$\sum_{n,c,h,w} x_{n,c,h,w} \sum_{f,i,j} weight_{c,f,i,j}\; y_{n,f,2h+i,2w+j}
# \;=\; \sum_{n,f,p,q} y_{n,f,p,q}\; \Big( \sum_{c}\; \sum_{2h+i=p}\; \sum_{2w+j=q} weight_{c,f,i,j}\; x_{n,c,h,w} \Big)$$
#
# What stands in the large brackets is $A^T x$ at the place $(n, f, p, q)$. The sum over $2h+i=p$ is over all $h$ and $i$ for which that is true, and
# there is one such pair only: *i* is 0 or 1, so $h$ is the quotient of $p$ by 2 and *i* the remainder. It is the same for columns.
# **That is why 2x2 blocks at stride 2 never overlap**: a division by 2 has one result. All that is left is a sum over the channels. With a bias, it is
#
# $$out_{n,f,2h+i,2w+j} = b_f + \sum_{c=0}^{C-1} weight_{c,f,i,j}\; x_{n,c,h,w} \qquad i, j \in \{0, 1\}$$
#
# The weight is the same array as on the way down, of shape (C, F, 2, 2), and now its *first* axis counts the input's channels. That is the
# other way round than in `conv2d_forward`, here as in most libraries, and for this reason: it is the weight of $A$.
#
# ## Find the bug
# A friend wrote it without any loop, and is proud of it. All four products of each pixel in one `einsum`, and then the array takes
# the shape that is wanted:

# %%
def friends_up(x, weight, bias):
    N, C, H, W = x.shape
    F = weight.shape[1]
    painted = np.einsum("nchw,cfij->nfhwij", x, weight)  # the block of each pixel
    return painted.reshape(N, F, 2 * H, 2 * W) + bias[:, None, None]


rng = np.random.default_rng(0)
x, weight = rng.standard_normal((3, 4, 5, 7)), rng.standard_normal((4, 2, 2, 2))
out = friends_up(x, weight, np.zeros(2))
print("the shape is right:", out.shape == (3, 2, 10, 14))
one = friends_up(np.ones((1, 1, 1, 1)), tiny_weight, np.zeros(1))
print("one pixel paints the kernel:", np.array_equal(one, tiny_weight))
total = np.einsum("nchw,cfij->f", x, weight)
print("nothing is lost, the sums are right:", np.allclose(out.sum(axis=(0, 2, 3)), total))

# %% [markdown]
# Three tests, and all are passed. Then the friend made the mistake of looking at a picture. All four weights are 1, so it should show the
# same image with larger pixels:

# %%
image = cells()[0][:96, :128]
small = downsample(image[np.newaxis, np.newaxis], np.full((1, 1, 2, 2), 0.25))
seen = friends_up(small, np.ones((1, 1, 2, 2)), np.zeros(1))
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.1))
for ax, shown, title in ((left, small, "image"), (right, seen, "the friend's, one up")):
    shown = shown[0, 0]
    ax.imshow(shown, cmap="gray")
    ax.set(title=f"{title}, {shown.shape[0]} x {shown.shape[1]}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# What happened? (Everything is there, each number four times. In which order do the numbers of `painted` lie, and which should come after
# the first pixel's upper two?) And why did none of the tests show it?
#
# ### Exercise 2
# Write it as it should be. Return two things, `out` and the cache. The cache is what the way back needs: `(x, weight)`, as in lesson 1.

# %% nbgrader={"grade": false, "grade_id": "conv_transpose2d_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_transpose2d_forward(x, weight, bias):
    """x (N, C, H, W), weight (C, F, 2, 2), bias (F,); gives out (N, F, 2H, 2W) and a cache."""
    ### BEGIN SOLUTION
    N, _, H, W = x.shape
    out = np.empty((N, weight.shape[1], 2 * H, 2 * W), x.dtype)
    for i in range(2):
        for j in range(2):
            painted = np.einsum("cf,nchw->nfhw", weight[:, :, i, j], x, optimize=True)
            out[:, :, i::2, j::2] = painted
    out += bias[:, None, None]
    return out, (x, weight)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv_transpose2d_forward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(conv_transpose2d_forward)

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# `painted` has the axes (n, f, h, w, i, j), and a reshape keeps the order of the numbers in memory. There, behind the first pixel's upper two,
# come its *lower* two, and so they stand beside the upper ones in row 0. What should come there are the upper two of the next pixel: the axes must
# be in the order (n, f, h, i, w, j) before the reshape.
#
# The first test looks at the shape alone. The second has one pixel, so that no other can come in between. The third adds all numbers up, and a sum
# does not depend on where they stand.
#
# </details>
#
# Is yours the transpose? First the matrices, then the identity with random whole numbers. With whole numbers nothing is rounded, so both sides
# must agree to the last digit, and `==` is the right question.

# %%
def up(x, weight):
    """Without the bias: the adjoint of `downsample`."""
    out, _ = conv_transpose2d_forward(x, weight, np.zeros(weight.shape[1]))
    return out


B = matrix_of(lambda x: up(x, tiny_weight), (1, 1, 2, 3))
print("the matrix of going up is A transposed:", np.array_equal(B, A.T))


def whole(*shape):
    return rng.integers(-9, 10, shape).astype(float)


x, y, weight = whole(3, 4, 5, 7), whole(3, 2, 10, 14), whole(4, 2, 2, 2)
left, right = (downsample(y, weight) * x).sum(), (y * up(x, weight)).sum()
print(f"<down(y), x> = {left:.0f}   <y, up(x)> = {right:.0f}   equal: {left == right}")
mixed_up = (y * friends_up(x, weight, np.zeros(2))).sum()
print(f"the friend's: <y, up(x)> = {mixed_up:.0f}   equal: {left == mixed_up}")

# %% [markdown]
# One line, and a better test than the friend's three together. Random numbers for y give the places of the result different
# factors, so that numbers in wrong places make another sum, but for rare luck.
#
# ## Transposed is not inverse
#
# **Predict before you run.** Go up with the weights 1, 2, 3, 4, and at once down again with the same. What do you get? And what if you go down first,
# and then up?

# %%
x = whole(1, 1, 2, 3)
again = downsample(up(x, tiny_weight), tiny_weight)
print("x", x[0, 0], "up, then down", again[0, 0], sep="\n")
y = whole(1, 1, 2, 4)
again = up(downsample(y, tiny_weight), tiny_weight)
print("\ny", y[0, 0], "down, then up", again[0, 0], sep="\n")

# %% [markdown]
# <details><summary>After you have decided</summary>
#
# Up, then down: each pixel paints $x$ times 1, 2, 3, 4 into its block, and the window on the way down looks at just this block and
# adds $x(1 \cdot 1 + 2 \cdot 2 + 3 \cdot 3 + 4 \cdot 4) = 30x$. So it is $x$ again, times the sum of the squares. Had the blocks overlapped,
# the neighbours would be in that sum too.
#
# Down, then up: four numbers have become one, and no layer can know which four they were. Each block of the result is a multiple of 1, 2, 3, 4.
#
# So the transpose does not undo the convolution. (This is why "deconvolution" is a bad name for it: that word is taken, for what really undoes one.)
# It gives the right *shape* back, and its weights are learned like any others. What was lost on the way down comes back by another road: in the
# U-Net, by the skip connections of lesson 5.
#
# </details>
#
# ## The way back
#
# Lesson 2's question again: given `dout`, what are dx, dweight and dbias?
#
# **dx.** Number *s* of $x$ reaches the loss through the outputs that it has a part in, and all add up:
# $dx_s = \sum_o dout_o \, \partial out_o / \partial x_s$. Going up is the matrix $A^T$, and $\partial out_o / \partial x_s$ is its number in row $o$ and
# column $s$, which is row $s$ and column $o$ of $A$. So $dx = A\, dout$. **The gradient of going up is going down**,
# with the same weights, and you have written it already. That is true of every layer that is a matrix: its way back is the adjoint. (Lesson 2's dx was
# the adjoint of a convolution with stride 1, which is why it had to paint, too.)
#
# **dweight.** $weight_{c,f,i,j}$ is multiplied by $x_{n,c,h,w}$ in the output $(2h+i, 2w+j)$ of channel f, once for each pixel of each image:
#
# $$dweight_{c,f,i,j} = \sum_{n,h,w} x_{n,c,h,w}\; dout_{n,f,2h+i,2w+j}$$
#
# **dbias.** $b_f$ is added to every output of channel f, once each, as in lesson 2.
#
# ### Exercise 3
# Write all three.

# %% nbgrader={"grade": false, "grade_id": "conv_transpose2d_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_transpose2d_backward(dout, cache):
    """dout (N, F, 2H, 2W), and the cache of the forward; gives dx, dweight, dbias."""
    ### BEGIN SOLUTION
    x, weight = cache
    dweight = np.empty(weight.shape, dout.dtype)
    for i in range(2):
        for j in range(2):
            painted = dout[:, :, i::2, j::2]
            dweight[:, :, i, j] = np.einsum("nchw,nfhw->cf", x, painted, optimize=True)
    return downsample(dout, weight), dweight, dout.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv_transpose2d_backward", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check(conv_transpose2d_forward, conv_transpose2d_backward)

# %% [markdown]
# ## Why not 3x3?
#
# The network's other kernels are 3x3, but for the last one, which is 1x1. Why is this one 2x2? Let us see what 3x3 at stride 2 would do. Pixel (h, w) of the
# small image then paints a block of 3x3 that begins at (2h, 2w), and in p = 2h + i the *i* may be 0, 1 or 2.
#
# **Predict before you run.** How many rows of the small image reach row p of the result (in the middle, away from the borders) if p is even? If it is odd? So
# which numbers stand in a map that says, for each pixel of the result, how many pixels have painted it?
#
# <details><summary>After you have decided</summary>
#
# Even: two, one with *i* = 0 and the one before with *i* = 2. Odd: one, with *i* = 1. It is the same for columns, and each of the rows meets each of the
# columns, so the numbers multiply: 4 where both are even, 2 where one is, 1 where none is.
#
# </details>
#
# ### Exercise 4
# Compute that map as an array, borders included, for any size, kernel and stride: an image of `height` x `width` pixels, each of which
# paints `kernel` x `kernel` pixels, and the blocks begin `stride` pixels apart. How large is the result? (At stride 2 the last block begins
# at row 2(height - 1).)

# %% nbgrader={"grade": false, "grade_id": "coverage", "locked": false, "schema_version": 3, "solution": true, "task": false}
def coverage(height, width, kernel, stride):
    """How many of the height x width pixels paint each pixel of the result."""
    ### BEGIN SOLUTION
    out = np.zeros(((height - 1) * stride + kernel, (width - 1) * stride + kernel))
    for h in range(height):
        for w in range(width):
            out[stride * h : stride * h + kernel, stride * w : stride * w + kernel] += 1
    return out
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_coverage", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(coverage)

# %%
fig, axes = plt.subplots(1, 3, figsize=(10.5, 3.2), layout="constrained")
for ax, (kernel, stride) in zip(axes, [(2, 2), (3, 2), (4, 2)], strict=True):
    covered = coverage(4, 5, kernel, stride)
    ax.imshow(covered, cmap="viridis", vmin=0, vmax=4)
    for (row, column), times in np.ndenumerate(covered):
        ink = "black" if times > 2 else "white"
        ax.text(column, row, f"{times:.0f}", ha="center", va="center", color=ink, fontsize=9)
    ax.set(title=f"{kernel} x {kernel} at stride {stride}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The middle one is a chessboard before anything has been learned: some pixels are the sum of four times as many products as others. Nine weights that
# are all alike cannot paint a flat image flat; the network would have to learn some that balance it. (And a convolution of 3x3 with stride 2 on the
# way *down* has this very pattern in its gradient, since its dx is this up-convolution.)
#
# Where the kernel is a multiple of the stride, every pixel in the middle is painted equally often: 4x4 at stride 2 does it four times, and less at the border.
# The paper's 2x2 is the smallest that does so at stride 2. It paints every pixel once, has no border, and doubles the size exactly.
#
# ## Where chessboards still come from
#
# So 2x2 at stride 2 paints each pixel equally often. But look once more at the equation: of each block, the upper left pixel is always made
# by $weight_{c,f,0,0}$, the upper right one always by $weight_{c,f,0,1}$. These are four different weights, and the same four in every block. In the
# next figure, the upper row shows how a flat grey image goes up, in four ways; the lower row shows the nuclei that the friend had, a part of 40 x 40 pixels.

# %%
def paint(x, kernel, stride=2):
    """An up-convolution of one image (H, W) with a kernel of any size."""
    size = len(kernel)
    out = np.zeros(coverage(*x.shape, size, stride).shape)
    for h, w in np.ndindex(x.shape):
        out[stride * h : stride * h + size, stride * w : stride * w + size] += x[h, w] * kernel
    return out


def smooth(x):
    """A valid 3x3 convolution: a mean with the weights 1, 2, 1 along both axes."""
    blur = np.outer([1, 2, 1], [1, 2, 1]) / 16
    out, _ = conv2d_forward(x[None, None], blur[None, None], np.zeros(1))
    return out[0, 0]


unequal = np.array([[1.3, 0.8], [0.7, 1.2]])  # their mean is 1: the image stays as bright
ways = {
    "2 x 2, all alike": lambda x: paint(x, np.ones((2, 2))),
    "3 x 3, all alike": lambda x: paint(x, np.full((3, 3), 4 / 9)),  # nine paint four pixels
    "2 x 2, unequal": lambda x: paint(x, unequal),
    "2 x 2, unequal,\nthen smoothed": lambda x: smooth(paint(x, unequal)),
}
grey, nuclei = np.full((12, 12), 0.5), small[0, 0, 18:42, 24:48]
fig, axes = plt.subplots(2, 4, figsize=(10, 5.4), layout="constrained")
for (above, below), (title, way) in zip(axes.T, ways.items(), strict=True):
    above.imshow(way(grey)[4:16, 4:16], cmap="gray", vmin=0, vmax=1)
    below.imshow(way(nuclei)[4:44, 4:44], cmap="gray", vmin=0, vmax=nuclei.max())
    above.set_title(title, fontsize=11)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
plt.show()
flat = smooth(paint(grey, unequal))
print(f"flat grey, 2 x 2, unequal, then smoothed: from {flat.min():.3f} to {flat.max():.3f}")

# %% [markdown]
# With unequal weights the pattern is back. ("Checkerboard artefacts" is what to search for.) The last column shows the way out: a 3x3 convolution can
# remove it, and on the flat image it does so entirely. Along a row the pattern is a, b, a, b, and the weights 1, 2, 1 make $(a + 2b + a)/4$ of one
# place and $(b + 2a + b)/4$ of the next, which is the same number. The price is that the image is smoother, too.
#
# Why not force the four weights to be equal? Because the four are the only way for this layer to say anything finer than the pixels of the small map:
# "an edge, and it runs to the right of here". After each up-convolution the paper's network has two 3x3 convolutions, and can learn what to keep of
# that and what to smooth.
#
# How unequal are the four in a real network? As a measure, take their variance about their own mean, as a share of their mean square. It is 0 where
# all four are alike, and 1 where their mean is 0. A network begins with random weights, independent and about 0 (section 3 of the paper, and lesson 7). The
# square of the mean of four such numbers is on average a quarter of their mean square, so 3/4 remain for the variance. Here is a network
# before it has learned anything, and one like it that has learned to find nuclei, and comes with minunet. (Both are of depth 3: they halve three times.)
#
# **Predict before you run.** Does learning make the four more alike?

# %%
import minunet as mu

trained = mu.load("nuclei")
new = mu.UNet(base=16, depth=trained.depth)
print("variance / mean square of the four weights")
for level in (2, 1, 0):
    shares = []
    for net in (new, trained):
        four = net.params[f"up{level}.upconv.weight"]
        shares.append(four.var(axis=(2, 3)).mean() / (four**2).mean())
    size = f"{four.shape[0]:3} channels to {four.shape[1]:3}"
    print(f"up{level}, {size}: {shares[0]:.2f} new, {shares[1]:.2f} trained")

# %% [markdown]
# Hardly: the trained four are nearly as unequal as random ones. So the up-convolutions write chessboards all the time. Do they come through? We show both
# networks nuclei, and look at the maps from the last up-convolution to the answer. In each map we take four means: over the pixels in even rows
# and even columns, even rows and odd columns, and so on. Without a chessboard they are nearly the same. How far do they differ?

# %%
seen = cells()[0][140:392, 114:366].astype("float32")
seen = (seen - seen.mean()) / seen.std()


def maps_of(net):
    """What each layer of a network makes of these nuclei: an array (C, H, W) by its name."""
    _, tape = net.forward(seen[np.newaxis, np.newaxis])
    return {step.name: step.output[0].astype(float) for step in tape}


def pattern(maps):
    """For each map: the variance of the four means, as a share of that of all its pixels."""
    means = [maps[:, i::2, j::2].mean(axis=(1, 2)) for i in (0, 1) for j in (0, 1)]
    return np.var(means, axis=0) / maps.var(axis=(1, 2))


layers = {
    "up0.upconv": "up-convolution",
    "up0.conv0": "first 3x3",
    "up0.conv1": "second 3x3",
    "head": "answer",
}
before, after = maps_of(new), maps_of(trained)
print("share of the variance, the median over a layer's maps")
for name, title in layers.items():
    shares = [np.median(pattern(maps[name])) for maps in (before, after)]
    print(f"{title:14}  {shares[0]:.3f} new   {shares[1]:.3f} trained")

fig, axes = plt.subplots(1, 5, figsize=(10, 2.4), layout="constrained")
row, column = 14, 14  # of the answer, where the part that we look at begins
# valid convolutions have taken 44 pixels from each side of the image, 2 since the up-convolution
axes[0].imshow(seen[44 + row :, 44 + column :][:40, :40], cmap="gray")
axes[0].set_title("image", fontsize=11)
for ax, (name, title), lost in zip(axes[1:], layers.items(), (2, 1, 0, 0), strict=True):
    strongest = after[name][np.argmax(pattern(after[name]))]
    ax.imshow(strongest[lost + row :, lost + column :][:40, :40], cmap="gray")
    ax.set_title(title, fontsize=11)
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The pictures show the trained network, and of each layer the map with the strongest pattern. It writes chessboards as the new one does, but far less of them
# reaches its answer. It has not learned to avoid them. It has learned to clean up after itself.
#
# ## To think about
# Other networks go up without any weights, by giving each pixel four times, or by drawing straight lines between the pixels (bilinear), and let a 3x3
# convolution follow. How does the first of the two look as an up-convolution of this lesson: what are its weights? The second, in one dimension,
# is $x_h$, then $(x_h + x_{h+1})/2$, then $x_{h+1}$, and so on: which kernel at stride 2 paints it? And why do its blocks have to overlap?
#
# **Next:** what was lost on the way down is fetched from where it still is. Lesson 5 puts the U together.
