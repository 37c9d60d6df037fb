# %% [markdown]
# # Lesson 6: what an error costs, and where
#
# *About 110 minutes; a good place for a break is after exercise 2. You need NumPy, the derivative of a logarithm, and patience with a
# friend's program. Of lesson 2 you need three words: the way back, the cache (what forward keeps for it), and `d` before a name (the
# derivative of the loss by it). What is used of SciPy is explained where it comes.*
#
# The last layer of a U-Net gives two numbers for every pixel, one for "background" and one for "cell". This lesson turns them into probabilities,
# the probabilities into one number that says how wrong the network is, the **loss**, and finds its gradient, which is where every way
# back begins. Then comes what made the paper's network separate cells that touch (Ronneberger, Fischer and Brox 2015, section 3): a map
# that says how much each pixel's error costs.
#
# Two letters are the paper's: x is a pixel (its row and column), and w(x) that pixel's weight in the loss. So x is not the input of a layer
# here, and w no kernel of the network.

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy import ndimage

import minunet as mu
from minunet.borders import separate
from minunet.course import cells, check

# %% [markdown]
# ## The price of a probability
#
# Say that a network gives the right class of a pixel the probability $p$. How bad is it that $p$ is not 1? Over many pixels the
# network is as good as the probability that it gives to *all* the labels together, which is the product of all the $p$. So many factors below 1
# make a number too small for a computer, so we take the logarithm, which makes a sum of it, and a minus, so that less is better:
# a pixel costs $-\log p$. That is the **cross-entropy**.

# %%
p = np.linspace(0.003, 1, 400)
fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(p, -np.log(p))
for known in (0.99, 0.5, 0.1, 0.01):
    ax.plot(known, -np.log(known), "o", color="C1")
    place = (9, 7) if known < 0.9 else (-66, 20)
    said = f"p = {known}: {-np.log(known):.2f}"
    ax.annotate(said, (known, -np.log(known)), place, textcoords="offset points")
ax.set(xlabel="p, the probability of the right class", ylabel="cost, $-\\log\\, p$")
ax.set(ylim=(0, 6))
plt.show()

# %% [markdown]
# To be sure and right costs nearly nothing, to shrug (p = 0.5) costs the logarithm of 2, and to be sure and wrong costs without limit.
#
# ## From scores to probabilities
#
# What the network gives are not probabilities but **logits**: any numbers, large where the class is likely. The **softmax** makes
# probabilities of the C logits $z_0, ..., z_{C-1}$ of one pixel (the paper calls them $a_k(x)$): all positive, with the sum 1, in the same order.
#
# $$p_k = \frac{e^{z_k}}{\sum_{c} e^{z_c}}$$
#
# **Predict before you run.** A pixel has the logits 800 and 799. What are the two probabilities? And what will NumPy say they are?
#
# <details><summary>After you have decided</summary>
#
# Only the difference counts: divide above and below by $e^{799}$, and $e / (e + 1)$ = 0.73 and 0.27 remain. But NumPy computes $e^{800}$
# first. The largest number that float64 can hold is about $e^{709.8}$, and that of float32 about $e^{88.7}$, so it finds infinity over infinity: not a number.
#
# </details>

# %%
logits = np.array([800.0, 799.0])
with np.errstate(over="ignore", invalid="ignore"):
    print("as written:", np.exp(logits) / np.exp(logits).sum())
shifted = np.exp(logits - logits.max())
print("less the largest:", shifted / shifted.sum())
for kind in (np.float64, np.float32):
    print(f"largest exponent of e in {kind.__name__}: {np.log(np.finfo(kind).max):.1f}")

