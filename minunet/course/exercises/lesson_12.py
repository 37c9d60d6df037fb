"""Lesson 12: operations for each byte, the least time that both allow, and an image standardised where it lies."""

from itertools import product

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import case, whole
from .plain import plain

# intensity

ratio = Bank()


def parts(C, F, k, H, W):
    """Operations, and how many numbers the image, the weights and the result have."""
    h, w = H - k + 1, W - k + 1
    return 2 * F * C * k * k * h * w, C * H * W, F * C * k * k, F * h * w


def intensity(C, F, k, H, W):
    operations, *numbers = parts(C, F, k, H, W)
    return operations / (4 * sum(numbers))


@ratio.after(
    "out",
    "an addition left out, or 8 bytes for 4",
    "A product and its addition are two operations; a float32 has 4 bytes.",
    "2, and 4.",
)
def products_alone(result):
    return result / 2


@ratio.after("out", "numbers counted, not bytes", "A float32 has 4 bytes.", "Times 4 in the denominator.")
def of_numbers(result):
    return result * 4


@ratio.instead("out", "the result not counted", "It is written to memory too.", "Add F h w numbers.")
def without_result(C, F, k, H, W):
    operations, image, weights, _ = parts(C, F, k, H, W)
    return operations / (4 * (image + weights))


@ratio.instead("out", "the weights not counted", "They are read too.", "Add F C k k numbers.")
def without_weights(C, F, k, H, W):
    operations, image, _, result = parts(C, F, k, H, W)
    return operations / (4 * (image + result))


@ratio.instead("out", "the image not counted", "It is read too.", "Add C H W numbers.")
def without_image(C, F, k, H, W):
    operations, _, weights, result = parts(C, F, k, H, W)
    return operations / (4 * (weights + result))


@ratio.instead("out", "a result as large as the image", "A valid convolution gives H-k+1 rows.", "H - k + 1")
def padded(C, F, k, H, W):
    return 2 * F * C * k * k * H * W / (4 * (C * H * W + F * C * k * k + F * H * W))


@ratio.instead("out", "the image read for every weight", "Each number crosses once, at best.", "C H W numbers.")
def read_often(C, F, k, H, W):
    operations, image, weights, result = parts(C, F, k, H, W)
    return operations / (4 * (k * k * image + weights + result))


@ratio.instead(
    "out", "multiplied by the numbers, not divided", "a / 4 * (b + c) is a / 4, times b + c.", "a / (4 * (b + c))"
)
def without_brackets(C, F, k, H, W):
    operations, *numbers = parts(C, F, k, H, W)
    return operations / 4 * sum(numbers)


@ratio.after("out", "rounded down", "A ratio is seldom a whole number.", "/ for //")
def whole_number(result):
    return np.floor(result)


def intensity_cases(rng):
    return [
        case(C=8, F=16, k=3, H=30, W=44),
        case("the kernel is 1x1", C=64, F=2, k=1, H=20, W=12),
        case("C is 1", C=1, F=64, k=3, H=57, W=32),
        case("the image is small", C=512, F=1024, k=3, H=6, W=5),
    ]


def intensity_small(rng):
    for C, F, k in product((1, 2), (1, 3), (1, 2, 3)):
        yield case(C=C, F=F, k=k, H=k + 1, W=k + 2)


INTENSITY = plain(
    "intensity(C, F, k, H, W) -> out",
    "out = 2 F C k k h w / (4 (C H W + F C k k + F h w)), h = H-k+1, w = W-k+1",
    intensity,
    intensity_cases,
    intensity_small,
    ratio,
)

# least_seconds

least = Bank()


def least_seconds(operations, bytes_moved, per_second, bandwidth):
    return max(operations / per_second, bytes_moved / bandwidth)


@least.instead("out", "sum for maximum", "Memory and arithmetic work at the same time: the slower one decides.", "max")
def added(operations, bytes_moved, per_second, bandwidth):
    return operations / per_second + bytes_moved / bandwidth


@least.instead("out", "minimum for maximum", "The slower of the two decides.", "max")
def faster(operations, bytes_moved, per_second, bandwidth):
    return min(operations / per_second, bytes_moved / bandwidth)


@least.instead("out", "arithmetic alone", "What memory cannot bring is not computed.", "max of both")
def arithmetic(operations, per_second):
    return operations / per_second


@least.instead("out", "memory alone", "What is there is not computed at once.", "max of both")
def memory(bytes_moved, bandwidth):
    return bytes_moved / bandwidth


