# %% [markdown]
# # Lesson 9: cut it up, and let nobody see it
#
# *About 60 minutes. You need lesson 1, and to have seen a U-Net (lesson 7).*
#
# A microscope that scans a slide makes images of 100,000 x 100,000 pixels. No network looks at that at once. It looks at one **tile** after
# the other, and the results are put together, and then, as a rule, you see where. The paper's network leaves no seams at all
# (Ronneberger, Fischer and Brox 2015, sections 1 and 2, figure 2): the result is the same as if the image had been looked at whole. "The same" is meant in
# earnest. In this lesson you find out what it takes.

# %%
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

import minunet as mu
from minunet import fast
from minunet.course import cells, check

terabytes = 64 * 100_000**2 * 4 / 1e12  # 4 bytes a number
print(f"64 channels of such an image: {terabytes:.1f} terabytes, for one layer")

# %% [markdown]
# ## Seams
#
# We need a network that has learned something: minunet comes with a small U-Net (depth 3, 16 channels at the first level) that finds nuclei.
# And we need to see what everybody does who has no time. Most programs surround the image with a frame of zeros before each
# convolution, so that nothing gets smaller. Then a tile of 64 x 64 gives 64 x 64 probabilities, and one lays them side by side.

# %%
net = mu.load("nuclei")
everything = cells()[0]
normalised = ((everything - everything.mean()) / everything.std()).astype(np.float32)
image = normalised[150:342, 150:410]


def zero_padded(image):
    """The probability "nucleus" of each pixel, with zeros round every convolution."""

    def parameters(name):
        return net.params[f"{name}.weight"], net.params[f"{name}.bias"]

    def block(name, x):
        for k in range(2):
            with_frame = np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])
            x = fast.conv2d_forward(with_frame, *parameters(f"{name}.conv{k}"))[0]
            x = np.maximum(x, 0)
        return x

    x, skips = image[np.newaxis, np.newaxis], []
    for level in range(net.depth):
        skips.append(block(f"down{level}", x))
        x = fast.max_pool2d_forward(skips[-1])[0]
    x = block(f"down{net.depth}", x)
    for level in reversed(range(net.depth)):
        larger = fast.conv_transpose2d_forward(x, *parameters(f"up{level}.upconv"))[0]
        x = block(f"up{level}", np.concatenate([skips[level], larger], axis=1))
    background, nucleus = fast.conv2d_forward(x, *parameters("head"))[0][0]
    return 1 / (1 + np.exp(background - nucleus))


wide = image[:, :256]
at_once = zero_padded(wide)
pieces = np.zeros(wide.shape)
for top in range(0, 192, 64):
    for left in range(0, 256, 64):
        tile = np.s_[top : top + 64, left : left + 64]
        pieces[tile] = zero_padded(wide[tile])

fig, axes = plt.subplots(1, 3, figsize=(10, 2.8), layout="constrained")
axes[0].imshow(wide, cmap="gray")
axes[0].set(title="image")
axes[1].imshow(pieces, cmap="gray", vmin=0, vmax=1)
axes[1].set(title="probability, in 12 tiles")
shown = axes[2].imshow(np.abs(pieces - at_once), cmap="inferno", vmin=0, vmax=0.6)
axes[2].set(title="how far from that of the whole")
fig.colorbar(shown, ax=axes[2], shrink=0.8)
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()
print(f"the largest difference of a probability: {np.abs(pieces - at_once).max():.2f}")