# %% [markdown]
# The cure is to subtract the largest logit of the pixel first, which multiplies above and below by the same number and changes no $p$.
# Then the largest exponent is 0, and nothing overflows.
#
# It is half the cure. If the right class is 800 *below* the largest, its exponential is too small for a float and becomes 0 (it underflows),
# and $-\log 0$ is infinite, where 800 would be right. So simplify the logarithm on paper first, and compute what has become of it. With $l$
# for the right class:
#
# $$-\log p_l = \log \sum_c e^{z_c} - z_l = \log \sum_c e^{z_c - m} - (z_l - m), \qquad m = \max_c z_c$$
#
# The last sum is at least 1, since one of its terms is $e^0$: its logarithm is harmless. Both ways, in float32, for two classes: the right one
# with the logit $z$, the other with the logit 0.

# %%
z = np.linspace(-130, 130, 521).astype(np.float32)
two = np.stack([z, np.zeros_like(z)])
with np.errstate(all="ignore"):
    naive = -np.log(np.exp(two) / np.exp(two).sum(axis=0))[0]
m = two.max(axis=0)
stable = np.log(np.exp(two - m).sum(axis=0)) - (two[0] - m)

fig, ax = plt.subplots(figsize=(7, 3))
ax.plot(z, stable, lw=5, color="C0", alpha=0.5, label="less the largest, then simplified")
finite = np.isfinite(naive)
ax.plot(z[finite], naive[finite], color="black", lw=1.5, label="as written")
for bad, text in ((np.isinf(naive), "infinite"), (np.isnan(naive), "not a\nnumber")):
    ax.axvspan(z[bad].min(), z[bad].max(), color="C1", alpha=0.3)
    ax.text(z[bad].mean(), 55, text, ha="center")
ax.set(xlabel="z, the logit of the right class", ylabel="$-\\log\\, p$")
ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# A network that learns a little too fast does reach such logits (lesson 10 lets one do so), and one pixel whose loss is not a number
# spoils the whole sum.
#
# ## The loss
#
# All pixels x together, with a weight $w(x)$ for each, about which more below, give the paper's energy (section 3, equation 1, which is
# printed without the minus):
#
# $$E = -\sum_{x} w(x)\, \log p_{l(x)}(x)$$
#
# where $l(x)$ is the label of pixel x, the number of its right class. A sum grows with the image, so most people divide it. There are three
# habits, and you write all three: `"sum"` is E itself, `"mean"` divides by the number of pixels $N \cdot H \cdot W$, `"weight_mean"` by the
# sum of the weights.
#
# ### Exercise 1
# The softmax is over axis 1 of `logits`, the classes, at each pixel by itself: `keepdims=True` keeps that axis, with the size 1, when you take
# a maximum or a sum along it. `np.take_along_axis(a, labels[:, None], axis=1)` picks the number of the label's class at every pixel of an array `a`
# of (N, C, H, W); the result is (N, 1, H, W). For the way back, return a cache as well: the probabilities (where an underflow to 0 does no
# harm), the labels, and each pixel's weight after the division, as `scale`.

# %% nbgrader={"grade": false, "grade_id": "weighted_cross_entropy_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_cross_entropy_forward(logits, labels, weights, reduction="mean"):
    """logits (N, C, H, W); labels (N, H, W), from 0 to C-1; weights (N, H, W), or None: all 1.

    Returns the loss, a number, and cache = (p, labels, scale).
    """
    ### BEGIN SOLUTION
    if weights is None:
        weights = np.ones(labels.shape, logits.dtype)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    scale = weights / {"mean": labels.size, "sum": 1, "weight_mean": weights.sum()}[reduction]
    of_label = np.take_along_axis(log_p, labels[:, None], axis=1)[:, 0]
    return -(scale * of_label).sum(), (np.exp(log_p), labels, scale)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_weighted_cross_entropy_forward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(weighted_cross_entropy_forward)

