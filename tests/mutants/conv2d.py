"""Mistakes in the valid convolution."""

from .patching import Mutant

FILE = "layers/conv2d.py"

MUTANTS = [
    Mutant(
        FILE,
        "dx keeps the last kernel offset only",
        "`=` for `+=`: each x takes part in up to nine outputs, and all nine send gradient.",
        {"dflat[:, :, shift : shift + length] += kernel": "dflat[:, :, shift : shift + length] = kernel"},
    ),
    Mutant(
        FILE,
        "kernel flipped in dx",
        "The textbook's flip is made by the minus in dout[p-i, q-j] already; here it comes on top.",
        {"kernel[:, :, i, j].T @ wide": "kernel[:, :, kh - 1 - i, kw - 1 - j].T @ wide"},
    ),
    Mutant(
        FILE,
        "kernel channels reshaped, not transposed",
        "(F, C) becomes (C, F) by reshape: the sizes fit, the numbers do not.",
        {"kernel[:, :, i, j].T @ wide": "kernel[:, :, i, j].reshape(C, F) @ wide"},
    ),
    Mutant(
        FILE,
        "dx averaged over the batch",
        "The loss divides by N once; here it is done again.",
        {"return dflat.reshape(x.shape),": "return dflat.reshape(x.shape) / N,"},
    ),
    Mutant(
        FILE,
        "gradient in the thrown-away columns",
        "Outputs that nobody saw get a gradient, and it wraps round into the next row.",
        {"wide = xp.zeros((N, F, H - kh + 1, W)": "wide = xp.ones((N, F, H - kh + 1, W)"},
    ),
    Mutant(
        FILE,
        "dweight flipped",
        "As for dx: the forward pass is a correlation, so nothing is flipped.",
        {"dweight[:, :, i, j] =": "dweight[:, :, kh - 1 - i, kw - 1 - j] ="},
    ),
    Mutant(
        FILE,
        "dweight as a mean over the batch",
        "A weight is shared by all images: the gradients add up.",
        {"swapaxes(1, 2)).sum(axis=0)": "swapaxes(1, 2)).mean(axis=0)"},
    ),
    Mutant(
        FILE,
        "dweight of the first image only",
        "The batch is forgotten; with one image nobody notices.",
        {"swapaxes(1, 2)).sum(axis=0)": "swapaxes(1, 2))[0]"},
    ),
    Mutant(
        FILE,
        "dweight shifted by the output's width",
        "Flat offsets count in rows of the input, W, not of the output, W-kw+1.",
        {
            "            shift = i * W + j\n            seen =": (
                "            shift = i * (W - kw + 1) + j\n            seen ="
            )
        },
    ),
    Mutant(
        FILE,
        "one kernel offset forgotten",
        "The last column of the kernel is left out in the forward pass.",
        {
            "            shift = i * W + j\n            wide": (
                "            if j == kw - 1 > 0:\n                continue\n"
                "            shift = i * W + j\n            wide"
            )
        },
    ),
    Mutant(
        FILE,
        "dbias as a mean",
        "The bias is added to every pixel: its gradient is the sum over all of them.",
        {"dout.sum(axis=(0, 2, 3))": "dout.mean(axis=(0, 2, 3))"},
    ),
    Mutant(
        FILE,
        "dbias of the first image only",
        "The sum runs over the pixels and forgets the batch.",
        {"dout.sum(axis=(0, 2, 3))": "dout[0].sum(axis=(1, 2))"},
    ),
    Mutant(
        FILE,
        "dbias without the last row",
        "A slice that should have been :.",
        {"dout.sum(axis=(0, 2, 3))": "dout[:, :, :-1].sum(axis=(0, 2, 3))"},
    ),
    Mutant(
        FILE,
        "bias forgotten in forward",
        "With the usual biases of zero no run shows it.",
        {"+ bias.astype(x.dtype, copy=False)[:, None, None]": "+ 0 * bias.astype(x.dtype)[:, None, None]"},
    ),
    Mutant(
        FILE,
        "forward flips the kernel",
        "A convolution as in signal processing, with the backward of a correlation.",
        {"kernel[:, :, i, j] @ flat": "kernel[:, :, kh - 1 - i, kw - 1 - j] @ flat"},
    ),
    Mutant(
        FILE,
        "both passes flip the kernel",
        "The gradients are right, of another function than the paper's: only values show it.",
        {
            "F, _, kh, kw = weight.shape\n    N, C, H, W = x.shape": (
                "weight = weight[:, :, ::-1, ::-1]\n    F, _, kh, kw = weight.shape\n    N, C, H, W = x.shape"
            ),
            "dflat.reshape(x.shape), dweight, dout": "dflat.reshape(x.shape), dweight[:, :, ::-1, ::-1], dout",
        },
    ),
    Mutant(
        FILE,
        "the last output left out",
        "One too few of the flat outputs, in both passes alike: the gradients agree with each other.",
        {"return (H - kh + 1) * W - (kw - 1)": "return (H - kh + 1) * W - kw"},
    ),
    Mutant(
        FILE,
        "dout changed in place",
        "A scratch value written into the caller's array.",
        {"    wide[:, :, :, : W - kw + 1] = dout\n": "    wide[:, :, :, : W - kw + 1] = dout\n    dout *= 0.5\n"},
    ),
]
