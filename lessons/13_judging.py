# %% [markdown]
# # Lesson 13: judging a segmentation
#
# *About 75 minutes. You need NumPy; lesson 6 helps.*
#
# A segmentation is made for a question: how many cells are there, how large are they, which belong together? A score that does not know the
# question can be excellent and mean nothing. Ronneberger, Fischer and Brox 2015 report three scores in their Table 1 (section 4), and rank by
# the strangest of them. This lesson says why: you write three scores, see each of them fooled, and then read the paper's table.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet import metrics
from minunet.course import cells, check

# %% [markdown]
# ## A tissue, and two people who draw it
#
# In tissue, cells fill the image, and what parts them is a thin membrane. Ours is made from the real nuclei: each pixel belongs to the nucleus
# that is nearest to it, and where two regions meet there is a membrane three or four pixels wide.

# %%
from scipy.ndimage import binary_dilation, binary_erosion, distance_transform_edt, maximum

image, nuclei = cells()
nuclei = nuclei[160:416, 100:420]
nearest = distance_transform_edt(nuclei == 0, return_distances=False, return_indices=True)
tissue = nuclei[tuple(nearest)]
meets = np.zeros(tissue.shape, bool)
meets[:, 1:] |= tissue[:, 1:] != tissue[:, :-1]
meets[1:] |= tissue[1:] != tissue[:-1]
truth = np.where(binary_dilation(meets), 0, tissue)  # 0 is membrane, other numbers are cells

# The careful one draws every membrane two pixels too wide on each side.
careful = binary_erosion(truth > 0, iterations=2, border_value=1)


def with_gaps(gaps):
    """The cells (True), where pieces of membrane at some places are overlooked."""
    drawn = truth > 0
    for gap in gaps:
        drawn = drawn | (np.hypot(*(np.indices(truth.shape) - gap[:, None, None])) < 4)
    return drawn


gaps = np.random.default_rng(3).permutation(np.argwhere(truth == 0))[:9]
hasty = with_gaps(gaps)

