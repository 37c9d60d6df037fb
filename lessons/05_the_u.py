# %% [markdown]
# # Lesson 5: the U
#
# *About 70 minutes. You need to know what a convolution, a pooling and an up-convolution do to the size of an image: lessons 1 to 4.*
#
# All the parts are there; now they are put together. The network goes down, comes up again, and on each level a bridge, the **skip
# connection**, leads straight across (Ronneberger, Fischer and Brox 2015, section 2 and figure 1). In this lesson you compute all the
# sizes in that figure, write the bridge and its gradient, and find out how much of the image one pixel of the result has seen. The last
# one has a surprise in it.

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
    whole = picture[: rows * side, : columns * side]
    return whole.reshape(rows, side, columns, side).max(axis=(1, 3))


fig, axes = plt.subplots(1, 3, figsize=(10, 3.7))
names = ["the image", "after two poolings", "after four"]
for ax, side, name in zip(axes, [1, 4, 16], names, strict=True):
    shown = pooled(image, side)
    ax.imshow(shown, cmap="gray")
    ax.set(title=f"{name}\n{shown.shape[0]} x {shown.shape[1]}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# No layer can bring back from the right picture where exactly a border ran. It need not: on the way down there was a finer map at each level.
# The skip connection lays it beside what comes up from below, as more channels, and the next convolution sees both.
#
# ## 572 becomes 388
#
# The image is a square here, so one number tells its size, the side. Three rules are all there is to it, for a side of n pixels:
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
# Write the function that gives the side of the output. You may trust that the size is **legal**: that each pooling finds an even side.

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
# Which sizes are legal? Go from the bottom: let b be the side that arrives there, after the last pooling. On the way down each level takes 4
# and then halves, so the level above had 2b + 4, the one above that 2(2b + 4) + 4, and so on. The fours add up to
# $4 + 8 + \dots + 4 \cdot 2^{d-1} = 4(2^d - 1)$. On the way up it begins with b - 4, and each level doubles and then takes 4:
#
# $$n = 2^d\, b + 4\,(2^d - 1) \qquad\qquad output = 2^d\,(b - 4) - 4\,(2^d - 1)$$
#
# Any whole b will do, if it is large enough that something is left. Subtract one from the other and b is gone: the network takes
# $12 \cdot 2^d - 8$ pixels, always, whatever the image. At depth 4 that is 184, or 92 on each side.

# %%
print(" b   input  output   taken  on each side")
for b in (8, 9, 20, 32, 40):
    n = 16 * b + 60
    taken = n - output_size(n)
    print(f"{b:2d} {n:7d} {output_size(n):7.0f} {taken:7.0f} {taken / 2:13.0f}")

# %% [markdown]
# Here is figure 1 of the paper, drawn with your function. It is enough for all of it, since **in the U there is a smaller U**: what lies
# below the first pooling is a network of depth d - 1. So what comes up to a level is twice your output size of the level below. (Most of the
# cell draws. You need its first lines only.)

# %%
depth = 4
entered = [572]  # the side that enters each level
for l in range(depth):
    entered.append((entered[l] - 4) // 2)
left_by = [int(output_size(entered[l], depth - l)) for l in range(depth)]  # on the way up
left_by.append(entered[depth] - 4)  # the bottom has two convolutions and no way up
crops = [(entered[l] - 4 - 2 * left_by[l + 1]) // 2 for l in range(depth)]

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "0.45"
tops = [0, -760, -1230, -1560, -1810]
fig, ax = plt.subplots(figsize=(11, 7))


def draw(x, l, side, channels):
    """One map as a box, from x on; gives its right end, its width and its middle."""
    middle, width = tops[l] - entered[l] / 2, 4 * channels**0.5
    corner = (x, middle - side / 2)
    ax.add_patch(plt.Rectangle(corner, width, side, color="#9ECAE1", ec=BLUE))
    centre = x + width / 2
    ax.text(centre, middle + side / 2 + 12, channels, ha="center", va="bottom", fontsize=8)
    ax.text(centre, corner[1] - 12, side, ha="center", va="top", fontsize=8, weight="bold")
    return x + width, width, middle


def arrow(start, goal, color):
    ax.annotate("", goal, start, arrowprops={"arrowstyle": "->", "color": color, "lw": 2})


for l in range(depth + 1):
    channels, n = 64 * 2**l, entered[l]
    end = 490 * l - 130
    for side, c in ((n, channels // 2 if l else 1), (n - 2, channels), (n - 4, channels)):
        end, width, middle = draw(end + 130, l, side, c)
    if l == depth:
        break
    arrow((end - 20, middle - n / 2 - 70), (490 * (l + 1) + 20, tops[l + 1] + 75), ORANGE)
    n, right = left_by[l], 4260 - 490 * l
    below = 2 * left_by[l + 1]
    kept = (end - width, middle - below / 2)
    ax.add_patch(plt.Rectangle(kept, width, below, color=BLUE))
    arrow((end + 10, middle), (right - 15, middle), GREY)
    text = f"copy, crop {crops[l]} a side"
    ax.text((end + right) / 2, middle + 12, text, ha="center", va="bottom", color=GREY)
    end = right - 130
    for side, c in ((below, 2 * channels), (n + 2, channels), (n, channels)):
        end, width, _ = draw(end + 130, l, side, c)
    start = (2560, tops[4] - 5) if l == depth - 1 else (right - 90, tops[l + 1] + 75)
    arrow(start, (right + 30, middle - below / 2 - 70), GREEN)
ax.set_title("below each map its side, above it its channels; dark: what the crop leaves")
ax.set(xlim=(-60, 4660), ylim=(-1990, 90))
ax.axis("off")
plt.show()
print("cropped from each side, from the bottom up:", crops[::-1])

# %% [markdown]
# The orange arrows pool, the green ones are up-convolutions. Why 4, 16, 40 and 88? Number the levels from the top, l = 0, 1, ... Between the
# two ends of the bridge of level l lies all of level l + 1. There each side loses 2 pixels to the convolutions on the way down, then
# $crop_{l+1}$, which that level's own bridge crops too, then 2 to the convolutions on the way up. And each pixel there is worth two of ours:
#
# $$crop_l = 2\,(2 + crop_{l+1} + 2)$$
#
# The bottom has no bridge and only one pair of convolutions, so the first is 2 times 2 = 4. And the top one, 88, with the 2 + 2 pixels of
# its own level's convolutions, is the 92 of before.
#
# How much is there to learn? A 3x3 convolution from C to F channels has $9\,C F$ weights and F biases. Twice the channels, before and
# after, make four times the weights. So nearly half of all lie at the bottom:

# %%
from minunet import UNet

numbers = {name: array.size for name, array in UNet().params.items()}
total, layers = sum(numbers.values()), sum(name.endswith("weight") for name in numbers)
bottom = sum(number for name, number in numbers.items() if name.startswith("down4"))
deep = f"{bottom / total:.0%} of them at the bottom"
print(f"{layers} layers with {total:,} numbers to learn, {deep}")

# %% [markdown]
# ## The bridge
#
# The skip is a map of Hs x Ws pixels, what comes up is x, of H x W. Cut the middle out of the skip, and lay the two one behind the other:
#
# $$out = [\; skip_{:,\,:,\; top:top+H,\; left:left+W}\;,\; x\;] \qquad top = \frac{Hs - H}{2}, \quad left = \frac{Ws - W}{2}$$
#
# on the channel axis, the skip first, as figure 1 draws it. (The authors' published code has the two the other way round. The next
# convolution can learn the same from both, but what it has learned from the one does not fit the other.) Why the middle? All that lies between
# lost as much above as below, so pixel (0, 0) of x lies over pixel (top, left) of the skip.
#
# ### Exercise 2
# Write the bridge. (The differences Hs - H and Ws - W are always even here.) The cache is `(skip.shape, x.shape)`: to go back, one only has to know
# which number went where.

# %% nbgrader={"grade": false, "grade_id": "crop_concat_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def crop_concat_forward(skip, x):
    """skip (N, Cs, Hs, Ws), x (N, C, H, W); returns out (N, Cs+C, H, W)
    and cache = (skip.shape, x.shape)."""
    ### BEGIN SOLUTION
    H, W = x.shape[2:]
    top, left = (skip.shape[2] - H) // 2, (skip.shape[3] - W) // 2
    cropped = skip[:, :, top : top + H, left : left + W]
    return np.concatenate([cropped, x], axis=1), (skip.shape, x.shape)
    ### END SOLUTION


# %%
check(crop_concat_forward)

# %% [markdown]
# Now back. Each number of `out` is a copy of one number of skip or of x, so its derivative goes to where the copy came from: the first Cs
# channels of `dout` to skip, the others to x. A pixel that was cropped away has no copy. However one changes it, the output stays, so its
# derivative is 0.
#
# ### Exercise 3
# Write it. `dskip` has the shape of skip. (Both functions are checked. If `dx` is a slice of `dout`, the check notes that they share memory;
# that is no mistake.)

# %% nbgrader={"grade": false, "grade_id": "crop_concat_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def crop_concat_backward(dout, cache):
    """dout (N, Cs+C, H, W), the cache; returns dskip (N, Cs, Hs, Ws), dx (N, C, H, W)."""
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
# ### Find the bug
# A friend wrote the bridge too, and tested it well: the shapes, the case in which there is nothing to crop, and even the gradient, which is
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
skip, x = rng.standard_normal((2, 3, 9, 12)), rng.standard_normal((2, 4, 5, 6))
dout = rng.standard_normal((2, 7, 5, 6))
out, cache = friends_forward(skip, x)
slope = measured(lambda moved: (dout * friends_forward(moved, x)[0]).sum(), skip)
small = skip[:, :, :5, :6]  # as large as x
joined = np.concatenate([small, x], axis=1)
print("shape:", out.shape)
print("nothing to crop:", np.array_equal(friends_forward(small, x)[0], joined))
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
# It shows as soon as one looks. Let the skip be the image, and let x be what a good network would know of its inner part: the nuclei, drawn as
# lines. Lay both over each other, as the next convolution would meet them:

# %%
picture = image[None, None]
known = (labels > 0)[None, None, 88:-88, 88:-88].astype(float)

fig, axes = plt.subplots(1, 2, figsize=(8.5, 4.5))
bridges = {"the friend's bridge": friends_forward, "yours": crop_concat_forward}
for ax, (title, bridge) in zip(axes, bridges.items(), strict=True):
    grey, nuclei = bridge(picture, known)[0][0]
    ax.imshow(grey, cmap="gray")
    ax.contour(nuclei, levels=[0.5], colors="orange", linewidths=1)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# At the top of the paper's network each pixel would be told about another one, 88 rows and 88 columns away. The network would run, and
# learn something, and nobody would be told.
#
# ## Where a gradient splits and adds
#
# Let s be the map that a level's convolutions give on the way down. It is used **twice**: it is pooled, and it goes across. The loss depends
# on it in two ways, and the chain rule of lesson 2 says that all ways add up:
#
# $$\frac{\partial L}{\partial s} = \left.\frac{\partial L}{\partial s}\right|_{\text{through the pooling}} + \left.\frac{\partial L}{\partial s}\right|_{\text{across}}$$
#
# Forward the map is copied, back the gradients are added. Crop and concatenate is the other way round: forward two come together, and
# back the gradient is split. Let us see it, with the smallest loss that has both ways: all that comes out of the pooling and all that
# comes out of the bridge, each times a random number, added up. Those random numbers are then the gradients that come from above:

# %%
s, x = rng.standard_normal((1, 1, 12, 16)), rng.standard_normal((1, 1, 4, 8))
dpooled, dbridge = rng.standard_normal((6, 8)), rng.standard_normal((1, 2, 4, 8))


def loss(s):
    joined = crop_concat_forward(s, x)[0]
    return (dpooled * pooled(s[0, 0], 2)).sum() + (dbridge * joined).sum()


def double(array):
    return array.repeat(2, axis=0).repeat(2, axis=1)


largest = s[0, 0] == double(pooled(s[0, 0], 2))  # of each four, as in lesson 3
by_pooling = double(dpooled) * largest
across = crop_concat_backward(dbridge, crop_concat_forward(s, x)[1])[0][0, 0]
ways = {"through the pooling": by_pooling, "across": across, "the sum": by_pooling + across}

fig, axes = plt.subplots(1, 3, figsize=(10, 3))
for ax, (title, gradient) in zip(axes, ways.items(), strict=True):
    shown = ax.imshow(gradient, cmap="PuOr", vmin=-3, vmax=3)
    ax.set(title=title, xticks=[], yticks=[])
fig.colorbar(shown, ax=axes, label="gradient of s", shrink=0.8)
plt.show()

slope = measured(loss, s)[0, 0]
for title, gradient in ways.items():
    print(f"{title:20} off by {np.abs(gradient - slope).max():.1e}")

# %% [markdown]
# The middle picture is the frame of zeros that a crop leaves. And this is the second thing the bridge is good for. The gradient of the first
# layers need not come all the way from the bottom: it also comes across, by a short way.
#
# ## How far does a pixel see?
#
# Take one pixel of the output and go *back*: which pixels of the input have a part in it? The square that holds them is its **receptive
# field**, its window. At the output the window is the pixel itself, its side is 1. Then, layer by layer, backwards:
#
# - Two 3x3 convolutions: the side grows by 4.
# - A pooling: the side doubles.
# - An up-convolution: the side becomes about half, since each pixel below made a square of 2x2. But what is half of 5? Those 5 pixels touch
#   three of the squares. And of 8? If they begin where a square begins, they touch 4; if they begin in the middle of one, 5:

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 1.5))
for ax, first in zip(axes, (0, 1), strict=True):
    for k in range(10):
        color = ORANGE if first <= k < first + 8 else "white"
        ax.add_patch(plt.Rectangle((k, 1.1), 1, 0.8, fc=color, ec="0.6"))
    touched = [k for k in range(5) if first < 2 * k + 2 and 2 * k < first + 8]
    for k in range(5):
        color = BLUE if k in touched else "white"
        ax.add_patch(plt.Rectangle((2 * k, 0), 2, 1, fc=color, ec="0.6"))
    ax.set_title(f"8 pixels (orange) touch {len(touched)} squares (blue)", fontsize=10)
    ax.set(xlim=(-0.1, 10.1), ylim=(-0.1, 2))
    ax.axis("off")
plt.show()

# %% [markdown]
# So at most `side // 2 + 1`, and that is always reached by some pixel. The way across needs no thought: it sees less than the way through
# the bottom, and in the same place.
#
# ### Exercise 4
# Write the side of the largest receptive field of all output pixels. Start from 1 and go back: what the network did last is undone first. So
# the way up comes first (d times), then the bottom, then the way down (d times).

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
# Do not believe it: measure it. A pixel of the input is seen if the derivative of the output pixel by it is not 0. The course's own `UNet` has
# a `forward` and a `backward` like your layers. Give `backward` a gradient of the output that is 1 at one pixel and 0 elsewhere, and what
# comes out is that derivative, for all input pixels at once. A pooling hides three pixels of four behind the largest, so we take a few random
# images and see which pixels *any* of them shows.
#
# **Predict before you run.** Two output pixels lie side by side. Do they see windows of the same size, one pixel apart?
#
# <details><summary>After you have decided</summary>
#
# Never one pixel apart. Neighbours see the very same window, or windows that are a whole block of $2^d$ pixels apart at one end or at both. And
# from depth 3 on the windows are not all of the same size: at one place 8 pixels touch 4 squares, at another 5. The last two pictures are
# such neighbours, and the figure after them shows 16 pixels in a row.
#
# </details>

# %%
def seen(depth, n, place):
    """How each of n x n pixels moves output pixel (place, place): the most in four images."""
    net = UNet(base=4, depth=depth, seed=1, dtype="float64")  # 4 channels at the top, not 64
    output, tape = net.forward(np.random.default_rng(0).standard_normal((4, 1, n, n)))
    doutput = np.zeros_like(output)
    doutput[:, :, place, place] = 1
    return np.abs(net.backward(doutput, tape)["input"]).max(axis=(0, 1))


def first_and_last(gradient):
    """The first and the last row in which anything is seen."""
    return np.flatnonzero(gradient.max(axis=1))[[0, -1]]


fig, axes = plt.subplots(1, 4, figsize=(12, 3.3))
for ax, (depth, place) in zip(axes, [(1, 9), (2, 9), (3, 11), (3, 12)], strict=True):
    gradient = seen(depth, 126 if depth == 1 else 124, place)
    first, last = first_and_last(gradient)
    ax.imshow(np.log10(gradient + 1e-9 * gradient.max()), cmap="viridis")
    title = f"depth {depth}, output pixel ({place}, {place})\nsees {last - first + 1} rows"
    ax.set_title(title + f", at most {receptive_field(depth)}", fontsize=10)
    ax.set(xlabel=f"rows {first} to {last}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Dark is exactly zero, and the colours are powers of ten. The last two are neighbours and do not see the same. Now the rows that 16 output pixels
# in a row see:

# %%
fig, axes = plt.subplots(1, 3, figsize=(12, 3.3), sharey=True)
for ax, (depth, n) in zip(axes, [(1, 126), (2, 124), (3, 124)], strict=True):
    for place in range(16):
        first, last = first_and_last(seen(depth, n, place))
        ax.plot([first, last + 1], [place, place], color=BLUE, lw=4, solid_capstyle="butt")
    ax.set(title=f"depth {depth}", xlabel="rows of the input")
axes[0].set(ylabel="row of the output pixel")
axes[0].invert_yaxis()
plt.show()
for depth in range(1, 6):
    widest = receptive_field(depth)
    print(f"depth {depth}: one output pixel sees at most {widest} x {widest} pixels")

# %% [markdown]
# The network works in blocks of $2^d$ pixels. For a few pixels the window stays as it is, then one of its ends, or both, move by a whole
# block. So a U-Net that is shown an image shifted by one pixel does *not* give its result shifted by one pixel, only if the shift is a
# multiple of $2^d$. In lesson 9, where large images are cut into tiles, everything depends on that.

# %% [markdown]
# ## To think about
# The windows are bright in the middle and fade outwards: to see a pixel is not to heed it. How would you measure how far a *trained*
# network really looks, and would you expect more or less than this?
#
# **Next:** the network says something of each pixel. Lesson 6 tells it how wrong that was.
