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
PER_SECOND, BANDWIDTH = 67 * 1e12, 3.35 * 1e12
ridge = PER_SECOND / BANDWIDTH
print(f"{ridge:.0f} operations for each byte, {4 * ridge:.0f} for each number read or written")

# %% [markdown]
# Whoever does fewer operations with a number than that waits for memory, and the arithmetic is free. How does a convolution fare? Count, for
# one image of C channels, H x W pixels, and F kernels of k x k, valid, in float32 (4 bytes). Suppose that the image and the weights are read once and the
# result is written once; biases are so few that they do not count. A product that is added to a sum is two operations.
#
# $$intensity = \frac{operations}{bytes}$$
#
# ### Exercise 1
# How many numbers has the result, and how many products has each? How many numbers are read, and how many written?

# %% nbgrader={"grade": false, "grade_id": "intensity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def intensity(C, F, k, H, W):
    """Operations for each byte: a valid k x k convolution, C to F channels, H x W pixels."""
    ### BEGIN SOLUTION
    h, w = H - k + 1, W - k + 1
    operations = 2 * F * C * k * k * h * w
    numbers = C * H * W + F * C * k * k + F * h * w
    return operations / (4 * numbers)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_intensity", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(intensity)

# %% [markdown]
# Arithmetic and memory work at the same time, so that the slower of the two decides how long a step takes.
#
# ### Exercise 2
# What is the least time that a step can take? `per_second` is operations a second, `bandwidth` is bytes a second.

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
# The first and the last convolution, and every ReLU: they do little with each number. In those between, where 64 channels and more meet as
# many, each number is used so often that memory keeps up. The picture below shows them.
#
# </details>

# %%
steps = {"first 3x3": (1, 64, 3, 572, 572), "level 0": (64, 64, 3, 570, 570)}
for k, side in ((1, 282), (2, 138), (3, 66), (4, 30)):
    steps[f"level {k}"] = (64 << k, 64 << k, 3, side, side)  # 128 channels, 256, ...
steps["last 1x1"] = (64, 2, 1, 388, 388)
points = {name: intensity(*sizes) for name, sizes in steps.items()}
points["ReLU"] = 1 / 8  # one operation; 4 bytes are read, 4 written


def reached(intensity):
    """Operations a second, in million millions."""
    return 1 / least_seconds(1, 1 / intensity, PER_SECOND, BANDWIDTH) / 1e12


fig, ax = plt.subplots(figsize=(8, 3.6))
line = np.geomspace(0.05, 3000, 200)
ax.loglog(line, [reached(one) for one in line], color="#4e79a7")
for k, (name, value) in enumerate(sorted(points.items(), key=lambda item: item[1])):
    below = -14 - 13 * (len(points) - 1 - k) * (value > ridge)  # a staircase on the flat part
    leader = {"arrowstyle": "-", "color": "#bcbcc4", "relpos": (0, 0.5)}
    where = {"textcoords": "offset points", "arrowprops": leader}
    ax.annotate(name, (value, reached(value)), (4, below), fontsize=8, **where)
    ax.plot(value, reached(value), "o", color="#f28e2b")
ax.set(xlabel="operations for each byte", ylabel="million million\noperations a second")
ax.set_ylim(0.1, 150)
ax.spines[["top", "right"]].set_visible(False)
plt.show()
print("waiting for memory:", ", ".join(name for name in points if points[name] < ridge))

# %% [markdown]
# Such a picture is called a *roofline*: on the slope memory decides, on the flat part arithmetic. A ReLU on its own has an eighth of an operation
# for each byte: it takes as long as reading and writing the image takes, whatever it computes. That is why libraries *fuse* it with the step before,
# so that the image does not travel at all; and why counting operations alone says little about time.
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
from minunet.device import array_module, resolve_device, to_device, to_host

image, _ = cells()
x = image[np.newaxis, np.newaxis, :64, :80].astype(np.float32)
weight = np.random.default_rng(0).standard_normal((4, 1, 3, 3)).astype(np.float32)
out, _ = mu.layers.conv2d_forward(x, weight, np.zeros(4, np.float32))
print("here:", array_module(out).__name__, out.shape)
try:
    device = resolve_device("cuda")
except ValueError:
    print("there: no GPU with CuPy; it would say cupy (1, 4, 62, 78), a last digit apart")
else:
    sent = [to_device(array, device) for array in (x, weight, np.zeros(4, np.float32))]
    there, _ = mu.layers.conv2d_forward(*sent)
    apart = abs(to_host(there) - out).max()
    print("there:", array_module(there).__name__, there.shape, f"at most {apart:.0e} apart")

# %% [markdown]
# ## What waits, and what does not
#
# When Python says `a + b` on a GPU, nothing is added yet. The order, called a *kernel* (the word is that of a convolution's weights, the thing is not), is
# put in a queue, and Python goes on to the next line. Only
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
    count = gpu.counter
    told = f"{count.kernels} kernels, {count.waits} waits, {count.copied} bytes to the host"
    return told + ("" if isinstance(result, gpu.Array) else "; and the result is on the host")


def relu(x):
    return np.maximum(x, 0)


def relu_that_asks(x):
    return np.maximum(x, 0) if x.max() > 0 else np.zeros(x.shape)


def relu_in_a_loop(x):
    return [max(float(value), 0) for value in x.reshape(-1)[:100]]  # 100 pixels of it


for function in (relu, relu_that_asks, relu_in_a_loop):
    print(f"{function.__name__}: {counted(function, x)}")

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
# Write it so that it runs on both without a loop, without a wait, and without an array of NumPy's being made. (The array's own methods `mean` and `std`
# know where they are, and take `axis=..., keepdims=True`. Her `if` you may leave out: no image here is grey all over.)

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
told = counted(standardize, batch)
print(told)
assert "TypeError" not in told, "right, but not on a GPU: see what makes an array of NumPy's"
assert gpu.counter.waits == 0, "right, but it waits: see what turns into a number"
few = gpu.counter.kernels < 2 * len(batch)
assert few, "right, and nothing waits, but each image has its own kernels: leave out the loop"

# %% [markdown]
# ## A training run
#
# What must cross, in a run of a thousand steps, and what need not? The tiles must go there, one a step. The loss need not come back at once:
# minunet's training leaves it there, and fetches many of them together when it writes the log.

# %%
def run(steps, every):
    """The waits of a run that fetches its losses each `every` steps; the step is left out."""
    gpu.counter.reset()
    losses, log = [], []
    for step in range(steps):
        loss = gpu.asarray(np.float32(1 / (1 + step)))  # as if it had been computed there
        losses.append(loss)
        if len(losses) == every:
            log += np.stack(losses).get().tolist()
            losses = []
    return gpu.counter.waits


for every in (1, 10, 100):
    print(f"fetched every {every} steps: {run(1000, every)} waits in 1000 steps")

# %% [markdown]
# ## What else differs
#
# - **Rounding.** Sums are taken in another order, so that the last digits differ; with `float32` expect a millionth. Some cards can round the
#   numbers of a matrix product to fewer digits, to be faster (TF32): CuPy does so only if told to, by the variable `CUPY_TF32`.
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
