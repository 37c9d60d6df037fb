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
# ReLU stands for *rectified linear unit*. Without it a network of many convolutions would be one convolution: a sum of sums is a sum. ReLU bends the
# line, at one place, and that is enough for everything that a network can do. What does it do to the edges that lesson 1's kernel found? (Below,
# purple is more than 0, white is 0, orange is less.)

# %%
kernels = np.zeros((2, 1, 3, 3))
kernels[0, 0] = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
kernels[1] = -kernels[0]
edges = conv2d_forward(image[None, None], kernels, np.zeros(2))[0]

shown = {
    "right minus left": edges[0, 0],
    "its ReLU: brighter on the right": np.maximum(edges[0, 0], 0),
    "ReLU of left minus right": np.maximum(edges[0, 1], 0),
}
fig, axes = plt.subplots(1, 3, figsize=(11, 2.9))
for ax, (title, picture) in zip(axes, shown.items(), strict=True):
    ax.imshow(picture, cmap="PuOr", vmin=-1.2, vmax=1.2)
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
# matters more than it seems to: a black background, and a border filled up with zeros (*padding*), are full of exact zeros.
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
# Where the step crosses the corner, the measurement mixes the slopes of both sides. For the x that are near 0 but not 0 there is a slope, and it is the
# measurement that is wrong. At 0 there is none: the measurement gives the mean of both sides, a half, and our convention gives 0. So a gradient check
# of a network leaves out what crosses a corner within the step, or takes lesson 2's complex step, which stays at x and crosses nothing. (A check that
# tolerates a few wrong numbers tolerates yours too.)
#
# ## Max-pooling
#
# Of each 2x2 window the largest number goes on. Windows do not overlap, and the image becomes half as high and half as wide:
#
# $$out_{n,c,h,w} = \max_{i,j \in \{0,1\}} x_{n,c,2h+i,2w+j}$$
#
# What follows sees twice as far with the same kernel. And it forgets *where* in the window the number was: that is why the network's other half,
# lesson 5, must be told again.
#
# For the gradient, ask as in lesson 2: in which outputs does a pixel stand, and with what factor? The largest of its window stands in one, with the
# factor 1; the other three in none. The gradient is *routed*:
#
# $$dx_{n,c,2h+i,2w+j} = \begin{cases} dout_{n,c,h,w} & \text{(i, j) is where the window's largest is} \\ 0 & \text{else} \end{cases}$$

# %%
x = np.array([[7, 9, 8, 5, 1, 9], [3, 0, 4, 6, 2, 3], [6, 8, 5, 1, 6, 8], [2, 5, 3, 9, 0, 4]])
dout = np.array([[3, -1, 4], [2, 5, -2]])
# written by hand: each number of dout at its window's largest
dx = np.array([[0, 3, -1, 0, 0, 4], [0] * 6, [0, 2, 0, 0, 0, -2], [0, 0, 0, 5, 0, 0]])

shown = {"x: the largest of each window": x, "dout": dout, "dx: where it came from": dx}
fig, axes = plt.subplots(1, 3, figsize=(10, 2.7), width_ratios=[6, 3, 6])
for ax, (title, numbers) in zip(axes, shown.items(), strict=True):
    ax.imshow(dout != 0 if numbers is dout else dx != 0, cmap="Oranges", vmin=0, vmax=3)
    for (row, column), value in np.ndenumerate(numbers):
        ax.text(column, row, value, ha="center", va="center")
    if numbers is not dout:
        ax.hlines(1.5, -0.5, 5.5, color="black", lw=1)
        ax.vlines([1.5, 3.5], -0.5, 3.5, color="black", lw=1)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# ## Ties
#
# And if two of the four are equal and largest? With random numbers that never happens, and so no test with random numbers sees what you do then.
#
# **Predict before you run.** Take our image, a convolution, its ReLU, and then pooling. In how many of the windows is the largest number there more
# than once: one in a thousand, one in a hundred, one in ten, or more?
#
# <details><summary>After you have decided</summary>
#
# More: about one in five, as the last line of the cell says. It is the ReLU that makes them. In front of it ties are rare; behind it a window is often
# zero everywhere, and all four are largest. The image itself has equal neighbours too, as it has only so many grey values.
#
# </details>

# %%
def ties(x):
    """Share of the 2x2 windows whose largest number is there more than once."""
    tied = []
    for row in range(0, x.shape[0] - 1, 2):
        for column in range(0, x.shape[1] - 1, 2):
            window = x[row : row + 2, column : column + 2]
            tied.append(np.sum(window == window.max()) > 1)
    return np.mean(tied)


rng = np.random.default_rng(4)
print(f"random numbers: {ties(rng.standard_normal((94, 126))):.1%}")
print(f"the image itself, of {np.unique(image).size} grey values: {ties(image):.1%}")
print(f"edges of it, in front of ReLU: {ties(edges[0, 0]):.1%}")
print(f"edges of it, behind ReLU: {ties(np.maximum(edges[0, 0], 0)):.1%}")