@least.instead(
    "out", "rates exchanged", "Operations by operations a second, bytes by bytes a second.", "Exchange them."
)
def crossed(operations, bytes_moved, per_second, bandwidth):
    return max(operations / bandwidth, bytes_moved / per_second)


@least.instead("out", "upside down", "A time grows with what is to be done: amount by rate.", "operations / per_second")
def upside_down(operations, bytes_moved, per_second, bandwidth):
    return max(per_second / operations, bandwidth / bytes_moved)


def least_cases(rng):
    return [
        case(operations=3e9, bytes_moved=5e6, per_second=7e12, bandwidth=2e11),
        case("memory is the slower", operations=3e6, bytes_moved=5e8, per_second=7e12, bandwidth=2e11),
        case("arithmetic is the slower", operations=9e12, bytes_moved=4e6, per_second=2e12, bandwidth=3e11),
    ]


def least_small(rng):
    yield case(operations=8, bytes_moved=2, per_second=2, bandwidth=1)
    yield case(operations=2, bytes_moved=8, per_second=2, bandwidth=1)
    yield case(operations=3, bytes_moved=7, per_second=5, bandwidth=2)


LEAST_SECONDS = plain(
    "least_seconds(operations, bytes_moved, per_second, bandwidth) -> out",
    "out = max(operations / per_second, bytes_moved / bandwidth)",
    least_seconds,
    least_cases,
    least_small,
    least,
)

# standardize

standard = Bank()
OWN = "Each image is judged by its own brightness."


def standardize(x):
    return over(x, (1, 2, 3))


def over(x, axes):
    return (x - x.mean(axis=axes, keepdims=True)) / x.std(axis=axes, keepdims=True)


@standard.instead("out", "one mean for all images", OWN, "axis=(1, 2, 3), keepdims=True")
def over_all(x):
    return over(x, (0, 1, 2, 3))


@standard.instead("out", "each channel by itself", "The channels of an image belong together.", "axis=(1, 2, 3)")
def over_channels(x):
    return over(x, (2, 3))


@standard.instead("out", "each channel over all images", OWN, "axis=(1, 2, 3)")
def over_batch(x):
    return over(x, (0, 2, 3))


@standard.instead("out", "variance for standard deviation", "The standard deviation has x's unit.", "std, or its root")
def variance(x):
    return (x - x.mean(axis=(1, 2, 3), keepdims=True)) / x.var(axis=(1, 2, 3), keepdims=True)


@standard.instead("out", "mean not subtracted", "The mean becomes 0.", "x - mean")
def not_centred(x):
    return x / x.std(axis=(1, 2, 3), keepdims=True)


@standard.instead("out", "not divided", "The standard deviation becomes 1.", "/ std")
def not_scaled(x):
    return x - x.mean(axis=(1, 2, 3), keepdims=True)


@standard.instead("out", "n - 1 in the standard deviation", "All pixels are there; the mean is no estimate.", "ddof=0")
def one_less(x):
    return (x - x.mean(axis=(1, 2, 3), keepdims=True)) / x.std(axis=(1, 2, 3), keepdims=True, ddof=1)


@standard.instead("out", "from 0 to 1", "Standardised means mean 0 and standard deviation 1.", "mean and std")
def ranged(x):
    low, high = x.min(axis=(1, 2, 3), keepdims=True), x.max(axis=(1, 2, 3), keepdims=True)
    return (x - low) / (high - low)


def standard_cases(rng):
    def one(*shape):
        return (
            3
            + rng.standard_normal(shape) * (1 + np.arange(shape[0]).reshape(-1, 1, 1, 1))
            + rng.random((*shape[:2], 1, 1))
        )

    return [
        case(x=one(3, 2, 5, 7)),
        case("N is 1", x=one(1, 3, 6, 4)),
        case("C is 1", x=one(4, 1, 7, 3)),
    ]


def standard_small(rng):
    for N, C, W in product((1, 2), (1, 2), (2, 3)):
        yield case(x=whole(rng, N, C, 1, W) + 7 * np.arange(W))


STANDARDIZE = plain(
    "standardize(x) -> out",
    "out[n] = (x[n] - mean of x[n]) / standard deviation of x[n]",
    standardize,
    standard_cases,
    standard_small,
    standard,
    1,
    50,
)

SPEC = Spec(
    "lesson 12", (INTENSITY, LEAST_SECONDS, STANDARDIZE), only=frozenset({"intensity", "least_seconds", "standardize"})
)
