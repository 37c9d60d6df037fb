# %% [markdown]
# # Lesson 7: it learns
#
# *About 75 minutes. You need lessons 1 to 6; of one that you left out, the course's own solutions stand in.*
#
# You have every layer, and the way back through each. What is missing is little, but nothing works without it: where to begin, how to
# step, and how to keep a network from learning its few images by heart. The paper says all of it in half a page (Ronneberger, Fischer and
# Brox 2015, section 3). At the end of this lesson a U-Net made of your functions learns to find nuclei, in less time than it takes to
# read this page.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet.course import cells, check, need

need("conv2d_forward", "relu_forward")
from my_layers import conv2d_forward, relu_forward

# %% [markdown]
# ## Where to begin
#
# With all weights 0 every layer gives 0, and hardly a gradient comes back. With all weights alike, all neurons of a layer do the same, get
# the same gradient, and stay alike. So weights begin as random numbers of mean 0, and the one question is how large. Take one number y of a
# convolution's result, before its ReLU. It is a sum over N = C kh kw products, one for each number of the window. (N is the paper's
# letter for this; in the shape of an array it goes on to be the number of images.)
#
# $$y = \sum_{k=1}^{N} w_k\, x_k \qquad\Rightarrow\qquad E[y^2] = N\, s^2\, E[x^2]$$
#
# Here s is the standard deviation of the weights, and E[...] is the mean over all weights that we might have drawn. They are drawn
# independently of each other, so that the mean of $w_k w_l$ is 0 unless k = l, and of the N times N products in the square only N
# remain. The biases begin at 0.
#
# The x come out of the ReLU of the layer before: $x = \max(y', 0)$. A weight is as likely to be negative as positive, so $y'$ is as
# likely $-2$ as $2$: the ReLU makes half of the squares 0 and leaves the other half as they are. So
#
# $$E[x^2] = \tfrac{1}{2}\, E[y'^2] \qquad\Rightarrow\qquad E[y^2] = \frac{N s^2}{2}\, E[y'^2]$$
#
# Each layer multiplies by $N s^2 / 2$. The paper's network has 23 layers, and only one factor survives being multiplied with
# itself so often: 1. That fixes s, and with this s the paper draws its weights, after He and others.
#
# ### Exercise 1
# Solve $N s^2 / 2 = 1$ for s, and write it for a convolution whose weights have the shape (F, C, kh, kw). You are given these four whole numbers, and
# give back one number. (The paper's example: 3x3 kernels over 64 channels, N = 576.)


# %% nbgrader={"grade": false, "grade_id": "he_std", "locked": false, "schema_version": 3, "solution": true, "task": false}
def he_std(shape):
    """The standard deviation of a convolution's first weights; shape is (F, C, kh, kw)."""
    ### BEGIN SOLUTION
    F, C, kh, kw = shape
    return np.sqrt(2 / (C * kh * kw))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_he_std", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(he_std)

# %% [markdown]
# A derivation may be wrong, so let us measure. A piece of the real image goes through ten convolutions of 32 channels, each with its
# ReLU, with weights that are half as large as that, right, and twice as large. After each convolution: how large is a number, typically
# (the root of the mean square)?

# %%
image, labels = cells()
image_piece = image[200:280, 200:296]
x0 = (image_piece - image_piece.mean())[None, None] / image_piece.std()
print(f"3x3 kernels over 64 channels: N = {64 * 3 * 3}, he_std {he_std((64, 64, 3, 3)):.3f}")

fig, ax = plt.subplots(figsize=(7, 3.4))
layers = np.arange(1, 11)
for factor, marker in ((2, "^"), (1, "o"), (0.5, "v")):
    rng = np.random.default_rng(3)
    x, sizes = x0, []
    for _ in layers:
        shape = (32, x.shape[1], 3, 3)
        weight = factor * he_std(shape) * rng.standard_normal(shape)
        y, _ = conv2d_forward(x, weight, np.zeros(32))
        sizes.append(np.sqrt((y**2).mean()))
        x, _ = relu_forward(y)
    ax.semilogy(layers, sizes, marker + "-", label=f"{factor:g} times he_std")
    print(f"{factor:g} times he_std: size {sizes[0]:.2f} after one, {sizes[-1]:.4g} after ten")
