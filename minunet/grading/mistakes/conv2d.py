"""What goes wrong in a convolution."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..bank import Bank
from .common import add_batch, add_bias, add_common, add_moves

bank = Bank()

REVERSED = "In deep learning a convolution is a correlation: weight[f,c,i,j] meets x[n,c,h+i,w+j], and is not flipped."
ADD_UP = "Each x takes part in up to kh*kw outputs of every filter: all of these gradients add up."


def windows(x, weight):
    """(N, C, H', W', kh, kw): what each output sees."""
    return sliding_window_view(x, weight.shape[2:], axis=(2, 3))


def places(x, weight):
    """The first pixel (h, w) of every window, in row order."""
    rows, columns = (side - k + 1 for side, k in zip(x.shape[2:], weight.shape[2:], strict=True))
    return [(h, w) for h in range(rows) for w in range(columns)]


# forward


@bank.before("out", "kernel turned round", REVERSED, "Do not flip the kernel.")
def flipped(weight):
    return {"weight": weight[:, :, ::-1, ::-1]}


@bank.before("out", "kernel's rows and columns exchanged", "weight[f,c,i,j]: i counts rows.", "Exchange i and j.")
def transposed(weight):
    return {"weight": weight.swapaxes(2, 3)}


@bank.before("out", "kernel's rows turned round", REVERSED, "Do not flip the kernel.")
def rows_flipped(weight):
    return {"weight": weight[:, :, ::-1]}


@bank.before("out", "kernel's columns turned round", REVERSED, "Do not flip the kernel.")
def columns_flipped(weight):
    return {"weight": weight[:, :, :, ::-1]}


@bank.before("out", "weight read as (C, F, kh, kw)", "Its first axis is that of the filters.", "Index as weight[f, c].")
def swapped(weight):
    return {"weight": weight.swapaxes(0, 1)}


@bank.before("out", "image's rows and columns exchanged", "x is (N, C, H, W).", "Exchange them.")
def image_transposed(x):
    return {"x": x.swapaxes(2, 3)}


@bank.before("out", "bias forgotten", "Each filter adds its bias to every pixel.", "Add bias[f].")
def no_bias(bias):
    return {"bias": np.zeros_like(bias)}


@bank.before("out", "bias subtracted", "The bias is added.", "Write + for -.")
def minus_bias(bias):
    return {"bias": -bias}


@bank.before(
    "out", "bias added for each channel", "The bias stands outside the sum over channels.", "Add it after the sum."
)
def bias_of_each_channel(x, bias):
    return {"bias": bias * x.shape[1]}


@bank.before(
    "out",
    "bias added for each kernel offset",
    "The bias stands outside the sum over i and j.",
    "Add it once, after the loop over the kernel.",
)
def bias_of_each_offset(weight, bias):
    return {"bias": bias * weight[0, 0].size}


@bank.before(
    "out",
    "bias added for each product",
    "The bias stands outside the sum over channels and kernel.",
    "Add it once, after all loops of the sum.",
)
def bias_of_each_product(weight, bias):
    return {"bias": bias * weight[0].size}


@bank.before("out", "first bias for all filters", "Each filter has a bias of its own.", "Add bias[f].")
def first_bias(bias):
    return {"bias": np.full_like(bias, bias[0])}


@bank.before("out", "first channel only", "The sum runs over all channels.", "Sum over c.")
def first_channel(x, weight):
    return {"x": x[:, :1], "weight": weight[:, :1]}


@bank.before(
    "out", "last channel only (= for +=)", "Each channel overwrites the one before.", "Write += in the loop over c."
)
def last_channel(x, weight):
    return {"x": x[:, -1:], "weight": weight[:, -1:]}


@bank.before("out", "mean over channels", "Channels are summed, not averaged.", "Write sum where mean is.")
def channel_mean(weight):
    return {"weight": weight / weight.shape[1]}


@bank.before("out", "mean over the window", "Products are summed, not averaged.", "Write sum where mean is.")
def window_mean(weight):
    return {"weight": weight / weight[0].size}


@bank.before(
    "out",
    "mean over the kernel's offsets",
    "Products are summed, not averaged.",
    "Do not divide by the kernel's size.",
)
def offset_mean(weight):
    return {"weight": weight / weight[0, 0].size}


@bank.before(
    "out",
    "filters and channels mixed up by reshape",
    "A reshape keeps the order of the numbers in memory: it does not exchange axes.",
    "Use transpose, or index as weight[f, c].",
)
def channels_reshaped(weight):
    return {"weight": weight.reshape(weight.shape[1], weight.shape[0], *weight.shape[2:]).swapaxes(0, 1)}


@bank.before(
    "out",
    "padded to the same size",
    "The paper's convolutions are valid: the kernel never leaves the image, and the output is smaller.",
    "Do not pad: the output is H-kh+1 by W-kw+1.",
)
def same_padding(x, weight):
    kh, kw = weight.shape[2:]
    return {"x": np.pad(x, [(0, 0), (0, 0), (kh // 2, (kh - 1) // 2), (kw // 2, (kw - 1) // 2)])}


@bank.before("out", "padded by 1", "The paper's convolutions are valid.", "Do not pad.")
def padded_by_one(x):
    return {"x": np.pad(x, [(0, 0), (0, 0), (1, 1), (1, 1)])}


@bank.before("out", "first image for all", "Each image has its own output.", "Index x by n.")
def first_image(x):
    return {"x": np.repeat(x[:1], len(x), axis=0)}


@bank.after("out", "last row and column missing", "There are H-kh+1 rows: the last window is one.", "Mind the + 1.")
def one_short(result):
    return result[:, :, :-1, :-1]


@bank.after(
    "out",
    "last row and column left 0",
    "The loops stop one window early; there are H-kh+1 rows.",
    "Mind the + 1 in the loops' ranges.",
)
def stops_early(result):
    result = result.copy()
    result[:, :, -1], result[:, :, :, -1] = 0, 0
    return result


@bank.after(
    "out", "cut off to whole numbers", "An array made of integers cuts fractions off.", "np.zeros(..., x.dtype)"
)
def truncated(result):
    return np.trunc(result)


@bank.after(
    "out", "channels mixed up by reshape", "(..., F) must be moved to axis 1, not reshaped.", "transpose(0, 3, 1, 2)"
)
def output_reshaped(result):
    return result.transpose(0, 2, 3, 1).reshape(result.shape)


@bank.after(
    "out", "images and channels mixed up by reshape", "(F, N, ...) must be transposed.", "transpose(1, 0, 2, 3)"
)
def output_reshaped_by_filter(result):
    return result.transpose(1, 0, 2, 3).reshape(result.shape)


add_moves(bank, "out")


@bank.after("out", "ReLU applied", "ReLU is a layer of its own.", "Return the sum as it is.")
def rectified(result):
    return np.maximum(result, 0)


@bank.after("out", "stride of 2", "The paper's convolutions move by one pixel.", "Take every window, not every second.")
def stride_two(result):
    return result[:, :, ::2, ::2]


@bank.instead(
    "out",
    "last kernel offset only (= for +=)",
    "Each kernel offset overwrites the one before.",
    "Write += in the loop over the kernel.",
)
def last_offset(x, weight, bias):
    kh, kw = weight.shape[2:]
    seen = x[:, :, kh - 1 :, kw - 1 :]
    return np.einsum("nchw,fc->nfhw", seen, weight[:, :, -1, -1]) + bias[:, None, None]


@bank.instead(
    "out",
    "last kernel row and column left out",
    "The loops over the kernel stop one early.",
    "i runs over range(kh), j over range(kw).",
)
def smaller_kernel(x, weight, bias):
    return (
        np.einsum("nchwij,fcij->nfhw", windows(x, weight)[..., :-1, :-1], weight[:, :, :-1, :-1]) + bias[:, None, None]
    )


@bank.instead(
    "out",
    "channels not summed with their own kernels",
    "Each channel has its own kernel; here all channels are summed first, or meet the sum of the kernels.",
    "Multiply x[n,c] by weight[f,c], then sum over c.",
)
def channels_summed_first(x, weight, bias):
    return np.einsum("nchwij,fdij->nfhw", windows(x, weight), weight) + bias[:, None, None]


# gradient of x

add_common(bank, "dx")


@bank.before(
    "dx",
    "kernel turned round",
    "Where forward reads x[h+i], dout[h] goes back to x[h+i] by the same weight[i]. The textbook's flip is made once, "
    "by walking dout in the other direction; here it is made twice, or not at all.",
    "Paint weight[f] onto dx[h:h+kh, w:w+kw]; or correlate padded dout with the flipped kernel.",
)
def dx_flipped(weight):
    return {"weight": weight[:, :, ::-1, ::-1]}


@bank.before("dx", "kernel's rows and columns exchanged", "weight[f,c,i,j]: i counts rows.", "Exchange i and j.")
def dx_transposed(weight):
    return {"weight": weight.swapaxes(2, 3)}


@bank.before(
    "dx",
    "filters and channels mixed up by reshape",
    "A reshape keeps the order of the numbers in memory: it does not exchange axes.",
    "Use transpose, or index as weight[f, c].",
)
def dx_reshaped(weight):
    return {"weight": weight.reshape(weight.shape[1], weight.shape[0], *weight.shape[2:]).swapaxes(0, 1)}


@bank.before("dx", "first filter only", "Every filter reads x: their gradients add up.", "Sum over f.")
def dx_first_filter(weight, bias, dout):
    return {"weight": weight[:1], "dout": dout[:, :1], "bias": bias[:1]}


@bank.before(
    "dx", "last filter only (= for +=)", "Each filter overwrites the one before.", "Write += in the loop over f."
)
def dx_last_filter(weight, bias, dout):
    return {"weight": weight[-1:], "dout": dout[:, -1:], "bias": bias[-1:]}


@bank.before("dx", "same kernel for all channels", "Each channel has its own kernel.", "Index weight by c.")
def dx_first_channel(weight):
    return {"weight": np.repeat(weight[:, :1], weight.shape[1], axis=1)}


@bank.before(
    "dx",
    "kernels summed over channels",
    "Each channel has its own kernel; here the gradient is that of their sum.",
    "Index weight by c, and do not sum over it.",
)
def dx_over_channels(weight):
    return {"weight": np.repeat(weight.sum(axis=1, keepdims=True), weight.shape[1], axis=1)}


@bank.after("dx", "all images' gradient for each", "Each image has its own gradient.", "Do not sum over n.")
def dx_over_images(result):
    return np.repeat(result.sum(axis=0, keepdims=True), len(result), axis=0)


@bank.after("dx", "mean over filters", "The filters' gradients add up.", "Write sum where mean is.")
def dx_filter_mean(result, dout):
    return result / dout.shape[1]


@bank.before("dx", "kernel summed over its offsets", "Each offset has a weight of its own.", "Index weight by i and j.")
def dx_summed_kernel(weight):
    return {"weight": np.broadcast_to(weight.sum(axis=(2, 3), keepdims=True), weight.shape)}


add_moves(bank, "dx")


@bank.instead("dx", "dout padded at the end only", "dout is padded at both ends.", "(kh - 1, kh - 1), (kw - 1, kw - 1)")
def dx_one_sided(weight, dout):
    kh, kw = weight.shape[2:]
    return dx_valid(weight, np.pad(dout, [(0, 0), (0, 0), (0, 2 * kh - 2), (0, 2 * kw - 2)]))


@bank.instead("dx", "last window only (= for +=)", ADD_UP, "Write += where a window of dx is filled.")
def dx_last_window(x, weight, dout):
    dx = np.zeros_like(x)
    kh, kw = weight.shape[2:]
    for h, w in places(x, weight):
        dx[:, :, h : h + kh, w : w + kw] = np.einsum("nf,fcij->ncij", dout[:, :, h, w], weight)
    return dx


@bank.instead(
    "dx", "last window of the last filter only (= for +=)", ADD_UP, "Write += where a window of dx is filled."
)
def dx_last_window_of_last_filter(x, weight, dout):
    return dx_last_window(x, weight[-1:], dout[:, -1:])


@bank.instead("dx", "last kernel offset only (= for +=)", ADD_UP, "Write += in the loop over the kernel.")
def dx_last_offset(x, weight, dout):
    dx = np.zeros_like(x)
    rows, columns = dout.shape[2:]
    for i, j in np.ndindex(*weight.shape[2:]):
        dx[:, :, i : i + rows, j : j + columns] = np.einsum("nfhw,fc->nchw", dout, weight[:, :, i, j])
    return dx


@bank.instead(
    "dx",
    "dout not padded",
    "The outer pixels take part in fewer windows, and in some: dx has x's size.",
    "Pad dout by kh-1 and kw-1 before it meets the flipped kernel.",
)
def dx_valid(weight, dout):
    return np.einsum("nfhwij,fcij->nchw", windows(dout, weight), weight[:, :, ::-1, ::-1])


@bank.instead(
    "dx",
    "dout padded too little",
    "dx has x's size: dout grows by kh-1 and kw-1 on every side, not by half of that.",
    "Pad dout by kh-1 and kw-1.",
)
def dx_same(weight, dout):
    kh, kw = weight.shape[2:]
    padded = np.pad(dout, [(0, 0), (0, 0), (kh // 2, kh // 2), (kw // 2, kw // 2)])
    return dx_valid(weight, padded)


@bank.instead(
    "dx",
    "each window's gradient at its first pixel",
    "The gradient goes to all pixels of the window, each by its own weight.",
    "Add weight[f] * dout to the whole window.",
)
def dx_at_corner(x, weight, dout):
    dx = np.zeros_like(x)
    rows, columns = dout.shape[2:]
    dx[:, :, :rows, :columns] = np.einsum("nfhw,fcij->nchw", dout, weight)
    return dx


@bank.instead("dx", "x in the place of weight", "d(weight * x)/dx is weight.", "Multiply dout by weight.")
def dx_by_x(x, weight, dout):
    dx = np.zeros_like(x)
    kh, kw = weight.shape[2:]
    for h, w in places(x, weight):
        dx[:, :, h : h + kh, w : w + kw] += (
            x[:, :, h : h + kh, w : w + kw] * dout[:, :, h, w].sum(axis=1)[:, None, None, None]
        )
    return dx


# gradient of the weight

add_common(bank, "dweight")
add_batch(bank, "dweight")


@bank.after("dweight", "turned round", REVERSED, "Do not flip it.")
def dweight_flipped(result):
    return result[:, :, ::-1, ::-1]


@bank.after("dweight", "rows and columns exchanged", "dweight[f,c,i,j]: i counts rows.", "Exchange i and j.")
def dweight_transposed(result):
    return result.swapaxes(2, 3)


@bank.after(
    "dweight",
    "filters and channels mixed up by reshape",
    "A reshape keeps the order of the numbers in memory: it does not exchange axes.",
    "Use transpose.",
)
def dweight_reshaped(result):
    return result.swapaxes(0, 1).reshape(result.shape)


@bank.after(
    "dweight", "axes of filters and channels exchanged", "dweight has weight's shape, (F, C, kh, kw).", "Transpose it."
)
def dweight_swapped(result):
    return result.swapaxes(0, 1)


@bank.after("dweight", "mean over pixels", "A weight is shared by all pixels: they add up.", "Write sum where mean is.")
def dweight_pixel_mean(result, dout):
    return result / dout[0, 0].size


@bank.after(
    "dweight",
    "mean over images and pixels",
    "A weight is shared by all images and pixels: they add up.",
    "Write sum where mean is.",
)
def dweight_mean(result, dout):
    return result / dout[:, 0].size


@bank.before(
    "dweight",
    "summed over filters",
    "Filter f's gradient comes from dout[:, f] alone.",
    "Do not sum dout over f.",
)
def dweight_over_filters(dout):
    return {"dout": np.repeat(dout.sum(axis=1, keepdims=True), dout.shape[1], axis=1)}


@bank.before("dweight", "first filter's for all", "Filter f's gradient comes from dout[:, f].", "Index dout by f.")
def dweight_first_filter(dout):
    return {"dout": np.repeat(dout[:, :1], dout.shape[1], axis=1)}


@bank.before("dweight", "summed over channels", "weight[f,c] meets channel c of x alone.", "Do not sum x over c.")
def dweight_over_channels(x):
    return {"x": np.repeat(x.sum(axis=1, keepdims=True), x.shape[1], axis=1)}


@bank.before("dweight", "first channel's for all", "weight[f,c] meets channel c of x.", "Index x by c.")
def dweight_first_channel(x):
    return {"x": np.repeat(x[:, :1], x.shape[1], axis=1)}


@bank.before("dweight", "last row and column left out", "Every window has its part.", "Mind the loops' ranges.")
def dweight_stops_early(dout):
    kept = dout.copy()
    kept[:, :, -1], kept[:, :, :, -1] = 0, 0
    return {"dout": kept}


@bank.instead(
    "dweight",
    "last window only (= for +=)",
    "A weight takes part in every window: their gradients add up.",
    "Write += where dweight[f] is filled.",
)
def dweight_last_window(x, weight, dout):
    return np.einsum("ncij,nf->fcij", windows(x, weight)[:, :, -1, -1], dout[:, :, -1, -1])


@bank.instead(
    "dweight",
    "last window of the last image only (= for +=)",
    "A weight takes part in every window of every image: their gradients add up.",
    "Write += where dweight[f] is filled.",
)
def dweight_last_window_of_last_image(x, weight, dout):
    return dweight_last_window(x[-1:], weight, dout[-1:])


@bank.instead(
    "dweight",
    "x not shifted",
    "weight[f,c,i,j] meets x[n,c,h+i,w+j]: each offset sees another part of x.",
    "Take x[:, :, i:i+H', j:j+W'] for the offset (i, j).",
)
def dweight_unshifted(x, weight, dout):
    rows, columns = dout.shape[2:]
    one = np.einsum("nchw,nfhw->fc", x[:, :, :rows, :columns], dout)
    return np.broadcast_to(one[:, :, None, None], weight.shape).copy()


@bank.instead("dweight", "weight in the place of x", "d(weight * x)/dweight is x.", "Multiply dout by x.")
def dweight_by_weight(weight, dout):
    return weight * dout.sum(axis=(0, 2, 3))[:, None, None, None]


# gradient of the bias

add_bias(bank)


@bank.after(
    "dbias",
    "times the kernel's size",
    "The bias is added once, not for each kernel offset.",
    "Leave the loop over the kernel.",
)
def dbias_of_each_offset(result, weight):
    return result * weight[0, 0].size


@bank.after("dbias", "times the channels", "The bias is added once, not for each channel.", "Leave the loop over c.")
def dbias_of_each_channel(result, x):
    return result * x.shape[1]
