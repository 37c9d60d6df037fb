# %% [markdown]
# # Lesson 12: the GPU
#
# *About 60 minutes. You need NumPy, and lesson 1 or 11; no GPU. Where there is one with CuPy, some cells use it.*
#
# Ronneberger, Fischer and Brox 2015 trained for ten hours on a graphics card with 6 GB (section 5). minunet's layers are written once, and
# run on such a card without a line of them being changed. This lesson shows how that is done, and what to keep in mind so that it is fast as
# well: a GPU computes so quickly that nearly all the art lies in not keeping it waiting.

# %%
import matplotlib.pyplot as plt
import numpy as np

import minunet as mu
from minunet.course import cells, check
from minunet.course import pretend_gpu as gpu

# %% [markdown]
# ## What a GPU is good at
#
# It has thousands of small arithmetic units, and a memory that is fast, but not as fast as they are. For one data-centre card of 2022 the
# data sheet (NVIDIA H100 SXM) says: 67 million million operations a second in float32, and 3.35 million million bytes a second from memory. So

# %%
PER_SECOND, BANDWIDTH = 67e12, 3.35e12
print(f"{PER_SECOND / BANDWIDTH:.0f} operations for each byte, {4 * PER_SECOND / BANDWIDTH:.0f} for each number that is read or written")

# %% [markdown]
# Whoever does fewer operations with a number than that waits for memory, and the arithmetic is free. How does a convolution fare? Count, for
# one image of C channels, F kernels of k x k, valid, in float32 (4 bytes), and suppose that the image and the weights are read once and the
# result is written once. A product that is added to a sum is two operations.
#
# $$intensity = \frac{2\, F\, C\, k^2\, h\, w}{4\,(C H W + F C k^2 + F h w)}, \qquad h = H - k + 1,\; w = W - k + 1$$
#
# ### Exercise 1

# %% nbgrader={"grade": false, "grade_id": "intensity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def intensity(C, F, k, H, W):
    """Operations for each byte of a valid k x k convolution from C to F channels on H x W pixels."""
    ### BEGIN SOLUTION
    h, w = H - k + 1, W - k + 1
    operations = 2 * F * C * k * k * h * w
    numbers = C * H * W + F * C * k * k + F * h * w
    return operations / (4 * numbers)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_intensity", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(intensity)

# %% [markdown]
# Arithmetic and memory work at the same time, so that the slower of the two decides: an operation can take no less than
#
# $$t = \max\left(\frac{operations}{operations\ a\ second},\; \frac{bytes}{bytes\ a\ second}\right)$$
#
# ### Exercise 2

# %% nbgrader={"grade": false, "grade_id": "least_seconds", "locked": false, "schema_version": 3, "solution": true, "task": false}
def least_seconds(operations, bytes_moved, per_second, bandwidth):
    """The least time, in seconds."""
    ### BEGIN SOLUTION
    return max(operations / per_second, bytes_moved / bandwidth)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_least_seconds", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(least_seconds)

# %% [markdown]
# **Predict before you run.** Which of these steps of the paper's network waits for memory on such a card: the first 3x3 convolution (1 to 64
# channels, 572 pixels a side), the 3x3 convolutions after it, the 1x1 convolution at the end (64 to 2), a ReLU?
#
# <details><summary>After you have decided</summary>
#
# The first and the last convolution, and every ReLU: they do little with each number. All that lies between, where hundreds of channels meet
# hundreds, has arithmetic to spare. The picture below has them all.
#
# </details>

# %%
steps = {"first 3x3": (1, 64, 3, 572, 572), "level 0": (64, 64, 3, 570, 570)}
steps |= {f"level {k}": (64 << k, 64 << k, 3, side, side) for k, side in ((1, 282), (2, 138), (3, 66), (4, 30))}
steps |= {"last 1x1": (64, 2, 1, 388, 388)}
points = {name: intensity(*sizes) for name, sizes in steps.items()} | {"ReLU": 1 / 8}  # reads 4 bytes, writes 4

