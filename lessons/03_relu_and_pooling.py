# %% [markdown]
# # Lesson 3: two layers that choose
#
# *About 60 minutes. You need lessons 1 and 2.*
#
# This lesson is about two layers without a single weight. Both choose: ReLU which numbers may pass, max-pooling which one of four goes on. The paper's
# network has a ReLU after each of its 3x3 convolutions and four poolings on the way down (Ronneberger, Fischer and Brox 2015, section 2). Forward
# they are one line each. On the way back they are switches that send each gradient where its number came from, and there most people make a mistake.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet.course import cells, check, need

need("conv2d_forward")
from my_layers import conv2d_forward

image = cells()[0][:96, :128]

# %% [markdown]
# ## ReLU
#
# $$out = \max(x, 0)$$
#
# Without it a network of many convolutions would be one convolution: a sum of sums is a sum. ReLU bends the line, at one place, and that is enough
# for everything that a network can do. What does it do to the edges that lesson 1's kernel found?

# %%
kernels = np.zeros((2, 1, 3, 3))
kernels[0, 0] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
kernels[1] = -kernels[0]
edges = conv2d_forward(image[None, None], kernels, np.zeros(2))[0]

fig, axes = plt.subplots(1, 3, figsize=(11, 2.9))
for ax, shown, title in zip(
    axes, (edges[0, 0], *np.maximum(edges[0], 0)), ("right minus left", "its ReLU: brighter on the right", "ReLU of left minus right"), strict=True
):
    ax.imshow(shown, cmap="PuOr", vmin=-1.2, vmax=1.2)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# One kernel answers with a sign; after ReLU there are two that each say one thing, and say nothing elsewhere.
#
# On the way back, $out$ either *is* $x$ or does not depend on it at all:
#
# $$dx = \begin{cases} dout & x > 0 \\ 0 & x < 0 \end{cases}$$
#
# And at $x = 0$? There the line has a corner and no slope. Any number from 0 to 1 would do in theory; the convention, ours and everybody's, is 0. It
# matters more than it seems to: padded pixels, dead neurons and images with a black background are full of exact zeros.
#
# ### Exercise 1
# Write both. The cache is yours to choose: what is the least that backward needs?

