# %% [markdown]
# # Lesson 10: stepping through backprop
#
# *About 85 minutes. You need NumPy, and should know a convolution's way back (lesson 2) and the loss (lesson 6). Nothing that you wrote there is used.*
#
# A network that does not learn raises no exception. It computes, it prints a loss, and the loss stays where it was. This lesson is about
# finding out why. You walk through one training step with a debugger, stop in the middle of the backward pass, and ask a number where it
# comes from. Then we make four networks ill on purpose: gradients that **vanish**, that **explode**, that are **dead**, and that are
# **not a number**; and find in each the layer that did it. The first two were known when Ronneberger, Fischer and Brox wrote their paper
# (2015), which has a remedy in section 3, in a few lines.

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np

import minunet as mu
from minunet.course import cells, check

# %% [markdown]
# ## A debugger for a training step
#
# A small U-Net will do: two poolings, 4 channels at the top, where the paper has four and 64. It gets a piece of our image, with
# mean 0 and standard deviation 1, and the truth: 1 where there is a nucleus.

# %%
image, labels = cells()
crop = np.s_[150:242, 200:292]
truth = (labels[crop] > 0).astype(int)
x = (image[crop] - image[crop].mean()) / image[crop].std()


def network(scale=1.0, layers=mu.layers):
    """A small network: weights drawn as in the paper, times `scale`; biases 0."""
    net = mu.UNet(base=4, depth=2, dropout=0, seed=1, layers=layers)
    for name in net.params:
        if name.endswith(".weight"):
            net.params[name] *= scale
    return net


step = mu.Stepper(network(), x, truth)
for phase in ("forward", "loss", "backward", "update"):
    names = [event.name for event in step.events if event.phase == phase]
    print(f"{phase:9}{len(names):3} events, first {names[0]}, last {names[-1]}")

# %% [markdown]
# That is one training step, from the image to the new weights, as a list of events. Like any debugger it can go on (`next`), back
# (`back`), to a place (`goto`), or on to the next breakpoint (`run`). Names are built like this: `down1` is the second level on the way
# down, `up0` the uppermost on the way up, `conv0` and `conv1` the two convolutions of a level. A layer's result is `down1.conv0.out`, the
# gradient that it passes on `down1.conv0.dx`, and that of its weights `down1.conv0.dweight`.

# %%
step.break_at("up0.conv1.backward")
event = step.run()
print("stopped at", event.name, "which makes", ", ".join(event.outputs.values()))
print()
print(step.explain("up0.conv1.dx", (0, 1, 20, 30)))

# %% [markdown]
# This table is why the debugger exists. A gradient is one number, and here is the sum that made it, its largest products with where their two
# factors lie: the weights of `up0.conv1`, each times the gradient that came from behind. Compare it with the formula of lesson 2.
#
# At a terminal the same is `minunet step`: `n`, `b`, `c` (on to a breakpoint), `e` (explain); `h` tells the rest. In a notebook, a cell
# with the one word `step` at its end shows the network to click on.
#
# ## Taking the pulse
#
# A network of any size has too many numbers to look at, so look at one for each layer: the length of the gradient that it passes on,
#
# $$\|dx\| = \sqrt{\textstyle\sum dx_{n,c,h,w}^2}$$
#
# Begin at the loss and follow it back through the U. What should we expect? In a convolution's way back
#
# $$dx_{n,c,h,w} = \sum_{f,i,j} w_{f,c,i,j}\; dout_{n,f,h-i,w-j}$$
#
# say that the weights are random, with mean 0 and standard deviation $\sigma$, and know nothing of $dout$. Then of the square of the sum
# the mixed products average to 0, and what is left is $\sigma^2$ times the sum of the $dout^2$. Now add up over all of $dx$. With a kernel of
# $k \times k$, each number of $dout$ is met $k^2$ times in each of the $C$ channels of $dx$ (at the border too, since $dx$ is larger than
# $dout$), so
#
# $$\|dx\|^2 \approx C\,k^2\,\sigma^2\;\|dout\|^2$$
#
# Before that, on its way back, the gradient went through the ReLU that follows the convolution. Of the $\|d\,relu\|^2$ that came to it from
# behind, it let about half through, where its input was above 0: this is $\|dout\|^2$. Together:
#
# $$\frac{\|dx\|}{\|d\,relu\|} \approx \sqrt{\tfrac12\, C\,k^2\,\sigma^2}$$
#
# and this is 1 if $\sigma = \sqrt{2/N}$ with $N = C k^2$, the number of inputs of one neuron. That is the rule in the paper's section 3,
# and you have just derived it. (The paper, which has it from He et al. 2015, asks the same of the way forward: each layer's numbers as large
# as those before.) Weights that are $s$ times as large make the factor $s$.
#
# ### Exercise 1
# From the lengths, ordered from the loss backwards, compute the factor from each to the next. Where nothing is left, so that `norms[k]`
# is 0, let the factor be 0, not 0/0.

