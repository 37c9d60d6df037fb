# %% [markdown]
# # Lesson 2: who is to blame?
#
# *About 75 minutes. You need lesson 1, and the chain rule.*
#
# A network learns by being told how wrong it was, and by asking of each of its numbers: had you been a little larger, would it have been
# worse or better, and by how much? The paper trains with stochastic gradient descent (Ronneberger, Fischer and Brox 2015, section 3), and
# the answers to that question are the **gradient**. In this lesson you derive and write the gradient of the convolution. It is three sums,
# none longer than the one of lesson 1. As it is easy to get them nearly right, the other half of the lesson is how to test a gradient.

# %%
import matplotlib.pyplot as plt
import numpy as np

from minunet.course import cells, check, need

need("conv2d_forward")  # puts the course's own into my_layers.py if you left lesson 1 out
from my_layers import conv2d_forward

# %% [markdown]
# ## What is asked for
#
# However large the network, at its end stands one number, the **loss** L: how wrong the result is. (Lesson 6 is about which number.) We could ask
# each weight in turn by changing it a little and running the network again. The paper's network has 31,030,658 numbers to ask.

# %%
days = 31_030_658 / (24 * 60 * 60)
print(f"one forward pass each, at one second: {days:.0f} days")
print("and then we may change each of them once")

# %% [markdown]
# Backpropagation asks all of them at once, layer by layer from the end. A layer is told by the one after it, for each number of its
# result, how the loss depends on *that*:
#
# $$dout_{n,f,h,w} = \frac{\partial L}{\partial out_{n,f,h,w}}$$
#
# Here and in all lessons to come, `d` and a name mean "the derivative of the loss by that", and so `dout` has the shape of `out`. From it the
# layer finds `dx`, `dweight` and `dbias`, and hands `dx` to the layer before, which calls it its `dout`. There is one rule for all three, the
# chain rule. A number *s*, be it a pixel, a weight or a bias, reaches the loss only through the outputs that it has a part in, and all of these
# ways add up (one letter *o* stands for the four indices of an output):
#
# $$\frac{\partial L}{\partial s} = \sum_{o} dout_o\, \frac{\partial out_o}{\partial s}$$
#
# First with pencil and paper, on the smallest convolution that is worth it: three pixels, a kernel of two weights, no bias.
#
# $$out_0 = w_0 x_0 + w_1 x_1 \qquad out_1 = w_0 x_1 + w_1 x_2$$
#
# Where does each letter stand, and what is it multiplied by there?
#
# | letter | stands in | so its derivative is |
# |---|---|---|
# | $w_0$ | both outputs, with $x_0$ and with $x_1$ | $dout_0\, x_0 + dout_1\, x_1$ |
# | $w_1$ | both outputs, with $x_1$ and with $x_2$ | $dout_0\, x_1 + dout_1\, x_2$ |
# | $x_0$ | the first output, with $w_0$ | $dout_0\, w_0$ |
# | $x_1$ | both outputs, with $w_1$ and with $w_0$ | $dout_0\, w_1 + dout_1\, w_0$ |
# | $x_2$ | the second output, with $w_1$ | $dout_1\, w_1$ |
#
# Everything that follows is this table with more letters.
#
# ## The bias
#
# $$out_{n,f,h,w} = b_f + \sum_{c,i,j} weight_{f,c,i,j}\; x_{n,c,h+i,w+j}$$
#
# $b_f$ stands in every output of channel f, in all images and at all pixels, each time with the factor 1. In other channels it does not stand. So
#
# $$dbias_f = \sum_{n,h,w} dout_{n,f,h,w}$$
#
# ### Exercise 1
# Write it. (One line. They get longer.)

# %% nbgrader={"grade": false, "grade_id": "conv2d_dbias", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_dbias(dout):
    """dout (N, F, H', W'); gives dbias (F,)."""
    ### BEGIN SOLUTION
    return dout.sum(axis=(0, 2, 3))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv2d_dbias", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
