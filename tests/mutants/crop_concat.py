"""Mistakes in the skip connection."""

from .patching import Mutant

FILE = "layers/crop_concat.py"

MUTANTS = [
    Mutant(
        FILE,
        "skip's gradient dropped",
        "The skip is taken for a constant.",
        {"dskip[:, :, rows, columns] = dout[:, :Cs]": "pass"},
    ),
    Mutant(
        FILE,
        "dskip in the top left corner",
        "The centre crop is forgotten on the way back.",
        {"dskip[:, :, rows, columns] =": "dskip[:, :, : x_shape[2], : x_shape[3]] ="},
    ),
    Mutant(
        FILE,
        "dskip moved by one row",
        "Rounding, or counting from one.",
        {
            "    dskip[:, :, rows, columns] = dout[:, :Cs]\n": (
                "    dskip[:, :, rows, columns] = dout[:, :Cs]\n"
                "    if dskip.shape != dout.shape:\n        dskip = xp.roll(dskip, 1, axis=2)\n"
            )
        },
    ),
    Mutant(
        FILE,
        "the border of dskip not zero",
        "What was cropped away took no part in the output.",
        {"dskip = xp.zeros(skip_shape, dout.dtype)": "dskip = xp.ones(skip_shape, dout.dtype)"},
    ),
    Mutant(
        FILE,
        "dskip from the last channels",
        "x's half of dout goes to the skip; in the U the halves are of one size.",
        {"rows, columns] = dout[:, :Cs]": "rows, columns] = dout[:, -Cs:]"},
    ),
    Mutant(
        FILE,
        "dx from the first channels",
        "The skip's half of dout goes to x.",
        {"dout[:, Cs:].copy()": "dout[:, : x_shape[1]].copy()"},
    ),
    Mutant(
        FILE,
        "crop in the corner in forward",
        "Forward and backward crop at different places.",
        {"[skip[:, :, rows, columns], x.": "[skip[:, :, : x.shape[2], : x.shape[3]], x."},
    ),
    Mutant(
        FILE,
        "crop off by one in both passes",
        "The gradients are right, of a U that is one pixel askew: only values show it.",
        {"start = (large - small) // 2": "start = max(0, (large - small) // 2 - 1)"},
    ),
    Mutant(
        FILE,
        "x before skip in forward",
        "The order of the authors' release, with a backward for ours.",
        {
            "[skip[:, :, rows, columns], x.astype(skip.dtype, copy=False)]": (
                "[x.astype(skip.dtype, copy=False), skip[:, :, rows, columns]]"
            )
        },
    ),
    Mutant(
        FILE,
        "x before skip in both passes",
        "A right gradient for weights that no longer mean the same.",
        {
            "[skip[:, :, rows, columns], x.astype(skip.dtype, copy=False)]": (
                "[x.astype(skip.dtype, copy=False), skip[:, :, rows, columns]]"
            ),
            "rows, columns] = dout[:, :Cs]": "rows, columns] = dout[:, x_shape[1] :]",
            "dout[:, Cs:].copy()": "dout[:, : x_shape[1]].copy()",
        },
    ),
]