fig, ax = plt.subplots(figsize=(8, 3.6))
line = np.geomspace(0.05, 3000, 200)
reach = [1 / least_seconds(1, 1 / one, PER_SECOND, BANDWIDTH) / 1e12 for one in line]  # operations a second
ax.loglog(line, reach, color="#4e79a7")
for k, (name, value) in enumerate(sorted(points.items(), key=lambda item: item[1])):
    height = 1 / least_seconds(1, 1 / value, PER_SECOND, BANDWIDTH) / 1e12
    ax.plot(value, height, "o", color="#f28e2b")
    ax.annotate(name, (value, height), (4, -14 - 13 * max(k - 3, 0)), textcoords="offset points", fontsize=8)
ax.set(xlabel="operations for each byte", ylabel="million million\noperations a second", ylim=(0.1, 150))
ax.spines[["top", "right"]].set_visible(False)
plt.show()
print("waiting for memory:", ", ".join(name for name, value in points.items() if value < PER_SECOND / BANDWIDTH))

# %% [markdown]
# The sloping part of the line is called the memory wall. A ReLU on its own has an eighth of an operation for each byte: it takes as long as
# reading and writing the image takes, whatever it computes. That is why libraries *fuse* it with the step before, so that the image does not
# travel at all; and why counting operations alone says little about time.
#
# ## The same code
#
# CuPy has NumPy's functions under the same names, for arrays that lie in the GPU's memory. So a layer asks the array that it is given which
# module it belongs to, and uses that:
#
# ```python
# xp = array_module(x)          # numpy, or cupy
# out = xp.empty(shape, x.dtype)
# ```
#
# That, with the two crossings from one memory to the other, is all of minunet's `device.py`
# that a layer needs. Where there is a GPU, this cell compares both:

# %%
from minunet.device import array_module

image, _ = cells()
x = image[np.newaxis, np.newaxis, :64, :80].astype(np.float32)
weight = np.random.default_rng(0).standard_normal((4, 1, 3, 3)).astype(np.float32)
out, _ = mu.layers.conv2d_forward(x, weight, np.zeros(4, np.float32))
print("here:", array_module(out).__name__, out.shape)
try:
    import cupy

    there, _ = mu.layers.conv2d_forward(*map(cupy.asarray, (x, weight, np.zeros(4, np.float32))))
    print("there:", array_module(there).__name__, there.shape, "furthest apart", float(abs(there.get() - out).max()))
except ImportError:
    print("there: no CuPy on this machine; it would say cupy (1, 4, 62, 78), and differ in the last digit")

# %% [markdown]
# ## What waits, and what does not
#
# When Python says `a + b` on a GPU, nothing is added yet. The order, a *kernel*, is put in a queue, and Python goes on to the next line. Only
# when somebody asks for a number, to print it or to decide by it, must Python wait until all that was ordered is done. That is a
# **synchronisation**, and while it lasts nobody fills the queue: when the number is there, the GPU has nothing to do.
#
# For those without a GPU, minunet has a pretend one. It is NumPy, and no faster; but it has a GPU's manners. Its arrays do not mix with
# NumPy's, they turn into numbers only if asked, and it keeps count.

# %%
def counted(function, *arrays):
    """Runs it on the pretend GPU, and says what happened there."""
    sent = [gpu.asarray(array) for array in arrays]
    gpu.counter.reset()
    try:
        result = function(*sent)
    except TypeError as error:
        return f"TypeError: {error}"
    told = f"{gpu.counter.kernels} kernels, {gpu.counter.waits} waits, {gpu.counter.copied} bytes to the host"
    return told + ("" if isinstance(result, gpu.Array) else "; and the result is on the host")


def relu(x):
    return np.maximum(x, 0)


