# %% [markdown]
# # Lesson 5: the U
#
# *About 70 minutes. You need to know what a convolution, a pooling and an up-convolution do to the size of an image: lessons 1 to 4.*
#
# All the parts are there; now they are put together. The network goes down, comes up again, and on each level a bridge, the **skip
# connection**, leads straight across (Ronneberger, Fischer and Brox 2015, section 2 and figure 1). In this lesson you compute all the
# sizes in that figure, write the bridge and its gradient, and find out how much of the image one pixel of the result has seen. The last
# has a surprise in it.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet.course import cells, check

image, labels = cells()

# %% [markdown]
# ## Why down, and why across
#
# A 3x3 window sees nine pixels. From nine pixels nobody can tell whether they lie in a nucleus or in something that glows by accident.
# After a pooling the same window spans twice as much, after four poolings sixteen times: down there the network can see *what* there is.
# But it has forgotten *where*:

# %%
def pooled(picture, side):
    """The largest of each square of side x side pixels."""
    rows, columns = (length // side for length in picture.shape)
    return picture[: rows * side, : columns * side].reshape(rows, side, columns, side).max(axis=(1, 3))


fig, axes = plt.subplots(1, 3, figsize=(10, 3.7))
for ax, side in zip(axes, [1, 4, 16], strict=True):
    shown = pooled(image, side)
    ax.imshow(shown, cmap="gray")
    ax.set(title=f"pooled to 1/{side}\n{shown.shape[0]} x {shown.shape[1]}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# No layer can bring back from the right picture where exactly a border ran. It need not: the left picture still exists, at the same level
# on the way down. The skip connection lays it beside what comes up from below, as more channels, and the next convolution sees both.
#
# ## 572 becomes 388
#
# Three rules are all there is to it, for a side of n pixels:
#
# | step | side |
# |---|---|
# | two valid 3x3 convolutions | n - 4 |
# | 2x2 pooling | n / 2, and n must be even |
# | 2x2 up-convolution | 2n |
#
# A network of depth d does *convolutions, pooling* d times, then has two convolutions at the bottom, then does *up-convolution,
# convolutions* d times. The last layer, 1x1, takes nothing.
#
# ### Exercise 1
# Write the side of the output. You may trust that the size is **legal**: that each pooling finds an even side.

# %% nbgrader={"grade": false, "grade_id": "output_size", "locked": false, "schema_version": 3, "solution": true, "task": false}
def output_size(input_size, depth=4):
    """The side of the output, for a legal side of the input; both whole numbers."""
    ### BEGIN SOLUTION
    side = input_size
    for _ in range(depth):
        side = (side - 4) // 2
    side -= 4
    for _ in range(depth):
        side = 2 * side - 4
    return side
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_output_size", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(output_size)

# %% [markdown]
# Which sizes are legal? Go from the bottom: let b be the side that arrives there. On the way down each level takes 4 and then halves, so
# the level above had 2b + 4, the one above that 2(2b + 4) + 4, and so on. The fours add up to $4 + 8 + \dots = 4(2^d - 1)$:
#
# $$n = 2^d\, b + 4\,(2^d - 1) \qquad\qquad output = 2^d\,(b - 4) - 4\,(2^d - 1)$$
#
# Any whole b will do, if it is large enough that something is left. Subtract one from the other and b is gone: the network takes
# $12 \cdot 2^d - 8$ pixels, always, whatever the image. At depth 4 that is 184, or 92 on each side.

# %%
print(" b   input  output  difference")
for b in (8, 9, 20, 32, 40):
    n = 16 * b + 60
    print(f"{b:2d} {n:6d} {output_size(n):7d} {n - output_size(n):9d}")

# %% [markdown]
# Here is figure 1 of the paper, drawn with your function. It is enough for all of it, since **in the U there is a smaller U**: what lies
# below the first pooling is a network of depth d - 1. So what comes up to a level is twice your output size of the level below.

# %%
side, depth = 572, 4
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "0.45"
entered = [side]
for l in range(depth):
    entered.append((entered[-1] - 4) // 2)
left_by = [output_size(entered[l], depth - l) for l in range(depth)] + [entered[depth] - 4]
margins = [(entered[l] - 4 - 2 * left_by[l + 1]) // 2 for l in range(depth)]

fig, ax = plt.subplots(figsize=(11, 7))
tops = [0, -760, -1230, -1560, -1810]


def draw(x, l, height, channels, bottom=False):
    middle, width = tops[l] - entered[l] / 2, 4 * channels**0.5
    ax.add_patch(plt.Rectangle((x, middle - height / 2), width, height, color="#9ECAE1", ec=BLUE))
    ax.text(x + width / 2, middle + height / 2 + 12, channels, ha="center", va="bottom", fontsize=7)
    ax.text(x + width / 2, middle - height / 2 - 12, height, ha="center", va="top", fontsize=8, weight="bold")
    return x + width, middle


for l in range(depth + 1):
    channels = 64 * 2**l
    x = 420 * l
    for height, c in ((entered[l], channels // 2 if l else 1), (entered[l] - 2, channels), (entered[l] - 4, channels)):
        end, middle = draw(x, l, height, c)
        x = end + 110
    if l == depth:
        break
    start, goal = (end - 10, middle - entered[l] / 2 - 70), (420 * (l + 1) + 10, tops[l + 1] + 75)
    ax.annotate("", goal, start, arrowprops={"arrowstyle": "->", "color": ORANGE, "lw": 2})
    right = 3800 - 420 * l
    ax.annotate("", (right - 15, middle), (end + 10, middle), arrowprops={"arrowstyle": "->", "color": GREY, "lw": 2})
    text = f"copy, crop {margins[l]} a side"
    ax.text((end + right) / 2, middle + 12, text, ha="center", va="bottom", color=GREY, fontsize=9)
    ax.plot([end - 4 * channels**0.5, end], [middle + left_by[l + 1]] * 2, color=ORANGE, lw=1.5, ls=":")
    ax.plot([end - 4 * channels**0.5, end], [middle - left_by[l + 1]] * 2, color=ORANGE, lw=1.5, ls=":")
    x = right
    for height, c in ((2 * left_by[l + 1], 2 * channels), (left_by[l] + 2, channels), (left_by[l], channels)):
        end, middle = draw(x, l, height, c)
        x = end + 110
    start = (2270, tops[4] + 10) if l == depth - 1 else (right - 80, tops[l + 1] + 75)
    goal = (right + 30, middle - left_by[l + 1] - 70)
    ax.annotate("", goal, start, arrowprops={"arrowstyle": "->", "color": GREEN, "lw": 2})
ax.set(xlim=(-60, 4150), ylim=(-1990, 90), title="bold: the side; above: channels; dotted: what the crop leaves")
ax.axis("off")
plt.show()
print("cropped from each side, from the bottom up:", margins[::-1])

# %% [markdown]
# The orange arrows pool, the green ones are up-convolutions. Why 4, 16, 40 and 88? Between the two ends of a bridge lies the level below.
# It loses 2 pixels a side to its convolutions on the way down, as many as its own bridge crops, and 2 more on the way up; and each of its
# pixels is worth two of ours:
#
# $$crop_l = 2\,(2 + crop_{l+1} + 2)$$
#
# The bottom has no bridge and only one pair of convolutions, so the first is 2 times 2 = 4. And the top one, 88, with two pairs of
# convolutions more, is the 92 of before.
#
# ## The bridge
#
# $$out = [\; skip_{:,\,:,\; top:top+H,\; left:left+W}\;,\; x\;] \qquad top = \frac{H_s - H}{2}, \quad left = \frac{W_s - W}{2}$$
#
# on the channel axis, the skip first, as figure 1 draws it. (The authors' published code has the two the other way round. Both learn
# equally well, but not each other's weights.) Why centred? All that lies between lost as much above as below, so pixel (0, 0) of x lies
# over pixel (top, left) of the skip.
#
# ### Find the bug
# A friend wrote the bridge, and tested it well: the shapes, the case in which there is nothing to crop, and even the gradient, which is
# measured by moving each number a little.

# %%
def friends_forward(skip, x):
    H, W = x.shape[2:]
    return np.concatenate([skip[:, :, :H, :W], x], axis=1), (skip.shape, x.shape)


def friends_backward(dout, cache):
    skip_shape, x_shape = cache
    dskip = np.zeros(skip_shape)
    dskip[:, :, : x_shape[2], : x_shape[3]] = dout[:, : skip_shape[1]]
    return dskip, dout[:, skip_shape[1] :]


def measured(loss, array, eps=1e-5):
    """The derivative of loss(array) by each entry, from a little above and a little below."""
    slope = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        step = np.zeros(array.shape)
        step[place] = eps
        slope[place] = (loss(array + step) - loss(array - step)) / (2 * eps)
    return slope


rng = np.random.default_rng(5)
skip, x, dout = rng.standard_normal((2, 3, 9, 12)), rng.standard_normal((2, 4, 5, 6)), rng.standard_normal((2, 7, 5, 6))
out, cache = friends_forward(skip, x)
slope = measured(lambda moved: (dout * friends_forward(moved, x)[0]).sum(), skip)
equal = skip[:, :, :5, :6]
print("shape:", out.shape)
print("nothing to crop:", np.array_equal(friends_forward(equal, x)[0], np.concatenate([equal, x], axis=1)))
print("gradient:", np.allclose(friends_backward(dout, cache)[0], slope))

# %% [markdown]
# All three are as they should be. What is wrong all the same, and could any test of the gradient show it?
#
# <details><summary>After you have decided</summary>
#
# The crop begins at the top left and not in the middle. No test of a gradient can show that: it asks whether the way back fits the way
# forward, and it does. It cannot ask whether the way forward is what you meant. And where nothing is cropped, the corner is the middle.
#
# </details>
#
# It shows as soon as one looks. Let x be what a good network would know at that place, the nuclei, and lay it over the cropped skip:

# %%
picture, known = image[None, None], (labels > 0)[None, None, 88:-88, 88:-88].astype(float)
wrong = friends_forward(picture, known)[0][0]
rightly = [picture[0, 0, 88:-88, 88:-88], known[0, 0]]

fig, axes = plt.subplots(1, 2, figsize=(8.5, 4.5))
for ax, (grey, nuclei), title in zip(axes, [wrong, rightly], ["the friend's", "centred"], strict=True):
    ax.imshow(grey, cmap="gray")
    ax.contour(nuclei, levels=[0.5], colors="orange", linewidths=1)
    ax.set(title=f"{title}: skip, and x as lines", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# At the top of the paper's network each pixel would be told about another one, 88 rows and 88 columns away. The network would run, and
# learn something, and nobody would be told.
#
# ### Exercise 2
# Write the bridge as it should be. The cache: `(skip.shape, x.shape)`, since the way back is a matter of places alone.

# %% nbgrader={"grade": false, "grade_id": "crop_concat_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def crop_concat_forward(skip, x):
    """skip (N, Cs, Hs, Ws), x (N, C, H, W); returns out (N, Cs+C, H, W), and cache = (skip.shape, x.shape)."""
    ### BEGIN SOLUTION
    H, W = x.shape[2:]
    top, left = (skip.shape[2] - H) // 2, (skip.shape[3] - W) // 2
    cropped = skip[:, :, top : top + H, left : left + W]
    return np.concatenate([cropped, x], axis=1), (skip.shape, x.shape)
    ### END SOLUTION


# %% [markdown]
# Now back. Each number of `out` is a copy of one number of skip or of x, so its derivative goes to where the copy came from: the first Cs
# channels of `dout` to skip, the others to x. A pixel that was cropped away has no copy. However one changes it, the output stays, so its
# derivative is 0: the gradient of a crop is a frame of zeros around.
#
# ### Exercise 3
# Write it. `dskip` has the shape of skip. (The check looks at both functions together.)

# %% nbgrader={"grade": false, "grade_id": "crop_concat_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def crop_concat_backward(dout, cache):
    """dout (N, Cs+C, H, W), cache from crop_concat_forward; returns dskip (N, Cs, Hs, Ws) and dx (N, C, H, W)."""
    ### BEGIN SOLUTION
    skip_shape, x_shape = cache
    Cs, Hs, Ws = skip_shape[1:]
    H, W = x_shape[2:]
    top, left = (Hs - H) // 2, (Ws - W) // 2
    dskip = np.zeros(skip_shape, dout.dtype)
    dskip[:, :, top : top + H, left : left + W] = dout[:, :Cs]
    return dskip, dout[:, Cs:].copy()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_crop_concat", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check(crop_concat_forward, crop_concat_backward)

# %% [markdown]
# ## Where a gradient splits and adds
#
# On each level the map s is used **twice**: it is pooled, and it goes across. The loss depends on it in two ways, and the chain rule of
# lesson 2 says that all ways add up:
#
# $$\frac{\partial L}{\partial s} = \left.\frac{\partial L}{\partial s}\right|_{\text{through the pooling}} + \left.\frac{\partial L}{\partial s}\right|_{\text{across}}$$
#
# Forward the map is copied, back the gradients are added. Crop and concatenate is the other way round: forward two come together, and
# back the gradient is split. Let us see it, with a loss of both ways at once:

# %%
s, up, down = rng.standard_normal((1, 1, 12, 16)), rng.standard_normal((1, 1, 4, 8)), rng.standard_normal((6, 8))
both = rng.standard_normal((1, 2, 4, 8))


def loss(s):
    return (down * pooled(s[0, 0], 2)).sum() + (both * crop_concat_forward(s, up)[0]).sum()


def double(array):
    return array.repeat(2, axis=0).repeat(2, axis=1)


by_pooling = double(down) * (s[0, 0] == double(pooled(s[0, 0], 2)))  # to the largest of each four
across = crop_concat_backward(both, crop_concat_forward(s, up)[1])[0][0, 0]
slope = measured(loss, s)[0, 0]

fig, axes = plt.subplots(1, 3, figsize=(10, 3))
titles = ["up through the pooling", "across: zeros around", "the sum"]
for ax, shown, title in zip(axes, [by_pooling, across, by_pooling + across], titles, strict=True):
    picture = ax.imshow(shown, cmap="PuOr", vmin=-3, vmax=3)
    ax.set(title=title, xticks=[], yticks=[])
fig.colorbar(picture, ax=axes, label="gradient of s", shrink=0.8)
plt.show()
for name, claimed in (("pooling alone", by_pooling), ("across alone", across), ("the sum", by_pooling + across)):
    print(f"{name:14} off by {np.abs(claimed - slope).max():.1e}")

# %% [markdown]
# This is the second thing the bridge is good for. The gradient of the first layers need not come all the way from the bottom: it also comes
# across, by a short way.
#
# ## How far does a pixel see?
#
# Take one pixel of the output and go *back*: which pixels of the input have a part in it? The square that holds them is its **receptive
# field**. Let s be the side of the window, 1 at first.
#
# - Before two 3x3 convolutions the window was 4 larger: s + 4.
# - Before a pooling it was twice as large: 2s.
# - Before an up-convolution it was about half as large, but what is half of 5 pixels? Those 5 come from squares of 2x2, and touch three of them. And
#   8 pixels? If they begin where a square begins, they lie in 4; if they begin in the middle of one, in 5:

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 1.5))
for ax, first in zip(axes, (0, 1), strict=True):
    for k in range(10):
        ax.add_patch(plt.Rectangle((k, 0), 1, 1, fc=ORANGE if first <= k < first + 8 else "white", ec="0.6"))
    for k in range(5):
        touched = first < 2 * k + 2 and 2 * k < first + 8
        ax.add_patch(plt.Rectangle((2 * k, 1.1), 2, 0.8, fc=BLUE if touched else "white", ec="0.6"))
    ax.set(xlim=(-0.1, 10.1), ylim=(-0.1, 2), title=f"8 pixels, from {4 + first} of the level below")
    ax.axis("off")
plt.show()

# %% [markdown]
# So at most `s // 2 + 1`, and that is always reached by some pixel. The way across needs no thought: it sees less than the way through
# the bottom, and in the same place.
#
# ### Exercise 4
# Write the side of the largest receptive field of all output pixels. Go back from s = 1: up the levels d times, the bottom, and d times
# the way down.

# %% nbgrader={"grade": false, "grade_id": "receptive_field", "locked": false, "schema_version": 3, "solution": true, "task": false}
def receptive_field(depth):
    """The side, in input pixels, of the largest square that one pixel of the output sees."""
    ### BEGIN SOLUTION
    side = 1
    for _ in range(depth):
        side = (side + 4) // 2 + 1
    side += 4
    for _ in range(depth):
        side = 2 * side + 4
    return side
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_receptive_field", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(receptive_field)

# %% [markdown]
# Do not believe it: measure it. A pixel of the input is seen if the derivative of the output pixel by it is not 0. One backward pass of a
# small network, with a `dlogits` that is 1 at one pixel and 0 elsewhere, tells it for all input pixels at once. A pooling hides three
# pixels of four behind the largest, so we take a few random images and see which pixels *any* of them shows.
#
# **Predict before you run.** Two output pixels lie side by side. Do they see windows of the same size, one pixel apart?
#
# <details><summary>After you have decided</summary>
#
# Never one pixel apart. At depth 2 and 3, four output pixels in a row see the very same window, and for the next four it has changed. And
# from depth 3 on the windows are not all of the same size: at one place 8 pixels come from 4, at another from 5. The last two pictures
# are such neighbours.
#
# </details>

# %%
from minunet import UNet


def seen(depth, n, row, column):
    """The largest derivative of output pixel (row, column) by each pixel of the input, over four images."""
    net = UNet(base=4, depth=depth, seed=1, dtype="float64")
    logits, tape = net.forward(np.random.default_rng(0).standard_normal((4, 1, n, n)))
    dlogits = np.zeros_like(logits)
    dlogits[:, :, row, column] = 1
    return np.abs(net.backward(dlogits, tape)["input"]).max(axis=(0, 1))


fig, axes = plt.subplots(1, 4, figsize=(12, 3.3))
for ax, (depth, row) in zip(axes, [(1, 9), (2, 9), (3, 11), (3, 12)], strict=True):
    n = 124 if depth > 1 else 126
    gradient = seen(depth, n, row, row)
    rows = np.flatnonzero(gradient.max(axis=1))
    ax.imshow(np.log10(gradient + 1e-9 * gradient.max()), cmap="viridis")
    found = rows[-1] - rows[0] + 1
    title = f"depth {depth}, output pixel ({row}, {row})\nsees {found}, at most {receptive_field(depth)}"
    ax.set_title(title, fontsize=10)
    ax.set(xlabel=f"rows {rows[0]} to {rows[-1]}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Dark is exactly zero, and the colours are powers of ten. The last two do not see the same: 92 pixels and 100. The network works in
# blocks of $2^d$ pixels. For a few pixels the window stays as it is, then one of its ends, or both, move by a whole block. So a U-Net
# that is shown an image shifted by one pixel does *not* give its result shifted by one pixel, only if the shift is a multiple of $2^d$.
# In lesson 9, where large images are cut into tiles, everything depends on that.

# %%
for depth in range(1, 6):
    print(f"depth {depth}: one output pixel sees at most {receptive_field(depth)} x {receptive_field(depth)} pixels")

# %% [markdown]
# ## To think about
# The pictures are bright in the middle and fade outwards: to see a pixel is not to heed it. How would you measure how far a *trained*
# network really looks, and would you expect more or less than this?
#
# **Next:** the network says something of each pixel. Lesson 6 tells it how wrong that was.