check(conv2d_dbias)

# %% [markdown]
# ## The weights
#
# $weight_{f,c,i,j}$, too, stands once in every output of channel f, in $out_{n,f,h,w}$ with the factor $x_{n,c,h+i,w+j}$. So the rule gives
#
# $$dweight_{f,c,i,j} = \sum_{n,h,w} dout_{n,f,h,w}\; x_{n,c,h+i,w+j}$$
#
# Look at the places of h + i and w + j: this is a correlation again, like the forward pass, of the image with `dout` as a very large kernel.
# The result is as small as a kernel: if the image has H rows and dout H', there are H - H' + 1 places to put it, and that is kh. So nobody
# needs to tell the function how large the kernel was. (In what the check says, a *filter* is one of the F kernels.)
#
# ### Exercise 2
# Write it as in lesson 1, with one step for each offset (i, j): which part of x does that weight see, over the whole image?

# %% nbgrader={"grade": false, "grade_id": "conv2d_dweight", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_dweight(x, dout):
    """x (N, C, H, W), dout (N, F, H', W'); gives dweight (F, C, H-H'+1, W-W'+1)."""
    ### BEGIN SOLUTION
    _, C, H, W = x.shape
    _, F, rows, columns = dout.shape
    dweight = np.empty((F, C, H - rows + 1, W - columns + 1), dout.dtype)
    for i, j in np.ndindex(dweight.shape[2:]):
        shifted = x[:, :, i : i + rows, j : j + columns]
        dweight[:, :, i, j] = np.einsum("nfhw,nchw->fc", dout, shifted, optimize=True)
    return dweight
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv2d_dweight", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check(conv2d_dweight)

# %% [markdown]
# ## Is that so? Ask the forward pass
#
# The check has told you, but who tells whoever writes the check? A derivative can be *measured*: move one number a little in
# both directions and see what the loss does. This needs nothing but the forward pass, so no mistake of the way back can hide in it. For a single
# layer there is no loss yet, so we make one up: multiply the outputs with fixed random numbers and add it all up. Then
#
# $$L = \sum_o dout_o\, out_o$$
#
# has exactly these random numbers for its derivatives by the outputs. They are our `dout`.

# %%
def measured(loss, array, eps=1e-5):
    """The derivative of loss(array) by each entry, from a little above and a little below."""
    slope = np.empty(array.shape)
    for place in np.ndindex(array.shape):
        step = np.zeros(array.shape)
        step[place] = eps
        slope[place] = (loss(array + step) - loss(array - step)) / (2 * eps)
    return slope


def off(claimed, slope):
    """The largest error, as a part of the largest entry."""
    return np.abs(claimed - slope).max() / np.abs(slope).max()


rng = np.random.default_rng(2)
x, weight = rng.standard_normal((2, 3, 6, 9)), rng.standard_normal((4, 3, 3, 5))
bias = rng.standard_normal(4)
dout = rng.standard_normal((2, 4, 4, 5))

slope = measured(lambda moved: (dout * conv2d_forward(x, moved, bias)[0]).sum(), weight)
print(f"dweight is off by {off(conv2d_dweight(x, dout), slope):.1e}")
slope = measured(lambda moved: (dout * conv2d_forward(x, weight, moved)[0]).sum(), bias)
print(f"dbias is off by {off(conv2d_dbias(dout), slope):.1e}")