# %% nbgrader={"grade": false, "grade_id": "gradient_ratio", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_ratio(norms):
    """Of n lengths the n - 1 factors norms[k + 1] / norms[k]; 0 where norms[k] is 0."""
    ### BEGIN SOLUTION
    before, after = norms[:-1], norms[1:]
    return np.divide(after, before, out=np.zeros(len(after)), where=before != 0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_gradient_ratio", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(gradient_ratio)

# %%
WEIGHTED = ("conv2d", "conv_transpose2d")  # the layers that have weights
backwards = [
    event.name.removesuffix(".backward")
    for event in step.events
    if event.phase == "backward" and event.op in WEIGHTED
]


def length(array):
    return np.linalg.norm(array.astype(float))  # in float64: squares overflow early


def gradient_norms(step):
    """Lengths of the gradient at the loss, and of what each layer passes on, backwards."""
    names = ["loss.dlogits", *(f"{layer}.dx" for layer in backwards)]
    return np.array([length(step.value(name)) for name in names])


def draw_norms(curves, ylabel="length of the gradient"):
    """Lengths from the loss backwards, logarithmic; a cross where it is 0."""
    fig, ax = plt.subplots(figsize=(9, 3.4))
    for k, (label, norms) in enumerate(curves.items()):
        style = ("o-", "s--", "^:", "D-.")[k]
        above_zero = np.where(norms > 0, norms, np.nan)
        ax.semilogy(above_zero, style, color=f"C{k}", label=label)
        zero = np.flatnonzero(norms == 0)
        at_edge = dict(transform=ax.get_xaxis_transform(), ms=9, mew=2)
        ax.plot(zero, np.full(len(zero), 0.03), "x", color=f"C{k}", **at_edge)
    names = ["loss", *backwards]
    ax.set_xticks(range(len(names)), names, rotation=45, ha="right")
    ax.set(ylabel=ylabel, xlabel="backwards")
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, 1e-4), max(high, 1))  # a factor of two should look small
    ax.grid(axis="y", alpha=0.3)
    ax.legend(fontsize=8)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


healthy = gradient_norms(step)
for layer, factor in zip(backwards, gradient_ratio(healthy), strict=True):
    print(f"{layer:12}{factor:5.2f}  {'#' * round(20 * factor)}")

# %% [markdown]
# All near 1, as derived, in a network that has never seen an image. Only the head stands out: no ReLU follows it, so that nothing is
# halved, and $\sqrt2$ = 1.41 is what it should have; with two channels of results and four of inputs, chance has much to say. (No ReLU follows
# an up-convolution either. But the concatenation behind it sends about half of the gradient across the skip.)
#
# ## The first disease: vanishing
#
# Somebody found the recipe with the square root fussy, and made all weights four times smaller, or ten.
#
# **Predict before you run.** The gradient starts at the loss and is multiplied by $s$, a quarter or a tenth, at each layer. Where will the
# least of it be left? At the first layer of the network, `down0.conv0`, since it is furthest away?
#
# <details><summary>After you have decided</summary>
#
# No: the bottom of the U. From the loss to the first level there is a short way, the skip connection at the top: the head, two
# convolutions, and across. The paper built the skips so that the network knows *where* things are (section 1); that the gradient takes
# them too is a gift. The picture has a jump wherever a skip arrives.
#
# </details>

# %%
small = {s: mu.Stepper(network(s), x, truth) for s in (0.25, 0.1)}
curves = {f"weights times {s}": gradient_norms(step) for s, step in small.items()}
draw_norms({"as in the paper": healthy} | curves)
plt.show()
for s, step in small.items():
    factors = gradient_ratio(gradient_norms(step))
    print(f"weights times {s}: the middle of all factors is {np.median(factors):.2f}")

# %% [markdown]
# Does a breakpoint find it? There is one for gradients that are 0. And what would the weights notice of it?