# %% [markdown]
# ## The shortest gradient there is
#
# How does E change with one logit $z_k$ of one pixel? Only this pixel's own term contains it, and there in two places:
#
# $$\log p_l = z_l - \log \sum_c e^{z_c}, \qquad
# \frac{\partial \log p_l}{\partial z_k} = [k = l] - \frac{e^{z_k}}{\sum_c e^{z_c}} = [k = l] - p_k$$
#
# where $[k = l]$ is 1 for the label's class and 0 for the others: the derivative of a logarithm is one over its inside, times the
# derivative of the inside, and what comes out is the softmax again. With the minus and the weight of the loss,
#
# $$\frac{\partial E}{\partial z_k(x)} = w(x)\,(p_k(x) - [k = l(x)])$$
#
# What the network says, less what it should say. The logarithm and the exponentials have cancelled, which is why softmax and cross-entropy are taken together.
# Where the network is sure and right, the gradient is 0; where it is sure and wrong, it is as large as the weight and no larger, with a
# minus at the right class and a plus at the wrong one. (Whatever the reduction divides by is in `scale`, which takes the place of w here.)
#
# **Predict before you run.** What is the sum of this gradient over the classes, at any pixel?
#
# <details><summary>After you have decided</summary>
#
# 0: the $p_k$ sum to 1, and so do the $[k = l]$. What is taken from one class is given to the others. It must be so, since the same number added
# to all the logits of a pixel changes no probability. A short test for any softmax you meet.
#
# </details>
#
# ### Exercise 2
# Write it, for all pixels. A loss has no gradient from above: the way back begins here.

# %% nbgrader={"grade": false, "grade_id": "weighted_cross_entropy_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weighted_cross_entropy_backward(cache):
    """cache as weighted_cross_entropy_forward returned it; gives dlogits (N, C, H, W)."""
    ### BEGIN SOLUTION
    p, labels, scale = cache
    is_label = np.arange(p.shape[1])[:, None, None] == labels[:, None]
    return scale[:, None] * (p - is_label)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_weighted_cross_entropy_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(weighted_cross_entropy_forward, weighted_cross_entropy_backward)

# %% [markdown]
# Let us see both on real nuclei. We have no network yet, so the simplest one must do: the logit of "background" is 0, that of "cell" says how
# much brighter than a threshold the pixel is. (The brighter nuclei are shown all white, for the sake of the fainter ones.)

# %%
image, labels = cells()
crop = np.s_[396:468, 104:208]
truth = (labels[crop] > 0).astype(int)[None]
brightness = 40 * (image[crop] - 0.17)
logits = np.stack([np.zeros_like(brightness), brightness])[None]
loss, cache = weighted_cross_entropy_forward(logits, truth, None)
gradient = weighted_cross_entropy_backward(cache)
p_cell = 1 / (1 + np.exp(-brightness))  # the softmax of 0 and z, its fraction reduced by e^z
each = -np.log(np.where(truth[0] == 1, p_cell, 1 - p_cell))
print(f"loss {loss:.3f}, the mean of the picture in the middle {each.mean():.3f}")
print("the gradient's sum over the classes is 0:", np.allclose(gradient.sum(axis=1), 0))

fig, axes = plt.subplots(1, 3, figsize=(12, 2.9), layout="constrained")
shown = [
    (image[crop], dict(cmap="gray", vmin=0, vmax=0.5), "image, outline: the truth"),
    (each, dict(cmap="magma", vmin=0, vmax=4), "$-\\log\\, p$ of the label"),
    (gradient[0, 1] * truth.size, dict(cmap="PuOr", vmin=-1, vmax=1), 'gradient of "cell"'),
]
for ax, (values, style, title) in zip(axes, shown, strict=True):
    fig.colorbar(ax.imshow(values, **style), ax=ax, shrink=0.85)
    ax.contour(truth[0], [0.5], colors="C0", linewidths=0.8)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# On the right is the gradient of the logit of "cell", times the number of pixels, so that it goes from -1 to 1. In the violet a step against the gradient
# lowers this logit, in the orange it raises it. Most of the violet lies in the light that bright nuclei throw about themselves.
#
# ## Not all pixels are alike
#
# Look at the chain of nuclei once more. Which pixels say that there are several, and not one long worm? The few between them. The
# image's own labels often have no background there at all, so we carve a gap of one pixel first, with minunet's `separate` (the authors'
# later program does so too).