# %% [markdown]
# Not zero, but small. How small may one expect it to be? "Move it a little": how little? That is worth a picture. We
# measure one entry of dweight with steps eps from 1 down to $10^{-20}$, in three ways. Until the picture, $w$ is that one weight
# and $i$ the imaginary unit, $i^2 = -1$; afterwards both are indices again.
#
# - from one side: $\big(L(w + \epsilon) - L(w)\big) / \epsilon$
# - from both sides: $\big(L(w + \epsilon) - L(w - \epsilon)\big) / 2\epsilon$
# - with a trick: $\mathrm{Im}\, L(w + i\epsilon) / \epsilon$, the imaginary part. Wait and see.
#
# We do that for two losses. One is L as above. The other bends: $\sum_o \log(1 + e^{out_o})$, whose derivative by each output
# is $e^{out_o} / (1 + e^{out_o})$; the loss of our network (lesson 6) is made of such terms.
#
# **Predict before you run.** The smaller eps is, the nearer the quotient should come to the derivative, says calculus. The computer has only 16 digits.
# What do the curves look like, from the right to the left? And what is different where the loss does not bend?
#
# <details><summary>After you have decided</summary>
#
# *From the right, where the loss bends:* with Taylor's series,
# $L(w + \epsilon) = L + \epsilon L' + \tfrac{1}{2}\epsilon^2 L'' + \tfrac{1}{6}\epsilon^3 L''' + \dots$ One side leaves an error of
# $\tfrac{1}{2}\epsilon L''$. From both sides the terms with $\epsilon^2$ cancel, and $\tfrac{1}{6}\epsilon^2 L'''$ is left: ten times smaller a step, a
# hundred times smaller an error.
#
# *From the left:* the computer rounds L to 16 digits, and that error, about $10^{-16} L$, is divided by eps. So it *grows* as eps
# becomes smaller. At last both values of L are the same number, the slope is 0, and the error 100%.
#
# *Between them is the best step*, where the two errors are as large as each other. From one side it is near $10^{-8}$, where
# $\epsilon = 10^{-16}/\epsilon$, and about 8 digits are right. From both sides it is near $10^{-5}$, where $\epsilon^2 = 10^{-16}/\epsilon$, and it is 10 or 11
# digits. (Here both lie a little further to the right, as rounding errors grow with L, and ours is some hundreds.) That is why everybody's
# gradient check has 1e-5 in it.
#
# *Where the loss does not bend:* a convolution is a straight line in each of its weights. There is nothing but rounding,
# and the larger the step, the better.
#
# *The trick:* $L(w + i\epsilon) = L + i\epsilon L' - \tfrac{1}{2}\epsilon^2 L'' - \dots$ The derivative stands alone in the imaginary part, and
# *nothing is subtracted*, so no digits are lost however small eps is. Its next term is $\tfrac{1}{6}\epsilon^2 L'''$ again, so take $10^{-20}$, and the
# derivative is right to the last digit or two.
#
# </details>

# %%
def convolved(w):
    """The convolution, of complex numbers too, which an array of np.zeros could not hold."""
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("fcij,nchwij->nfhw", w, windows)


def bends(w):
    return np.log(1 + np.exp(convolved(w))).sum()


# each loss, and its derivative by the outputs
losses = {
    "the convolution alone": (lambda w: (dout * convolved(w)).sum(), dout),
    "a loss that bends": (bends, 1 / (1 + np.exp(-convolved(weight)))),
}
print(f"the loss that bends: L = {bends(weight):.0f}")
steps = 10.0 ** np.arange(-20, 0.1, 0.5)
place = (1, 1, 2, 0)
one = np.zeros(weight.shape)
one[place] = 1
styles = ("#E69F00", "o"), ("#0072B2", "^"), ("#222222", ".")

fig, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
for ax, (title, (loss, above)) in zip(axes, losses.items(), strict=True):
    exact = conv2d_dweight(x, above)[place]
    above_it = np.array([loss(weight + eps * one) for eps in steps])
    below_it = np.array([loss(weight - eps * one) for eps in steps])
    ways = {
        "one side": (above_it - loss(weight)) / steps,
        "both sides": (above_it - below_it) / (2 * steps),
        "complex step": np.array([loss(weight + 1j * e * one).imag for e in steps]) / steps,
    }
    for (name, found), (color, marker) in zip(ways.items(), styles, strict=True):
        error = np.abs(found / exact - 1)
        drawn = np.maximum(error, 1e-17)
        ax.loglog(steps, drawn, marker, ls="-", color=color, ms=5, lw=0.8, label=name)
        if loss is bends:
            best = steps[error.argmin()]
            print(f"{name:12}  best at eps = {best:.0e}: off by {error.min():.0e}")
    ax.set(title=title, xlabel="eps", ylim=(3e-18, 1e5))
