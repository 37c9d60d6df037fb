"""What goes wrong in a convolution and a pooling that have a stride, and the convolution a pad."""

import numpy as np

from ..bank import Bank
from . import conv2d as plain_conv2d
from . import max_pool2d as plain_max_pool2d
from .common import add_axes, add_common

ADD_UP = "A pixel may be in several windows: the gradients of all of them add up."
STRIDE = "Window (h, w) starts at row h*stride and column w*stride."
CROP = "What was padded has no gradient: dx is the inner part of the padded gradient, and has x's shape."


# convolution

conv = Bank()

NAMES = {"weight": "w", "bias": "b"}


def pad_image(x, pad, value=0):
    return np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], constant_values=value)


def output_size(x, kernel, stride, pad=0):
    """(H', W')."""
    return [1 + (side + 2 * pad - k) // stride for side, k in zip(x.shape[2:], kernel, strict=True)]


def windows(x, kernel, stride):
    """Of a padded image (N, C, H', W', kh, kw)."""
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    return seen[:, :, ::stride, ::stride]


def conv_out(x, w, b, stride, pad):
    """The right output."""
    return np.einsum("nchwij,fcij->nfhw", windows(pad_image(x, pad), w.shape[2:], stride), w) + b[:, None, None]


def paint(x, w, dout, stride, pad, add=True, step=None):
    """The gradient of the padded image: every window of it gets, or with `add` gets more by, its part of dout."""
    dx = np.zeros_like(pad_image(x, pad))
    kh, kw = w.shape[2:]
    step = stride if step is None else step
    for h, c in np.ndindex(*dout.shape[2:]):
        part = np.einsum("nf,fcij->ncij", dout[:, :, h, c], w)
        room = dx[:, :, h * step : h * step + kh, c * step : c * step + kw]
        room[...] = (room if add else 0) + part[:, :, : room.shape[2], : room.shape[3]]
    return dx


def inner(dx, pad):
    return dx[:, :, pad : dx.shape[2] - pad, pad : dx.shape[3] - pad]


conv.adopt(plain_conv2d.bank, "out", "out", NAMES, leave=("padded to the same size", "stride of 2"))


@conv.instead("out", "stride ignored", STRIDE, "x[..., h*stride : h*stride+kh, w*stride : w*stride+kw]")
def out_stride_ignored(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    rows, columns = output_size(x, w.shape[2:], stride, pad)
    return conv_out(x, w, b, 1, pad)[:, :, :rows, :columns]


@conv.instead("out", "stride 1 whatever it is", STRIDE, "Read conv_param['stride'].")
def out_stride_one(x, w, b, conv_param):
    return conv_out(x, w, b, 1, conv_param["pad"])


@conv.instead("out", "stride 2 whatever it is", STRIDE, "Read conv_param['stride'].")
def out_stride_two(x, w, b, conv_param):
    return conv_out(x, w, b, 2, conv_param["pad"])


@conv.instead("out", "pad ignored", "The image is padded with zeros on every side.", "Read conv_param['pad'].")
def out_no_pad(x, w, b, conv_param):
    return conv_out(x, w, b, conv_param["stride"], 0)


@conv.instead("out", "pad 1 whatever it is", "The image is padded by conv_param['pad'].", "Read conv_param['pad'].")
def out_pad_one(x, w, b, conv_param):
    return conv_out(x, w, b, conv_param["stride"], 1)


@conv.instead("out", "padded at one end only", "Both ends of rows and columns are padded.", "(pad, pad) for both axes.")
def out_one_sided(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, [(0, 0), (0, 0), (2 * pad, 0), (2 * pad, 0)])
    return conv_out(padded, w, b, stride, 0)


@conv.instead("out", "padded by repeating the edge", "The pad is zeros.", "np.pad's mode is 'constant'.")
def out_edge(x, w, b, conv_param):
    pad = conv_param["pad"]
    return conv_out(np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], mode="edge"), w, b, conv_param["stride"], 0)


@conv.instead("out", "padded with ones", "The pad is zeros.", "np.zeros")
def out_ones(x, w, b, conv_param):
    return conv_out(pad_image(x, conv_param["pad"], 1), w, b, conv_param["stride"], 0)


conv.adopt(plain_conv2d.bank, "dx", "dx", NAMES)


