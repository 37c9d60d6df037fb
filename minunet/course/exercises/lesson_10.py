"""Lesson 10: factors between norms, a gradient clipped, the share of dead channels, the first norm not finite."""

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import case
from .plain import plain

# gradient_ratio

factors = Bank()
ORDER = "Each is divided by the one before it."


def gradient_ratio(norms):
    norms = np.asarray(norms, float)
    return divided(norms[1:], norms[:-1])


def divided(a, b):
    """0 where the divisor is 0."""
    return np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=np.asarray(b) != 0)


@factors.instead("out", "upside down", ORDER, "norms[1:] / norms[:-1]")
def upside_down(norms):
    return divided(norms[:-1], norms[1:])


@factors.instead("out", "divided by the first", ORDER, "norms[1:] / norms[:-1]")
def by_first(norms):
    return divided(norms[1:], norms[0])


@factors.instead("out", "differences for factors", "A factor is a quotient.", "/ for -")
def differences(norms):
    return np.diff(norms)


@factors.instead("out", "relative changes", "A factor of 1 is no change.", "Leave out - norms[:-1].")
def relative(norms):
    return divided(np.diff(norms), norms[:-1])


@factors.instead("out", "the last compared with the first", "n norms have n - 1 factors.", "norms[1:] / norms[:-1]")
def around(norms):
    return divided(np.roll(norms, -1), norms)


@factors.instead("out", "from the other end", "The norms are ordered from the loss backwards already.", "No [::-1].")
def from_the_end(norms):
    return gradient_ratio(norms[::-1])


@factors.after("out", "squared", "The norms are lengths, not their squares.", "Leave out the square.")
def squared(result):
    return result**2


def ratio_cases(rng):
    return [
        case(norms=rng.uniform(0.5, 4, 7)),
        case("a norm is 0", norms=np.array([2.5, 0.8, 0.0, 0.0, 1.7, 0.6])),
        case("norms are tiny", norms=np.array([3.0, 7.0, 2.0, 5.0]) * 1e-3),
        case("there are two norms", norms=np.array([1.5, 4.2])),
    ]


def ratio_small(rng):
    for norms in ([1, 2], [2, 1], [1, 2, 8], [4, 2, 6], [2, 0, 1]):
        yield case(norms=np.array(norms, float))


GRADIENT_RATIO = plain(
    "gradient_ratio(norms) -> out",
    "out[k] = norms[k+1] / norms[k], 0 where norms[k] = 0",
    gradient_ratio,
    ratio_cases,
    ratio_small,
    factors,
)

# clipped

limit = Bank()


def clipped(gradient, most):
    size = np.sqrt((np.asarray(gradient, float) ** 2).sum())
    return gradient * min(1.0, most / size) if size else gradient


@limit.instead("out", "each number clipped by itself", "That turns the direction.", "Scale the whole gradient.")
def each(gradient, most):
    return np.clip(gradient, -most, most)


@limit.instead("out", "short ones made longer", "One that is short enough stays as it is.", "min(1, most / length)")
def always(gradient, most):
    return gradient * most / np.linalg.norm(gradient) if gradient.any() else gradient


@limit.instead("out", "the square of the length", "The length is the root of the sum of squares.", "np.sqrt")
def no_root(gradient, most):
    size = (gradient**2).sum()
    return gradient * min(1.0, most / size) if size else gradient


@limit.instead("out", "sum of absolute values for the length", "It is the root of the sum of squares.", "np.sqrt")
def absolute(gradient, most):
    size = np.abs(gradient).sum()
    return gradient * min(1.0, most / size) if size else gradient


@limit.instead("out", "largest number for the length", "The length is of all numbers together.", "np.sqrt of a sum")
def largest(gradient, most):
    size = np.abs(gradient).max()
    return gradient * min(1.0, most / size) if size else gradient


@limit.instead(
    "out", "another norm than the length", "norm(a, 2) of a matrix is not its length.", "np.linalg.norm(gradient)"
)
def spectral(gradient, most):
    size = np.linalg.norm(gradient, 2)
    return gradient * min(1.0, most / size) if size else gradient


@limit.instead("out", "length of each row", "The length is over all numbers.", "Sum over all axes.")
def rows(gradient, most):
    size = np.sqrt((gradient**2).sum(axis=-1, keepdims=True))
    return gradient * np.minimum(1.0, most / np.where(size, size, 1))