axes[0].set(ylabel="relative error of the derivative")
axes[1].legend(loc="upper center", ncols=3, fontsize=8)
plt.show()

# %% [markdown]
# (An error of 0 has no place on such paper; it is drawn at $10^{-17}$.)
#
# The complex step has a price: every function on the way must be one that complex numbers may go through. `abs`, `max` and the question whether
# a number is positive are not, unless they are told to look at the real part. For everything else there are the two sides and $10^{-5}$.
#
# ## The image
#
# `dx` is what the layer before is waiting for. Where does $x_{n,c,p,q}$ stand? In the formula it is called $x_{n,c,h+i,w+j}$, so wherever h + i = p
# and w + j = q. That may be in up to kh times kw outputs of each channel: for each weight (i, j) in one, the output at h = p - i, w = q - j, and it
# stands there with just that weight. So
#
# $$dx_{n,c,p,q} = \sum_{f,i,j} weight_{f,c,i,j}\; dout_{n,f,\,p-i,\,q-j}$$
#
# where a dout outside of its image counts as 0: near the border a pixel is seen by fewer windows. There is a minus where the
# forward pass has a plus. This is the convolution of mathematics that lesson 1 promised. And the sum runs over f, because each of the
# F kernels has seen the pixel.
#
# ### Exercise 3: find the bug
# A friend read "the gradient of a convolution is a convolution", put enough zeros round dout, and slid the kernel over it. A test says that it is
# right:

# %%
def friends_dx(weight, dout):
    kh, kw = weight.shape[2:]
    padded = np.pad(dout, [(0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)])
    N, _, H, W = padded.shape
    dx = np.zeros((N, weight.shape[1], H - kh + 1, W - kw + 1))
    for i in range(kh):
        for j in range(kw):
            seen = padded[:, :, i : i + dx.shape[2], j : j + dx.shape[3]]
            dx += np.einsum("fc,nfhw->nchw", weight[:, :, i, j], seen)
    return dx


smoothing = np.full((1, 1, 3, 3), 1 / 9)
square, ones = np.zeros((1, 1, 8, 8)), np.ones((1, 1, 6, 6))
slope = measured(lambda moved: conv2d_forward(moved, smoothing, np.zeros(1))[0].sum(), square)
print(f"the friend's dx is off by {off(friends_dx(smoothing, ones), slope):.1e}")

# %% [markdown]
# Put the friend's sum beside the formula: which dout does weight (i, j) meet there, and which one should it meet? Why did the test
# not see it? Then write it right, by mending this one or in another way. You can do without padding: read the formula from the
# side of the outputs. Each weight (i, j) sends all of dout back to where it had read, one shifted image for each offset, and what arrives
# at the same pixel adds up.

# %% nbgrader={"grade": false, "grade_id": "conv2d_dx", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_dx(weight, dout):
    """weight (F, C, kh, kw), dout (N, F, H', W'); gives dx (N, C, H'+kh-1, W'+kw-1)."""
    ### BEGIN SOLUTION
    _, C, kh, kw = weight.shape
    N, _, rows, columns = dout.shape
    dx = np.zeros((N, C, rows + kh - 1, columns + kw - 1), dout.dtype)
    for i, j in np.ndindex(kh, kw):
        sent_back = np.einsum("fc,nfhw->nchw", weight[:, :, i, j], dout, optimize=True)
        dx[:, :, i : i + rows, j : j + columns] += sent_back
    return dx
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv2d_dx", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check(conv2d_dx)

# %% [markdown]
# It is easier to see than to say. Take a kernel that looks like a letter, and let exactly three outputs be to blame: a `dout` that is 1 at three
# places and 0 elsewhere. What comes back to the image?

