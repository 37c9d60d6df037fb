# %% [markdown]
# # Lesson 14: your own images
#
# *About 90 minutes, and then as long as your images deserve. You need lessons 7, 8 and 13.*
#
# So far the images were ours. This lesson goes once, quickly, through everything that stands between a folder of micrographs and a
# sentence that you may print: look, label, split, train, judge, report. It does so on one real image that is cut up and treated as though
# it were yours; then you do the same on your own, where each step takes longer and is worth it.
#
# What the network brings is little: the U-Net of Ronneberger, Fischer and Brox 2015 learned from 20 to 35 images a task (section 4), and
# the rest of the work was in what surrounds it. Most segmentation papers that cannot be repeated fail there too.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tifffile

from minunet.course import cells, check

# %% [markdown]
# ## 1. Put the images where they can be found
#
# minunet wants two folders, `images/` and `labels/`, with files of the same names. Ours are sixteen pieces of the real image, each 128
# pixels high and wide, named in the order in which they were "taken".

# %%
image, labels = cells()
project = Path("my_project")
for kind in ("images", "labels"):
    (project / kind).mkdir(parents=True, exist_ok=True)
for k in range(16):
    rows, columns = slice(128 * (k // 4), 128 * (k // 4) + 128), slice(128 * (k % 4), 128 * (k % 4) + 128)
    tifffile.imwrite(project / "images" / f"{k:02d}.tif", (255 * image[rows, columns]).astype(np.uint8))
    tifffile.imwrite(project / "labels" / f"{k:02d}.tif", labels[rows, columns].astype(np.uint16))
print(len(list((project / "images").iterdir())), "images")

# %% [markdown]
# ## 2. Look
#
# Before anything else, look at all of it, and at the labels on top. Half of all trouble is visible here: labels moved by a pixel, an image
# that is inverted, a folder that was sorted otherwise. `read_dataset` says what it takes the labels for, and `suspicious` looks for the
# rest: labels of another image, labels that do not follow the edges.

# %%
from minunet.data import read_dataset, suspicious

dataset = read_dataset(project)
print(f"{len(dataset.samples)} images, labels are {dataset.kind}, {dataset.channels} channel")
print("suspicious:", suspicious(dataset) or "nothing")

fig, axes = plt.subplots(2, 8, figsize=(12, 3.4))
for ax, sample in zip(axes.flat, dataset.samples, strict=True):
    ax.imshow(sample.image[0], cmap="gray")
    ax.contour(sample.labels > 0, [0.5], colors="orange", linewidths=0.7)
    ax.set_title(sample.name, fontsize=8)
    ax.axis("off")
plt.show()

# %% [markdown]
# Then measure what decides the settings. How large is an object? If it is larger than what one output pixel sees (its receptive field,
# lesson 5), the network needs more depth, or the image fewer pixels. How many objects touch? If none do, you need no border weight map;
# if many do, you need instance labels, one number for each object, since a mask has lost the borders already.
#
# ### Exercise 1
# Count the nuclei that touch another: that have a pixel with a neighbour, above, below, left or right, of another nucleus.

# %% nbgrader={"grade": false, "grade_id": "touching", "locked": false, "schema_version": 3, "solution": true, "task": false}
def touching(labels):
    """How many nuclei of a label image (H, W) touch another; 0 is background."""
    ### BEGIN SOLUTION
    found = set()
    for a, b in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        meet = (a != b) & (a > 0) & (b > 0)
        found |= set(a[meet]) | set(b[meet])
    return len(found)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_touching", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(touching)

# %%
sizes = np.bincount(labels.ravel())[1:]
sizes = sizes[sizes > 0]
print(f"{len(sizes)} nuclei, {touching(labels)} of them touch another")
print(f"the middle one has {np.median(sizes):.0f} pixels: a disk {2 * np.sqrt(np.median(sizes) / np.pi):.0f} pixels wide")

# %% [markdown]
# ## 3. Label
#
# Of your own images there are no labels yet. Some advice that costs nothing:
#
# - Draw in a tool that keeps a number for each object (napari, Fiji's labkit, QuPath), and save it as 16-bit TIFF. PNG is fine too; JPEG is
#   not, since it invents numbers at every edge.
# - Write down the rule for the outline before you begin (the outer edge of the glow? half of the brightness?), and keep to it. On small
#   objects one pixel decides everything; the next cell says how much.
# - Let two people label the same few images. How far they agree is as far as any network can be asked to go; the human row in the paper's
#   Table 1 is exactly that.
# - Begin with ten images, train, look at what is wrong, and label *those* next.
#
# **Predict before you run.** Somebody draws every nucleus of our image one pixel too narrow, all round. What is the intersection over union
# of that drawing with the truth: 0.99, 0.95, 0.9 or less?
#
# <details><summary>After you have decided</summary>
#
# Run the cell below. A disk of radius r loses about 2/r of its area with one pixel of its rim, so that small objects lose most; for a
# nucleus 13 pixels wide it is a quarter. No training mends that, and no figure shows it but a second labeller.
#
# </details>

# %%
from scipy.ndimage import binary_erosion

truth = labels > 0
narrow = np.zeros_like(truth)
for number in np.unique(labels)[1:]:
    narrow |= binary_erosion(labels == number)
print(f"one pixel too narrow: intersection over union {np.sum(narrow & truth) / np.sum(narrow | truth):.3f}")
small = np.hypot(*(np.indices((31, 31)) - 15)) <= 6.5  # 13 pixels wide
print(f"the same of a disk 13 pixels wide: {binary_erosion(small).sum() / small.sum():.3f}")

# %% [markdown]
# ## 4. Split, and split honestly
#
# Some images are held out: the network never trains on them, and what it does there is what you report. Slices of a stack, frames of a
# film and fields of one dish resemble their neighbours. Who holds out every fifth of them tests on near copies of what was trained on. So
# hold out a *block*: the last images of the row, a dish of its own, a patient of their own.
#
# ### Exercise 2
# Say which of `count` images in a row are held out: the last n, where n is the share of them, rounded to a whole number, and one at least.

# %% nbgrader={"grade": false, "grade_id": "block_split", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block_split(count, share):
    """A bool array (count,): True for the last round(count * share) images, at least one."""
    ### BEGIN SOLUTION
    held_out = np.zeros(count, bool)
    held_out[count - max(1, round(count * share)) :] = True
    return held_out
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_block_split", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(block_split)

# %% [markdown]
# ### Exercise 3: find the bug
# A friend has few images, and cuts each into tiles that overlap by half, as one does. Then she shuffles the tiles and holds out a fifth.
# Her test says that the split is right: a fifth is held out, none is in both halves.

# %%
def friends_split(image_of_tile, share):
    shuffled = np.random.default_rng(0).permutation(len(image_of_tile))
    return shuffled < share * len(image_of_tile)


corners = [(k, row, column) for k in range(16) for row in (0, 32, 64) for column in (0, 32, 64)]  # tiles of 64 x 64
image_of_tile = np.array([k for k, _, _ in corners])
held_out = friends_split(image_of_tile, 0.2)
print(f"{held_out.sum()} of {len(held_out)} tiles are held out, {held_out.mean():.0%}")

# %% [markdown]
# Her network is excellent on the tiles held out, and poor on the next dish. How many of the pixels that she tests on were trained on, in a
# neighbouring tile?

# %%
def seen_in_training(held_out):
    """For each image, how often a pixel is in a tile that is trained on, and in one that is tested."""
    trained, tested = np.zeros((2, 16, 128, 128), int)
    for (k, row, column), out in zip(corners, held_out, strict=True):
        (tested if out else trained)[k, row : row + 64, column : column + 64] += 1
    return trained, tested


trained, tested = seen_in_training(held_out)
print(f"{np.mean(trained[tested > 0] > 0):.0%} of the pixels tested on were trained on")

# %% [markdown]
# Mend it: hold out *images*, and with each of them all its tiles. The images are the numbers that occur in `image_of_tile`, in their order
# (there may be gaps); held out are the last ones, as many as `block_split` says.

# %% nbgrader={"grade": false, "grade_id": "split_by_image", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_by_image(image_of_tile, share):
    """A bool array (tiles,): True for all tiles of the images that are held out."""
    ### BEGIN SOLUTION
    images = np.unique(image_of_tile)
    return np.isin(image_of_tile, images[block_split(len(images), share)])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_split_by_image", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(split_by_image)

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 3.6))
for ax, split, title in zip(axes, (friends_split, split_by_image), ("tiles shuffled", "images held out"), strict=True):
    trained, tested = seen_in_training(split(image_of_tile, 0.2))
    both = np.select([(trained > 0) & (tested > 0), tested > 0], [2, 1], 0)
    whole = both.reshape(4, 4, 128, 128).transpose(0, 2, 1, 3).reshape(512, 512)
    ax.imshow(whole, cmap=plt.matplotlib.colors.ListedColormap(["#d9d9e0", "#4e79a7", "#f28e2b"]), vmin=0, vmax=2)
    ax.set(title=f"{title}: {np.mean(trained[tested > 0] > 0):.0%} seen before", xticks=[], yticks=[])
handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in ("#d9d9e0", "#4e79a7", "#f28e2b")]
fig.legend(handles, ["trained on", "tested on", "both"], loc="lower center", ncols=3, frameon=False)
fig.subplots_adjust(bottom=0.12)
plt.show()

# %% [markdown]
# ## 5. Train
#
# At the command line it is one line: `minunet train --data my_project --out run1 --base 16`. Here the same from Python, with a tiny network
# and few steps, so that you need not wait. What to choose, in the order in which it matters:
#
# | | begin with | because |
# |---|---|---|
# | `depth` | 4; 2 or 3 where objects are small | one output pixel must see a whole object |
# | `tile` | the largest that memory allows | the paper favours large tiles over a large batch (section 3) |
# | `base` | 16 | four times fewer channels than the paper, sixteen times faster; then double it and see whether it helps |
# | `steps` | until the held-out loss no longer falls | a network that is trained twice as long beats most cleverness |
# | augmentation | on | little data (lesson 8) |

# %%
from minunet.data import Dataset
from minunet.recipe import Recipe
from minunet.training import Training

out = block_split(len(dataset.samples), 0.25)
parts = []
for wanted in (False, True):
    samples = [sample for sample, held in zip(dataset.samples, out, strict=True) if held == wanted]
    parts.append(Dataset(samples, dataset.kind, dataset.classes, dataset.channels, dataset.note))