# %%
separated = separate(labels)
gaps = (labels > 0) & (separated == 0)
blobs = ndimage.label(labels > 0)[1]
nuclei = len(np.unique(labels)) - 1
print(f"{nuclei} nuclei, but {blobs} connected pieces if nobody marks the gaps")
print(f"{gaps.sum()} pixels were carved, of {labels.size}: {gaps.mean():.2%}")

fig, axes = plt.subplots(1, 2, figsize=(10, 3.4))
titles = ("as labelled: some nuclei touch", "a gap of one pixel carved")
for ax, values, title in zip(axes, (labels, separated), titles, strict=True):
    colours = np.ma.masked_where(values[crop] == 0, values[crop] * 7 % 20)
    ax.imshow(colours, cmap="tab20", interpolation="nearest", vmin=0, vmax=19)
    ax.set(title=title, xticks=[], yticks=[], facecolor="black")
plt.show()

# %% [markdown]
# A network that calls every one of these few pixels "cell" has nearly all of the image right, and finds too few nuclei. So the paper makes
# them expensive (section 3, equation 2):
#
# $$w(x) = w_c(x) + w_0 \exp\left(-\frac{(d_1(x) + d_2(x))^2}{2\sigma^2}\right)$$
#
# $d_1$ is the distance from pixel x to the border of the nearest cell, $d_2$ that to the border of the second nearest *cell*. On the straight
# way across a gap their sum is the same wherever you stand: the width of the gap, and one more, since it is measured from the middle of one border
# pixel to the middle of the other. $w_0$ = 10, and $\sigma$ is about 5 pixels. We call the second term the **border term**. It is meant for the
# background, as in the paper's figure 3; we leave it out inside the cells.
#
# $w_c(x)$ balances the classes, and depends on the class of pixel x alone: in our image there is far more background than cell. The paper gives no
# formula for it. We take the square root: with $n_c$ pixels of class c and n in all (over the training set; here, in the one image that we have),
#
# $$w_c = \frac{n}{\sqrt{n_c}\, \sum_k \sqrt{n_k}}$$
#
# A pixel of the rarer class weighs more, though all of them together still weigh less than the others: full balance would make each so dear that a
# network rather draws the cells too large. And a pixel weighs 1 on average: $\sum_c n_c w_c / n$ is $\sum_c \sqrt{n_c} / \sum_k \sqrt{n_k}$ = 1.

# %%
counts = np.bincount((separated > 0).ravel())
balance = labels.size / (np.sqrt(counts) * np.sqrt(counts).sum())
for name, count, weight in zip(("background", "cells"), counts, balance, strict=True):
    print(f"{name}: {count} pixels, each weighs {weight:.2f}, in all {count * weight:.0f}")

gap = np.linspace(0, 32, 200)
fig, ax = plt.subplots(figsize=(6, 2.8))
for sigma, style in ((2.5, ":"), (5, "-"), (10, "--")):
    ax.plot(gap, 10 * np.exp(-(gap**2) / (2 * sigma**2)), style, label=f"$\\sigma$ = {sigma}")
ax.axhline(balance[0], color="gray", lw=1, label="$w_c$ of the background")
ax.set(xlabel="$d_1 + d_2$, the width of the gap and one more (pixels)", ylabel="border term")
ax.legend()
plt.show()

# %% [markdown]
# ## Find the bugs
# A friend has written the map. There are many such programs about; this one is made up, but every fault in it has been seen in the wild.
# It gets a mask (True in the cells). `binary_erosion` takes a layer of one pixel off the cells, `cdist` makes a table of the distances of
# each point in one list to each in another, and `np.partition(..., 1, axis=0)[:2]` gives the two smallest numbers of every column.
#
# There are seven faults. Read the program and write down what you find, before you go on. The cells after it show what each fault does;
# why it does so is folded up, so that you can find it first.

# %%
from scipy.spatial.distance import cdist


