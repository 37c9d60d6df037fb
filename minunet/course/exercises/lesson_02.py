"""Lesson 2: the three gradients of a convolution, each by itself, and the layer's backward."""

import inspect
from dataclasses import replace

import numpy as np

from ...grading.bank import Bank
from ...grading.spec import Spec
from ...grading.specs.unet import CONV2D, case, conv2d_cases, conv2d_small, whole
from ...layers import conv2d_backward
from .plain import plain


def borrowed(output, *arguments):
    """The layer's own mistakes of a gradient, as far as they can be made with these arguments."""
    return Bank(m for m in CONV2D.mistakes_of(output) if set(inspect.signature(m.compute).parameters) <= {*arguments})


def with_dout(cases, names, draw):
    """The layer's inputs, of which these are kept, and a gradient from above."""

    def made(rng):
        for one in cases(rng):
            (N, _, H, W), (F, _, kh, kw) = one.arguments["x"].shape, one.arguments["weight"].shape
            kept = {name: one.arguments[name] for name in names}
            yield replace(one, arguments=kept | {"dout": draw(rng, N, F, H - kh + 1, W - kw + 1)})

    return lambda rng: list(made(rng))


def normal(rng, *shape):
    return rng.standard_normal(shape)


# conv2d_dbias

bias = borrowed("dbias", "result", "dout")


def conv2d_dbias(dout):
    return dout.sum(axis=(0, 2, 3))


@bias.instead("dbias", "first image only", "All images share the bias: their gradients add up.", "Sum over n.")
def bias_of_first_image(dout):
    return conv2d_dbias(dout[:1])


@bias.instead("dbias", "last image only (= for +=)", "All images share the bias: they add up.", "Write +=.")
def bias_of_last_image(dout):
    return conv2d_dbias(dout[-1:])


@bias.instead(
    "dbias", "summed over everything", "Each channel has a bias of its own: leave its axis out.", "axis=(0, 2, 3)"
)
def bias_of_all(dout):
    return dout.sum()


def dbias_cases(rng):
    return [
        case(dout=normal(rng, 3, 4, 5, 7)),
        case("N is 1", dout=normal(rng, 1, 4, 5, 7)),
        case("F is 1", dout=normal(rng, 3, 1, 5, 7)),
        case("the image is square", dout=normal(rng, 3, 4, 6, 6)),
        case("the image is higher than wide", dout=normal(rng, 2, 5, 8, 3)),
    ]


def dbias_small(rng):
    for shape in ((1, 1, 1, 1), (1, 1, 1, 2), (1, 2, 1, 1), (2, 1, 1, 1), (1, 2, 1, 2), (2, 2, 1, 2), (2, 2, 2, 3)):
        yield case(dout=whole(rng, *shape))


CONV2D_DBIAS = plain(
    "conv2d_dbias(dout) -> dbias",
    CONV2D.functions[1].outputs["dbias"],
    conv2d_dbias,
    dbias_cases,
    dbias_small,
    bias,
    1,
    50,
)

# conv2d_dweight


def conv2d_dweight(x, dout):
    H, W = (side - out + 1 for side, out in zip(x.shape[2:], dout.shape[2:], strict=True))
    return conv2d_backward(dout, (x, np.zeros((dout.shape[1], x.shape[1], H, W))))[1]


CONV2D_DWEIGHT = plain(
    "conv2d_dweight(x, dout) -> dweight",
    CONV2D.functions[1].outputs["dweight"],
    conv2d_dweight,
    with_dout(conv2d_cases, ["x"], normal),
    with_dout(conv2d_small, ["x"], whole),
    borrowed("dweight", "result", "x", "dout"),
    2,
    50,
)


@CONV2D_DWEIGHT.mistakes.instead(
    "dweight", "x not shifted", "Each offset (i, j) sees another part of x.", "x[:, :, i:i+H', j:j+W']"
)
def unshifted(x, dout):
    rows, columns = dout.shape[2:]
    right = conv2d_dweight(x, dout)
    return np.broadcast_to(conv2d_dweight(x[:, :, :rows, :columns], dout), right.shape).copy()


@CONV2D_DWEIGHT.mistakes.instead(
    "dweight", "last window only (= for +=)", "A weight takes part in every window: they add up.", "Write +=."
)
def last_window(x, dout):
    rows, columns = dout.shape[2:]
    return conv2d_dweight(x[:, :, rows - 1 :, columns - 1 :], dout[:, :, -1:, -1:])