@limit.instead("out", "always of length 1", "It is limited to `most`.", "times most")
def unit(gradient, most):
    size = np.linalg.norm(gradient)
    return gradient / size if size > most else gradient


@limit.instead("out", "not clipped", "No gradient is longer than `most`.", "Scale it.")
def untouched(gradient):
    return gradient


def clip_cases(rng):
    return [
        case(gradient=3 * rng.standard_normal((4, 7)), most=2.5),
        case("it is short enough", gradient=0.1 * rng.standard_normal((3, 5)), most=4.0),
        case("it has four axes", gradient=rng.standard_normal((4, 2, 3, 5)), most=0.75),
        case("it is a vector", gradient=rng.standard_normal(11), most=1.5),
        case("no number is above most", gradient=rng.uniform(-1, 1, (6, 8)), most=1.25),
    ]


def clip_small(rng):
    for gradient, most in (([3.0, 4.0], 1), ([3.0, 4.0], 2), ([3.0, -4.0], 10), ([1.0, 2.0, 2.0], 2), ([0.5, 0.0], 1)):
        yield case(gradient=np.array(gradient), most=float(most))
    yield case(gradient=np.array([[3.0], [4.0]]), most=2.0)
    yield case(gradient=np.array([[3.0, 0.0], [0.0, 4.0]]), most=2.0)


CLIPPED = plain(
    "clipped(gradient, most) -> out",
    "out = gradient min(1, most / length), length = the root of the sum of all squares",
    clipped,
    clip_cases,
    clip_small,
    limit,
    1,
    10,
)

# dead_share

dead = Bank()
ALL = "A channel is dead if it is 0 in every image and at every pixel."


def dead_share(out):
    return 1 - (np.asarray(out) != 0).any(axis=(0, 2, 3)).mean()


@dead.instead("share", "share of the numbers that are 0", ALL, "any over axes 0, 2, 3, and then the mean")
def of_numbers(out):
    return (out == 0).mean()


@dead.instead("share", "each image by itself", ALL, "any over axis 0 too")
def each_image(out):
    return 1 - (out != 0).any(axis=(2, 3)).mean()


@dead.instead("share", "dead in some image", ALL, "any over axis 0 too")
def some_image(out):
    return (~(out != 0).any(axis=(2, 3))).any(axis=0).mean()


@dead.instead("share", "a single 0 is enough", ALL, "all, not any, of the zeros")
def any_zero(out):
    return (out == 0).any(axis=(0, 2, 3)).mean()


@dead.instead("share", "pixels, not channels", "Axis 1 has the channels.", "any over axes 0, 2, 3")
def pixels(out):
    return 1 - (out != 0).any(axis=(0, 1)).mean()


@dead.instead("share", "images, not channels", "Axis 1 has the channels.", "any over axes 0, 2, 3")
def images(out):
    return 1 - (out != 0).any(axis=(1, 2, 3)).mean()


@dead.instead("share", "the first image alone", ALL, "any over axis 0 too")
def first_image(out):
    return 1 - (out[0] != 0).any(axis=(1, 2)).mean()


@dead.after("share", "the living", "Asked for are the dead.", "1 - share")
def living(result):
    return 1 - result


@dead.instead("share", "number of channels, not their share", "A share is from 0 to 1.", "mean for sum")
def count(out):
    return (~(out != 0).any(axis=(0, 2, 3))).sum()


def activation(rng, N, C, H, W, gone=()):
    """A ReLU's output: of some channels nothing; of some (image, channel) nothing."""
    out = np.maximum(rng.standard_normal((N, C, H, W)), 0)
    for place in gone:
        out[place] = 0
    return out


def dead_cases(rng):
    every = slice(None)
    return [
        case(out=activation(rng, 3, 5, 4, 7, [(every, 1), (0, 3), (2, 4)])),
        case("N is 1", out=activation(rng, 1, 8, 5, 3, [(every, 2), (every, 5), (every, 7)])),
        case("none is dead", out=activation(rng, 2, 3, 6, 4, [(0, 1), (1, 2)])),
        case("all are dead", out=np.zeros((2, 4, 3, 5))),
        case("a channel is alive at one pixel", out=activation(rng, 2, 7, 1, 3, [(every, 0), (every, 4), (1, 6)])),
        case("an image is dark", out=activation(rng, 4, 3, 5, 6, [(0,), (every, 2), (every, every, 1, 1)])),
    ]