training_part, held_out_part = parts
print("trained on:", *(sample.name for sample in training_part.samples))
print("held out:  ", *(sample.name for sample in held_out_part.samples))

recipe = Recipe(base=4, depth=2, dropout=0.2, tile=116, steps=300, optimizer="adam", lr=3e-3, validate_every=100)
training = Training(training_part, "run1", recipe, held_out_part)
net = training.run()

# %% [markdown]
# ## 6. Judge
#
# On what was held out, with figures that mean something for your question (lesson 13): SEG where each object counts, intersection over
# union where the area does. Beside it what costs nothing, a threshold: a network that does not beat Otsu's has learned nothing worth
# a paper. At the command line: `minunet evaluate --weights run1 --data held_out --picture mistakes.png`.

# %%
from minunet.baseline import otsu_instances
from minunet.evaluation import evaluate
from minunet.validation import object_figures

judged = evaluate(net, held_out_part)
rows = {}
for sample in held_out_part.samples:
    threshold = otsu_instances(sample.image[0])
    rows[sample.name] = judged.rows[sample.name], object_figures(threshold > 0, threshold, sample.labels)
print("image   U-Net: IoU   SEG   found/true   threshold: IoU   SEG   found/true")
for name, figures in rows.items():
    shown = [f"{one['iou']:8.2f}  {one['seg']:6.2f}   {one['found']:4.0f} / {one['true']:.0f}   " for one in figures]
    print(f"{name:6}  {'    '.join(shown)}")

# %% [markdown]
# Never look at the mean alone. Look at the worst image, and say what went wrong there: it is what your readers will meet.

# %%
worst = min(held_out_part.samples, key=lambda sample: rows[sample.name][0]["seg"])
predicted, true = judged.objects[worst.name]
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2))
rng = np.random.default_rng(2)
colours = np.vstack([[0.1, 0.1, 0.12], rng.uniform(0.3, 1, (int(max(predicted.max(), true.max())), 3))])
for ax, shown, title in zip(axes, (worst.image[0], colours[true], colours[predicted]), ("image", "truth", "U-Net"), strict=True):
    ax.imshow(shown, cmap="gray")
    ax.set(title=f"{worst.name}: {title}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# ## 7. Report
#
# A report that others can use says: which images, how many, from how many dishes or animals; who labelled them and by what rule; how the
# split was made; the settings (a run folder's `settings.json` has all of them); each figure with its spread over images and over at least
# three seeds; the baseline; the worst image; and what was tried and did not help. The next cell writes the part that a program can write.

# %%
scores = np.array([[one[name] for name in ("iou", "seg")] for one, _ in rows.values()])
others = np.array([[one[name] for name in ("iou", "seg")] for _, one in rows.values()])
report = "\n".join(
    [
        f"Trained on {len(training_part.samples)} images, held out the last {len(held_out_part.samples)} (a block).",
        f"U-Net, base {recipe.base}, depth {recipe.depth}, {recipe.steps} steps, seed {recipe.seed}:",
        f"  IoU {scores[:, 0].mean():.2f} (from {scores[:, 0].min():.2f}), SEG {scores[:, 1].mean():.2f} (from {scores[:, 1].min():.2f})",
        f"Otsu's threshold: IoU {others[:, 0].mean():.2f}, SEG {others[:, 1].mean():.2f}",
        f"Worst image by SEG: {worst.name}.",
    ]
)
Path("report.txt").write_text(report + "\n")
print(report)

# %% [markdown]
# ## Now yours
#
# Put your images and labels into two folders, change `project` above, and go through the notebook again, slowly. Then give it what this
# run did not have: base 16, 2000 steps, three seeds, and an evening.
#
# ## To think about
# Your figures are good on the images held out. A colleague takes the network to another microscope, and it fails. Which of the seven steps
# could have told you before? And what would you have to hold out so that it would have?
#
# **Next:** nothing. You have built a U-Net, every number of it. Tell us what you made with it.