def friends_weight_map(mask, w0=10, sigma=5):
    height, width = mask.shape
    edge = mask & ~ndimage.binary_erosion(mask)
    edge_pixels = np.stack(np.where(edge is True), axis=1)  # (row, column) of each
    a, b = np.meshgrid(np.arange(height), np.arange(width))
    all_pixels = np.stack([a.ravel(), b.ravel()], axis=1)
    distances = cdist(edge_pixels, all_pixels)  # from each edge pixel to each pixel
    d1, d2 = np.partition(distances, 1, axis=0)[:2]  # the two smallest
    weights = w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))
    weights = weights.reshape(height, width)
    return


def discs(shape, *centres, radius=7):
    """Labels of round cells."""
    rows, columns = np.indices(shape)
    drawn = np.zeros(shape, int)
    for number, (row, column) in enumerate(centres, start=1):
        drawn[np.hypot(rows - row, columns - column) < radius] = number
    return drawn


test = discs((40, 40), (13, 13), (26, 26)) > 0
try:
    print(friends_weight_map(test))
except ValueError as error:
    print("ValueError:", str(error).partition(".")[0])

# %% [markdown]
# **One and two.** Which line stops the program? And once that is mended, what does the caller get?
#
# <details><summary>One and two</summary>
#
# The line with `edge is True`: `is` asks whether two names stand for one and the same object, and an array never is the object `True`, whatever is
# in it. So `np.where` gets a plain `False`. The friend meant `np.where(edge)`. And the last line says `return` and nothing else, so the caller
# gets `None`.
#
# </details>
#
# Here is the draft with both mended, and the friend's test: two cells across from each other, and the pixel in the middle between them should weigh more than a
# corner.

# %%
def second_draft(mask, w0=10, sigma=5, **grid):
    height, width = mask.shape
    edge = mask & ~ndimage.binary_erosion(mask)
    edge_pixels = np.stack(np.where(edge), axis=1)
    a, b = np.meshgrid(np.arange(height), np.arange(width), **grid)
    all_pixels = np.stack([a.ravel(), b.ravel()], axis=1)
    distances = cdist(edge_pixels, all_pixels)
    d1, d2 = np.partition(distances, 1, axis=0)[:2]
    weights = w0 * np.exp(-((d1 + d2) ** 2) / (2 * sigma**2))
    return weights.reshape(height, width)


found = second_draft(test)
print("the middle weighs more than the corner:", bool(found[19, 19] > found[0, 39]))

# %% [markdown]
# The test passes, and five faults are still in there. **Three** shows in an image that is not symmetric, and in one that is not square. The
# white lines are the cells' outlines.

# %%
lopsided = discs((40, 40), (10, 12), (27, 12))
wide = discs((30, 55), (14, 14), (14, 34))
masks = {"the friend's test": test, "not symmetric": lopsided > 0, "not square": wide > 0}
fig, axes = plt.subplots(1, 3, figsize=(11, 3), width_ratios=[40, 40, 55])
for ax, (title, mask) in zip(axes, masks.items(), strict=True):
    ax.imshow(second_draft(mask), cmap="viridis", vmin=0, vmax=10)
    ax.contour(mask, [0.5], colors="white", linewidths=1.2)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# <details><summary>Three</summary>
#
# In the second image the map is mirrored at the diagonal, in the third it is in shreds. `np.meshgrid` counts as on graph paper, across first and then
# down: its results have the shape (second, first), here (width, height), and when they are read in order, the first coordinate, which we take
# for the row, runs fastest. `indexing="ij"`, or `np.indices(mask.shape)`, counts rows first and then columns. The friend's image
# was its own mirror image, and so could not tell. (Lesson 1 has said it: no symmetry.)
#
# </details>
#
# **Four** is the worst, since with the third mended the map looks right. Put a single cell into the image. There is no second cell, no gap,
# nothing to keep apart: no pixel should weigh more. And of two cells, look along a line through the gap and beyond.

