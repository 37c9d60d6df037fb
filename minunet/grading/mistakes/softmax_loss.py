"""What goes wrong in the softmax loss of a matrix of scores."""

from dataclasses import replace

import numpy as np

from ..bank import Bank

bank = Bank()

EPSILONS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16, 1e-20, 1e-100, 1e-300)
TINY = 1e-7  # no probability that a test looks at is as small

EACH = "An image whose scores lie far below another's has nothing but zeros after exp: each needs its own largest."
BETTER = "the loss is wrong where p is smaller, but finite, and the assignment's own template is infinite where p is 0"
LOG = "log p = z - log(sum(exp(z))), with the largest score subtracted first."

HIDES = "It hides the underflow, and the loss is wrong there. " + LOG


def softmax(x, axis=1):
    exponentials = np.exp(x - x.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def at(x, y):
    return x[np.arange(len(y)), y]


def one_hot(x, y):
    return (y[:, None] == np.arange(x.shape[1])).astype(float)


@bank.instead(
    "loss",
    "exp without subtracting the largest score",
    "exp(800) is infinite. " + LOG,
    "x - x.max(axis=1, keepdims=True)",
)
def unshifted(x, y):
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    return -np.log(at(p, y)).mean()


@bank.instead(
    "loss",
    "log-sum-exp without subtracting the largest score",
    "exp(800) is infinite. " + LOG,
    "x - x.max(axis=1, keepdims=True)",
)
def log_sum_unshifted(x, y):
    return (np.log(np.exp(x).sum(axis=1)) - at(x, y)).mean()


@bank.instead(
    "loss",
    "log of a probability that is 0",
    "exp underflows to 0, and its log is infinite. " + LOG,
    "z - log(sum(exp(z)))",
)
def underflow(x, y):
    return -np.log(at(softmax(x), y)).mean()


bank[-1] = replace(bank[-1], forgiven="that is so in the assignment's own template")  # the course's older one

for epsilon in EPSILONS:

    @bank.instead("loss", f"adds {epsilon:g} inside the logarithm", HIDES, "z - log(sum(exp(z)))")
    def with_epsilon(x, y, epsilon=epsilon):
        return -np.log(at(softmax(x), y) + epsilon).mean()

    bank[-1] = replace(bank[-1], forgiven=BETTER if epsilon <= TINY else "")

    @bank.instead("loss", f"clips the probability at {epsilon:g}", HIDES, "z - log(sum(exp(z)))")
    def clipped(x, y, epsilon=epsilon):
        return -np.log(at(softmax(x), y).clip(epsilon)).mean()

    bank[-1] = replace(bank[-1], forgiven=BETTER if epsilon <= TINY else "")


@bank.instead("loss", "largest score of all images subtracted", EACH, "x - x.max(axis=1, keepdims=True)")
def one_shift(x, y):
    exponentials = np.exp(x - x.max())
    return -np.log(at(exponentials / exponentials.sum(axis=1, keepdims=True), y)).mean()


@bank.instead("loss", "largest score of all images subtracted, log-sum-exp", EACH, "x - x.max(axis=1, keepdims=True)")
def log_sum_one_shift(x, y):
    shifted = x - x.max()
    return (np.log(np.exp(shifted).sum(axis=1)) - at(shifted, y)).mean()


@bank.after("loss", "sum for mean", "The loss is the mean over the images.", "Divide by N.")
def total(result, y):
    return result * len(y)


@bank.after("loss", "divided twice", "The loss is the mean over the images.", "Divide by N once.")
def twice(result, y):
    return result / len(y)


@bank.after("loss", "divided by the classes too", "The mean is over the images alone.", "Divide by N.")
def classes_too(result, x):
    return result / x.shape[1]


@bank.after("loss", "minus missing", "The loss is -log p.", "Write the minus.")
def no_minus(result):
    return -result


@bank.after("loss", "binary logarithm", "The logarithm is the natural one.", "np.log")
def binary(result):
    return result / np.log(2)


@bank.after("loss", "decimal logarithm", "The logarithm is the natural one.", "np.log")
def decimal(result):
    return result / np.log(10)


@bank.instead("loss", "the score for its logarithmic probability", LOG, "Subtract log(sum(exp)).")
def bare(x, y):
    return -at(x, y).mean()


@bank.instead("loss", "probability for its logarithm", LOG, "Take the logarithm.")
def without_log(x, y):
    return -at(softmax(x), y).mean()


@bank.instead("loss", "softmax over the images", "The softmax is over the classes, axis 1.", "axis=1, keepdims=True")
def over_images(x, y):
    shifted = x - x.max(axis=0)
    return -at(shifted - np.log(np.exp(shifted).sum(axis=0)), y).mean()


@bank.after("dx", "not divided by N", "The loss is a mean, and so is its gradient.", "Divide by N.")
def undivided(result, y):
    return result * len(y)


@bank.after("dx", "divided twice", "It is divided by N once.", "Divide by N once.")
def dx_twice(result, y):
    return result / len(y)


@bank.after("dx", "divided by the classes too", "The mean is over the images alone.", "Divide by N.")
def dx_classes_too(result, x):
    return result / x.shape[1]


@bank.after("dx", "wrong sign", "It is p minus the one-hot label.", "p - y, not y - p.")
def negated(result):
    return -result


@bank.after("dx", "zero", "It is never filled.", "p - y")
def zeros(result):
    return np.zeros_like(result)


@bank.instead("dx", "1 not subtracted at the label", "It is (p - y) / N.", "p[arange(N), y] -= 1")
def bare_softmax(x, y):
    return softmax(x) / len(y)


@bank.instead("dx", "1 subtracted from every class", "At the label alone.", "p[arange(N), y] -= 1")
def from_all(x, y):
    return (softmax(x) - 1) / len(y)


@bank.instead(
    "dx", "1 subtracted after the division by N", "The whole of p - y is divided.", "Subtract first, then divide."
)
def subtracted_late(x, y):
    return softmax(x) / len(y) - one_hot(x, y)


@bank.instead(
    "dx", "1 subtracted in the labels' columns of every image", "dx[:, y] is whole columns.", "dx[np.arange(N), y] -= 1"
)
def columns(x, y):
    dx = softmax(x)
    dx[:, y] -= 1
    return dx / len(y)


@bank.instead("dx", "label's class alone", "The other classes have p / N.", "p - y")
def label_alone(x, y):
    return (softmax(x) - 1) * one_hot(x, y) / len(y)


@bank.instead("dx", "p (1 - p) alone", "The softmax's Jacobian is not diagonal.", "p - y")
def diagonal(x, y):
    p = softmax(x)
    return p * (1 - p) / len(y)


@bank.instead("dx", "scores for probabilities", "It is (p - y) / N.", "Take the softmax first.")
def of_scores(x, y):
    return (x - one_hot(x, y)) / len(y)


@bank.instead("dx", "softmax over the images", "The softmax is over the classes, axis 1.", "axis=1, keepdims=True")
def dx_over_images(x, y):
    return (softmax(x, 0) - one_hot(x, y)) / len(y)


@bank.instead(
    "dx",
    "exp without subtracting the largest score",
    "exp(800) is infinite. " + LOG,
    "x - x.max(axis=1, keepdims=True)",
)
def dx_unshifted(x, y):
    p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    return (p - one_hot(x, y)) / len(y)


@bank.instead("dx", "largest score of all images subtracted", EACH, "x - x.max(axis=1, keepdims=True)")
def dx_one_shift(x, y):
    exponentials = np.exp(x - x.max())
    return (exponentials / exponentials.sum(axis=1, keepdims=True) - one_hot(x, y)) / len(y)
