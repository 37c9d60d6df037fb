"""What goes wrong in the skip connection, crop and concatenate."""

import numpy as np

from ..bank import Bank
from .common import add_common

bank = Bank()

CENTRE = "The crop is centred: half of the difference is cut from each side."


def corners(skip, x):
    """(top, left) of the centred crop."""
    return (skip.shape[2] - x.shape[2]) // 2, (skip.shape[3] - x.shape[3]) // 2


def crop(skip, x, top, left):
    """x's height and width of skip, from there; less where skip has ended, which then fits nothing."""
    H, W = x.shape[2:]
    return skip[:, :, top : top + H, left : left + W]


def join(skip, x):
    """One before the other, on the channel axis."""
    return np.concatenate([skip, x], axis=1)


# forward


@bank.after("out", "x before skip", "Figure 1 draws the copied half first: [skip, x].", "Exchange the two.")
def x_first(result, skip):
    return join(result[:, skip.shape[1] :], result[:, : skip.shape[1]])


@bank.instead("out", "cropped at the top left", CENTRE, "Start at (Hs-H)//2 and (Ws-W)//2.")
def top_left(skip, x):
    return join(crop(skip, x, 0, 0), x)


@bank.instead("out", "cropped at the bottom right", CENTRE, "Start at (Hs-H)//2 and (Ws-W)//2.")
def bottom_right(skip, x):
    top, left = corners(skip, x)
    return join(crop(skip, x, 2 * top, 2 * left), x)


@bank.instead("out", "rows cropped at the top", CENTRE, "Start at (Hs-H)//2.")
def top(skip, x):
    return join(crop(skip, x, 0, corners(skip, x)[1]), x)


@bank.instead("out", "columns cropped at the left", CENTRE, "Start at (Ws-W)//2.")
def left(skip, x):
    return join(crop(skip, x, corners(skip, x)[0], 0), x)


@bank.instead(
    "out", "rows and columns of the crop exchanged", "Rows start at (Hs-H)//2, columns at (Ws-W)//2.", "Exchange them."
)
def exchanged(skip, x):
    return join(crop(skip, x, *corners(skip, x)[::-1]), x)


@bank.instead("out", "columns start where rows do", "Columns start at (Ws-W)//2.", "Take the widths for columns.")
def square(skip, x):
    top = corners(skip, x)[0]
    return join(crop(skip, x, top, top), x)


@bank.instead("out", "crop one pixel too far down and right", CENTRE, "Start at (Hs-H)//2, not one later.")
def one_too_far(skip, x):
    top, left = corners(skip, x)
    return join(crop(skip, x, top + 1, left + 1), x)


@bank.instead("out", "crop one pixel too far up and left", CENTRE, "Start at (Hs-H)//2, not one earlier.")
def one_too_near(skip, x):
    top, left = corners(skip, x)
    return join(crop(skip, x, top - 1, left - 1), x)


@bank.instead("out", "x padded instead of skip cropped", "The paper crops skip to x's size.", "Crop skip.")
def padded(skip, x):
    top, left = corners(skip, x)
    return join(skip, np.pad(x, [(0, 0), (0, 0), (top, top), (left, left)]))


@bank.instead("out", "skip resized, not cropped", "Its pixels would no longer lie where x's do.", "Cut a border off.")
def resized(skip, x):
    rows = np.arange(x.shape[2]) * skip.shape[2] // x.shape[2]
    columns = np.arange(x.shape[3]) * skip.shape[3] // x.shape[3]
    return join(skip[:, :, rows][:, :, :, columns], x)


@bank.instead("out", "added, not concatenated", "That is a residual connection.", "np.concatenate(..., axis=1)")
def added(skip, x):
    return crop(skip, x, *corners(skip, x)) + x


@bank.instead("out", "concatenated along the batch", "The channel axis is axis 1.", "axis=1")
def along_batch(skip, x):
    return np.concatenate([crop(skip, x, *corners(skip, x)), x], axis=0)


@bank.instead("out", "concatenated along the rows", "The channel axis is axis 1.", "axis=1")
def along_rows(skip, x):
    return np.concatenate([crop(skip, x, *corners(skip, x)), x], axis=2)


@bank.instead("out", "skip alone", "x's channels follow.", "Concatenate both.")
def skip_alone(skip, x):
    return crop(skip, x, *corners(skip, x))


@bank.instead("out", "x alone", "skip's channels come first.", "Concatenate both.")
def x_alone(x):
    return x


@bank.instead("out", "skip twice", "Its second half is x.", "Concatenate both.")
def skip_twice(skip, x):
    cropped = crop(skip, x, *corners(skip, x))
    return join(cropped, cropped)


@bank.after("out", "channels in reverse order", "The channels keep their order.", "Concatenate along axis 1.")
def reversed_channels(result):
    return result[:, ::-1]


def add_shifted_crop(rows, columns, where):
    """A crop that starts beside the centre, in an image that is wrapped round."""

    @bank.instead("out", f"crop {where}, wrapped round", CENTRE, "Start at (Hs-H)//2 and (Ws-W)//2.")
    def shifted(skip, x):
        return join(crop(np.roll(skip, (-rows, -columns), axis=(2, 3)), x, *corners(skip, x)), x)

    @bank.instead("dskip", f"{where}, wrapped round", CENTRE, "Put it where forward's crop was.")
    def dskip_shifted(skip, x, dout):
        right = paint(skip, dout[:, : skip.shape[1]], *corners(skip, x))
        return np.roll(right, (rows, columns), axis=(2, 3))

    @bank.instead("dskip", where, CENTRE, "Put it where forward's crop was.")
    def dskip_beside(skip, x, dout):
        top, left = corners(skip, x)
        return paint(skip, dout[:, : skip.shape[1]], top + rows, left + columns)