# %%
lonely = discs((30, 55), (14, 14))
right = mu.border_weight_map(wide, class_weights=(0, 0))  # minunet's, the border term alone
drafts = [second_draft(one > 0, indexing="ij") for one in (lonely, wide)]

fig, (left, middle, line) = plt.subplots(1, 3, figsize=(13, 2.9))
titles = ("one cell alone", "two cells, and a row to look along")
for ax, draft, title in zip((left, middle), drafts, titles, strict=True):
    ax.imshow(draft, cmap="viridis", vmin=0, vmax=10)
    ax.set(title=title, xticks=[], yticks=[])
middle.axhline(14, color="white", ls=":")
line.plot(drafts[1][14], color="C1", label="draft")
line.plot(right[14], "--", color="C0", label="equation")
for start, stop in ((8, 20), (28, 40)):
    line.axvspan(start, stop, color="lightgray")
line.set(xlabel="column (gray: the cells)", ylabel="border term", ylim=(-0.3, 13))
line.legend(ncols=2, loc="upper right")
plt.show()

# %% [markdown]
# <details><summary>Four</summary>
#
# The two smallest of all distances belong to two *pixels*, and these are nearly always neighbours on one cell's edge. So the draft computes about
# twice $d_1$ and draws a ring about every cell, inside it too. Needed is one distance for each *cell*, and of these the two smallest.
#
# </details>

# %%
edge = (wide > 0) & ~ndimage.binary_erosion(wide > 0)
owner = wide[edge]  # the cell of each edge pixel
table = cdist(np.argwhere(edge), np.argwhere(wide == 0))
first, second = owner[np.argsort(table, axis=0, kind="stable")[:2]]
share = np.mean(first == second)
print(f"both nearest edge pixels are of one cell at {share:.1%} of the background")

# %% [markdown]
# **Five.** Why could no function mend that which is given `mask`, as this one is?
#
# <details><summary>Five</summary>
#
# It has to know which pixel is of which cell. Cells that touch are one piece in a mask, and you have seen above that ours has fewer pieces
# than nuclei. The function has to be given the labels.
#
# </details>
#
# **Six** is what is *not* there. What do the pixels far from all cells weigh?

# %%
draft = second_draft(discs((90, 120), (40, 50), (40, 68)) > 0, indexing="ij")
share = np.mean(draft < 0.01)
print(f"{share:.0%} of the pixels weigh less than 0.01, the least {draft.min():.0e}")

# %% [markdown]
# <details><summary>Six</summary>
#
# $w_c$ is missing: most of the image costs nothing, and a network may call it what it likes.
#
# </details>
#
# **Seven** you would notice on the first real image. Guess before you run: how much memory do `distances` take there?

# %%
edge_pixels = ((labels > 0) & ~ndimage.binary_erosion(labels > 0)).sum()
size = edge_pixels * labels.size * 8 / 2**30
print(f"{edge_pixels} edge pixels, {labels.size} pixels, 8 bytes a pair: {size:.0f} GiB")
print("and np.partition makes a copy of them")

# %% [markdown]
# ## One distance for each cell
#
# `scipy.ndimage.distance_transform_edt(mask)` gives at every pixel where the mask is True the distance to the nearest pixel where it is
# False, and 0 where it is False. It needs no table of pairs, and takes a time that grows with the number of pixels alone. So `labels != cell`
# gives the distance to one cell, and that is the distance to its border: if all four neighbours of a pixel are in the cell too, one of them is
# nearer.
#
# ### Exercise 3
# Give $d_1$ and $d_2$ for every pixel. There are two cells at least; their numbers need not be 1, 2, 3. Inside a cell $d_1$ is 0 here,
# whatever the way to its border: the map leaves the cells out.