ax.set(xlabel="convolution", ylabel="size of its result", xticks=layers)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# A factor of two in the weights is a factor of two in each layer, and ten layers make it a thousand. The way back goes through the same
# weights, so the gradients shrink or explode as well. The middle line begins at about 1.4, the root of 2, since the image comes from no
# ReLU; and it is not quite level, since the law is about the mean over many draws of the weights, and this is one.
#
# ## How to step
#
# What a network learns are its **parameters**, all weights and biases together. The gradient g of the loss says where it goes up, so each
# parameter p takes a small step the other way, $p \leftarrow p - lr \cdot g$. *lr* is the **learning rate**. One trouble with this is
# that the gradient comes from one **tile**, a piece cut from the image, and the next tile says something else. The other trouble is
# valleys: across a valley the slope is large and changes its sign all the time, along it the slope is small and always the same.
#
# Both are helped by a memory. Each parameter gets a **velocity** v, which begins at 0:
#
# $$v \leftarrow m\, v - lr \cdot g \qquad\qquad p \leftarrow p + v$$
#
# m is the **momentum**. Put the first equation into itself again and again, and you see what v is made of. With $g_t$ the gradient of now
# and $g_{t-1}$ that of one step ago:
#
# $$v_t = -lr\,\left(g_t + m\, g_{t-1} + m^2 g_{t-2} + m^3 g_{t-3} + \dots\right)$$
#
# All gradients so far, those of long ago with less weight. What changes its sign cancels, and what stays adds up.
#
# ### Exercise 2: find the bug
# A friend has read about momentum in two places, and written this. One step from rest is right, and on a parabola, whose lowest point is
# at 0, a hundred steps arrive there:


# %%
def friends_step(velocity, grad, lr, momentum):
    return -lr * (momentum * velocity + grad)


print("one step:", friends_step(0.0, 2.0, lr=0.1, momentum=0.9), "expected", -0.1 * 2.0)

p, velocity = 1.0, 0.0
for _ in range(100):
    slope = p  # of the parabola p^2 / 2
    velocity = friends_step(velocity, slope, lr=0.1, momentum=0.9)
    p = p + velocity
print(f"a hundred steps on the parabola: from 1 to {p:.6f}")

# %% [markdown]
# What does this function remember of the last step, and with which sign? Why did neither test show it? Write the new velocity as the
# equation has it. It is what the parameter then moves by; leave the arrays that you are given as they are.


# %% nbgrader={"grade": false, "grade_id": "momentum_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def momentum_step(velocity, grad, lr, momentum):
    """The new velocity; velocity and grad are arrays of one shape."""
    ### BEGIN SOLUTION
    return momentum * velocity - lr * grad
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_momentum_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(momentum_step)

# %% [markdown]
# <details><summary>What was wrong</summary>
#
# There are two common forms. In one the velocity is a step (ours, and that of Caffe, the program that the paper uses). In the other it is a
# sum of gradients, $v \leftarrow m v + g$, and the step is $-lr \cdot v$. The friend's function returns the step of the second, and in the
# next step is given it as if it were the velocity. So the memory is multiplied by $-lr \cdot m$ where it should be m. As lr is small, that is
# hardly a memory at all, and it has the wrong sign. The first step has no memory, and a smooth parabola needs none. A test should go where
# the thing tested makes a difference: two steps would have been enough.
#
# </details>
#
# **Predict before you run.** The paper takes m = 0.99. Let the gradient be the same in every step, for a long time. How many times larger
# is a step then than without momentum?

# %%
velocity = np.zeros(1)
for step in range(1, 1001):
    velocity = momentum_step(velocity, np.ones(1), lr=1, momentum=0.99)
    if step in (1, 10, 100, 1000):
        print(f"step {step}: {-velocity[0]:.1f} times as large as without momentum")

# %% [markdown]
# The sum $1 + m + m^2 + \dots$ is $1 / (1 - m)$. This is also about how many tiles it remembers: the paper shows the network one large
# tile a step, and lets the momentum average over the last hundred or so. And it means that a learning rate that was good at m = 0.9 is
# ten times too large at 0.99.
#
# Now a valley, 30 times as steep across (b) as along (a). From the same place, with the same learning rate, and three momenta:


# %%
def path(step, momentum, steps=60, lr=0.02):
    """Where the steps lead, on (a^2 + 30 b^2) / 2."""
    p, velocity = np.array([-9.0, 1.2]), np.zeros(2)
    places = [p]
    for _ in range(steps):
        velocity = step(velocity, p * [1, 30], lr, momentum)
        p = p + velocity
        places.append(p)
    return np.array(places)


def arrival(step, momentum):
    """After how many steps it is less than 0.1 from the lowest point, and stays there."""
    far = np.hypot(*path(step, momentum, steps=2000).T) >= 0.1
    return np.flatnonzero(far)[-1] + 1