# %%
step = small[0.1]
step.break_at(condition="zero gradient")
stopped = step.run()
print("the run stops at", stopped.name, end=" ")
print("(the last event)" if stopped is step.events[-1] else "")
products = [term.value for term in step.explain("down2.conv0.dx", (0, 3, 5, 6)).terms]
print(f"down2.conv0.dx[0, 3, 5, 6] is a sum of {len(products)} products,", end=" ")
print(f"the largest of them {np.abs(products).max():.0e}")
print()
for layer in ("head", "up1.conv1", "down2.conv1", "down0.conv0"):
    old, new = step.value(f"{layer}.weight"), step.value(f"{layer}.weight.new")
    gradient = length(step.value(f"{layer}.dweight"))
    changed = (old != new).mean()
    print(f"{layer:12} gradient of its weights {gradient:.0e}: {changed:.0%} changed")

# %% [markdown]
# No gradient is 0 throughout, so no breakpoint stops and no test for zeros sees anything; each product is merely small. But a weight in
# float32 has about seven digits, and what would be added far behind the last of them is not added at all: the bottom of this network does
# not move. That is why one draws the curve. A vanishing gradient is not a bad number, it is a bad slope.
#
# ## The second disease: exploding
#
# The same with weights four times too large, which is the mirror image. (Begin the other way round: which factor do you expect, and by
# how much has the gradient grown after 13 layers?)

# %%
large = mu.Stepper(network(4), x, truth)
norms = gradient_norms(large)
a_quarter = gradient_norms(small[0.25])
draw_norms({"as in the paper": healthy, "weights times 4": norms, "times 0.25": a_quarter})
plt.show()
print(f"the middle factor: {np.median(gradient_ratio(norms)):.2f}")
print(f"in all {norms[-1] / norms[0]:.1e}, and 4 to the 13th is {4**13:.1e}")
logit = np.abs(large.value("head")).max()
print(f"loss {float(large.value('loss')):.1e}; the largest logit {logit:.1e}")

# %% [markdown]
# There are no jumps now: the long way through the bottom carries so much that what comes across the skip does not count.
#
# Where would one step with such a gradient lead? The debugger can ask for one weight alone: change it by so much, what does the
# gradient predict for the loss, and what happens in fact?

# %%
asked = large.what_if("down0.conv0.weight", (0, 0, 1, 1), -0.5)
print(asked)
now = large.value(asked.what)[asked.index]
change = -0.001 * asked.gradient
print(f"at a learning rate of 0.001 this weight, {now:.2f}, would change by {change:.0f}")

# %% [markdown]
# The gradient is right, near where it was taken. But it is a guide for small steps only; and a step is the gradient times the learning
# rate, so that a huge gradient takes a huge step just where small ones are needed. The remedy is to look at the *direction* and to limit
# the length: **clipping**. With all gradients of the network as one long vector $g$,
#
# $$g \leftarrow g \cdot \min\left(1, \frac{most}{\|g\|}\right)$$
#
# A short one stays as it is. (The paper has nothing of the kind; minunet's training clips at length 1.)
#
# ### Exercise 2
# `gradient` may have any shape; its length is over all of its numbers.

# %% nbgrader={"grade": false, "grade_id": "clipped", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clipped(gradient, most):
    """The gradient in the same direction, but no longer than `most`."""
    ### BEGIN SOLUTION
    length = np.sqrt((gradient**2).sum())
    return gradient * (most / length) if length > most else gradient
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_clipped", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(clipped)

# %%
def train(net, rate, steps, most=np.inf):
    """The losses of some steps of plain gradient descent, and the last step."""
    losses = []
    for _ in range(steps):
        step = mu.Stepper(net, x, truth)
        losses.append(float(step.value("loss")))
        owners = [name.rsplit(".", 1) for name in net.params]
        gradients = [step.value(f"{layer}.d{kind}").astype(float) for layer, kind in owners]
        together = clipped(np.concatenate([g.ravel() for g in gradients]), most)
        parts = np.split(together, np.cumsum([g.size for g in gradients])[:-1])
        for old, part in zip(net.params.values(), parts, strict=True):
            old -= (rate * part.reshape(old.shape)).astype(np.float32)
    return np.array(losses), step


fig, ax = plt.subplots(figsize=(6, 3))
for most, style, label in ((np.inf, "s--", "as it is"), (1, "o-", "clipped to length 1")):
    losses, _ = train(network(2), rate=0.1, steps=12, most=most)
    ax.semilogy(losses, style, label=label)
    print(f"{label}:", ", ".join(f"{loss:.1e}" for loss in losses[:4]), "...")
