"""What goes wrong in a 2x2 transposed convolution with stride 2."""

import numpy as np

from ..bank import Bank
from .common import add_batch, add_bias, add_common, add_moves

bank = Bank()

PAINT = "Each input pixel paints a block of 2x2 outputs: out[2h+i, 2w+j] = x[h, w] weight[c, f, i, j]."
RESHAPE = "A reshape keeps the order of the numbers in memory: it does not exchange axes."


def taps(x, weight):
    """(N, F, H, W, 2, 2): what each pixel paints."""
    return np.einsum("nchw,cfij->nfhwij", x, weight)


def blocks(dout):
    """(N, F, H, W, 2, 2): the outputs that each pixel painted."""
    N, F, H, W = dout.shape
    return dout.reshape(N, F, H // 2, 2, W // 2, 2).swapaxes(3, 4)


def image(blocks):
    """The inverse of `blocks`."""
    N, F, H, W = blocks.shape[:4]
    return blocks.swapaxes(3, 4).reshape(N, F, 2 * H, 2 * W)


def reshaped(weight):
    """weight as though its memory held (F, C, 2, 2)."""
    C, F = weight.shape[:2]
    return weight.reshape(F, C, 2, 2).swapaxes(0, 1)


# forward


@bank.before("out", "kernel turned round", PAINT, "Do not flip the kernel.")
def flipped(weight):
    return {"weight": weight[:, :, ::-1, ::-1]}


@bank.before("out", "kernel's rows and columns exchanged", PAINT, "Exchange i and j.")
def transposed(weight):
    return {"weight": weight.swapaxes(2, 3)}


@bank.before("out", "filters and channels mixed up by reshape", RESHAPE, "Index as weight[c, f].")
def channels_reshaped(weight):
    return {"weight": reshaped(weight)}


@bank.before("out", "weight read as (F, C, 2, 2)", "Its first axis is that of x's channels.", "Index as weight[c, f].")
def swapped(weight):
    return {"weight": weight.swapaxes(0, 1)}


@bank.before("out", "bias forgotten", "Each filter adds its bias to every pixel.", "Add bias[f].")
def no_bias(bias):
    return {"bias": np.zeros_like(bias)}


@bank.before("out", "bias subtracted", "The bias is added.", "Write + for -.")
def minus_bias(bias):
    return {"bias": -bias}


@bank.before(
    "out", "bias added for each channel", "The bias stands outside the sum over c.", "Add it once, at the end."
)
def bias_of_each_channel(x, bias):
    return {"bias": bias * x.shape[1]}


@bank.before(
    "out", "bias added four times", "The blocks do not overlap: each output has its bias once.", "Add it once."
)
def four_biases(bias):
    return {"bias": bias * 4}


@bank.before("out", "first bias for all filters", "Each filter has a bias of its own.", "Add bias[f].")
def first_bias(bias):
    return {"bias": np.full_like(bias, bias[0])}


@bank.before("out", "first channel only", "The sum runs over all channels.", "Sum over c.")
def first_channel(x, weight):
    return {"x": x[:, :1], "weight": weight[:1]}


@bank.before(
    "out", "last channel only (= for +=)", "Each channel overwrites the one before.", "Write += in the loop over c."
)
def last_channel(x, weight):
    return {"x": x[:, -1:], "weight": weight[-1:]}


@bank.before("out", "mean over channels", "Channels are summed, not averaged.", "Write sum where mean is.")
def channel_mean(x):
    return {"x": x / x.shape[1]}


@bank.before(
    "out", "divided by 4, less the bias", "Nothing is averaged: each output sees one pixel.", "Leave out the division."
)
def quarter(weight):
    return {"weight": weight / 4}


def lone_tap(weight, i, j):
    """One tap, and 0 in the place of the others."""
    lone = np.zeros_like(weight)
    lone[:, :, i, j] = weight[:, :, i, j]
    return lone


def add_lone_tap(i, j):
    """What comes of one tap of the four, in each of the outputs."""
    name = f"tap ({i}, {j}) only"

    @bank.before("out", f"{name}, 0 between", "Each pixel paints four outputs.", "Loop over i and j.")
    def of_out(weight):
        return {"weight": lone_tap(weight, i, j)}

    @bank.before("dx", name, "All four outputs of a block send gradient.", "Sum over i and j, with += in the loop.")
    def of_dx(weight):
        return {"weight": lone_tap(weight, i, j)}

    @bank.after("dweight", name, "All four taps have a gradient.", "Loop over i and j.")
    def of_dweight(result):
        return lone_tap(result, i, j)

    @bank.instead("dbias", name, "The bias is added to all four outputs of a block.", "Sum over all of dout.")
    def of_dbias(dout):
        return dout[:, :, i::2, j::2].sum(axis=(0, 2, 3))

    @bank.before("out", f"tap ({i}, {j}) for all four", "Each output has a weight of its own.", "Index by i and j.")
    def for_all(weight):
        return {"weight": np.broadcast_to(weight[:, :, i : i + 1, j : j + 1], weight.shape)}

    @bank.instead("out", f"bias on tap ({i}, {j}) only", "Every output has its bias.", "Add it to the whole output.")
    def bias_on_tap(x, weight, bias):
        painted = taps(x, weight)
        painted[..., i, j] += bias[:, None, None]
        return image(painted)


for i, j in np.ndindex(2, 2):
    add_lone_tap(i, j)

add_moves(bank, "out")


@bank.before("out", "sum of the taps for all four", "Each of the four outputs has its own.", "Do not sum over i and j.")
def summed_taps(weight):
    return {"weight": np.broadcast_to(weight.sum(axis=(2, 3), keepdims=True), weight.shape)}


@bank.before("out", "first image for all", "Each image has its own output.", "Index x by n.")
def first_image(x):
    return {"x": np.repeat(x[:1], len(x), axis=0)}


@bank.instead(
    "out",
    "blocks side by side",
    "The four taps lie as a 2x2 block around each pixel; here each tap has a quarter of the image.",
    "out[:, :, i::2, j::2] = tap (i, j)",
)
def side_by_side(x, weight, bias):
    N, _, H, W = x.shape
    painted = taps(x, weight).transpose(0, 1, 4, 2, 5, 3).reshape(N, weight.shape[1], 2 * H, 2 * W)
    return painted + bias[:, None, None]


@bank.instead(
    "out",
    "blocks mixed up by reshape",
    RESHAPE + " (..., H, W, 2, 2) must become (..., H, 2, W, 2) first.",
    "Transpose before the reshape.",
)
def blocks_reshaped(x, weight, bias):
    N, _, H, W = x.shape
    return taps(x, weight).reshape(N, weight.shape[1], 2 * H, 2 * W) + bias[:, None, None]


@bank.instead("out", "stride of 1", "The blocks are two pixels apart, so that height and width double.", "2h+i, 2w+j")
def stride_one(x, weight, bias):
    N, _, H, W = x.shape
    painted = taps(x, weight)
    out = np.zeros((N, weight.shape[1], H + 1, W + 1))
    for i, j in np.ndindex(2, 2):
        out[:, :, i : i + H, j : j + W] += painted[..., i, j]
    return out + bias[:, None, None]


@bank.instead("out", "blocks one pixel apart, in the corner", "The blocks are two pixels apart.", "2h+i, 2w+j")
def in_the_corner(x, weight, bias):
    H, W = x.shape[2:]
    out = np.zeros((len(x), weight.shape[1], 2 * H, 2 * W))
    for i, j in np.ndindex(2, 2):
        out[:, :, i : i + H, j : j + W] += taps(x, weight)[..., i, j]
    return out + bias[:, None, None]


@bank.after("out", "divided by 4", "Nothing is averaged: each output sees one pixel.", "Leave out the division.")
def all_divided_by_four(result):
    return result / 4


@bank.after("out", "ReLU applied", "ReLU is a layer of its own; none follows the up-convolution.", "Return the sum.")
def rectified(result):
    return np.maximum(result, 0)


# gradient of x

add_common(bank, "dx")


@bank.before("dx", "kernel turned round", PAINT, "Do not flip the kernel.")
def dx_flipped(weight):
    return {"weight": weight[:, :, ::-1, ::-1]}


@bank.before("dx", "kernel's rows and columns exchanged", PAINT, "Exchange i and j.")
def dx_transposed(weight):
    return {"weight": weight.swapaxes(2, 3)}


@bank.before("dx", "filters and channels mixed up by reshape", RESHAPE, "Index as weight[c, f].")
def dx_reshaped(weight):
    return {"weight": reshaped(weight)}


@bank.before("dx", "first filter only", "Every filter reads x: their gradients add up.", "Sum over f.")
def dx_first_filter(weight, bias, dout):
    return {"weight": weight[:, :1], "dout": dout[:, :1], "bias": bias[:1]}


@bank.before(
    "dx", "last filter only (= for +=)", "Each filter overwrites the one before.", "Write += in the loop over f."
)
def dx_last_filter(weight, bias, dout):
    return {"weight": weight[:, -1:], "dout": dout[:, -1:], "bias": bias[-1:]}


@bank.after("dx", "mean over the taps", "The four gradients add up.", "Do not divide by 4.")
def dx_quarter(result):
    return result / 4


@bank.after("dx", "mean over filters", "The filters' gradients add up.", "Write sum where mean is.")
def dx_filter_mean(result, dout):
    return result / dout.shape[1]


@bank.before("dx", "first channel's kernel for all", "Each channel has its own kernel.", "Index weight by c.")
def dx_first_channel(weight):
    return {"weight": np.repeat(weight[:1], len(weight), axis=0)}


@bank.instead(
    "dx", "weights left out", "Each output sends its gradient by its weight.", "Multiply by weight[c, f, i, j]."
)
def dx_without_weights(x, dout):
    return np.repeat(blocks(dout).sum(axis=(1, 4, 5))[:, None], x.shape[1], axis=1)


@bank.instead("dx", "last tap of the last filter only (= for +=)", "All send gradient.", "Write += in both loops.")
def dx_last_of_all(weight, dout):
    return np.einsum("nhw,c->nchw", dout[:, -1, 1::2, 1::2], weight[:, -1, 1, 1])


@bank.instead(
    "dx",
    "blocks mixed up by reshape",
    RESHAPE + " (..., 2H, 2W) must become (..., H, 2, W, 2).",
    "Reshape to (N, F, H, 2, W, 2).",
)
def dx_blocks_reshaped(x, weight, dout):
    N, _, H, W = x.shape
    return np.einsum("nfhwij,cfij->nchw", dout.reshape(N, -1, H, W, 2, 2), weight)


@bank.instead(
    "dx",
    "blocks side by side",
    "The four taps lie as a 2x2 block around each pixel; here each tap has a quarter of the image.",
    "dout[:, :, i::2, j::2] for tap (i, j)",
)
def dx_side_by_side(x, weight, dout):
    N, _, H, W = x.shape
    return np.einsum("nfihjw,cfij->nchw", dout.reshape(N, -1, 2, H, 2, W), weight)


# gradient of the weight

add_common(bank, "dweight")
add_batch(bank, "dweight")


@bank.after("dweight", "turned round", PAINT, "Do not flip it.")
def dweight_flipped(result):
    return result[:, :, ::-1, ::-1]


@bank.after("dweight", "rows and columns exchanged", PAINT, "Exchange i and j.")
def dweight_transposed(result):
    return result.swapaxes(2, 3)


@bank.after("dweight", "filters and channels mixed up by reshape", RESHAPE, "Transpose it.")
def dweight_reshaped(result):
    return result.swapaxes(0, 1).reshape(result.shape)


@bank.after(
    "dweight", "axes of filters and channels exchanged", "dweight has weight's shape, (C, F, 2, 2).", "Transpose it."
)
def dweight_swapped(result):
    return result.swapaxes(0, 1)


@bank.after("dweight", "mean over pixels", "A weight is shared by all pixels: they add up.", "Write sum where mean is.")
def dweight_pixel_mean(result, x):
    return result / x[0, 0].size


@bank.after("dweight", "mean over images and pixels", "They all add up.", "Write sum where mean is.")
def dweight_mean(result, x):
    return result / x[:, 0].size


@bank.after(
    "dweight", "the same for all taps", "Tap (i, j) has its gradient from dout[2h+i, 2w+j].", "Index dout by tap."
)
def dweight_summed_taps(result):
    return np.broadcast_to(result.sum(axis=(2, 3), keepdims=True), result.shape).copy()


@bank.after(
    "dweight", "first tap's for all", "Tap (i, j) has its gradient from dout[2h+i, 2w+j].", "Index dout by tap."
)
def dweight_first_tap(result):
    return np.broadcast_to(result[:, :, :1, :1], result.shape).copy()


@bank.before("dweight", "summed over filters", "Filter f's gradient comes from dout[:, f] alone.", "Index dout by f.")
def dweight_over_filters(dout):
    return {"dout": np.repeat(dout.sum(axis=1, keepdims=True), dout.shape[1], axis=1)}


@bank.before("dweight", "summed over channels", "weight[c] meets channel c of x alone.", "Index x by c.")
def dweight_over_channels(x):
    return {"x": np.repeat(x.sum(axis=1, keepdims=True), x.shape[1], axis=1)}


@bank.instead(
    "dweight", "last pixel only (= for +=)", "A weight meets every pixel.", "Write += in the loops over pixels."
)
def dweight_last_pixel(x, dout):
    return np.einsum("nc,nfij->cfij", x[:, :, -1, -1], blocks(dout)[:, :, -1, -1])


@bank.instead(
    "dweight",
    "last pixel of the last image only (= for +=)",
    "A weight meets every pixel of every image.",
    "Write += in all loops.",
)
def dweight_last_of_all(x, dout):
    return dweight_last_pixel(x[-1:], dout[-1:])


@bank.instead(
    "dweight",
    "blocks side by side",
    "The four taps lie as a 2x2 block around each pixel; here each tap has a quarter of the image.",
    "dout[:, :, i::2, j::2] for tap (i, j)",
)
def dweight_side_by_side(x, dout):
    N, _, H, W = x.shape
    return np.einsum("nchw,nfihjw->cfij", x, dout.reshape(N, -1, 2, H, 2, W))


@bank.instead("dweight", "blocks mixed up by reshape", RESHAPE, "Reshape dout to (N, F, H, 2, W, 2).")
def dweight_blocks_reshaped(x, dout):
    N, _, H, W = x.shape
    return np.einsum("nchw,nfhwij->cfij", x, dout.reshape(N, -1, H, W, 2, 2))


# gradient of the bias

add_bias(bank)


@bank.after("dbias", "a quarter", "The bias is added to all four outputs of a block.", "Do not divide by 4.")
def dbias_quarter(result):
    return result / 4


@bank.after("dbias", "times the channels", "The bias is added once, not for each channel.", "Leave the loop over c.")
def dbias_of_each_channel(result, x):
    return result * x.shape[1]


@bank.after("dbias", "times 4", "Each output has the bias once.", "Leave the loop over the taps.")
def dbias_four(result):
    return result * 4
