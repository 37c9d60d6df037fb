"""Lesson 11: windows as the columns of a matrix, two outputs for four products, and a signal of any length."""

from itertools import product

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import case, whole
from .plain import plain

# im2col

columns = Bank()


def im2col(x, kh, kw):
    C = len(x)
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))  # (C, h, w, kh, kw)
    return windows.transpose(0, 3, 4, 1, 2).reshape(C * kh * kw, -1)


def sizes(x, kh, kw):
    return len(x), kh, kw, x.shape[1] - kh + 1, x.shape[2] - kw + 1


def arranged(x, kh, kw, *axes):
    """Axes c, i, j, h, w in another order, the first three of which are rows."""
    shape = sizes(x, kh, kw)
    cells = im2col(x, kh, kw).reshape(shape).transpose(axes)
    return cells.reshape(np.prod(cells.shape[:3]), -1)


@columns.after(
    "out", "a row for each window", "A window is a column: weight.reshape(F, -1) stands at its left.", "Transpose."
)
def transposed(result):
    return result.T


@columns.instead(
    "out", "the last row and the last column of windows left out", "There are H - kh + 1 rows of windows.", "+ 1"
)
def one_short(x, kh, kw):
    return im2col(x[:, :-1, :-1], kh, kw)


@columns.instead("out", "j before i", "weight.reshape(F, -1) runs over c, then i, then j.", "Offsets in row order.")
def offsets_exchanged(x, kh, kw):
    return arranged(x, kh, kw, 0, 2, 1, 3, 4)


@columns.instead("out", "channels last", "weight.reshape(F, -1) runs over c first.", "Channels outermost.")
def channels_last(x, kh, kw):
    return arranged(x, kh, kw, 1, 2, 0, 3, 4)


@columns.instead("out", "windows in column order", "The result's pixels run along rows first.", "h, then w.")
def windows_exchanged(x, kh, kw):
    return arranged(x, kh, kw, 0, 1, 2, 4, 3)


@columns.instead(
    "out", "windows turned by 180 degrees", "Lesson 1: a network's sum is a correlation.", "x[c, h + i, w + j]"
)
def turned(x, kh, kw):
    shape = sizes(x, kh, kw)
    return im2col(x, kh, kw).reshape(shape)[:, ::-1, ::-1].reshape(np.prod(shape[:3]), -1)


@columns.instead("out", "kh and kw exchanged", "kh counts rows.", "windows of (kh, kw)")
def exchanged(x, kh, kw):
    return im2col(x, kw, kh)


@columns.instead("out", "reshaped without transposing", "A reshape exchanges no axes.", "Bring c, i, j to the front.")
def reshaped(x, kh, kw):
    C, kh, kw, h, w = sizes(x, kh, kw)
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(1, 2))
    return windows.reshape(C * kh * kw, h * w)


def columns_cases(rng):
    return [
        case(x=rng.standard_normal((3, 6, 9)), kh=3, kw=3),
        case("the kernel is not square", x=rng.standard_normal((2, 7, 5)), kh=2, kw=3),
        case("C is 1", x=rng.standard_normal((1, 5, 8)), kh=3, kw=3),
        case("the kernel is 1x1", x=rng.standard_normal((4, 3, 2)), kh=1, kw=1),
    ]


def columns_small(rng):
    for C, kh, kw in product((1, 2), (1, 2), (1, 2)):
        yield case(x=whole(rng, C, kh + 1, kw + 1), kh=kh, kw=kw)


IM2COL = plain(
    "im2col(x, kh, kw) -> out",
    "out[(c kh + i) kw + j, h w' + w] = x[c, h+i, w+j], w' = W-kw+1",
    im2col,
    columns_cases,
    columns_small,
    columns,
)

# winograd

two = Bank()


def winograd(d, g):
    return np.stack([d[k] * g[0] + d[k + 1] * g[1] + d[k + 2] * g[2] for k in (0, 1)])


def products(d, g):
    return (
        (d[0] - d[2]) * g[0],
        (d[1] + d[2]) * (g[0] + g[1] + g[2]) / 2,
        (d[2] - d[1]) * (g[0] - g[1] + g[2]) / 2,
        (d[1] - d[3]) * g[2],
    )


@two.after("out", "a row for each window", "Results run down, windows side by side: (2, windows).", "Transpose.")
def windows_down(result):
    return result.T


@two.instead("out", "the last product added, not subtracted", "y1 = m2 - m3 - m4.", "- m4")
def last_added(d, g):
    m1, m2, m3, m4 = products(d, g)
    return np.stack([m1 + m2 + m3, m2 - m3 + m4])


@two.instead("out", "the third product added in both", "y1 = m2 - m3 - m4.", "- m3")
def third_added(d, g):
    m1, m2, m3, m4 = products(d, g)
    return np.stack([m1 + m2 + m3, m2 + m3 - m4])