@conv.instead("dx", "last window only (= for +=)", ADD_UP, "Write += where a window of dx is filled.")
def dx_last_window(x, w, dout, conv_param):
    return inner(paint(x, w, dout, conv_param["stride"], conv_param["pad"], add=False), conv_param["pad"])


@conv.instead("dx", "last window of the last filter only (= for +=)", ADD_UP, "Write += in both loops.")
def dx_last_of_all(x, w, dout, conv_param):
    return dx_last_window(x, w[-1:], dout[:, -1:], conv_param)


@conv.instead("dx", "stride ignored", STRIDE, "dx[..., h*stride : h*stride+kh, w*stride : w*stride+kw]")
def dx_stride_ignored(x, w, dout, conv_param):
    return inner(paint(x, w, dout, conv_param["stride"], conv_param["pad"], step=1), conv_param["pad"])


@conv.instead("dx", "pad not cut off", CROP, "dx = dx_padded[:, :, pad:-pad, pad:-pad], of pad 0 all of it")
def dx_not_cropped(x, w, dout, conv_param):
    return paint(x, w, dout, conv_param["stride"], conv_param["pad"])


@conv.instead("dx", "pad cut off at the end only", CROP, "dx_padded[:, :, pad:pad+H, pad:pad+W]")
def dx_cropped_at_end(x, w, dout, conv_param):
    return paint(x, w, dout, conv_param["stride"], conv_param["pad"])[:, :, : x.shape[2], : x.shape[3]]


@conv.after(
    "dx",
    "[pad:-pad] is empty at pad 0",
    "-0 is 0, so that [0:-0] is [0:0]: nothing is left.",
    "dx_padded[:, :, pad:pad+H, pad:pad+W]",
)
def dx_empty(result, conv_param):
    return result if conv_param["pad"] else result[:, :, 0:0, 0:0]


@conv.instead("dx", "[1:-1] whatever the pad", CROP, "dx_padded[:, :, pad:pad+H, pad:pad+W]")
def dx_one(x, w, dout, conv_param):
    return paint(x, w, dout, conv_param["stride"], conv_param["pad"])[:, :, 1:-1, 1:-1]


conv.adopt(plain_conv2d.bank, "dw", "dweight", NAMES)


def conv_dw(x, w, dout, stride):
    """The right gradient of the weight, of a padded image."""
    return np.einsum("nchwij,nfhw->fcij", windows(x, w.shape[2:], stride)[:, :, : dout.shape[2], : dout.shape[3]], dout)


@conv.instead("dw", "last window only (= for +=)", "A weight is in every window.", "Write += where dw is filled.")
def dw_last_window(x, w, dout, conv_param):
    seen = windows(pad_image(x, conv_param["pad"]), w.shape[2:], conv_param["stride"])
    return np.einsum("ncij,nf->fcij", seen[:, :, -1, -1], dout[:, :, -1, -1])


@conv.instead("dw", "last window of the last image only (= for +=)", "A weight is in every window.", "Write += for =.")
def dw_last_of_all(x, w, dout, conv_param):
    return dw_last_window(x[-1:], w, dout[-1:], conv_param)


@conv.instead("dw", "stride ignored", STRIDE, "x[..., h*stride : h*stride+kh, w*stride : w*stride+kw]")
def dw_stride_ignored(x, w, dout, conv_param):
    return conv_dw(pad_image(x, conv_param["pad"]), w, dout, 1)


@conv.instead("dw", "of the image without its pad", "The windows are those of the padded image.", "Take x_padded.")
def dw_without_pad(x, w, dout, conv_param):
    pad = conv_param["pad"]
    shifted = np.pad(x, [(0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)])
    return conv_dw(shifted, w, dout, conv_param["stride"])


conv.adopt(plain_conv2d.bank, "db", "dbias", NAMES)


@conv.instead("db", "one number for all channels", "Each filter has a bias of its own.", "axis=(0, 2, 3)")
def db_over_channels(dout):
    return np.full(dout.shape[1], dout.sum())


@conv.instead("db", "last pixel only (= for +=)", "The bias is in every pixel.", "Write += for =.")
def db_last_pixel(dout):
    return dout[-1, :, -1, -1]


@conv.instead("db", "last pixel of each image only", "The bias is in every pixel.", "Sum over rows and columns.")
def db_last_pixels(dout):
    return dout[:, :, -1, -1].sum(axis=0)


