"""Lesson 4: the 2x2 convolution with stride 2, its adjoint the up-convolution, and how often it covers a pixel."""

from itertools import product

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import CONV_TRANSPOSE2D, case, whole
from .plain import plain

# downsample

down = Bank()
WINDOWS = "Window (h, w) is the four pixels (2h+i, 2w+j): windows lie side by side."
RESHAPE = "A reshape keeps the order of the numbers in memory: (..., 2H, 2W) is (..., H, 2, W, 2)."


def downsample(y, weight):
    taps = [weight[:, :, i, j] for i, j in np.ndindex(2, 2)]
    pixels = [y[:, :, i::2, j::2] for i, j in np.ndindex(2, 2)]
    return sum(np.einsum("cf,nfhw->nchw", tap, seen) for tap, seen in zip(taps, pixels, strict=True))


def every_window(y, weight):
    """With stride 1."""
    H, W = y.shape[2] - 1, y.shape[3] - 1
    return sum(
        np.einsum("cf,nfhw->nchw", weight[:, :, i, j], y[:, :, i : i + H, j : j + W]) for i, j in np.ndindex(2, 2)
    )


@down.instead("out", "stride of 1", WINDOWS, "Take every second row and column: y[:, :, i::2, j::2].")
def stride_one(y, weight):
    return every_window(y, weight)


@down.instead("out", "stride of 1, in the corner", WINDOWS, "Take every second row and column: y[:, :, i::2, j::2].")
def in_the_corner(y, weight):
    H, W = y.shape[2] // 2, y.shape[3] // 2
    return every_window(y, weight)[:, :, :H, :W]


@down.instead("out", "kernel turned by 180 degrees", "A network's convolution does not turn it.", "weight[:, :, i, j]")
def turned(y, weight):
    return downsample(y, weight[:, :, ::-1, ::-1])


@down.instead("out", "kernel's rows and columns exchanged", "i counts rows, j columns.", "y[:, :, i::2, j::2]")
def exchanged(y, weight):
    return downsample(y, weight.swapaxes(2, 3))


@down.instead("out", "weight read as (F, C, 2, 2)", "Its second axis is that of y's channels.", "weight[c, f]")
def swapped(y, weight):
    return downsample(y, weight.swapaxes(0, 1))