a, b = np.meshgrid(np.linspace(-12, 12, 200), np.linspace(-2, 2, 100))
fig, axes = plt.subplots(3, 1, figsize=(8, 5.6), sharex=True, layout="constrained")
for ax, momentum in zip(axes, (0, 0.9, 0.99), strict=True):
    ax.contour(a, b, (a**2 + 30 * b**2) / 2, [1, 8, 25, 60], colors="0.75", linewidths=0.8)
    ax.plot(*path(momentum_step, momentum).T, "o-", ms=2.5, lw=0.8, color="C0")
    ax.plot(0, 0, "*", color="C1", ms=11)
    ax.set(title=f"momentum {momentum}, the first 60 steps", ylabel="b", aspect="equal")
    print(f"momentum {momentum}: at the star after {arrival(momentum_step, momentum)} steps")
axes[-1].set_xlabel("a")
plt.show()
print(f"the friend's function, momentum 0.9: after {arrival(friends_step, 0.9)} steps")

# %% [markdown]
# Without momentum the valley is a long way, and the friend's function does not shorten it. With 0.9 we are there sooner, after some
# overshooting. With 0.99 we swing through the valley like a ball that nobody brakes. That takes hundreds of steps, and is worth it where each
# gradient comes from another tile. For a short run there is a way out, which we take below: begin with a small momentum and let it grow,
# so that the memory is never longer than the run.
#
# ## How not to learn by heart
#
# The paper has thirty images, and a network with 31 million parameters. A neuron that always gets the same help from its neighbours
# relies on them, and together they can memorise what no image but this one has. **Dropout** takes away that help at random: in training,
# each number of a layer's result is set to 0 with the probability *rate*, independently of the others. Each step trains another, thinner,
# network.
#
# In prediction nothing is dropped. But then the next layer, which has only ever seen a share $1 - rate$ of its inputs, would suddenly get
# all of them, and its sums would be too large. The cure is to make up for it in training already: what is kept is divided by $1 - rate$.
# With *keep* 1 or 0,
#
# $$out = \frac{keep}{1 - rate}\, x, \qquad E[out] = \frac{(1 - rate) \cdot 1 + rate \cdot 0}{1 - rate}\, x = x$$
#
# On average nothing has changed, and in prediction there is nothing to do. (Leave the division out in both directions, and a test that
# counts the zeros passes, and so does a test of the gradient. Only the predictions are worse.)
#
# And back? Once *keep* is drawn, out is x times a number, for each x its own. So dx is dout times the *same* number, and the mask has to
# go into the cache: whoever draws a new one sends the gradient to neurons that took no part.
#
# ### Exercise 3
# So that all of us drop the same numbers, keep where `rng.random(x.shape) >= rate`. Never draw more from rng than this.


# %% nbgrader={"grade": false, "grade_id": "dropout_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dropout_forward(x, rate, rng):
    """x: an array of any shape; rng: a numpy.random.Generator. Returns out, and a cache."""
    ### BEGIN SOLUTION
    keep = rng.random(x.shape) >= rate
    return x * keep / (1 - rate), (keep, rate)
    ### END SOLUTION


# %% nbgrader={"grade": false, "grade_id": "dropout_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dropout_backward(dout, cache):
    """dx, of the shape of dout."""
    ### BEGIN SOLUTION
    keep, rate = cache
    return dout * keep / (1 - rate)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_dropout_backward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(dropout_forward, dropout_backward)

