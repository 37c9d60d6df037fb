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
# the rest of the work was in what surrounds it.

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
    top, left = 128 * (k // 4), 128 * (k % 4)
    rows, columns = slice(top, top + 128), slice(left, left + 128)
    name, grey = f"{k:02d}.tif", 255 * image[rows, columns]
    tifffile.imwrite(project / "images" / name, grey.astype(np.uint8))
    tifffile.imwrite(project / "labels" / name, labels[rows, columns].astype(np.uint16))
print(len(list((project / "images").iterdir())), "images")

# %% [markdown]
# ## 2. Look
#
# Before anything else, look at all of it, and at the labels on top. Much trouble is visible here: labels moved by a pixel, an image
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
middle = np.median(sizes)
width = 2 * np.sqrt(middle / np.pi)
print(f"the middle one has {middle:.0f} pixels: a disk {width:.0f} pixels wide")

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
overlap = np.sum(narrow & truth) / np.sum(narrow | truth)
print(f"one pixel too narrow: intersection over union {overlap:.3f}")
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
# Her test says that the split is right: a fifth of the tiles is held out, and no tile is in both parts.

# %%
def friends_split(image_of_tile, share):
    shuffled = np.random.default_rng(0).permutation(len(image_of_tile))
    return shuffled < share * len(image_of_tile)


edges = (0, 32, 64)  # where tiles of 64 x 64 begin
corners = [(k, row, column) for k in range(16) for row in edges for column in edges]
image_of_tile = np.array([k for k, _, _ in corners])
held_out = friends_split(image_of_tile, 0.2)
print(f"{held_out.sum()} of {len(held_out)} tiles are held out, {held_out.mean():.0%}")

# %% [markdown]
# Her network is excellent on the tiles held out, and poor on the next dish. How many of the pixels that she tests on were trained on, in a
# neighbouring tile?

# %%
def seen_in_training(held_out):
    """For each image, in how many tiles a pixel is trained on, and in how many tested."""
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
splits = {"tiles shuffled": friends_split, "images held out": split_by_image}
colours = ["#d9d9e0", "#4e79a7", "#f28e2b"]
fig, axes = plt.subplots(1, 2, figsize=(8, 3.6))
for ax, (title, split) in zip(axes, splits.items(), strict=True):
    trained, tested = seen_in_training(split(image_of_tile, 0.2))
    both = np.select([(trained > 0) & (tested > 0), tested > 0], [2, 1], 0)
    whole = both.reshape(4, 4, 128, 128).transpose(0, 2, 1, 3).reshape(512, 512)
    ax.imshow(whole, cmap=plt.matplotlib.colors.ListedColormap(colours), vmin=0, vmax=2)
    seen = np.mean(trained[tested > 0] > 0)
    ax.set(title=f"{title}: {seen:.0%} seen before", xticks=[], yticks=[])
handles = [plt.Rectangle((0, 0), 1, 1, color=colour) for colour in colours]
names = ["trained on", "tested on", "both"]
fig.legend(handles, names, loc="lower center", ncols=3, frameon=False)
fig.subplots_adjust(bottom=0.12)
plt.show()

# %% [markdown]
# ## 5. Train
#
# At the command line it is one line, which holds out the last fifth by itself: `minunet train --data my_project --out run1 --base 16`. Here from Python,
# with a tiny network and few steps, so that you need not wait. What to choose:
#
# | | begin with | because |
# |---|---|---|
# | `depth` | 4; 2 or 3 where objects are small | one output pixel must see a whole object |
# | `tile` | the largest that memory allows | the paper favours large tiles over a large batch (section 3) |
# | `base` | 16 | a quarter of the paper's channels, a sixteenth of its products; then double it and see whether it helps |
# | `steps` | until the score on what is held out no longer rises | before that you compare networks that are not done |
# | augmentation | on | little data (lesson 8) |

# %%
from minunet.data import Dataset
from minunet.recipe import Recipe
from minunet.training import Training

out = block_split(len(dataset.samples), 0.25)
parts = []
for wanted in (False, True):
    pairs = zip(dataset.samples, out, strict=True)
    samples = [sample for sample, held in pairs if held == wanted]
    rest = dataset.kind, dataset.classes, dataset.channels, dataset.note
    parts.append(Dataset(samples, *rest))
training_part, held_out_part = parts
print("trained on:", *(sample.name for sample in training_part.samples))
print("held out:  ", *(sample.name for sample in held_out_part.samples))

small = {"base": 4, "depth": 2, "dropout": 0.2, "tile": 116, "steps": 300}
recipe = Recipe(**small, optimizer="adam", lr=3e-3, validate_every=100)
training = Training(training_part, "run1", recipe, held_out_part)
net = training.run()

# %% [markdown]
# ## 6. Judge
#
# On what was held out, with figures that mean something for your question (lesson 13): SEG where each object counts, intersection over
# union where the area does. Beside it what costs nothing, a threshold (Otsu's, which parts the greys of an image into two groups as well as one number
# can): a network that does not beat it has learned nothing worth a paper. At the command line, for a folder `held_out` with images and labels:
# `minunet evaluate --weights run1 --data held_out --picture mistakes.png`.
#
# Mind who chose what. `net` is the network after its last step, so that nothing was chosen by the images held out. `--weights run1` takes the state that
# was best on them: whoever reports that one needs a third part, for the last figure, by which nothing was chosen.

# %%
from minunet.baseline import otsu_instances
from minunet.evaluation import evaluate
from minunet.validation import object_figures

judged = evaluate(net, held_out_part)
rows = {}
for sample in held_out_part.samples:
    found = otsu_instances(sample.image[0])
    by_threshold = object_figures(found > 0, found, sample.labels)
    rows[sample.name] = judged.rows[sample.name], by_threshold
print("image               IoU    SEG   found / true")
for name, figures in rows.items():
    for way, one in zip(("U-Net", "threshold"), figures, strict=True):
        score = f"{one['iou']:6.2f} {one['seg']:6.2f}"
        print(f"{name:6}  {way:9} {score}   {one['found']:5.0f} / {one['true']:.0f}")

# %% [markdown]
# Never look at the mean alone. Look at the worst image, and say what went wrong there: it is what your readers will meet.

# %%
worst = min(held_out_part.samples, key=lambda sample: rows[sample.name][0]["seg"])
predicted, true = judged.objects[worst.name]
fig, axes = plt.subplots(1, 3, figsize=(9, 3.2))
rng = np.random.default_rng(2)
count = int(max(predicted.max(), true.max()))
colours = np.vstack([[0.1, 0.1, 0.12], rng.uniform(0.3, 1, (count, 3))])
pictures = {"image": worst.image[0], "truth": colours[true], "U-Net": colours[predicted]}
for ax, (title, shown) in zip(axes, pictures.items(), strict=True):
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
def told(figures):
    """Mean and worst of the figures of the images held out."""
    values = {"IoU": [one["iou"] for one in figures], "SEG": [one["seg"] for one in figures]}
    means = [f"{name} {np.mean(of):.2f} (worst {min(of):.2f})" for name, of in values.items()]
    return ", ".join(means)


trained_on, tested_on = len(training_part.samples), len(held_out_part.samples)
settings = f"base {recipe.base}, depth {recipe.depth}, {recipe.steps} steps"
report = f"""\
Trained on {trained_on} images, held out the last {tested_on} (a block).
U-Net, {settings}, seed {recipe.seed}:
  {told([one for one, _ in rows.values()])}
Otsu's threshold:
  {told([one for _, one in rows.values()])}
Worst image by SEG: {worst.name}."""
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