ax.set(xlabel="step", ylabel="loss", title="weights twice too large")
ax.legend()
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# One step as it is, and the loss has more than twenty digits; the next one is the end. Clipped, the same network at the same learning
# rate goes downhill from where it stood. It still stands in a bad place, though: clipping is a belt, not a cure. The cure is the right
# weights at the start.
#
# ## The third disease: dead
#
# A ReLU passes no gradient where its input is not above 0. That is as it should be, for half of the pixels. But a channel whose inputs are
# below 0 at *every* pixel of every image passes nothing at all, not even to its own weights and its own bias, which
# could lift it. It is **dead**. Let us plant a whole layer of them at the end of the contracting path's second level.

# %%
ill = network()
ill.params["down1.conv1.bias"][:] = -50
step = mu.Stepper(ill, x, truth)
fine = mu.Stepper(network(), x, truth)
for name, one in (("ill", step), ("healthy", fine)):
    print(f"the loss of the {name} network: {float(one.value('loss')):.3f}")
step.break_at(condition="dead relu")
print("stopped at", step.run().name)
print(step.explain("down1.relu1", (0, 2, 20, 11)))
print()
print(step.why("down1.conv0.dx", (0, 0, 20, 11)))

# %% [markdown]
# `why` answers for a zero (and later for what is not a number): it walks back until it finds who made it, here many ReLUs. Most of them
# lie on the way *up*, in layers that nobody touched. These compute from zeros alone, their biases are 0, and so the inputs of their ReLUs
# are exactly 0, which is not above 0: one dead layer has taken all below it along. Forwards, the breakpoint found where it began.
#
# The loss told nobody, it is even a little lower: the uppermost level still works, and the skip at the top carries it. The network has
# become a small one, without a word.

# %%
draw_norms({"as in the paper": healthy, "a dead layer": gradient_norms(step)})
plt.show()
names = list(step.net.params)
same = [np.array_equal(step.value(name), step.value(f"{name}.new")) for name in names]
print(f"{sum(same)} of {len(names)} arrays of parameters do not move:")
print(", ".join(np.array(names)[same][:4]), "...")

# %% [markdown]
# The crosses are zeros, which have no place on a logarithmic scale. Rarely is a whole layer dead; more often it is a channel here and
# there, which no curve shows. So count.
#
# ### Exercise 3
# Of the output of a ReLU, (N, C, H, W), compute the share of the *channels* that are dead: 0 in every image and at every pixel.

# %% nbgrader={"grade": false, "grade_id": "dead_share", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dead_share(out):
    """The share, 0 to 1, of the C channels of out (N, C, H, W) that are 0 everywhere."""
    ### BEGIN SOLUTION
    alive = (out != 0).any(axis=(0, 2, 3))
    return 1 - alive.mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_dead_share", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(dead_share)

# %% [markdown]
# Nobody sets a bias to -50. Who kills channels, then? One step that is too long, which throws weights and biases far to the
# negative side. Take a healthy network, let it do a single step at some learning rate, and count; then let it go on with a small one.
#
# **Predict before you run.** After the long step, twenty steps with a sensible learning rate follow. Will the dead come back to life?
#
# <details><summary>After you have decided</summary>
#
# Not by their own doing, since their gradient is 0. But a dead channel's *input* may change, when layers before it that are still alive
# learn. Some may be lifted so, by chance; most stay.
#
# </details>

# %%
def dead_in(step):
    """The dead share of each ReLU."""
    forward = [event for event in step.events if event.phase == "forward"]
    relus = [event.name for event in forward if event.op == "relu"]
    return {name: dead_share(step.value(name)) for name in relus}


rates = np.array([0.1, 0.3, 1, 3, 10, 30])
at_once, later = [], []
for rate in rates:
    net = network()
    train(net, rate, 1)
    after = mu.Stepper(net, x, truth)
    at_once.append(dead_in(after))
    _, last = train(net, 0.05, 20, most=1)
    later.append(dead_in(last))

fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), width_ratios=[1, 1.15])
curves = (at_once, "o-", "after one step"), (later, "s--", "20 steps later")
for found, style, label in curves:
    shares = [np.mean(list(one.values())) for one in found]
    left.semilogx(rates, shares, style, label=label)
    print(f"{label}: " + ", ".join(f"{share:.0%}" for share in shares))