# %% [markdown]
# At its border a tile sees zeros where in truth its neighbour is. (This network has learned without zeros, so they puzzle it more than one that grew up with
# them. But that one cannot know either what is behind the seam.) The damage is worst at the border, but it reaches further, as far
# as a pixel sees: in a network of depth 3 some 44 pixels. Cutting off a few at the edge only hides it.
#
# ## Only what can be known
#
# The paper's convolutions are *valid*: they give a number only where all pixels that it depends on are there. So the output is smaller than the input, 388 for 572.
# It is worth doing the sum once for all depths. Two convolutions take 4 pixels and a pooling halves, so that an image of side
# n comes to the next level with $n' = (n - 4) / 2$. It gets easier if 4 is added on both sides:
#
# $$n' + 4 = \frac{n - 4}{2} + 4 = \frac{n + 4}{2}$$
#
# *On the way down, n + 4 halves at each level.* Every pooling needs an even number, so after all $d$ levels n + 4 must still be whole: **n + 4
# must be a multiple of $2^d$**. (At depth 4: 572 + 4 = 576 is 36 times 16.)
# On the way up the sides double, and two convolutions take 4 again: $m' = 2m - 4$, and
#
# $$m' - 4 = 2\,(m - 4)$$
#
# *On the way up, m - 4 doubles at each level.* Say that b pixels come to the bottom; two convolutions there leave b - 4. Then, from the bottom,
# the input is $n + 4 = 2^d (b + 4)$, the output is $out - 4 = 2^d (b - 4 - 4)$, and the one less the other gives
#
# $$n - out = 12 \cdot 2^d - 8$$
#
# whatever n is. At depth 4 these are 184 pixels, 92 on each side: the **margin**. At depth 3 it is 44.
#
# ### Exercise 1
# How large must the input be to get an output of at least so many pixels? (Compute it from the two results above; `mu` is not there when the check runs.)