# %% [markdown]
# What is the slope at a tie? Measure it as you measured ReLU: move one pixel of a window up and down by a step of 0.1, and see what the largest does.

# %%
step = 0.1
examples = {
    "one is largest": np.array([[1.0, 5.0], [2.0, 3.0]]),
    "two are": np.array([[1.0, 5.0], [5.0, 3.0]]),
    "all four are": np.zeros((2, 2)),
}
for name, window in examples.items():
    slope = np.zeros((2, 2))
    for place in np.ndindex(2, 2):
        up, down = window.copy(), window.copy()
        up[place] += step
        down[place] -= step
        slope[place] = (up.max() - down.max()) / (2 * step)
    numbers = "  ".join(f"{number:.1f}" for number in slope.ravel())
    print(f"{name:15} measured, row by row: {numbers}; sum {slope.sum():.1f}")

# %% [markdown]
# Each of the tied gets a half, however many they are. It is ReLU's corner once more: move a tied pixel up, and the largest goes with it, slope 1; move it
# down, and another one is the largest as before, slope 0; the measurement gives the mean. So it does not decide who gets the gradient. For four zeros
# it cannot even be right: move all four up together, and the largest moves by one step, not by two. Any shares from 0 to 1 that add up to 1 would do
# in theory.
#
# Somebody has to choose, and this course does (the paper says nothing of it): **the first largest, in the order of reading** (row by row) gets all of the
# gradient. Then the number that went on once is paid for once: what comes out below is as much as what came in above.
#
# ### Exercise 2: find the bug
# A friend has tested this with random numbers, against measured slopes, and found no mistake. We look at how much of the gradient arrives:

# %%
def friends_forward(x):
    N, C, H, W = x.shape
    out = x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))
    return out, (x, out)


def friends_backward(dout, cache):
    x, out = cache
    largest = x == out.repeat(2, axis=2).repeat(2, axis=3)
    return dout.repeat(2, axis=2).repeat(2, axis=3) * largest


tried = {
    "random numbers": rng.standard_normal((1, 1, 94, 126)),
    "edges behind ReLU": np.maximum(edges[:, :1], 0),
}
for name, x in tried.items():
    out, cache = friends_forward(x)
    dout = rng.random(out.shape)
    arrived = friends_backward(dout, cache).sum()
    print(f"{name}: {arrived / dout.sum():.0%} of the gradient arrives")

# %% [markdown]
# Where does the surplus come from? Write both functions so that they are right for ties too. (`argmax` takes the first of several: that is the rule, if the
# four pixels of a window lie in a row, in the order of reading.)

# %% nbgrader={"grade": false, "grade_id": "max_pool2d_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool2d_forward(x):
    """The largest of each 2x2 window of x (N, C, H, W), H and W even; and a cache."""
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    h, w = H // 2, W // 2
    windows = x.reshape(N, C, h, 2, w, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, h, w, 4)
    return windows.max(axis=4), windows.argmax(axis=4)
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "max_pool2d_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool2d_backward(dout, cache):
    """dx: dout at the first largest of each window, in the order of reading; else 0."""
    ### BEGIN SOLUTION
    N, C, h, w = dout.shape
    windows = np.where(np.arange(4) == cache[..., None], dout[..., None], 0)
    rows_first = windows.reshape(N, C, h, w, 2, 2).transpose(0, 1, 2, 4, 3, 5)
    return rows_first.reshape(N, C, 2 * h, 2 * w)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_max_pool2d_backward", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check(max_pool2d_forward, max_pool2d_backward)

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# The friend asks which pixels are as large as the largest, and gives dout to each of them: four times the gradient for a window of zeros. Random
# numbers have no ties, so that no test with them could tell.
#
# </details>

# %% [markdown]
# ## Who is asked, in the end
#
# Both together, on the real image: convolution, ReLU, pooling, and back. Which pixels of the convolution's result hear anything of what happens above?

# %%
out, relu_cache = relu_forward(edges[:, :1])
pooled, pool_cache = max_pool2d_forward(out)
unpooled = max_pool2d_backward(np.ones_like(pooled), pool_cache)
back = relu_backward(unpooled, relu_cache)
print(f"{np.mean(back != 0):.0%} of the pixels get a gradient;", end=" ")
print(f"through the pooling alone it would be {np.mean(unpooled != 0):.0%}")

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
left.imshow(out[0, 0, 20:80, 30:110], cmap="Oranges")
left.set(title="behind ReLU", xticks=[], yticks=[])
right.imshow(back[0, 0, 20:80, 30:110] != 0, cmap="gray_r")
right.set(title="who gets a gradient (black)", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# The gradient that reaches the weights is a sum over these pixels alone. That is no loss: what was not chosen had no part in the result, and there is
# nothing to be said about it. But a neuron that no pixel of any image ever chooses gets no gradient, and stays as it is. Lesson 10 hunts for such.
#
# ## To think about
# Some networks take the mean of the four instead of the largest. What is its gradient, and can there be ties? And what would become of the edges of
# the first picture, pooled four times over, with the one and with the other?
#
# **Next:** lesson 4, the way up again.
