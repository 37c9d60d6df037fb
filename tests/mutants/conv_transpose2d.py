"""Mistakes in the up-convolution."""

from .patching import Mutant

FILE = "layers/conv_transpose2d.py"

MUTANTS = [
    Mutant(
        FILE,
        "dx keeps the last tap only",
        "`=` for `+=`: an input pixel paints four outputs and hears from all four.",
        {"dx += kernel": "dx[:] = kernel"},
    ),
    Mutant(
        FILE,
        "dx divided by four",
        "A mean over the four outputs where the sum belongs.",
        {"return dx.reshape(x.shape),": "return dx.reshape(x.shape) / 4,"},
    ),
    Mutant(
        FILE,
        "kernel channels taken as (F, C)",
        "The layout of conv2d's weight; here input channels come first.",
        {"dx += kernel[:, :, i, j] @": "dx += kernel[:, :, i, j].reshape(F, C).T @"},
    ),
    Mutant(
        FILE,
        "rows and columns of the taps exchanged",
        "dout is read at (2h+j, 2w+i): right for the two taps on the diagonal.",
        {"dtap = dout[:, :, i::2, j::2]": "dtap = dout[:, :, j::2, i::2]"},
    ),
    Mutant(
        FILE,
        "dweight flipped",
        "A transposed convolution flips nothing when it is written as painting.",
        {"dweight[:, :, i, j] =": "dweight[:, :, 1 - i, 1 - j] ="},
    ),
    Mutant(
        FILE,
        "dweight of the first image only",
        "The batch is forgotten.",
        {"swapaxes(1, 2)).sum(axis=0)": "swapaxes(1, 2))[0]"},
    ),
    Mutant(
        FILE,
        "dweight reshaped, not transposed",
        "(F, C) pushed into (C, F): the sizes fit.",
        {"(flat @ dtap.swapaxes(1, 2)).sum(axis=0)": ("(dtap @ flat.swapaxes(1, 2)).sum(axis=0).reshape(C, F)")},
    ),
    Mutant(
        FILE,
        "dbias of one tap",
        "The bias reaches all four outputs of an input pixel, not one.",
        {"dout.sum(axis=(0, 2, 3))": "dout[:, :, ::2, ::2].sum(axis=(0, 2, 3))"},
    ),
    Mutant(
        FILE,
        "dbias as a mean",
        "The bias is added to every pixel: its gradient is the sum.",
        {"dout.sum(axis=(0, 2, 3))": "dout.mean(axis=(0, 2, 3))"},
    ),
    Mutant(
        FILE,
        "forward paints the taps flipped",
        "The 2x2 blocks come out turned by 180 degrees.",
        {"out[:, :, i::2, j::2] = (kernel": "out[:, :, 1 - i :: 2, 1 - j :: 2] = (kernel"},
    ),
    Mutant(
        FILE,
        "bias forgotten in forward",
        "With biases of zero no run shows it.",
        {"out += bias.astype(x.dtype, copy=False)[:, None, None]": "out += 0"},
    ),
]