for rows, columns, where in (
    (-1, -1, "one pixel too far up and left"),
    (1, 1, "one pixel too far down and right"),
    (-1, 0, "one row too early"),
    (1, 0, "one row too late"),
    (0, -1, "one column too early"),
    (0, 1, "one column too late"),
):
    add_shifted_crop(rows, columns, where)


# gradient of skip

add_common(bank, "dskip")


def paint(skip, part, top, left):
    """Zeros of skip's shape, with `part` from (top, left) on."""
    dskip = np.zeros_like(skip)
    dskip[:, :, top : top + part.shape[2], left : left + part.shape[3]] = part
    return dskip


@bank.instead("dskip", "at the top left", CENTRE, "Put it where forward's crop was.")
def dskip_top_left(skip, dout):
    return paint(skip, dout[:, : skip.shape[1]], 0, 0)


@bank.instead("dskip", "at the bottom right", CENTRE, "Put it where forward's crop was.")
def dskip_bottom_right(skip, x, dout):
    top, left = corners(skip, x)
    return paint(skip, dout[:, : skip.shape[1]], 2 * top, 2 * left)


@bank.instead("dskip", "rows and columns of the crop exchanged", CENTRE, "Exchange them.")
def dskip_exchanged(skip, x, dout):
    return paint(skip, dout[:, : skip.shape[1]], *corners(skip, x)[::-1])


@bank.instead("dskip", "columns start where rows do", "Columns start at (Ws-W)//2.", "Take the widths for columns.")
def dskip_square(skip, x, dout):
    top = corners(skip, x)[0]
    return paint(skip, dout[:, : skip.shape[1]], top, top)


@bank.instead(
    "dskip",
    "border missing",
    "dskip has skip's shape: what was cut off has the gradient 0.",
    "Fill zeros of skip's shape.",
)
def dskip_cropped(skip, dout):
    return dout[:, : skip.shape[1]]


@bank.instead("dskip", "border 1 instead of 0", "What was cut off reaches no output.", "Start from zeros.")
def dskip_ones(skip, x, dout):
    border = np.ones_like(skip)
    top, left = corners(skip, x)
    H, W = x.shape[2:]
    border[:, :, top : top + H, left : left + W] = dout[:, : skip.shape[1]]
    return border


@bank.instead("dskip", "border repeated outwards", "What was cut off reaches no output.", "Start from zeros.")
def dskip_repeated(skip, x, dout):
    top, left = corners(skip, x)
    return np.pad(dout[:, : skip.shape[1]], [(0, 0), (0, 0), (top, top), (left, left)], mode="edge")


@bank.instead("dskip", "resized, not padded", "What was cut off reaches no output.", "Start from zeros.")
def dskip_resized(skip, x, dout):
    rows = np.arange(skip.shape[2]) * x.shape[2] // skip.shape[2]
    columns = np.arange(skip.shape[3]) * x.shape[3] // skip.shape[3]
    return dout[:, : skip.shape[1]][:, :, rows][:, :, :, columns]


@bank.before("dskip", "from the last channels", "Forward put skip's channels first.", "dout[:, :Cs]")
def dskip_last_channels(skip, dout):
    return {"dout": np.roll(dout, skip.shape[1], axis=1)}


@bank.instead("dskip", "all channels", "The channels from Cs on are x's.", "dout[:, :Cs]")
def dskip_all_channels(skip, x, dout):
    top, left = corners(skip, x)
    return np.pad(dout, [(0, 0), (0, 0), (top, top), (left, left)])


@bank.instead("dskip", "halved, as though both parts had as many channels", "skip has Cs channels.", "dout[:, :Cs]")
def dskip_half(skip, x, dout):
    top, left = corners(skip, x)
    half = dout[:, : dout.shape[1] // 2]
    return np.pad(half, [(0, 0), (0, 0), (top, top), (left, left)])


# gradient of x

add_common(bank, "dx")


@bank.instead("dx", "from the first channels", "Forward put skip's channels first.", "dout[:, Cs:]")
def dx_first_channels(x, dout):
    return dout[:, : x.shape[1]]


@bank.instead("dx", "all channels", "The first Cs channels are skip's.", "dout[:, Cs:]")
def dx_all_channels(dout):
    return dout


@bank.instead("dx", "halved, as though both parts had as many channels", "skip has Cs channels.", "dout[:, Cs:]")
def dx_half(dout):
    return dout[:, dout.shape[1] // 2 :]


@bank.instead("dx", "one channel too early", "Forward put Cs channels of skip first.", "dout[:, Cs:]")
def dx_one_early(skip, x, dout):
    first = max(0, skip.shape[1] - 1)
    return dout[:, first : first + x.shape[1]]


@bank.instead("dx", "both halves added", "Each input has the gradient of its own channels.", "dout[:, Cs:]")
def dx_sum(skip, x, dout):
    return dout[:, skip.shape[1] :] + dout[:, : x.shape[1]]