colours = np.vstack([[0, 0, 0], np.random.default_rng(1).uniform(0.35, 1, (2000, 3))])
drawings = {"truth": truth, "careful, thick pen": careful, "hasty, thin pen": hasty}
fig, axes = plt.subplots(1, 3, figsize=(11, 3.2))
for ax, (title, drawn) in zip(axes, drawings.items(), strict=True):
    parts = metrics.instances(drawn) if drawn.dtype == bool else drawn
    one_of_them = maximum(truth, parts, np.arange(parts.max() + 1)).astype(int)  # a true cell
    one_of_them[0] = 0
    ax.imshow(colours[one_of_them[parts]], interpolation="nearest")
    ax.set(title=f"{title}: {len(np.unique(parts[parts > 0]))} cells", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# A cell has the same colour in each drawing, and cells that have run together have one between them. The careful drawing has every cell; in the
# hasty one, nine small gaps have let cells run together.
#
# **Predict before you run.** Which of the two has the smaller *pixel error*, the share of the pixels that are wrong?
#
# <details><summary>After you have decided</summary>
#
# The hasty one, by far. A pen two pixels too wide is wrong along every membrane of the image; a gap is wrong in a few dozen pixels. The
# number is printed below exercise 1.
#
# </details>
#
# ## Pixel error
#
# $$E_{pixel} = \frac{1}{HW} \sum_{h,w} [\,predicted_{h,w} \neq truth_{h,w}\,]$$
#
# ### Exercise 1
# Write it, for two arrays of classes.

# %% nbgrader={"grade": false, "grade_id": "pixel_error", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pixel_error(predicted, truth):
    """Share of the pixels whose class is wrong; both are integer arrays (H, W)."""
    ### BEGIN SOLUTION
    return np.mean(predicted != truth)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_pixel_error", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(pixel_error)

# %%
for name, drawn in (("careful", careful), ("hasty", hasty)):
    print(f"{name}: pixel error {pixel_error(drawn, truth > 0):.3f}")

# %% [markdown]
# So by pixels the hasty drawing is many times better, and for whoever wants to follow a nerve cell through the image it is useless: its
# cells have run together. Pixel error asks where exactly a border runs. Nobody asked that.
#
# ## Pairs of pixels
#
# The idea of the Rand index (1971): forget what segments are called and where their borders run. Take two pixels at random and ask one thing:
# are they together? A prediction is good if it says so for the pairs for which the truth says so.
#
# Let $p_{ij}$ be the share of the pixels that lie in segment $i$ of the prediction and in segment $j$ of the truth, a table. Its sums
# over $j$ and $i$ are the shares of the segments themselves, $s_i$ and $t_j$. Two pixels drawn at random (the same one may come twice)
#
# - are both in $i$ and both in $j$ with probability $p_{ij}^2$, so together in both drawings with probability $\sum_{ij} p_{ij}^2$,
# - are together in the prediction with probability $\sum_i s_i^2$, and in the truth with $\sum_j t_j^2$.
#
# Of the pairs that are together in the truth, $\sum p_{ij}^2 / \sum t_j^2$ are together in the prediction: that falls when cells
# are *split*. Of those together in the prediction, $\sum p_{ij}^2 / \sum s_i^2$ are so in the truth: that falls when cells are *merged*. The
# challenge (Arganda-Carreras et al. 2015) takes the harmonic mean of both:
#
# $$V_{rand} = \frac{\sum_{ij} p_{ij}^2}{\frac12 \sum_i s_i^2 + \frac12 \sum_j t_j^2}$$
#
# Two rules go with it. Only pixels of the truth's foreground count, since where the truth has membrane nobody is right. And a pixel there
# that the prediction calls membrane belongs together with no other: each is a segment of its own.
#
# ### Exercise 2
# Write it. `np.unique(..., return_inverse=True, return_counts=True)` numbers the segments; a number for each pair of segments counts the table.

# %% nbgrader={"grade": false, "grade_id": "v_rand", "locked": false, "schema_version": 3, "solution": true, "task": false}
def v_rand(predicted, truth):
    """V_rand of two label arrays (H, W), 0 for membrane: 1 is perfect."""
    ### BEGIN SOLUTION
    inside = truth > 0
    predicted, truth = predicted[inside].astype(np.int64), truth[inside]
    membrane = predicted == 0
    predicted[membrane] = -np.arange(1, membrane.sum() + 1)  # each a segment of its own
    _, i, s = np.unique(predicted, return_inverse=True, return_counts=True)
    _, j, t = np.unique(truth, return_inverse=True, return_counts=True)
    _, p = np.unique(i * len(t) + j, return_counts=True)
    s, t, p = s.astype(float), t.astype(float), p.astype(float)
    return 2 * (p**2).sum() / ((s**2).sum() + (t**2).sum())
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_v_rand", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(v_rand)

# %% [markdown]
# One thing is left of the pen: the careful drawing's wide membranes cover pixels of cells, each of which is now alone. So the
# challenge *thins* membranes first: `metrics.segments` gives each of their pixels to the nearest segment. (The paper's own table is older, and did not.)

# %%
print("            pixel error   V_rand as drawn   V_rand thinned   warping error")
for name, drawn in (("careful", careful), ("hasty", hasty)):
    pixels = pixel_error(drawn, truth > 0)
    rand = v_rand(metrics.instances(drawn), truth)
    thinned = v_rand(metrics.segments(drawn), truth)
    warping = metrics.warping_error(drawn, truth > 0)
    print(f"{name:10}  {pixels:11.3f}  {rand:16.3f}  {thinned:15.3f}  {warping:14.5f}")

# %% [markdown]
# The order is turned round, and that is right. The last column is the score by which the paper's Table 1 is sorted, the **warping error** (Jain
# et al. 2010). It lets the membranes of the truth move towards those of the prediction, pixel by pixel, as long as nothing is split, merged,
# pierced or created on the way. What still differs then is a mistake that no moving of borders can explain. For the careful drawing that is
# next to nothing; for the hasty one it is the gaps.
#
# How fast does each error grow when cells run together? Open one gap after another:

# %%
order = np.arange(len(gaps) + 1)
curves = {"pixel error": [], "1 - V_rand, thinned": []}
for count in order:
    drawn = with_gaps(gaps[:count])
    curves["pixel error"].append(pixel_error(drawn, truth > 0))
    curves["1 - V_rand, thinned"].append(1 - v_rand(metrics.segments(drawn), truth))

fig, ax = plt.subplots(figsize=(6, 3))
for (name, values), style in zip(curves.items(), ("o--", "s-"), strict=True):
    ax.plot(order, values, style, label=name)
ax.set(xlabel="gaps in the membrane", ylabel="error")
ax.legend(frameon=False)
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## One object, one score
#
# For cells that lie apart, as in the paper's Table 2, the question is another: is each cell found, and how well is it outlined? The Cell
# Tracking Challenge's **SEG** (the table calls it IOU) asks each *true* object R for its match among the predicted ones: the object S that
# covers more than half of it, $|R \cap S| > |R|/2$. There can be one such S at most, and there may be none. The score is the mean over all R of
#
# $$J(R, S) = \frac{|R \cap S|}{|R \cup S|}, \qquad \text{and } 0 \text{ without a match.}$$
#
# ### Exercise 3: find the bug
# A friend has written it. Her tests: the truth against itself gives 1, an empty prediction 0, and a shifted one something between.

# %%
def friends_seg(predicted, truth):
    scores = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        others, shared = np.unique(predicted[mine & (predicted > 0)], return_counts=True)
        if len(others):
            match = predicted == others[np.argmax(shared)]
            scores.append((mine & match).sum() / (mine | match).sum())
    return np.mean(scores) if scores else 0.0


shifted = np.roll(nuclei, 2, axis=1)
for predicted in (nuclei, np.zeros_like(nuclei), shifted):
    print(f"{friends_seg(predicted, nuclei):.2f}")

# %% [markdown]
# Then she finds that a network which leaves out all small nuclei scores higher than one that finds them all. Two things are wrong. Say
# which, and write it as it should be. (Where there are no true objects at all, it is 1 if none were predicted, and 0 if some were.)

# %% nbgrader={"grade": false, "grade_id": "seg", "locked": false, "schema_version": 3, "solution": true, "task": false}
def seg(predicted, truth):
    """SEG of two instance label arrays (H, W), 0 for background: 1 is perfect."""
    ### BEGIN SOLUTION
    scores = []
    for number in np.unique(truth[truth > 0]):
        mine = truth == number
        others, shared = np.unique(predicted[mine & (predicted > 0)], return_counts=True)
        score = 0.0
        if len(others) and 2 * shared.max() > mine.sum():
            match = predicted == others[np.argmax(shared)]
            score = shared.max() / (mine | match).sum()
        scores.append(score)
    if not scores:
        return 0.0 if (predicted > 0).any() else 1.0
    return np.mean(scores)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_seg", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(seg)

# %%
sizes = np.bincount(nuclei.ravel())
middle = np.median(sizes[1:][sizes[1:] > 0])
predictions = {
    "the larger half of the nuclei": np.where(sizes[nuclei] > middle, nuclei, 0),
    "all, a pixel too narrow": np.where(binary_erosion(nuclei > 0), nuclei, 0),
}
for name, predicted in predictions.items():
    hers, yours = friends_seg(predicted, nuclei), seg(predicted, nuclei)
    print(f"{name}: friend {hers:.2f}, SEG {yours:.2f}")

# %% [markdown]
# ## A score is a choice
#
# | score | asks | blind to |
# |---|---|---|
# | pixel error | how many pixels are wrong | whether they part anything |
# | IoU of the foreground | how well the areas overlap | merged objects |
# | V_rand | what belongs together | where borders run; small cells count for little, since pairs grow with the square |
# | warping error | what no moving of borders explains | how large a merged cell was |
# | SEG | each object's outline | false objects: nothing is predicted for them to match |
#
# Every score has something to which it is blind, so report two that are blind to different things, and look at the worst image.
#
# ## The paper's table
#
# Table 1 of the paper (March 2015), smaller is better everywhere. The human row is a second person, who drew the same images.

# %%
table = {
    "human": (0.000005, 0.0021, 0.0010),
    "u-net": (0.000353, 0.0382, 0.0611),
    "DIVE-SCI": (0.000355, 0.0305, 0.0584),
    "IDSIA": (0.000420, 0.0504, 0.0613),
}
print("            warping error   Rand error   pixel error")
for name, row in table.items():
    print(f"{name:10}  {row[0]:13.6f}  {row[1]:11.4f}  {row[2]:12.4f}")

fig, axes = plt.subplots(1, 3, figsize=(10, 2.6), sharey=True)
titles = ("warping error", "Rand error", "pixel error")
for k, (ax, title) in enumerate(zip(axes, titles, strict=True)):
    values = [row[k] for row in table.values()]
    ranks = np.argsort(np.argsort(values[1:])) + 1  # of the machines
    bars = ax.barh(list(table), values, color=["#8c8c94", "#4e79a7", "#bcbcc4", "#bcbcc4"])
    ax.bar_label(bars, ["", *(f" {rank}." for rank in ranks)])
    ax.set(title=title, xlim=(0, 1.2 * max(values)))
    ax.locator_params(axis="x", nbins=3)
    ax.spines[["top", "right"]].set_visible(False)
axes[0].invert_yaxis()
plt.show()

# %% [markdown]
# The u-net is first among the machines by the warping error, and second by both others: the choice of the score chose the winner. Note also
# how close the three are by pixel error, and how far the human is from all of them by every score.
#
# What minunet itself reaches with the paper's recipe on the challenge's training slices, in less than an hour on one core of a processor, is in
# `benchmarks/PAPER.md`, made by `python -m benchmarks.paper`. It has V_rand in the challenge's later form, and V_info, which asks the same of
# entropies instead of pairs.
#
# ## To think about
# You train with a weighted cross-entropy and are judged by V_rand. Why not train on V_rand itself? (What is its gradient with respect to one
# logit, almost everywhere?) And what does the border weight map of lesson 6 look like to somebody who knows how the judging is done?
#
# **Next:** lesson 14, your own images.