# %% nbgrader={"grade": false, "grade_id": "relu_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_forward(x):
    """max(x, 0), and a cache."""
    ### BEGIN SOLUTION
    positive = x > 0
    return np.where(positive, x, 0), positive
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "relu_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_backward(dout, cache):
    """dx: dout where x was more than 0, else 0."""
    ### BEGIN SOLUTION
    return np.where(cache, dout, 0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_relu_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(relu_forward, relu_backward)

# %% [markdown]
# ## A corner has no slope
#
# Lesson 2 measured derivatives from both sides. Let us measure ReLU's, with a step of 0.1, for numbers near 0:

# %%
x = np.array([-0.3, -0.08, -0.02, 0.0, 0.03, 0.09, 0.4])
step = 0.1
measured = (np.maximum(x + step, 0) - np.maximum(x - step, 0)) / (2 * step)
derived = relu_backward(np.ones_like(x), relu_forward(x)[1])
for row in zip(x, measured, derived, strict=True):
    print("x = {:5.2f}: measured {:.2f}, derived {:.0f}".format(*row))

# %% [markdown]
# Where the step crosses the corner, the measurement is a mixture of both sides, and it is the measurement that is wrong. So a gradient check
# of a network leaves out what crosses a corner within the step, or takes the complex step, which has none. (A check that simply tolerates a few
# wrong numbers tolerates yours too.)
#
# ## Max-pooling
#
# Of each 2x2 window the largest number goes on. Windows do not overlap, and the image becomes half as high and half as wide:
#
# $$out_{n,c,h,w} = \max_{i,j \in \{0,1\}} x_{n,c,2h+i,2w+j}$$
#
# What follows sees twice as far with the same kernel. And it forgets *where* in the window the number was: that is why the network's other half, lesson
# 5, must be told again.
#
# For the gradient, ask as in lesson 2: in which outputs does a pixel stand, and with what factor? The largest of its window stands in one, with the factor 1; the
# other three in none. The gradient is *routed*:
#
# $$dx_{n,c,2h+i,2w+j} = \begin{cases} dout_{n,c,h,w} & \text{(i, j) is where the window's largest is} \\ 0 & \text{else} \end{cases}$$

# %%
rng = np.random.default_rng(4)
small = np.array([[7, 9, 8, 5, 1, 9], [3, 0, 4, 6, 2, 3], [6, 8, 5, 1, 6, 8], [2, 5, 3, 9, 0, 4]])
windows = small.reshape(2, 2, 3, 2).transpose(0, 2, 1, 3).reshape(2, 3, 4)
fig, axes = plt.subplots(1, 3, figsize=(10, 2.7), width_ratios=[6, 3, 6])
routed = np.zeros((4, 6), int)
dout = np.array([[3, -1, 4], [2, 5, -2]])
for h, w in np.ndindex(2, 3):
    i, j = divmod(int(windows[h, w].argmax()), 2)
    routed[2 * h + i, 2 * w + j] = dout[h, w]
for ax, shown, title in zip(axes, (small, dout, routed), ("x: the largest of each window", "dout", "dx: where it came from"), strict=True):
    ax.imshow(routed != 0 if shown is not dout else np.ones_like(dout), cmap="Oranges", vmin=0, vmax=3)
    for (row, column), value in np.ndenumerate(shown):
        ax.text(column, row, value, ha="center", va="center")
    if shown is not dout:
        ax.set_xticks(np.arange(1.5, 6, 2), [], minor=False)
        ax.hlines(1.5, -0.5, 5.5, color="black", lw=1)
        ax.vlines([1.5, 3.5], -0.5, 3.5, color="black", lw=1)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# ## Ties
#
# And if two of the four are equal and largest? With random numbers that never happens, and so no test with random numbers sees what you do then.
#
# **Predict before you run.** Take our image, as the microscope gave it (256 grey values), a convolution, its ReLU, and then pooling. In how many of
# the windows is the largest number there more than once: one in a thousand, one in a hundred, one in ten, or more?
#
# <details><summary>After you have decided</summary>
#
# Run the cell: more than one in ten. Behind a ReLU a window is often zero everywhere: all four are largest. And an 8-bit image has equal neighbours of its own.
#
# </details>

# %%
def ties(x):
    """Share of the 2x2 windows whose largest number is there more than once."""
    H, W = (side // 2 * 2 for side in x.shape)
    windows = x[:H, :W].reshape(H // 2, 2, W // 2, 2).transpose(0, 2, 1, 3).reshape(-1, 4)
    return np.mean(np.sum(windows == windows.max(axis=1, keepdims=True), axis=1) > 1)


print(f"random numbers: {ties(rng.standard_normal((94, 126))):.1%}")
print(f"the image itself: {ties(image):.1%}")
print(f"edges of it, behind ReLU: {ties(np.maximum(edges[0, 0], 0)):.1%}")

# %% [markdown]
# The rule of this course (the paper gives none): **the first largest, in the order of reading** (row by row) gets all of the gradient. To give it to every
# one that is as large is the commonest mistake of all: four times the gradient for a window of zeros, for a number that went on once. The sum shows it: what comes
# out below must be what came in above.
#
# ### Exercise 2: find the bug
# A friend has tested this with random numbers, against measured slopes. It is right for them, every digit:

# %%
def friends_forward(x):
    N, C, H, W = x.shape
    out = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return out, (x, out)


def friends_backward(dout, cache):
    x, out = cache
    largest = x == out.repeat(2, axis=2).repeat(2, axis=3)
    return dout.repeat(2, axis=2).repeat(2, axis=3) * largest


for name, x in (("random numbers", rng.standard_normal((1, 1, 94, 126))), ("edges behind ReLU", np.maximum(edges[:, :1], 0))):
    out, cache = friends_forward(x)
    dout = rng.random(out.shape)
    print(f"{name}: {friends_backward(dout, cache).sum() / dout.sum():.2f} of the gradient arrives")

# %% [markdown]
# Write both functions so that it is right for ties too. (`argmax` takes the first of several: that is the rule, if the four pixels of a window lie in a row, in
# the order of reading.)

# %% nbgrader={"grade": false, "grade_id": "max_pool2d_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool2d_forward(x):
    """The largest of each 2x2 window of x (N, C, H, W), H and W even; and a cache."""
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // 2, W // 2, 4)
    return windows.max(axis=4), windows.argmax(axis=4)
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "max_pool2d_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool2d_backward(dout, cache):
    """dx: each number of dout at the first largest of its window, in the order of reading; else 0."""
    ### BEGIN SOLUTION
    N, C, h, w = dout.shape
    windows = np.where(np.arange(4) == cache[..., None], dout[..., None], 0)
    return windows.reshape(N, C, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, 2 * h, 2 * w)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_max_pool2d_backward", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check(max_pool2d_forward, max_pool2d_backward)

# %% [markdown]
# ## Who is asked, in the end
#
# Both together, on the real image: convolution, ReLU, pooling, and back. Which pixels of the convolution's result hear anything of what happens above?

# %%
out, relu_cache = relu_forward(edges[:, :1])
pooled, pool_cache = max_pool2d_forward(out)
back = relu_backward(max_pool2d_backward(np.ones_like(pooled), pool_cache), relu_cache)
print(f"{np.mean(back != 0):.0%} of the pixels get a gradient; through the pooling alone it would be {np.mean(max_pool2d_backward(np.ones_like(pooled), pool_cache) != 0):.0%}")

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2))
for ax, shown, cmap, title in ((axes[0], out[0, 0], "Oranges", "behind ReLU"), (axes[1], back[0, 0], "gray_r", "who gets a gradient")):
    ax.imshow(shown[20:80, 30:110], cmap=cmap)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The gradient that reaches the weights is a sum over these pixels alone. That is no loss: what was not chosen had no part in the result, and there is nothing to be
# said about it. But a neuron that no pixel of any image ever chooses gets no gradient, and stays as it is. Lesson 10 hunts for such.
#
# ## To think about
# Some networks take the mean of the four instead of the largest. What is its gradient, and can there be ties? And what would become of the edges of the first picture,
# pooled four times over, with the one and with the other?
#
# **Next:** lesson 4, the way up again.