left.set(xlabel="learning rate of the first step", ylim=(-0.02, 1))
left.set_title("share of dead channels, mean of all ReLUs")
left.legend()
left.spines[["top", "right"]].set_visible(False)
table = np.array([list(one.values()) for one in at_once]).T
shown = right.imshow(table, cmap="cividis", vmin=0, vmax=1, aspect="auto")
right.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
right.set_yticks(range(len(table)), list(at_once[0]))
right.set(xlabel="learning rate of the first step", title="after one step, in each ReLU")
fig.colorbar(shown, ax=right)
plt.tight_layout()
plt.show()

# %% [markdown]
# Up to a rate of 1 next to nothing happens; at 10 more than a third of the channels is gone, in the mean, and afterwards there are not fewer. Which
# rate is too long a step depends on the length of the gradient, which is one more reason to clip it.
#
# ## The fourth disease: not a number
#
# float32 ends at $3.4 \cdot 10^{38}$. Beyond lies infinity, and infinity less infinity, or times 0, is **nan**, not a number. A nan
# spreads to everything that is computed from it, so that one step later all weights are nan; and by then the place where it arose looks
# like all the others.
#
# **Predict before you run.** Make the weights 10 000 times too large. The image's numbers are around 1. Which of the 13 layers overflows?
#
# <details><summary>After you have decided</summary>
#
# Each layer multiplies by about $10^4$ (what holds backwards holds forwards as well). After nine layers numbers are near $10^{36}$, and
# after ten they would be near $10^{40}$: the tenth, which is `up0.upconv`.
#
# </details>
#
# The debugger stops where something that is not finite *arises*, not where it is handed on:

# %%
step = mu.Stepper(network(1e4), x, truth)
step.break_at(condition="nan")
print("stopped at", step.run().name)
print(step.why("down0.conv0.dweight", (0, 0, 0, 0)))

# %% [markdown]
# ### Exercise 4: find the bugs
# Without a debugger one logs a length for each layer, and looks afterwards for the first that is not finite. A friend has a function for
# that, and a test:

# %%
def friends_first_bad(norms):
    return int(np.argmax(np.isnan(norms)))


print(friends_first_bad(np.array([1.0, 2.0, np.nan, np.nan])))

# %% [markdown]
# Right. Then she looks for the culprit in our network, and in a healthy one:

# %%
forwards = backwards[::-1]
lengths = np.array([length(step.value(layer)) for layer in forwards])
print("she says:", forwards[friends_first_bad(lengths)])
of_fine = np.array([length(fine.value(layer)) for layer in forwards])
print("and of the healthy network:", forwards[friends_first_bad(of_fine)])

# %% [markdown]
# The wrong layer, and an accusation against an innocent one. Two faults; say which, and write it as it should be: the index of the first
# length that is not finite, of whichever kind, and -1 if all are finite.

# %% nbgrader={"grade": false, "grade_id": "first_bad", "locked": false, "schema_version": 3, "solution": true, "task": false}
def first_bad(norms):
    """Index of the first of the norms (n,) that is not finite; -1 if there is none."""
    ### BEGIN SOLUTION
    bad = np.flatnonzero(~np.isfinite(norms))
    return bad[0] if len(bad) else -1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_first_bad", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(first_bad)

# %%
culprit = first_bad(lengths)
print(f"it overflows in {forwards[culprit]}; and in the healthy one: {first_bad(of_fine)}")
fig, ax = plt.subplots(figsize=(9, 3.2))
finite = np.where(np.isfinite(lengths), lengths, np.nan)
ax.semilogy(finite, "o-", label="weights times 10 000")
ax.axhline(np.finfo(np.float32).max, color="gray", ls="--", label="the end of float32")
end = len(forwards) - 0.5
ax.axvspan(culprit - 0.5, end, color="C1", alpha=0.25, label="not finite")
ax.set_xticks(range(len(forwards)), forwards, rotation=45, ha="right")
ax.set(ylabel="length of the output", xlabel="forwards")
ax.set(xlim=(-0.5, end), ylim=(1, 1e42))
ax.legend(loc="lower right", fontsize=8)
plt.show()

# %% [markdown]
# The curve climbs by about four powers of ten a layer, and runs into the end of float32 as predicted. So this nan is exploding once more, seen
# from the other side, and the same cures it.
#
# ## The one who stops is not always the one who did it
#
# A second nan, of a kind that is met more often. The friend has a loss of her own. NumPy used to complain about it now and then; she has
# switched the warnings off.

# %%
def friends_loss_forward(logits, labels, weights, reduction="mean"):
    with np.errstate(all="ignore"):
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        of_label = np.take_along_axis(p, labels[:, None], axis=1)[:, 0]
        return -(weights * np.log(of_label)).mean(), (p, labels, weights)