def dead_small(rng):
    for out in (
        [[[[0, 1]], [[0, 0]], [[1, 1]]]],
        [[[[1]], [[0]], [[0]]]],
        [[[[0]], [[1]], [[0]]], [[[1]], [[1]], [[0]]]],
        [[[[1]], [[0]]], [[[0]], [[0]]], [[[2]], [[0]]]],
    ):
        yield case(out=np.array(out, float))


DEAD_SHARE = plain(
    "dead_share(out) -> share",
    "share = how many of the C channels are 0 for all n, h, w, divided by C",
    dead_share,
    dead_cases,
    dead_small,
    dead,
)

# first_bad

bad = Bank()
BOTH = "Infinity is not finite either; nor is nan."
NAN = "nan is not finite either. And it equals nothing, not even itself."


def first_bad(norms):
    return place(~np.isfinite(norms))


def place(found, none=-1):
    where = np.flatnonzero(found)
    return where[0] if len(where) else none


@bad.instead("out", "nan alone", BOTH, "np.isfinite")
def nan_alone(norms):
    return place(np.isnan(norms))


@bad.instead("out", "infinity alone", NAN, "np.isfinite")
def infinity_alone(norms):
    return place(np.isinf(norms))


@bad.instead("out", "0 where there is none", "0 is the index of the first.", "Return -1 there.")
def zero(norms):
    return place(~np.isfinite(norms), 0)


@bad.instead("out", "nan alone, and 0 where there is none", f"{BOTH} And 0 is an index.", "np.isfinite; -1")
def friends(norms):
    return place(np.isnan(norms), 0)


@bad.instead("out", "n where there is none", "It is -1 there.", "Return -1.")
def past_the_end(norms):
    return place(~np.isfinite(norms), len(norms))


@bad.instead("out", "the last one", "The first is where it arose.", "[0] for [-1]")
def last(norms):
    return place(~np.isfinite(norms)[::-1] * 1) if np.isfinite(norms).all() else np.flatnonzero(~np.isfinite(norms))[-1]


@bad.instead("out", "how many are bad", "Its index is asked for.", "np.flatnonzero(...)[0]")
def how_many(norms):
    return (~np.isfinite(norms)).sum()


@bad.instead("out", "the first that is finite", "The first that is not.", "~np.isfinite")
def first_good(norms):
    return place(np.isfinite(norms))


@bad.instead("out", "counted from 1", "An index begins at 0.", "Leave out + 1.")
def from_one(norms):
    return place(~np.isfinite(norms), -2) + 1


def bad_cases(rng):
    def one(*places):
        norms = rng.uniform(0.5, 9, 9)
        for index, value in places:
            norms[index] = value
        return norms

    return [
        case(norms=one((4, np.nan), (5, np.inf), (6, np.nan), (8, np.nan))),
        case("infinity comes first", norms=one((2, np.inf), (3, np.nan), (4, np.nan))),
        case("all are finite", norms=one()),
        case("there is infinity alone", norms=one((6, np.inf), (7, np.inf))),
        case("the first is bad", norms=one((0, np.nan), (1, np.inf), (2, np.nan))),
        case("it recovers", norms=one((3, np.nan), (4, np.inf))[:6]),
    ]


def bad_small(rng):
    nan, inf = np.nan, np.inf
    for norms in ([1, 2], [1, nan], [1, inf], [1, inf, nan], [3, nan, inf, nan], [nan, 2, 3]):
        yield case(norms=np.array(norms, float))


FIRST_BAD = plain(
    "first_bad(norms) -> out",
    "out = the smallest k for which norms[k] is nan or infinite, -1 if there is none",
    first_bad,
    bad_cases,
    bad_small,
    bad,
)

SPEC = Spec(
    "lesson 10",
    (GRADIENT_RATIO, CLIPPED, DEAD_SHARE, FIRST_BAD),
    only=frozenset({"gradient_ratio", "clipped", "dead_share", "first_bad"}),
)