add_axes(conv, "db")


# pooling

pool = Bank()


def cells(x, pool_param):
    """(N, C, H', W', size): each window's pixels in row order."""
    kernel = pool_param["pool_height"], pool_param["pool_width"]
    seen = windows(x, kernel, pool_param["stride"])
    return seen.reshape(*seen.shape[:4], -1)


def spread(x, share, dout, pool_param, add=True):
    """dx, of each window's share (N, C, H', W', size) of its gradient."""
    dx = np.zeros_like(x)
    ph, pw, stride = (pool_param[name] for name in ("pool_height", "pool_width", "stride"))
    for h, w in np.ndindex(*dout.shape[2:]):
        part = share[:, :, h, w].reshape(*x.shape[:2], ph, pw) * dout[:, :, h, w, None, None]
        room = dx[:, :, h * stride : h * stride + ph, w * stride : w * stride + pw]
        room[...] = (room if add else 0) + part
    return dx


def one_hot(position, size):
    return position[..., None] == np.arange(size)


def first_largest(x, pool_param):
    seen = cells(x, pool_param)
    return one_hot(seen.argmax(axis=4), seen.shape[4])


pool.adopt(plain_max_pool2d.bank, "out", "out", {})


def _of_cells(reduce):
    return lambda x, pool_param: reduce(cells(x, pool_param))


for name, why, fix, reduce in (
    ("mean for maximum", "That is average pooling.", "Write max for mean.", lambda seen: seen.mean(axis=4)),
    ("minimum for maximum", "The largest is kept.", "Write max for min.", lambda seen: seen.min(axis=4)),
    ("sum for maximum", "The largest is kept, and nothing added.", "Write max for sum.", lambda seen: seen.sum(axis=4)),
    ("first pixel of each window", "That is subsampling.", "Take the max.", lambda seen: seen[..., 0]),
    (
        "largest absolute value",
        "The largest is kept, by its sign.",
        "Leave out abs.",
        lambda seen: np.abs(seen).max(axis=4),
    ),
    ("position for value", "argmax says where, not how large.", "Write max.", lambda seen: seen.argmax(axis=4)),
):
    pool.instead("out", name, why, fix)(_of_cells(reduce))


@pool.instead("out", "maximum over channels too", "Each channel is pooled by itself.", "Leave axis 1 alone.")
def pool_over_channels(x, pool_param):
    pooled = cells(x, pool_param).max(axis=4)
    return np.broadcast_to(pooled.max(axis=1, keepdims=True), pooled.shape).copy()


@pool.instead("out", "stride ignored", STRIDE, "h*stride, w*stride")
def pool_stride_ignored(x, pool_param):
    rows, columns = output_size(x, (pool_param["pool_height"], pool_param["pool_width"]), pool_param["stride"])
    return cells(x, pool_param | {"stride": 1}).max(axis=4)[:, :, :rows, :columns]


@pool.instead(
    "out", "windows of 2x2 whatever they are", "The window's size is in pool_param.", "Read pool_height, pool_width."
)
def pool_two(x, pool_param):
    return cells(x, pool_param | {"pool_height": 2, "pool_width": 2}).max(axis=4)


@pool.instead("out", "stride 2 whatever it is", STRIDE, "Read pool_param['stride'].")
def pool_stride_two(x, pool_param):
    return cells(x, pool_param | {"stride": 2}).max(axis=4)


@pool.instead("out", "stride as large as the window", STRIDE, "Read pool_param['stride'].")
def pool_stride_window(x, pool_param):
    return cells(x, pool_param | {"stride": pool_param["pool_height"]}).max(axis=4)


@pool.instead("out", "height and width of the window exchanged", "Rows are pool_height.", "Exchange them.")
def pool_exchanged(x, pool_param):
    return cells(
        x, pool_param | {"pool_height": pool_param["pool_width"], "pool_width": pool_param["pool_height"]}
    ).max(axis=4)


add_common(pool, "dx")


@pool.instead(
    "dx",
    "goes to every tie",
    "A window passes its gradient to one pixel: where it goes to all that are equal, it is counted several times.",
    "Take the argmax of the window, instead of comparing x with the maximum.",
)
def every_tie(x, dout, pool_param):
    seen = cells(x, pool_param)
    return spread(x, seen == seen.max(axis=4, keepdims=True), dout, pool_param)