# %%
rows = [[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 0], [1, 0, 0, 0]]
letter = np.array(rows, float)[np.newaxis, np.newaxis]
blame = np.zeros((1, 1, 9, 13))
for spot in [(1, 1), (3, 3), (2, 9)]:
    blame[0, 0, *spot] = 1

shown = {
    "dout": blame,
    "your dx": conv2d_dx(letter, blame),
    "the friend's dx": friends_dx(letter, blame),
}
fig, axes = plt.subplots(1, 4, figsize=(11, 2.7), width_ratios=[4, 13, 16, 16])
axes[0].imshow(letter[0, 0], cmap="Greys", vmin=0, vmax=2.2)
axes[0].set(title="kernel", xticks=[], yticks=[])
for ax, (title, picture) in zip(axes[1:], shown.items(), strict=True):
    ax.imshow(picture[0, 0], cmap="Greys", vmin=0, vmax=2.2)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# An output that is to blame paints its kernel onto the pixels that it had looked at, upright, with its first corner where the window began: each
# pixel is to blame as much as its weight says. Where two letters overlap, paint adds up: that pixel is darker. The friend's letters stand on their
# heads. A smoothing kernel looks the same upside down, so it could not tell.
#
# ## What a test must be like
#
# The friend's test was weak in more ways than one. Here are four wrong functions (the first is the friend's) and four tests, from the
# friend's (all of dout is 1, and a kernel that smooths) to one in which nothing is 1, or symmetric, or as large as anything else. A test finds a
# mistake where dx has another shape than the image or is off by more than a millionth.

# %%
def kh_for_kw(weight, dout):
    columns = dout.shape[3] + weight.shape[2] - 1
    return conv2d_dx(weight, dout)[..., :columns]


mistakes = {
    "kernel upside down": friends_dx,
    "dout forgotten": lambda weight, dout: conv2d_dx(weight, np.ones_like(dout)),
    "mean over images": lambda weight, dout: conv2d_dx(weight, dout) / len(dout),
    "kh taken for kw": kh_for_kw,
}
some = rng.standard_normal((1, 1, 3, 3))
tests = {
    "the friend's": (square, smoothing, ones),
    "dout = 1": (square, some, ones),
    "square, one image": (square, some, rng.standard_normal(ones.shape)),
    "all different": (x, weight, dout),
}
verdicts = {name: [] for name in ["yours", *mistakes]}
for image, kernel, above in tests.values():
    no_bias = np.zeros(len(kernel))
    slope = measured(
        lambda moved: (above * conv2d_forward(moved, kernel, no_bias)[0]).sum(),
        image,
    )
    for name, function in {"yours": conv2d_dx, **mistakes}.items():
        claimed = function(kernel, above)
        right = claimed.shape == slope.shape and off(claimed, slope) < 1e-6
        verdicts[name].append("passes" if right else "found")

print(f"{'':18}" + "".join(f"{test:>19}" for test in tests))
for name, row in verdicts.items():
    print(f"{name:18}" + "".join(f"{verdict:>19}" for verdict in row))

# %% [markdown]
# **Why a random dout.** With `dout = 1` the loss is the sum of all outputs. Such a test asks only whether the sum is right, not whether each output's share
# went to the right place, and it cannot see whether dout takes part at all. With random numbers no two outputs can be exchanged unseen, and
# two wrong terms do not happen to cancel.
#
# **Why no two sizes alike.** Where H = W, F = C and kh = kw, an array with its axes exchanged still has the right shape. Where all
# sizes differ, it has another, and often NumPy itself complains. Where N = 1, dividing by N does nothing.
#
# ## The layer
#
# What does the way back need from the way there? Look at the three sums: dbias needs nothing but dout. dweight needs **x**, dx needs **weight**.
# Neither needs the output. That is why `conv2d_forward` returned the *cache* `(x, weight)`: it keeps what could not be had again without running the
# whole network up to here. It costs next to no memory of its own, as it holds the same arrays and no copies, but while it
# holds x, x cannot be thrown away. That is why training needs so much more memory than predicting. And since they are no copies, whoever changes
# x in between, in place, gets a wrong dweight and no complaint. A layer never changes its inputs.
#
# ### Exercise 4
# Put the three together, with the signature that the whole course uses. It is checked with your own `conv2d_forward` and its cache.