# %% nbgrader={"grade": false, "grade_id": "two_nearest", "locked": false, "schema_version": 3, "solution": true, "task": false}
def two_nearest(labels):
    """labels (H, W), 0 is background.

    Gives (2, H, W): the distances to the nearest and to the second nearest cell.
    """
    ### BEGIN SOLUTION
    from scipy.ndimage import distance_transform_edt

    cells = np.unique(labels[labels > 0])
    distances = np.stack([distance_transform_edt(labels != cell) for cell in cells])
    return np.sort(distances, axis=0)[:2]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_two_nearest", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(two_nearest)

# %%
part = separated[crop]
d1, d2 = two_nearest(part)
fig, axes = plt.subplots(1, 3, figsize=(12, 2.9), layout="constrained")
shown = {"$d_1$": d1, "$d_2$": d2, "$d_1 + d_2$": d1 + d2}
for ax, (title, values) in zip(axes, shown.items(), strict=True):
    drawn = ax.imshow(values, cmap="cividis", vmin=0, vmax=40)
    fig.colorbar(drawn, ax=ax, shrink=0.85, label="pixels")
    ax.contour(part > 0, [0.5], colors="white", linewidths=0.8)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# $d_1$ alone says nothing of a neighbour. The sum is small exactly where two cells are close, and along the line from one to the other it does not change.
#
# ## The fast one
#
# With a hundred nuclei, `two_nearest` measures a hundred whole images, keeps them all, and sorts them. Two ideas save nearly all of it.
# (If time is short, go on to exercise 4: it may be written the plain way, with `two_nearest`.)
#
# *Nobody needs far distances.* Measure each cell in a window only: the box about the cell, $6\sigma$ wider on all four sides. Within the window
# the distances are exact, since the whole cell is in it. Outside they count as infinite, and $e^{-\infty} = 0$. What is lost? A pixel outside of
# the window is more than $6\sigma$ away from the cell. If the cell is one of its two nearest, the sum is more than $6\sigma$ too, and the border
# term less than
#
# $$w_0 \exp\left(-\frac{(6\sigma)^2}{2\sigma^2}\right) = w_0\, e^{-18}$$
#
# For $\sigma$ = 5 it is less still: outside of the window a cell is 31 pixels away at least, the other cell 1 at least, the sum 32.

# %%
print(f"whatever sigma is, less than {np.exp(-18):.1e} of w0")
print(f"for sigma = 5 and w0 = 10: {10 * np.exp(-(32**2) / (2 * 5**2)):.1e} at most")
half_a_step = np.finfo(np.float32).eps / 4  # of the numbers between 1/2 and 1
print(f"rounded away, on w_c = {balance[0]:.2f} in float32: all below {half_a_step:.1e}")

# %% [markdown]
# With these numbers it vanishes in the rounding. A $w_0$ a hundred times as large would leave about a millionth out, which no training would notice.
#
# `scipy.ndimage.find_objects(labels)` gives the boxes as pairs of slices: of label 1, of label 2 and so on, with None for a number that
# is left out. A window must not begin before the image: a slice that starts at -3 starts near the other end.
#
# *Nobody needs the third nearest.* Keep two images, the nearest so far and the second nearest so far, both infinite at first. A new cell's distance $d$
# changes them like this, the second one first:
#
# $$second = \min(second, \max(nearest, d)), \qquad nearest = \min(nearest, d)$$
#
# Check it in your head with $d$ smaller than both, between the two, and larger than both.
#
# ### Exercise 4: the mended map
# Write what the friend wanted, with all seven faults mended and the border term on the background alone: with windows, or plainly, as you
# like. Three things to mind:
#
# - With one cell there is no $d_2$, and with none not even $d_1$. The border term is 0 then, and $w_c$ is all that a pixel weighs.
# - A class without a pixel has no $w_c$ and needs none. In an image without a cell, balanced by itself, every pixel is background and weighs 1.
# - Take the labels as they are. Where cells touch there is no background between them, and no border term: whoever wants one carves first,
#   as we did with `separate`.