@CONV2D_DWEIGHT.mistakes.after(
    "dweight", "last row and column missing", "There are H - H' + 1 rows, and W - W' + 1 columns.", "Mind the + 1."
)
def one_short(result):
    return result[:, :, :-1, :-1]


# conv2d_dx

dx = borrowed("dx", "result", "weight", "dout")


def conv2d_dx(weight, dout):
    sides = (out + k - 1 for out, k in zip(dout.shape[2:], weight.shape[2:], strict=True))
    return conv2d_backward(dout, (np.zeros((len(dout), weight.shape[1], *sides)), weight))[0]


@dx.before("dx", "first filter only", "Every filter reads x: their gradients add up.", "Sum over f.")
def first_filter(weight, dout):
    return {"weight": weight[:1], "dout": dout[:, :1]}


@dx.before("dx", "last filter only (= for +=)", "Each filter overwrites the one before.", "Write += in the loop.")
def last_filter(weight, dout):
    return {"weight": weight[-1:], "dout": dout[:, -1:]}


@dx.instead("dx", "last window only (= for +=)", "A pixel is in many windows: they add up.", "Write +=.")
def last_window_of_each(weight, dout):
    result = np.zeros_like(conv2d_dx(weight, dout))
    kh, kw = weight.shape[2:]
    for h, w in np.ndindex(*dout.shape[2:]):
        result[:, :, h : h + kh, w : w + kw] = conv2d_dx(weight, dout[:, :, h : h + 1, w : w + 1])
    return result


@dx.instead("dx", "last kernel offset only (= for +=)", "A pixel meets every weight: they add up.", "Write +=.")
def last_offset(weight, dout):
    rows, columns = dout.shape[2:]
    result = np.zeros_like(conv2d_dx(weight, dout))
    for i, j in np.ndindex(*weight.shape[2:]):
        share = conv2d_dx(weight[:, :, i : i + 1, j : j + 1], dout)
        result[:, :, i : i + rows, j : j + columns] = share
    return result


@dx.instead("dx", "not turned round along rows", "Both axes are turned round, or neither.", "[:, :, ::-1, ::-1]")
def rows_turned(weight, dout):
    return conv2d_dx(weight[:, :, ::-1], dout)


@dx.instead("dx", "not turned round along columns", "Both axes are turned round, or neither.", "[:, :, ::-1, ::-1]")
def columns_turned(weight, dout):
    return conv2d_dx(weight[..., ::-1], dout)


@dx.before(
    "dx",
    "all four axes turned round",
    "Rows and columns are turned round; filters and channels stay in their order.",
    "[:, :, ::-1, ::-1], or np.flip with axis=(2, 3)",
)
def four_axes_turned(weight):
    return {"weight": weight[::-1, ::-1]}


@dx.before(
    "dx",
    "filters and channels turned round, for rows and columns",
    "The kernel's rows and columns are the last two axes; weight[::-1, ::-1] and np.rot90 turn the first two.",
    "[:, :, ::-1, ::-1], or np.rot90 with axes=(2, 3)",
)
def first_axes_turned(weight):
    return {"weight": weight[::-1, ::-1, ::-1, ::-1]}


@dx.instead(
    "dx",
    "counted from the end where p - i or q - j is below 0",
    "Outside of its image dout counts as 0; but to NumPy an index of -1 is the last one.",
    "Leave out p - i < 0 and q - j < 0.",
)
def from_the_end(weight, dout):
    result = np.zeros_like(conv2d_dx(weight, dout))
    rows, columns = dout.shape[2:]
    for p, q in np.ndindex(*result.shape[2:]):
        for i, j in np.ndindex(*weight.shape[2:]):
            if p - i < rows and q - j < columns:
                result[:, :, p, q] += dout[:, :, p - i, q - j] @ weight[:, :, i, j]
    return result


CONV2D_DX = plain(
    "conv2d_dx(weight, dout) -> dx",
    CONV2D.functions[1].outputs["dx"],
    conv2d_dx,
    with_dout(conv2d_cases, ["weight"], normal),
    with_dout(conv2d_small, ["weight"], whole),
    dx,
    3,
    50,
)

SPEC = Spec(
    "lesson 2",
    (CONV2D_DBIAS, CONV2D_DWEIGHT, CONV2D_DX, CONV2D),
    only=frozenset({"conv2d_dbias", "conv2d_dweight", "conv2d_dx", "conv2d_backward"}),
)