def relu_that_asks(x):
    return np.maximum(x, 0) if x.max() > 0 else np.zeros(x.shape)


print("relu:          ", counted(relu, x))
print("relu that asks:", counted(relu_that_asks, x))
print("relu in loops: ", counted(lambda x: [max(float(value), 0) for value in x.reshape(-1)[:100]], x), "(for 100 pixels)")

# %% [markdown]
# The second looks harmless, and even saves work where all is negative. But `if` needs a truth value *now*. One such line in a
# training step, and the queue runs empty once in every step.
#
# The usual culprits, then: `if` on an array's value; `float(loss)` or `print(loss)` at every step; `np.asarray` on something that lies there;
# `x[x > 0]`, whose size must be known; and a Python loop over images, which launches small kernels where one large would do.
#
# ### Exercise 3: find the bugs
# A friend standardises images: each image of a batch (N, C, H, W) gets mean 0 and standard deviation 1, by its own mean and standard
# deviation over all its channels and pixels. On NumPy her function is right. On the pretend GPU:

# %%
def friends_standardize(x):
    out = np.zeros(x.shape)
    for n in range(len(x)):
        mean, std = float(x[n].mean()), float(x[n].std())
        if std > 0:
            out[n] = (x[n] - mean) / std
    return out


batch = np.stack([image[64 * k : 64 * k + 64, :80] for k in range(8)])[:, np.newaxis]
right = friends_standardize(batch)
print(abs(right.mean(axis=(1, 2, 3))).round(6), right.std(axis=(1, 2, 3)).round(6))
print(counted(friends_standardize, batch))

# %% [markdown]
# Write it so that it runs on both without a loop, without a wait, and without an array of NumPy's being made. (The array's own methods know
# where they are: `x.mean(axis=..., keepdims=True)`.)

# %% nbgrader={"grade": false, "grade_id": "standardize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standardize(x):
    """Each image of x (N, C, H, W) with mean 0 and standard deviation 1."""
    ### BEGIN SOLUTION
    mean = x.mean(axis=(1, 2, 3), keepdims=True)
    std = x.std(axis=(1, 2, 3), keepdims=True)
    return (x - mean) / std
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_standardize", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(standardize)

# %%
print(counted(standardize, batch))
assert "0 waits" in counted(standardize, batch), "right, but it waits: see what turns into a number"

# %% [markdown]
# ## A training run
#
# What must cross, in a run of a thousand steps, and what need not? The tiles must go there, one a step. The loss need not come back at once:
# minunet's training leaves it there, and fetches many of them together when it writes the log.

# %%
def run(steps, every):
    """The waits of a run that fetches its losses `every` so many steps; the step itself is left out."""
    gpu.counter.reset()
    losses, log = [], []
    for step in range(steps):
        losses.append(gpu.asarray(np.float32(1 / (1 + step))))  # stands for the loss, which would be there already
        if len(losses) == every:
            log += np.stack(losses).get().tolist()
            losses = []
    return gpu.counter.waits


for every in (1, 10, 100):
    print(f"fetched every {every} steps: {run(1000, every)} waits in 1000 steps")

# %% [markdown]
# ## What else differs
#
# - **Rounding.** Sums are taken in another order, so that the last digits differ; with `float32` expect a millionth. Some cards round matrix
#   products to fewer digits unless told otherwise (TF32): minunet says so in `minunet info`.
# - **Atomic additions.** Where many threads add into one place, the order is another each time, and so is the last digit. minunet's
#   backward passes have no such place: the same run gives the same bits twice.
# - **Memory.** The paper's network keeps half a gigabyte of activations for one tile. A GPU that is full says so with an exception, not by
#   getting slow.
#
# ## To think about
# A card that is ten times as fast in arithmetic, with the same memory: which of the steps in the picture become faster, and by how much? What
# would you then change in the network, or in how it is computed?
#
# **Next:** lesson 13 asks what all that speed was for.