@pool.instead("dx", "goes to every tie, and the last window only (= for +=)", ADD_UP, "argmax, and += for =.")
def every_tie_last(x, dout, pool_param):
    seen = cells(x, pool_param)
    return spread(x, seen == seen.max(axis=4, keepdims=True), dout, pool_param, add=False)


@pool.instead(
    "dx", "split among ties", "A window passes its gradient to one pixel; it is not shared.", "Take the argmax."
)
def split(x, dout, pool_param):
    seen = cells(x, pool_param)
    ties = seen == seen.max(axis=4, keepdims=True)
    return spread(x, ties / ties.sum(axis=4, keepdims=True), dout, pool_param)


@pool.instead("dx", "goes to the last tie", "The first in row order has it, as of argmax.", "Write > for >=.")
def last_tie(x, dout, pool_param):
    seen = cells(x, pool_param)
    size = seen.shape[4]
    return spread(x, one_hot(size - 1 - seen[..., ::-1].argmax(axis=4), size), dout, pool_param)


@pool.instead("dx", "last window only (= for +=)", ADD_UP, "Write += where a window of dx is filled.")
def pool_last_window(x, dout, pool_param):
    return spread(x, first_largest(x, pool_param), dout, pool_param, add=False)


@pool.instead("dx", "the largest pixel's last gradient only (= for +=)", ADD_UP, "Write += where dx is filled.")
def pool_last_gradient(x, dout, pool_param):
    dx = np.zeros_like(x)
    pw, stride = pool_param["pool_width"], pool_param["stride"]
    places = cells(x, pool_param).argmax(axis=4)
    for n, c, h, w in np.ndindex(dout.shape):
        i, j = divmod(int(places[n, c, h, w]), pw)
        dx[n, c, h * stride + i, w * stride + j] = dout[n, c, h, w]
    return dx


@pool.instead("dx", "goes to all pixels of the window", "Only the largest reaches the output.", "Mask it.")
def all_pixels(x, dout, pool_param):
    return spread(x, np.ones_like(cells(x, pool_param)), dout, pool_param)


@pool.instead(
    "dx", "shared by all pixels of the window", "That is the gradient of average pooling.", "Mask it by the argmax."
)
def shared(x, dout, pool_param):
    seen = cells(x, pool_param)
    return spread(x, np.full(seen.shape, 1 / seen.shape[4]), dout, pool_param)


@pool.instead("dx", "always at the first pixel", "The largest has it.", "Add the argmax's row and column.")
def at_first(x, dout, pool_param):
    seen = cells(x, pool_param)
    return spread(x, one_hot(np.zeros(dout.shape, int), seen.shape[4]), dout, pool_param)


@pool.instead("dx", "goes to the smallest", "The largest was kept.", "Write argmax for argmin.")
def at_smallest(x, dout, pool_param):
    seen = cells(x, pool_param)
    return spread(x, one_hot(seen.argmin(axis=4), seen.shape[4]), dout, pool_param)


@pool.after("dx", "times x", "The derivative at the largest is 1, not x.", "Multiply dout by the mask alone.")
def times_x(result, x):
    return result * x


@pool.instead("dx", "stride ignored", STRIDE, "h*stride, w*stride")
def pool_dx_stride_ignored(x, dout, pool_param):
    rows, columns = dout.shape[2:]
    share = first_largest(x, pool_param | {"stride": 1})[:, :, :rows, :columns]
    return spread(x, share, dout, pool_param | {"stride": 1})


@pool.instead(
    "dx", "place in the window for place in the image", "argmax gives a place in the window.", "Add h*stride, w*stride."
)
def without_window(x, dout, pool_param):
    dx = np.zeros_like(x)
    pw = pool_param["pool_width"]
    places = cells(x, pool_param).argmax(axis=4)
    for n, c, h, w in np.ndindex(dout.shape):
        dx[n, c, places[n, c, h, w] // pw, places[n, c, h, w] % pw] += dout[n, c, h, w]
    return dx


@pool.instead("dx", "first image and channel only", "Every image and channel has its gradient.", "Loop over n and c.")
def one_plane(x, dout, pool_param):
    dx = np.zeros_like(x)
    dx[0, 0] = spread(x, first_largest(x, pool_param), dout, pool_param)[0, 0]
    return dx