# %% nbgrader={"grade": false, "grade_id": "border_weight_map", "locked": false, "schema_version": 3, "solution": true, "task": false}
def border_weight_map(labels, w0=10, sigma=5, class_weights=None):
    """The weight of each pixel (H, W): w_c everywhere, and the border term on the background.

    class_weights are (background, cells); None: balance this image, by the square roots of
    the numbers of pixels.
    """
    ### BEGIN SOLUTION
    from scipy.ndimage import distance_transform_edt, find_objects

    cell = labels > 0
    if class_weights is None:
        roots = np.sqrt(np.bincount(cell.ravel(), minlength=2))
        some = np.maximum(roots, 1)  # a class may have no pixel
        class_weights = labels.size / (some * roots.sum())
    reach = int(np.ceil(6 * sigma))
    nearest = np.full(labels.shape, np.inf)
    second = nearest.copy()
    for number, box in enumerate(find_objects(labels), start=1):
        if box is None:
            continue
        window = tuple(slice(max(0, side.start - reach), side.stop + reach) for side in box)
        distance = distance_transform_edt(labels[window] != number)
        second[window] = np.minimum(second[window], np.maximum(nearest[window], distance))
        nearest[window] = np.minimum(nearest[window], distance)
    term = w0 * np.exp(-((nearest + second) ** 2) / (2 * sigma**2))
    return np.where(cell, class_weights[1], class_weights[0] + term)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_border_weight_map", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check(border_weight_map)

# %%
weights = border_weight_map(separated)
fig, (whole, detail) = plt.subplots(1, 2, figsize=(12, 4.6), width_ratios=[1, 1.35])
whole.imshow(weights, cmap="inferno", vmin=0, vmax=11)
rows, columns = crop
whole.add_patch(plt.Rectangle((columns.start, rows.start), 104, 72, fill=False, color="white"))
whole.set(title="all of the image", xticks=[], yticks=[])
drawn = detail.imshow(weights[crop], cmap="inferno", vmin=0, vmax=11)
fig.colorbar(drawn, ax=detail, shrink=0.8, label="weight")
detail.set(title="the frame", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# How long did it take, how long would `two_nearest`, and how long minunet's own, which works with windows? (That one has one argument more:
# `everywhere=True` adds the border term inside the cells as well.)

# %% tags=["varies"]
from time import perf_counter

quarter = separated[:256, :256]
functions = (border_weight_map, two_nearest, mu.border_weight_map)
for name, function in zip(("yours", "two_nearest", "minunet's"), functions, strict=True):
    start = perf_counter()
    function(quarter)
    print(f"{name}: {(perf_counter() - start) * 1000:.0f} ms for a quarter of the image")

# %% [markdown]
# And what is the map worth? Take a network that is good everywhere (p = 0.97 for the right class) but takes the gaps for cells (p = 0.05 there).
# **Predict before you run:** which share of its loss comes from the gaps, if all pixels weigh the same? And with the map?

# %%
p_right = np.where(gaps, 0.05, 0.97)
confident = np.log(p_right / (1 - p_right))  # the logit that gives this probability
is_cell = (separated > 0).astype(int)[None]
of_cell = np.where(separated > 0, confident, -confident)
logits = np.stack([np.zeros_like(of_cell), of_cell])[None]
print(f"the gaps are {gaps.mean():.2%} of the pixels")
for name, weight in (("all alike", np.ones(labels.shape)), ("the map", weights)):
    total, _ = weighted_cross_entropy_forward(logits, is_cell, weight[None], "sum")
    of_gaps, _ = weighted_cross_entropy_forward(logits, is_cell, (weight * gaps)[None], "sum")
    print(f"{name}: {of_gaps / total:.0%} of the loss is in the gaps")

# %% [markdown]
# ## To think about
# A map with a large $w_0$ says "rather lose a little of the cells than join two of them". What would a network trained with $w_0$ = 1000 do to every
# narrow place, also *within* one nucleus? And whoever outlines cells by hand is often a pixel off: whose error is it that the map makes expensive?
#
# **Next:** all layers are written. In lesson 7 they become a network.
