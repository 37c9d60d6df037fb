"""What goes wrong in a 2x2 max-pooling."""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()

ONE_PER_WINDOW = "A window passes its gradient to one pixel, the first of its largest in row order"


def windows(x):
    """(N, C, H/2, W/2, 4): each window's pixels in row order."""
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).swapaxes(3, 4).reshape(N, C, H // 2, W // 2, 4)


def image(windows):
    """The inverse of `windows`."""
    N, C, H, W, _ = windows.shape
    return windows.reshape(N, C, H, W, 2, 2).swapaxes(3, 4).reshape(N, C, 2 * H, 2 * W)


def one_hot(position):
    """True at `position`, of 4."""
    return position[..., None] == np.arange(4)


# forward


@bank.instead("out", "mean for maximum", "That is average pooling.", "Write max for mean.")
def mean(x):
    return windows(x).mean(axis=4)


@bank.instead("out", "minimum for maximum", "The largest is kept.", "Write max for min.")
def minimum(x):
    return windows(x).min(axis=4)


@bank.instead("out", "sum for maximum", "The largest is kept, and nothing added.", "Write max for sum.")
def total(x):
    return windows(x).sum(axis=4)


@bank.instead(
    "out", "first pixel of each window", "That is subsampling: the largest is kept.", "Take the max of all four."
)
def subsample(x):
    return windows(x)[..., 0]


@bank.instead(
    "out", "last pixel of each window", "That is subsampling: the largest is kept.", "Take the max of all four."
)
def subsample_last(x):
    return windows(x)[..., 3]


@bank.instead("out", "first row of each window only", "A window has two rows.", "Take the max of all four.")
def first_row(x):
    return windows(x)[..., :2].max(axis=4)


@bank.instead("out", "first column of each window only", "A window has two columns.", "Take the max of all four.")
def first_column(x):
    return windows(x)[..., ::2].max(axis=4)


@bank.instead("out", "diagonal of each window only", "A window has four pixels.", "Take the max of all four.")
def diagonal(x):
    return windows(x)[..., ::3].max(axis=4)


@bank.instead("out", "position for value", "argmax says where the largest is, not how large.", "Take the value there.")
def position(x):
    return windows(x).argmax(axis=4)


@bank.instead("out", "largest absolute value", "The largest is kept, by its sign.", "Leave out abs.")
def absolute(x):
    return np.abs(windows(x)).max(axis=4)


@bank.instead("out", "largest by absolute value", "The largest is kept, by its sign.", "Leave out abs.")
def by_absolute(x):
    places = np.abs(windows(x)).argmax(axis=4)[..., None]
    return np.take_along_axis(windows(x), places, axis=4)[..., 0]


@bank.after("out", "not below 0", "Where all four are negative, so is their maximum.", "Start from -inf, not from 0.")
def not_below_zero(result):
    return np.maximum(result, 0)


@bank.instead("out", "windows overlap", "The stride is 2, as large as the window.", "Move by two pixels.")
def overlapping(x):
    return np.max([x[:, :, :-1, :-1], x[:, :, :-1, 1:], x[:, :, 1:, :-1], x[:, :, 1:, 1:]], axis=0)


@bank.instead(
    "out",
    "windows mixed up by reshape",
    "A reshape to (..., H/2, W/2, 2, 2) takes four pixels of one row.",
    "Reshape to (..., H/2, 2, W/2, 2), and take the max over axes 3 and 5.",
)
def reshaped(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, W // 2, 4).max(axis=4)


@bank.instead("out", "maximum over channels too", "Each channel is pooled by itself.", "Leave axis 1 alone.")
def over_channels(x):
    pooled = windows(x).max(axis=4)
    return np.broadcast_to(pooled.max(axis=1, keepdims=True), pooled.shape).copy()


@bank.instead("out", "maximum over images too", "Each image is pooled by itself.", "Leave axis 0 alone.")
def over_images(x):
    pooled = windows(x).max(axis=4)
    return np.broadcast_to(pooled.max(axis=0), pooled.shape).copy()


@bank.after("out", "first image for all", "Each image has its own output.", "Index x by n.")
def first_image(result):
    return np.repeat(result[:1], len(result), axis=0)


@bank.after("out", "first channel for all", "Each channel has its own output.", "Index x by c.")
def first_channel(result):
    return np.repeat(result[:, :1], result.shape[1], axis=1)


@bank.instead(
    "out", "windows move by one pixel", "The stride is 2: window (h, w) starts at (2h, 2w).", "x[2h:2h+2, 2w:2w+2]"
)
def one_pixel_steps(x):
    return overlapping(x)[:, :, : x.shape[2] // 2, : x.shape[3] // 2]


@bank.instead("out", "windows of 3x3", "The window is 2x2, as large as the stride.", "x[2h:2h+2, 2w:2w+2]")
def three(x):
    padded = np.pad(x, [(0, 0), (0, 0), (0, 1), (0, 1)], constant_values=-np.inf)
    H, W = x.shape[2:]
    return np.max([padded[:, :, i : i + H : 2, j : j + W : 2] for i, j in np.ndindex(3, 3)], axis=0)


@bank.after("out", "rows and columns exchanged", "out is (N, C, H/2, W/2).", "Exchange them.")
def out_transposed(result):
    return result.swapaxes(2, 3)


@bank.after("out", "last column left 0", "The loop stops one window early.", "Mind the loop's range.")
def column_empty(result):
    result = result.copy()
    result[:, :, :, -1] = 0
    return result


@bank.after("out", "last row left 0", "The loop stops one window early.", "Mind the loop's range.")
def row_empty(result):
    result = result.copy()
    result[:, :, -1] = 0
    return result


@bank.after("out", "last row and column left 0", "The loops stop one window early.", "Mind the loops' ranges.")
def stops_early(result):
    result = result.copy()
    result[:, :, -1], result[:, :, :, -1] = 0, 0
    return result


# gradient

add_common(bank, "dx")


@bank.instead(
    "dx",
    "goes to every tie",
    f"{ONE_PER_WINDOW}: where it goes to all that are equal, it is counted several times.",
    "Take the argmax of the window, instead of comparing x with the maximum.",
)
def every_tie(x, dout):
    cells = windows(x)
    return image((cells == cells.max(axis=4, keepdims=True)) * dout[..., None])


@bank.instead("dx", "split among ties", f"{ONE_PER_WINDOW}; it is not shared.", "Take the argmax of the window.")
def split(x, dout):
    cells = windows(x)
    ties = cells == cells.max(axis=4, keepdims=True)
    return image(ties / ties.sum(axis=4, keepdims=True) * dout[..., None])


@bank.instead("dx", "goes to the last tie", f"{ONE_PER_WINDOW}.", "Write > for >=, or take argmax.")
def last_tie(x, dout):
    return image(one_hot(3 - windows(x)[..., ::-1].argmax(axis=4)) * dout[..., None])


@bank.instead(
    "dx", "ties in column order", f"{ONE_PER_WINDOW}; here the order is by columns.", "Go through rows first."
)
def column_order(x, dout):
    by_columns = windows(x)[..., [0, 2, 1, 3]].argmax(axis=4)
    return image(one_hot(np.array([0, 2, 1, 3])[by_columns]) * dout[..., None])


@bank.instead("dx", "goes to all four pixels", f"{ONE_PER_WINDOW}; the others do not reach the output.", "Mask it.")
def all_four(dout):
    return image(np.repeat(dout[..., None], 4, axis=4))


@bank.instead("dx", "shared by all four pixels", "That is the gradient of average pooling.", "Mask it by the argmax.")
def shared(dout):
    return image(np.repeat(dout[..., None] / 4, 4, axis=4))


@bank.instead("dx", "always at the first pixel", f"{ONE_PER_WINDOW}.", "Add the argmax's row and column.")
def at_first(dout):
    return image(one_hot(np.zeros(dout.shape, int)) * dout[..., None])


@bank.instead("dx", "always at the last pixel", f"{ONE_PER_WINDOW}.", "Add the argmax's row and column.")
def at_last(dout):
    return image(one_hot(np.full(dout.shape, 3)) * dout[..., None])


@bank.instead(
    "dx",
    "row and column in the window exchanged",
    "argmax counts in row order: row = k // 2, column = k % 2.",
    "Exchange them.",
)
def exchanged(x, dout):
    return image(one_hot(np.array([0, 2, 1, 3])[windows(x).argmax(axis=4)]) * dout[..., None])


@bank.before("dx", "goes to the smallest", "The largest was kept.", "Write argmax for argmin.")
def at_smallest(x):
    return {"x": -x}


@bank.before("dx", "goes to the largest absolute value", "The largest was kept, by its sign.", "Leave out abs.")
def at_largest_absolute(x):
    return {"x": np.abs(x)}


@bank.after("dx", "times x", "The derivative at the largest is 1, not x.", "Multiply dout by the mask alone.")
def times_x(result, x):
    return result * x


@bank.after("dx", "divided by 4", "The largest has all of the gradient.", "Leave out the division.")
def quarter(result):
    return result / 4


@bank.instead(
    "dx",
    "goes to all pixels but the largest",
    f"{ONE_PER_WINDOW}.",
    "Turn the mask round.",
)
def all_but_largest(x, dout):
    return image(~one_hot(windows(x).argmax(axis=4)) * dout[..., None])


@bank.before(
    "dx", "place taken from the first channel", "Each channel has its own.", "Take the argmax for each channel."
)
def place_of_first_channel(x):
    return {"x": np.repeat(x[:, :1], x.shape[1], axis=1)}


@bank.before("dx", "place taken from the first image", "Each image has its own.", "Take the argmax for each image.")
def place_of_first_image(x):
    return {"x": np.repeat(x[:1], len(x), axis=0)}


@bank.instead(
    "dx",
    "place in the image for place in the window",
    "argmax of a window gives a place in that window: the window's own row 2h and column 2w are to be added.",
    "dx[..., 2*h + k // 2, 2*w + k % 2]",
)
def without_window(x, dout):
    dx = np.zeros_like(x)
    places = windows(x).argmax(axis=4)
    for n, c, h, w in np.ndindex(dout.shape):
        dx[n, c, places[n, c, h, w] // 2, places[n, c, h, w] % 2] += dout[n, c, h, w]
    return dx


@bank.instead("dx", "windows put back by reshape", "They must be transposed back.", "reshape, swapaxes(3, 4), reshape")
def put_back_wrongly(x, dout):
    return (one_hot(windows(x).argmax(axis=4)) * dout[..., None]).reshape(x.shape)


def first_of_two(values):
    """True at the first largest of the last axis."""
    return values.argmax(axis=-1)[..., None] == np.arange(2)


@bank.instead("dx", "one in each row of the window", ONE_PER_WINDOW + ".", "Take the argmax of all four.")
def one_per_row(x, dout):
    rows = windows(x).reshape(*dout.shape, 2, 2)
    return image((first_of_two(rows) * dout[..., None, None]).reshape(*dout.shape, 4))


@bank.instead("dx", "one in each column of the window", ONE_PER_WINDOW + ".", "Take the argmax of all four.")
def one_per_column(x, dout):
    columns = windows(x).reshape(*dout.shape, 2, 2).swapaxes(-1, -2)
    found = (first_of_two(columns) * dout[..., None, None]).swapaxes(-1, -2)
    return image(found.reshape(*dout.shape, 4))


@bank.instead("dx", "largest of the whole image only", "Each window has a largest of its own.", "argmax of each window")
def of_whole_map(x, dout):
    N, C, H, W = x.shape
    best = x.reshape(N, C, -1).argmax(axis=2)
    mask = (best[..., None] == np.arange(H * W)).reshape(x.shape)
    return mask * dout.repeat(2, axis=2).repeat(2, axis=3)


@bank.instead(
    "dx",
    "first image and channel only",
    "Every image and channel has its gradient.",
    "Loop over n and c.",
)
def one_plane(x, dout):
    dx = np.zeros_like(x)
    dx[0, 0] = image(one_hot(windows(x).argmax(axis=4)) * dout[..., None])[0, 0]
    return dx