# %% nbgrader={"grade": false, "grade_id": "conv2d_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d_backward(dout, cache):
    """dout (N, F, H', W'), and the cache of conv2d_forward; gives dx, dweight, dbias."""
    ### BEGIN SOLUTION
    x, weight = cache
    return conv2d_dx(weight, dout), conv2d_dweight(x, dout), conv2d_dbias(dout)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_conv2d_backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
check(conv2d_forward, conv2d_backward)

# %% [markdown]
# What does it cost? dx and dweight each have a product for every product of the forward pass. So the way back costs about two
# forward passes, for all 31,030,658 derivatives, and not 359 days.
#
# minunet can test any pair of such functions, with a random dout, in the way of this lesson:

# %%
from minunet import gradcheck

print(f"off by at most {gradcheck(conv2d_forward, conv2d_backward, x, weight, bias):.0e}")

# %% [markdown]
# ## A kernel finds itself
#
# In lesson 1 somebody had made a kernel by hand that answers to edges. Can your gradient find it, from nothing but what it does? We show it an
# image, and what that kernel makes of it; it begins with random weights, and the loss is half the mean square of what it gets wrong. Then
# $dout = (out - wanted) / \text{number of pixels}$, and a step against the gradient makes the loss smaller.

# %%
image = cells()[0][:48, :64]
seen = ((image - image.mean()) / image.std())[np.newaxis, np.newaxis]
by_hand = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[np.newaxis, np.newaxis]
wanted = conv2d_forward(seen, by_hand, np.zeros(1))[0]

kernel, its_bias = np.random.default_rng(0).standard_normal((1, 1, 3, 3)), np.zeros(1)
rate = 0.2  # how far a step goes, the learning rate (lesson 7); try 0.25
history, kept = [], {}
for step in range(301):
    out, cache = conv2d_forward(seen, kernel, its_bias)
    history.append(np.mean((out - wanted) ** 2) / 2)
    if step in (0, 20, 100, 300):
        kept[f"after {step} steps"] = kernel[0, 0].copy()
    dx, dweight, dbias = conv2d_backward((out - wanted) / out.size, cache)
    kernel -= rate * dweight
    its_bias -= rate * dbias
kept["by hand"] = by_hand[0, 0]

widths = [2, 1, 1, 1, 1, 1]
fig, axes = plt.subplots(1, 6, figsize=(12, 2.5), width_ratios=widths, layout="constrained")
axes[0].semilogy(history, color="#0072B2")
axes[0].set(title="loss", xlabel="step")
for ax, (title, weights) in zip(axes[1:], kept.items(), strict=True):
    ax.imshow(weights, cmap="PuOr", vmin=-3, vmax=3)
    for (row, column), value in np.ndenumerate(weights):
        number = f"{value:.1f}".replace("-0.0", "0.0")
        ax.text(column, row, number, ha="center", va="center", fontsize=9)
    ax.set_title(title, fontsize=10)
    ax.set(xticks=[], yticks=[])
plt.show()

# %% [markdown]
# That is all there is to learning. The rest of the course is more layers, a better loss and better steps; the way is the same.
#
# ## To think about
# `dx` of the network's very first layer is the derivative of the loss by the pixels of the image. Training has no use for it, and programs skip it.
# What could *you* use it for? (What does it say of a pixel where it is large? What happens to an image that you change a little along it?)
#
# And: the forward pass is a straight line in x. Therefore dx does not depend on x, only on the weights. What would a layer
# have to do so that its dx did depend on x? (Lesson 3 has two of that kind.)
#
# **Next:** layers without a single weight, which need a way back all the same.