@two.instead("out", "the halves missing", "m2 and m3 have half of a sum of weights.", "/ 2")
def without_halves(d, g):
    m1, m2, m3, m4 = products(d, g)
    return np.stack([m1 + 2 * m2 + 2 * m3, 2 * m2 - 2 * m3 - m4])


@two.instead("out", "d1 - d2 for d2 - d1", "m3 = (d2 - d1) (g0 - g1 + g2) / 2.", "d2 - d1")
def third_turned(d, g):
    m1, m2, m3, m4 = products(d, g)
    return np.stack([m1 + m2 - m3, m2 + m3 - m4])


@two.instead("out", "weights turned round", "y0 = d0 g0 + d1 g1 + d2 g2.", "g0 goes with d0")
def weights_turned(d, g):
    return winograd(d, g[::-1])


@two.instead("out", "results exchanged", "y0 is the first.", "y0, y1")
def swapped(d, g):
    return winograd(d, g)[::-1]


@two.instead("out", "the middle weight's sign", "m2 has g0 + g1 + g2, m3 has g0 - g1 + g2.", "Exchange the sums.")
def sums_exchanged(d, g):
    return winograd(d, g * np.array([1, -1, 1]))


def two_cases(rng):
    return [
        case(d=rng.standard_normal((4, 7)), g=rng.standard_normal(3)),
        case("d has one column", d=rng.standard_normal((4, 1)), g=rng.standard_normal(3)),
        case("the middle weight is 0", d=rng.standard_normal((4, 5)), g=np.array([1.5, 0, -0.7])),
    ]


def two_small(rng):
    for k in range(3):
        g = np.zeros(3)
        g[k] = 2
        yield case(d=np.array([[1.0], [2], [4], [8]]), g=g)
    yield case(d=np.array([[1.0], [2], [4], [8]]), g=np.array([1.0, 2, 3]))


WINOGRAD = plain(
    "winograd(d, g) -> out",
    "out[k] = d[k] g[0] + d[k+1] g[1] + d[k+2] g[2], k = 0, 1",
    winograd,
    two_cases,
    two_small,
    two,
    2,
    50,
)

# winograd_signal

signal = Bank()


def winograd_signal(x, g):
    return np.convolve(x, g[::-1], mode="valid")


@signal.instead(
    "out", "the last of an odd number is missing", "A tile that hangs over brings one more.", "Pad x with a 0."
)
def short(x, g):
    out = winograd_signal(x, g)
    return out[: len(out) - len(out) % 2]


@signal.instead("out", "the last of an odd number is 0", "The tile that hangs over is left out.", "Pad x with a 0.")
def last_zero(x, g):
    out = winograd_signal(x, g).copy()
    if len(out) % 2:
        out[-1] = 0
    return out


@signal.instead(
    "out", "one too many where their number is odd", "What the padding brings is cut off.", "[: len(x) - 2]"
)
def long(x, g):
    out = winograd_signal(x, g)
    return winograd_signal(np.append(x, 0), g) if len(out) % 2 else out


@signal.instead(
    "out", "tiles that do not overlap", "A window of 4 moves on by 2: two of its inputs come again.", "Step 2."
)
def apart(x, g):
    count = len(x) - 2
    padded = np.append(x, np.zeros(2 * count + 8))
    out = np.concatenate([winograd_signal(padded[4 * k : 4 * k + 4], g) for k in range((count + 1) // 2)])
    return out[:count]


@signal.instead("out", "first and second of each pair exchanged", "y0 comes before y1.", "Lay the pairs side by side.")
def pairs_exchanged(x, g):
    out = winograd_signal(np.append(x, [0]), g)
    even = out[: len(out) - len(out) % 2].reshape(-1, 2)[:, ::-1].ravel()
    return np.append(even, out[len(even) :])[: len(x) - 2]


@signal.instead(
    "out", "all first ones, then all second ones", "y0 of the first tile, y1 of it, y0 of the next.", ".T.ravel()"
)
def not_interleaved(x, g):
    out = winograd_signal(np.append(x, [0] * (len(x) % 2)), g)
    return out.reshape(-1, 2).T.ravel()[: len(x) - 2]


def signal_cases(rng):
    def one(n, *tags):
        return case(*tags, x=rng.standard_normal(n), g=rng.standard_normal(3))

    return [one(12), one(17, "the number of results is odd"), one(4), one(3, "the number of results is odd"), one(30)]


def signal_small(rng):
    for n in (3, 4, 5, 6):
        yield case(x=np.arange(1.0, n + 1) ** 2, g=np.array([1.0, 0, 2]))


WINOGRAD_SIGNAL = plain(
    "winograd_signal(x, g) -> out",
    "out[k] = x[k] g[0] + x[k+1] g[1] + x[k+2] g[2], k = 0, ..., len(x) - 3",
    winograd_signal,
    signal_cases,
    signal_small,
    signal,
    1,
    50,
)

SPEC = Spec("lesson 11", (IM2COL, WINOGRAD, WINOGRAD_SIGNAL), only=frozenset({"im2col", "winograd", "winograd_signal"}))