@down.instead(
    "out",
    "weight read as (F, C, 2, 2), and a lone channel stretched",
    "Its second axis is that of y's channels.",
    "weight[c, f]",
)
def swapped_and_added(y, weight):
    """With += into zeros, which stretches a channel that is alone."""
    N, _, H, W = y.shape
    return np.zeros((N, len(weight), H // 2, W // 2)) + swapped(y, weight)


@down.after(
    "out",
    "room for as many pixels as y has",
    "The result has H x W pixels, y has 2H x 2W.",
    "Halve y's rows and columns.",
)
def as_large_as_y(result, y):
    """With += into zeros: it raises, unless the result is one pixel."""
    return np.zeros((*result.shape[:2], *y.shape[2:])) + result


@down.instead("out", "first channel of y only", "The sum runs over all F channels.", "Sum over f as well.")
def first_channel(y, weight):
    return downsample(y[:, :1], weight[:, :1])


@down.instead("out", "last channel of y only (= for +=)", "The sum runs over all F channels.", "Write += in the loop.")
def last_channel(y, weight):
    return downsample(y[:, -1:], weight[:, -1:])


@down.instead("out", "first of the four only", "All four pixels of a window take part.", "Sum over i and j.")
def first_tap(y, weight):
    return np.einsum("cf,nfhw->nchw", weight[:, :, 0, 0], y[:, :, ::2, ::2])


@down.instead("out", "last of the four only (= for +=)", "All four pixels take part.", "Write += in the loop.")
def last_tap(y, weight):
    return np.einsum("cf,nfhw->nchw", weight[:, :, 1, 1], y[:, :, 1::2, 1::2])


@down.after("out", "mean of the four", "The four products are added.", "Do not divide by 4.")
def mean(result):
    return result / 4


@down.instead("out", "blocks mixed up by reshape", RESHAPE, "Reshape to (N, F, H, 2, W, 2), or slice with ::2.")
def mixed_up(y, weight):
    N, F, H, W = y.shape
    return np.einsum("cfij,nfhwij->nchw", weight, y.reshape(N, F, H // 2, W // 2, 2, 2))


@down.instead("out", "quarters of the image", WINDOWS, "y[:, :, i::2, j::2] for tap (i, j)")
def quarters(y, weight):
    N, F, H, W = y.shape
    return np.einsum("cfij,nfihjw->nchw", weight, y.reshape(N, F, 2, H // 2, 2, W // 2))


def down_case(rng, *tags, N=3, C=2, H=4, W=5, F=3, draw=None):
    draw = draw or (lambda rng, *shape: rng.standard_normal(shape))
    return case(*tags, y=draw(rng, N, F, 2 * H, 2 * W), weight=draw(rng, C, F, 2, 2))


def down_cases(rng):
    return [
        down_case(rng),
        down_case(rng, "N is 1", N=1),
        down_case(rng, "the image is square", H=4, W=4),
        down_case(rng, "the image is higher than wide", H=6, W=3),
        down_case(rng, "C is 1", C=1),
        down_case(rng, "F is 1", F=1),
        down_case(rng, "C equals F", C=4, F=4),
        down_case(rng, "the image is one window", H=1, W=1),
    ]


def down_small(rng):
    for C, F, N, H, W in product((1, 2), (1, 2), (1, 2), (1, 2), (1, 2, 3)):
        yield down_case(rng, N=N, C=C, H=H, W=W, F=F, draw=whole)


DOWNSAMPLE = plain(
    "downsample(y, weight) -> out",
    "out[n,c,h,w] = sum over f,i,j of weight[c,f,i,j] y[n,f,2h+i,2w+j]",
    downsample,
    down_cases,
    down_small,
    down,
    2,
    50,
)

# coverage

covering = Bank()
BLOCKS = "Pixel (h, w) paints kernel x kernel pixels, from (stride h, stride w) on."


def along(size, kernel, stride):
    """How many of `size` pixels in a line reach each place."""
    reached = np.zeros((size - 1) * stride + kernel)
    for h in range(size):
        reached[h * stride : h * stride + kernel] += 1
    return reached


def coverage(height, width, kernel, stride):
    return np.outer(along(height, kernel, stride), along(width, kernel, stride))


@covering.after("out", "1 wherever something is painted (= for +=)", "Blocks that overlap add up.", "Write +=.")
def painted(result):
    return np.minimum(result, 1)


@covering.instead("out", "height and width exchanged", "Rows first: height counts rows.", "Exchange them.")
def width_first(height, width, kernel, stride):
    return coverage(width, height, kernel, stride)


@covering.instead("out", "kernel and stride exchanged", BLOCKS, "Exchange them.")
def stride_wide(height, width, kernel, stride):
    return coverage(height, width, stride, kernel)


@covering.instead("out", "stride of 1", BLOCKS, "Multiply h and w by stride.")
def stride_one_block(height, width, kernel, stride):
    return coverage(height, width, kernel, 1)


@covering.instead("out", "blocks one pixel apart, in the corner", BLOCKS, "Multiply h and w by stride.")
def in_a_corner(height, width, kernel, stride):
    result = np.zeros_like(coverage(height, width, kernel, stride))
    together = coverage(height, width, kernel, 1)
    result[: len(together), : together.shape[1]] = together
    return result


@covering.instead("out", "only every stride-th pixel paints", BLOCKS, "Loop over all h and w; multiply them by stride.")
def steps_of_the_loop(height, width, kernel, stride):
    result = np.zeros_like(coverage(height, width, kernel, stride))
    for h, w in product(range(0, height, stride), range(0, width, stride)):
        result[h : h + kernel, w : w + kernel] += 1
    return result


@covering.instead(
    "out", "kernel 3 and stride 2 in place of those given", BLOCKS, "Use the arguments kernel and stride."
)
def three_by_three(height, width):
    return coverage(height, width, 3, 2)


@covering.instead(
    "out",
    "as large as kernel times the image",
    "Blocks that overlap share rows and columns.",
    "(height - 1) * stride + kernel rows, and columns likewise",
)
def kernel_times(height, width, kernel, stride):
    result = coverage(height, width, kernel, stride)
    return np.pad(result, [(0, kernel * height), (0, kernel * width)])[: kernel * height, : kernel * width]


@covering.instead("out", "the same row many times: [row] * rows", "All rows are one list then.", "Use np.zeros.")
def one_list(height, width, kernel, stride):
    rows = (height - 1) * stride + kernel
    return np.tile(height * kernel * along(width, kernel, stride), (rows, 1))


@covering.instead(
    "out", "height and width exchanged in the result's size", "Rows first: height counts rows.", "Exchange them."
)
def size_exchanged(height, width, kernel, stride):
    result = np.zeros((along(width, kernel, stride).size, along(height, kernel, stride).size))
    for h, w in product(range(height), range(width)):
        result[h * stride : h * stride + kernel, w * stride : w * stride + kernel] += 1
    return result


@covering.instead(
    "out", "the middle's numbers at the border too", "At the border there are fewer blocks to overlap.", BLOCKS
)
def no_border(height, width, kernel, stride):
    def middle(size):
        places = np.arange((size - 1) * stride + kernel)[:, np.newaxis]
        return np.sum(places % stride == np.arange(kernel) % stride, axis=1)

    return np.outer(middle(height), middle(width))


@covering.instead("out", "rows and columns added", "Each row meets each column: they multiply.", "rows * columns")
def sum_for_product(height, width, kernel, stride):
    return np.add.outer(along(height, kernel, stride), along(width, kernel, stride))


@covering.instead("out", "rows alone", "Blocks overlap from left to right too.", "Count along both axes.")
def rows_alone(height, width, kernel, stride):
    return np.outer(along(height, kernel, stride), along(width, kernel, stride) > 0)


@covering.instead("out", "what one input pixel reaches", "Asked is how many reach one output pixel.", BLOCKS)
def reached_by_one(height, width, kernel, stride):
    return np.full((height, width), kernel**2)


@covering.instead(
    "out",
    "cut to stride times the image",
    "The last block begins at stride (height-1) and is kernel rows high.",
    "(height - 1) * stride + kernel rows, and columns likewise",
)
def cut(height, width, kernel, stride):
    result = coverage(height, width, kernel, stride)
    return np.pad(result, [(0, stride), (0, stride)])[: stride * height, : stride * width]


@covering.instead(
    "out",
    "rows and columns of 0 at the end",
    "The last block begins at stride (height-1), not at stride height.",
    "(height - 1) * stride + kernel rows, and columns likewise",
)
def too_large(height, width, kernel, stride):
    return np.pad(coverage(height, width, kernel, stride), [(0, stride), (0, stride)])


@covering.instead(
    "out", "windows of a valid convolution", "That goes down; an up-convolution paints larger images.", BLOCKS
)
def going_down(height, width, kernel, stride):
    def windows(size):
        reached = np.zeros(size)
        for h in range(0, size - kernel + 1, stride):
            reached[h : h + kernel] += 1
        return reached

    return np.outer(windows(height), windows(width))


def cover_case(*tags, height=4, width=6, kernel=3, stride=2):
    return case(*tags, height=height, width=width, kernel=kernel, stride=stride)


def cover_cases(rng):
    return [
        cover_case(),
        cover_case("kernel equals stride", kernel=2),
        cover_case("kernel is 1", kernel=1),
        cover_case("kernel is more than twice the stride", height=5, width=3, kernel=5),
        cover_case("stride is 1", stride=1),
        cover_case("stride is larger than kernel", height=3, width=4, kernel=2, stride=3),
        cover_case("the image is square", height=5, width=5),
        cover_case("the image is one pixel", height=1, width=1),
    ]


def cover_small(rng):
    for kernel, stride, height, width in product((2, 3, 1), (2, 1, 3), (1, 2), (1, 2, 3)):
        yield cover_case(height=height, width=width, kernel=kernel, stride=stride)


COVERAGE = plain(
    "coverage(height, width, kernel, stride) -> out",
    "out[p,q] = number of (h,w) with 0 <= p - stride h < kernel and 0 <= q - stride w < kernel",
    coverage,
    cover_cases,
    cover_small,
    covering,
    2,
)

SPEC = Spec(
    "lesson 4",
    (DOWNSAMPLE, CONV_TRANSPOSE2D, COVERAGE),
    only=frozenset({"downsample", "conv_transpose2d_forward", "conv_transpose2d_backward", "coverage"}),
)