# %% nbgrader={"grade": false, "grade_id": "input_size_for", "locked": false, "schema_version": 3, "solution": true, "task": false}
def input_size_for(output, depth):
    """The smallest side that all poolings can halve and that gives `output` pixels or more.

    output is at least 1.
    """
    ### BEGIN SOLUTION
    step = 2**depth
    least = output + 12 * step - 8
    return -(-(least + 4) // step) * step - 4
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_input_size_for", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(input_size_for)

# %%
for output in (1, 388, 389, 512):
    side = input_size_for(output, 4)
    print(f"for {output:3} pixels: {side} in, {mu.output_size(side, 4)} out")

# %% [markdown]
# ## Where the image ends
#
# A tile in the middle of the image gets its margin from its neighbours. At the border of the image there are none, and something has to be made
# up. The paper mirrors: nuclei go on as nuclei, and not as a black frame. The mirror stands *on* the last pixel, so that it is not there twice:
# beyond pixel 0 comes 1 again, then 2. And if the image is smaller than the margin, one runs to the other end, turns round there, and so on.
#
# | position | -3 | -2 | -1 | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 |
# |---|---|---|---|---|---|---|---|---|---|---|---|
# | pixel of a line of 4 | 3 | 2 | 1 | 0 | 1 | 2 | 3 | 2 | 1 | 0 | 1 |
#
# ### Exercise 2
# Which pixels stand at positions start, ..., stop - 1? (There and back again takes 2 (side - 1) steps. What is the remainder of -1 in Python? And
# mind the line of one pixel.)

# %% nbgrader={"grade": false, "grade_id": "mirrored", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mirrored(start, stop, side):
    """Indices of the pixels at positions start, ..., stop - 1.

    Of a line of `side` pixels that is mirrored for ever.
    """
    ### BEGIN SOLUTION
    there_and_back = max(1, 2 * (side - 1))
    index = np.arange(start, stop) % there_and_back
    return np.minimum(index, (there_and_back - index) % there_and_back)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_mirrored", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(mirrored)

# %% [markdown]
# With it, a tile is cut by its *output*: say where that begins and how large the input is, and the margin comes by itself, from the image or from the mirror.

# %%
def cut(image, top, left, height, width, depth):
    """The input, (height, width), of a tile whose output begins at (top, left)."""
    margin = 6 * 2**depth - 4
    top, left = top - margin, left - margin
    rows = np.array(mirrored(top, top + height, image.shape[0]), int)
    columns = np.array(mirrored(left, left + width, image.shape[1]), int)
    return image[rows[:, np.newaxis], columns]


fig, ax = plt.subplots(figsize=(7, 4.6))
with_margin = cut(image, 0, 0, 192 + 88, 260 + 88, 3)
ax.imshow(with_margin, cmap="gray", extent=(-44.5, 303.5, 235.5, -44.5))
ax.add_patch(plt.Rectangle((-0.5, -0.5), 260, 192, fill=False, color="#E69F00", lw=1.5))
ax.set(title="the image (in the frame), and its mirrored margin")
ax.set(xlabel="column", ylabel="row")
plt.show()

# %% [markdown]
# ## Tiles
#
# First the truth: the whole image, mirrored, in one piece. Then the same in tiles, with a function `starts` that says where along a side
# the outputs begin; what hangs over the end of the image is thrown away.

# %%
def probability(net, pixels):
    background, nucleus = net.logits(pixels[np.newaxis, np.newaxis])[0]
    return 1 / (1 + np.exp(background - nucleus))


def whole(net, image):
    height, width = (int(input_size_for(side, net.depth)) for side in image.shape)
    found = probability(net, cut(image, 0, 0, height, width, net.depth))
    return found[: image.shape[0], : image.shape[1]]


def tiled(net, image, tile, starts):
    output = mu.output_size(tile, net.depth)
    result = np.full(image.shape, np.nan)
    for top in map(int, starts(image.shape[0], output, net.depth)):
        for left in map(int, starts(image.shape[1], output, net.depth)):
            found = probability(net, cut(image, top, left, tile, tile, net.depth))
            place = result[top : top + output, left : left + output]
            place[:] = found[: place.shape[0], : place.shape[1]]
    return result


# %% [markdown]
# ### Exercise 3: find the bug
# Outputs that lie side by side must begin at 0, output, 2 output, and so on, says a friend. The friend tests it well: every pixel is covered, none twice, and
# a small network with random weights gives the same in tiles as on the whole, up to the last digit of float32.

# %%
def friends_starts(side, output, depth):
    return np.arange(0, side, output)


small = mu.UNet(base=4, depth=2, seed=0)
rows, columns = (len(friends_starts(side, 36, 2)) for side in image.shape)
print(f"{mu.output_size(76, 2)} pixels a tile, {rows * columns} tiles")
difference = np.abs(tiled(small, image, 76, friends_starts) - whole(small, image))
print(f"the largest difference, depth 2: {difference.max():.0e}")

# %% [markdown]
# Now with the real network.
#
# **Predict before you run.** Depth 3, tiles of 156 pixels, so outputs of 68. Will it be the same? If not: where will it differ, and by
# how much, compared with the seams above?

# %%
truth = whole(net, image)
friends = np.abs(tiled(net, image, 156, friends_starts) - truth)
print("the largest difference in each tile:")
for row in range(0, 192, 68):
    for column in range(0, 260, 68):
        print(f"{friends[row : row + 68, column : column + 68].max():.0e}", end="   ")
    print()

# %% [markdown]
# <details><summary>After you have decided</summary>
#
# It is wrong, less than with zeros, but in three of four tiles, and not at their borders but all over: the picture after the exercise shows it. A max-pooling looks at pairs of pixels: 0 and 1,
# 2 and 3, and so on. Move the image by one, and it is 1 and 2, 3 and 4, other pairs with other maxima. Three poolings make windows
# of 8. So a tile computes the same as the whole only if it begins a multiple of $2^3$ pixels after the whole begins: on the **pooling grid**. The
# second output of the friend begins at 68, which is 4 pixels beside it; the third, at 136, is on it again.
#
# An output is always 4 pixels longer than a multiple of $2^d$: we have seen that out - 4 doubles at each level. That is why the friend's test did not see it.
# At depth 1 and 2 the grid is 2 and 4 pixels wide, and there 4 more pixels lead from one grid point to another. Only from depth 3 do tiles leave the grid.
#
# </details>
#
# The way out costs four pixels: step not by the output, but by the output rounded down to a multiple of $2^d$. Of 388 pixels, 384 are used,
# and the next tile computes the other four again.
#
# Write it as it should be: as few tiles as can be. The last one hangs over the end; do not move it back, or it leaves the grid. (An
# output smaller than $2^d$ pixels cannot do it at all; you need not think of that.)

# %% nbgrader={"grade": false, "grade_id": "tile_starts", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tile_starts(side, output, depth):
    """Where along a side the outputs of `output` pixels begin: whole numbers, from 0."""
    ### BEGIN SOLUTION
    step = output // 2**depth * 2**depth
    steps = max(0, -(-(side - output) // step))
    return step * np.arange(steps + 1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_tile_starts", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(tile_starts)

# %%
yours = np.abs(tiled(net, image, 156, tile_starts) - truth)
print(f"the largest difference: {yours.max():.0e}")

fig, axes = plt.subplots(1, 3, figsize=(10, 2.8), layout="constrained")
axes[0].imshow(tiled(net, image, 156, tile_starts), cmap="gray", vmin=0, vmax=1)
axes[0].set(title="probability, in your tiles")
titles = "friend: tiles - whole", "you: tiles - whole"
for ax, difference, title in zip(axes[1:], (friends, yours), titles, strict=True):
    above_zero = np.maximum(difference, 1e-9)  # 0 has no logarithm
    shown = ax.imshow(above_zero, cmap="inferno", norm=LogNorm(1e-9, 1))
    ax.set(title=title)
fig.colorbar(shown, ax=axes[1:], shrink=0.8, label="difference")
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# What is left in the right picture is float32, which has 7 digits: the matrix products are of other sizes, and add up in another
# order. In exact numbers the difference is 0. `minunet.predict` does just this, a row of tiles at a time:

# %%
net.each_image, net.normalization = False, (0, 1)  # this image is normalised already
predicted = mu.predict(net, image, tile=156)[1]
print(f"minunet.predict and the whole differ by {np.abs(predicted - truth).max():.0e}")

# %% [markdown]
# ## What a tile costs
#
# The margin is computed anew for each tile. How many pixels go in for each one that is used, at the paper's depth of 4?

# %%
inputs = np.arange(204, 2000, 16)
used = np.array([mu.output_size(int(side), 4) // 16 * 16 for side in inputs])
work = (inputs / used) ** 2

fig, ax = plt.subplots(figsize=(6.5, 3.2))
ax.loglog(inputs, work, color="#0072B2")
for side in (252, 572, 1212):
    at = work[inputs == side][0]
    ax.plot(side, at, "o", color="#E69F00")
    ax.annotate(f"{side}: {at:.1f}", (side, at), (8, 6), textcoords="offset points")
ax.set(xlabel="side of a tile's input", ylabel="pixels in per pixel used")
ax.set_xlim(180, 2200)
ax.set(xticks=[200, 500, 1000, 2000], xticklabels=[200, 500, 1000, 2000])
ax.set(yticks=[1, 10, 100], yticklabels=[1, 10, 100])
ax.minorticks_off()
plt.show()

# %% [markdown]
# Large tiles waste less, and memory grows with their area: as so often, take the largest that fits. Ours of 156 (5.9 pixels in for each, at depth 3) are good for a lesson only. The paper's network, drawn for
# 572, was trained on a graphics card of 6 gigabytes.
#
# ## To think about
# Is the network's answer independent of where the object lies? Move the image by one pixel, and the poolings pair other pixels, even on the whole
# image. So the friend's tiles were no worse than the whole, only other. How would you measure by how much a network's answers depend on such an
# accident? And could the average over several shifts be better than each?
#
# **Next:** lesson 10 goes through a network one step at a time.