def friends_loss_backward(cache):
    p, labels, weights = cache
    y = np.arange(p.shape[1])[:, None, None] == labels[:, None]
    return (weights[:, None] * (p - y) / labels.size).astype(p.dtype)


hers = SimpleNamespace(**vars(mu.layers))  # minunet's layers, with two exchanged
hers.weighted_cross_entropy_forward = friends_loss_forward
hers.weighted_cross_entropy_backward = friends_loss_backward

step = mu.Stepper(network(layers=hers), x, truth)
for name, one in (("her", step), ("minunet's", fine)):
    print(f"{name} loss: {float(one.value('loss')):.6f}")
print(step.check("loss"))

# %% [markdown]
# `check` runs finite differences on one layer, with the numbers that are there: her gradient is right. Then comes a new microscope, with
# 16 bits, and somebody forgets to normalise:

# %%
counts = np.round(image[crop] * 65535)
step = mu.Stepper(network(layers=hers), counts, truth)
step.break_at(condition="nan")
print("stopped at", step.run().name)
print(step.why("down0.conv0.dweight", (0, 0, 0, 0)))
print()
for name in ("input", "down0.conv1", "up0.conv1", "head"):
    print(f"the largest number of {name:12}{np.abs(step.value(name)).max():6.0f}")
print()
right_loss = mu.Stepper(network(), counts, truth)
print("where hers and the right one part:")
print(step.diverges(right_loss))
print()
print("with the right loss, counts compared with the normalised image:")
for layer in ("down0.conv0", "up0.conv1"):
    name = f"{layer}.dweight"
    grown = length(right_loss.value(name)) / length(fine.value(name))
    print(f"  gradient of {layer}'s weights: {grown:.0f} times as long")

# %% [markdown]
# The nan arises in the loss, and the loss is badly made: $e^{89}$ is beyond float32, lesson 6 has the cure. But with the right
# loss the logits are still in the thousands, and a weight's gradient has what the layer was given as a factor: thousands of times too
# large. It explodes at once, without growing from layer to layer. The nan was the *messenger*. When a nan is found, ask two questions: who could not bear these
# numbers, and who sent them?
#
# ## A gradient that is merely wrong
#
# The last one is none of the four. The friend has found that a ReLU's way back need not remember the input:

# %%
def friends_relu_backward(dout, cache):
    return dout * (dout > 0)


hers = SimpleNamespace(**vars(mu.layers))
hers.relu_backward = friends_relu_backward
step = mu.Stepper(network(layers=hers), x, truth)
draw_norms({"as in the paper": healthy, "her ReLU": gradient_norms(step)})
plt.show()

# %% [markdown]
# The pulse would alarm nobody: her ReLU halves too, just the wrong half, and only far back does the curve sag. Two things show it:

# %%
for event in step.events:
    if event.phase == "backward" and event.op != "skip":
        result = step.check(event.name)
        if not result.passed:
            print(result)
            break
print()
print(step.explain("up0.relu1.dx", (0, 0, 3, 4)))

# %% [markdown]
# `explain` knows each layer's formula, and says when a number is not the sum that it should be.
#
# **Your own layers** can be walked through in the same way, as soon as you have all of them (lesson 7):
#
# ```python
# import my_layers
#
# step = mu.Stepper(mu.UNet(base=4, depth=2, layers=my_layers), x, truth)
# step.check("down0.pool")
# ```
#
# ## What to do with a network that does not learn
#
# | it looks so | it is | ask | it helps |
# |---|---|---|---|
# | the curve falls, layer by layer | vanishing | the factors | weights as in section 3; skips |
# | the curve rises; the loss is huge | exploding | the factors, `what_if` | weights as in section 3; clipping; a smaller rate |
# | exact zeros; weights that do not move | dead | `break_at(condition="dead relu")`, `why` | a smaller rate; another start |
# | nan | overflow, a loss that cannot bear it | `break_at(condition="nan")`, `why` | normalise; a stable loss |
# | all looks well | a wrong formula | `check`, `explain` | lesson 2 |
#
# ## To think about
# In our vanishing network the top level received a useful gradient, and the bottom none. Would its loss fall? What would it have learnt to
# look at, and would you notice from the loss that most of the network is not there? (The receptive field of the top level alone
# is a few pixels wide.)
#
# **Next:** lesson 11 makes all of this fast.
