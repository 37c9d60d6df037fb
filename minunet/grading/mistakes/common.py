"""What can be done to any gradient."""

from itertools import combinations

import numpy as np


def add_common(bank, output):
    """Scalings and signs, which differ from the right gradient whatever the layer."""

    @bank.after(
        output,
        "divided by N",
        "A loss that is a mean over the images has divided by N already; each layer passes on what it is given.",
        "Leave out the division by the number of images.",
    )
    def divided_by_images(result, dout):
        return result / len(dout)

    @bank.after(
        output,
        "wrong sign",
        "The gradient points to where the loss grows; it is the optimizer that goes the other way.",
        "Leave out the minus.",
    )
    def negated(result):
        return -result

    @bank.after(output, "doubled", "It is counted twice.", "Look for a sum that is taken twice, or a factor of 2.")
    def doubled(result):
        return 2 * result

    @bank.after(
        output,
        "zero",
        "It is 0 everywhere: made with zeros, and never filled or not the array that is filled.",
        "Write the sum into the array that is returned.",
    )
    def zeros(result):
        return np.zeros_like(result)

    @bank.before(
        output,
        "as though dout were 1",
        "It is the gradient of the sum of the outputs: dout, the gradient from above, does not take part.",
        "Multiply by dout (the chain rule).",
    )
    def without_dout(dout):
        return {"dout": np.ones_like(dout)}


def add_batch(bank, output):
    """Of a gradient that is a sum over the images."""

    @bank.before(
        output,
        "first image only",
        "A parameter is shared by all images, so that their gradients add up.",
        "Sum over n.",
    )
    def first_image(x, dout):
        return {"x": x[:1], "dout": dout[:1]}

    @bank.before(
        output,
        "last image only (= for +=)",
        "Each image overwrites the gradient of the one before; a parameter is shared by all, so that they add up.",
        "Write += where the loop over images fills it.",
    )
    def last_image(x, dout):
        return {"x": x[-1:], "dout": dout[-1:]}


def add_bias(bank, output="dbias"):
    """Of the gradient of a bias that is added to every pixel of its channel."""
    add_common(bank, output)
    add_batch(bank, output)

    @bank.after(
        output,
        "mean over images and pixels",
        "The bias takes part in every pixel of every image: its gradient is the sum over all, not the mean.",
        "Write sum where mean is.",
    )
    def mean(result, dout):
        return result / dout[:, 0].size

    @bank.after(
        output,
        "mean over pixels",
        "The bias takes part in every pixel: the gradients of the pixels add up.",
        "Do not divide by the number of pixels.",
    )
    def mean_over_pixels(result, dout):
        return result / dout[0, 0].size

    @bank.instead(
        output,
        "one number for all channels",
        "Each channel has a bias of its own; the sum must not run over the channels.",
        "Sum over images, rows and columns: axis=(0, 2, 3).",
    )
    def over_channels(dout):
        return np.full(dout.shape[1], dout.sum())

    @bank.instead(
        output,
        "last pixel only (= for +=)",
        "Each pixel overwrites the gradient of the one before; the bias takes part in all of them.",
        "Write += where the loop over pixels fills it.",
    )
    def last_pixel(dout):
        return dout[-1, :, -1, -1]

    @bank.instead(
        output,
        "last pixel of each image only",
        "Each pixel overwrites the gradient of the one before; the bias takes part in all of them.",
        "Sum over rows and columns as well.",
    )
    def last_pixels(dout):
        return dout[:, :, -1, -1].sum(axis=0)

    add_axes(bank, output)


def add_axes(bank, output):
    """A sum over other axes than all but the channels'."""
    for count in range(4):
        for axes in combinations(range(4), count):
            if axes != (0, 2, 3):
                _add_axes(bank, output, axes)


def _add_axes(bank, output, axes):
    names = ("images", "channels", "rows", "columns")
    over = ", ".join(names[axis] for axis in axes) or "nothing"

    @bank.instead(
        output,
        f"summed over {over}",
        "The axes are images, channels, rows, columns: the sum runs over all but the channels.",
        "axis=(0, 2, 3)",
    )
    def over_axes(dout):
        return dout.sum(axis=axes)


def add_moves(bank, output):
    """An image that lies a pixel beside its place, wrapped round or with zeros."""
    for rows, columns in ((-1, -1), (-1, 0), (0, -1), (1, 1), (1, 0), (0, 1)):
        where = " and ".join(
            f"one {name} too {'late' if by > 0 else 'early'}" for name, by in (("row", rows), ("column", columns)) if by
        )
        _add_move(bank, output, where, rows, columns)


def _add_move(bank, output, where, rows, columns):
    @bank.after(output, f"{where}, wrapped round", "A negative index counts from the end.", "Mind the first index.")
    def rolled(result):
        return np.roll(result, (rows, columns), axis=(2, 3))

    @bank.after(output, where, "Everything lies beside its place.", "Mind the first index.")
    def moved(result):
        padded = np.pad(result, [(0, 0), (0, 0), (1, 1), (1, 1)])
        H, W = result.shape[2:]
        return padded[:, :, 1 - rows : 1 - rows + H, 1 - columns : 1 - columns + W]