# %%
rng = np.random.default_rng(0)
draws = [dropout_forward(image_piece, 0.5, rng)[0] for _ in range(100)]
fig, axes = plt.subplots(1, 3, figsize=(11, 3))
pictures = (image_piece, draws[0], np.mean(draws, axis=0))
titles = ("what goes in", "dropout, once", "mean of 100 times")
for ax, title, shown in zip(axes, titles, pictures, strict=True):
    ax.imshow(shown, cmap="gray", vmin=0, vmax=image_piece.max())
    ax.set(title=f"{title}\nmean {shown.mean():.3f}", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# One would not do this to an image. The paper has dropout at the end of the contracting path, that is of the way down, where the numbers
# mean something larger than a pixel (section 3.1). In the authors' program it stands, with a rate of 0.5, after the last ReLU of the two lowest levels.
#
# ## All of it together
#
# Fourteen functions make a U-Net. minunet has the list of which comes after which, and does not care whose functions they are. These are
# yours:

# %%
need("conv2d_forward", "conv2d_backward", "relu_forward", "relu_backward")
need("max_pool2d_forward", "max_pool2d_backward")
need("conv_transpose2d_forward", "conv_transpose2d_backward")
need("crop_concat_forward", "crop_concat_backward", "dropout_forward", "dropout_backward")
need("weighted_cross_entropy_forward", "weighted_cross_entropy_backward")
need("border_weight_map")
import my_layers

from minunet import UNet, output_size, predict
from minunet.borders import separate

net = UNet(base=8, depth=2, dropout=0.5, seed=1, layers=my_layers)
number = sum(value.size for value in net.params.values())
print(f"{len(net.params) // 2} layers with weights, {number} parameters")
for name in ("down0.conv0", "down1.conv1", "up1.conv0", "up0.conv1"):
    weight = net.params[f"{name}.weight"]
    wanted = he_std(weight.shape)
    print(f"{name}: weight {weight.shape}, std {weight.std():.3f}, he_std {wanted:.3f}")

# %% [markdown]
# The first weights are as large as `he_std` says (where they are few, chance shows). It is the paper's network with fewer channels and two
# levels less; a tile of 92 pixels a side comes out as one of 52. It learns on the left part of our image, 300 columns, and never sees the
# rest. The labels get their gaps and the errors their price, as in lesson 6. Like the paper, we mirror the image beyond its border, so that
# every pixel with a label can be in the middle of a tile.

# %%
CUT = 300
tile, side = 92, output_size(92, depth=2)
margin = (tile - side) // 2
separated = separate(labels)
mean, std = image[:, :CUT].mean(), image[:, :CUT].std()
net.normalization = mean, std  # predict uses the same two

mirrored = np.pad((image[:, :CUT] - mean) / std, margin, mode="reflect").astype(np.float32)
truth = (separated[:, :CUT] > 0).astype(int)
costs = my_layers.border_weight_map(separated[:, :CUT]).astype(np.float32)


def draw(rng):
    """A tile, turned and perhaps mirrored; its labels; the weights of its errors."""
    row, column = rng.integers(512 - side + 1), rng.integers(CUT - side + 1)
    inner = slice(row, row + side), slice(column, column + side)
    x = mirrored[row : row + tile, column : column + tile]
    turns, flip = rng.integers(4), rng.choice([-1, 1])
    three = (x, truth[inner], costs[inner])
    x, y, w = (np.rot90(array[:, ::flip], turns)[None].copy() for array in three)
    return x[:, None], y, w


rng = np.random.default_rng(26)
fig, axes = plt.subplots(1, 3, figsize=(11, 3), layout="constrained")
x, y, w = draw(rng)
inside = (margin - 0.5, margin - 0.5)
axes[0].imshow(x[0, 0], cmap="gray", vmax=3)
axes[0].add_patch(plt.Rectangle(inside, side, side, fill=False, color="orange"))
axes[0].set_title(f"x: {tile} x {tile}\nthe frame: what comes out")
axes[1].imshow(y[0], cmap="gray")
axes[1].set_title(f"labels: {side} x {side}\n")
fig.colorbar(axes[2].imshow(w[0], cmap="magma", vmin=0), ax=axes[2], shrink=0.85)
axes[2].set_title("price of an error\n")
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# And this is training: a forward pass with dropout, the loss, the way back, a step for each parameter; again.


# %%
def train(net, steps, lr, momentum_at, seed=0):
    """Train on one tile a step; returns the losses."""
    rng = np.random.default_rng(seed)
    velocity = {name: np.zeros_like(value) for name, value in net.params.items()}
    losses = []
    for step in range(steps):
        x, y, w = draw(rng)
        logits, tape = net.forward(x, training=True, rng=rng, keep=False)
        loss, dlogits = net.loss(logits, y, w)
        grads = net.backward(dlogits, tape)
        slowing = 1 - step / steps  # large steps at first, small ones at the end
        for name, value in net.params.items():
            v = momentum_step(velocity[name], grads[name], lr * slowing, momentum_at(step))
            velocity[name] = v
            value += v
        losses.append(float(loss))
    return losses


def growing(step):
    return min(0.99, (1 + step) / (10 + step))


# %% [markdown]
# Layers made of matrix products need seconds for this; layers that loop over pixels need minutes, and that is no mistake.

# %% tags=["varies"]
from time import perf_counter

before = predict(net, image[:, CUT:], tile=92)[1]
start = perf_counter()
losses = train(net, 200, lr=4e-3, momentum_at=growing, seed=1)
print(f"{len(losses)} steps in {perf_counter() - start:.1f} s")

# %%
smooth = np.convolve(losses, np.ones(20) / 20, mode="valid")
fig, ax = plt.subplots(figsize=(7, 3))
ax.plot(losses, color="0.75", lw=0.8, label="one tile")
ax.plot(np.arange(len(smooth)) + 19, smooth, color="C0", label="mean of the last 20")
ax.set(xlabel="step", ylabel="loss", ylim=(0, 1.6))
ax.legend()
plt.show()
print(f"mean loss of the first 20 steps {smooth[0]:.2f}, of the last 20 {smooth[-1]:.2f}")
print(f"the momentum grew from {growing(0):.2f} to {growing(len(losses) - 1):.2f}")

# %% [markdown]
# One tile is easier than another, hence the grey. Now the right part of the image, on which nothing was trained. For comparison, what a
# threshold finds, the best of 101 on the left part. The score is the **IoU**: the pixels in both, as a share of the pixels in either.

# %%
from scipy import ndimage


def overlap(found, truth):
    """IoU, intersection over union."""
    return (found & truth).sum() / (found | truth).sum()


held_out = separated[:, CUT:] > 0
after = predict(net, image[:, CUT:], tile=92)[1]
greys = np.linspace(0, 1, 101)
threshold = max(greys, key=lambda grey: overlap(image[:, :CUT] > grey, truth > 0))
answers = {
    "a threshold": image[:, CUT:] > threshold,
    "U-Net before": before > 0.5,
    "U-Net after": after > 0.5,
    "the truth": held_out,
}
fig, axes = plt.subplots(1, 5, figsize=(12.5, 6))
axes[0].imshow(image[:, CUT:], cmap="gray", vmax=0.6)
axes[0].set_title("held out\n", fontsize=10)
for ax, (name, found) in zip(axes[1:], answers.items(), strict=True):
    ax.imshow(found, cmap="gray", interpolation="nearest")
    score, pieces = overlap(found, held_out), ndimage.label(found)[1]
    ax.set_title(f"{name}\nIoU {score:.2f}, {pieces} pieces", fontsize=10)
for ax in axes:
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# Your functions did this, and no line of them knows what a nucleus is. The threshold looks at each pixel alone, and so leaves specks; the
# network looks at what is around it as well. (The number of pieces is not yet a count of nuclei: two that are joined and one that is
# broken cancel in it.)
#
# That it learns does not prove every layer right: a network with a wrong one often learns too, a little worse or not even that. If in doubt,
# or if something here crashed, let `!minunet grade my_layers.py`, in a cell of its own, judge all fourteen.
#
# Two hundred steps are few: the paper trained for ten hours. Lesson 8 gets more out of few images, lesson 11 more steps out of a second, and
# lesson 13 asks what "good" should mean.
#
# ## The learning rate
#
# The paper does not tell its learning rate, and there is no formula for it. One tries. A smaller network, 30 steps, and three rates:

# %%
fig, ax = plt.subplots(figsize=(7, 3.2))
for lr, style in ((1e-4, ":"), (1e-2, "-"), (1e-1, "--")):
    small = UNet(base=4, depth=2, dropout=0.5, seed=0, layers=my_layers)
    its_losses = train(small, 30, lr, momentum_at=lambda step: 0.9)
    ax.semilogy(its_losses, style, label=f"lr = {lr:g}")
    _, tape = small.forward(mirrored[None, None, :tile, :tile])
    behind = next(step.output for step in tape if step.name == "up0.relu1")  # the last ReLU
    print(f"lr {lr:g}: mean loss of the last 10 steps {np.mean(its_losses[-10:]):.2f};")
    print(f"    behind the last ReLU {(behind > 0).mean():.0%} are more than 0")
ax.set(xlabel="step", ylabel="loss")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# All three see the same tiles in the same order; some hold more nuclei than others, which makes the loss jump. With the smallest rate it
# is still on its way down, and would be for long. With the largest it falls as well as with the middle one, for a few steps, and then only
# jumps with the tiles. Look at the last line printed: huge steps have pushed every sum of the last 3x3 convolution below 0. Behind
# the ReLU all is 0 then, the gradient too, and what is dead stays dead. Only the biases of the last layer, the 1x1 convolution, still learn,
# and no more than how common the two classes are. A loss that stops at the price of a guess is the sign of it. (With a rate larger still you
# often get what is not a number, which at least one notices.)
#
# So begin too high, find where this happens, and take a third or a tenth of it. And remember the factor $1 / (1 - m)$ when you change the
# momentum.
#
# ## To think about
# Leave dropout on when you predict (`net.forward(x, training=True, rng=rng)`), twenty times, and you get twenty answers. Where do they
# differ: at the borders of nuclei, within them, or between two that touch? May one say that the network is unsure there? What would you
# compare this with, to find out whether it is true?
#
# **Next:** one image is not much. Lesson 8 makes many of it.
