"""Mistakes in the pooling."""

from .patching import Mutant

FILE = "layers/max_pool2d.py"

MUTANTS = [
    Mutant(
        FILE,
        "gradient to all four corners",
        "The winner is forgotten.",
        {"dout * (cache == place)": "dout"},
    ),
    Mutant(
        FILE,
        "gradient of a mean pooling",
        "A quarter to each corner.",
        {"dout * (cache == place)": "dout / 4"},
    ),
    Mutant(
        FILE,
        "all ties get the gradient",
        "x == max marks several winners, and the gradient is multiplied.",
        {
            "return out, winner": "return out, [corner.real == highest for corner in corners]",
            'expect_shape("dout", dout, *cache.shape)': 'expect_shape("dout", dout, *cache[0].shape)',
            "dout * (cache == place)": "dout * cache[place]",
        },
    ),
    Mutant(
        FILE,
        "ties share the gradient",
        "A fair division, but forward took the first.",
        {
            "return out, winner": "return out, [corner.real == highest for corner in corners]",
            'expect_shape("dout", dout, *cache.shape)': 'expect_shape("dout", dout, *cache[0].shape)',
            "dout * (cache == place)": "dout * cache[place] / sum(corner.astype(float) for corner in cache)",
        },
    ),
    Mutant(
        FILE,
        "the last tie wins",
        ">= where > belongs: forward and backward agree, but not with the contract.",
        {
            "lost = first < highest\n    winner = lost.astype(xp.uint8)\n"
            "    for corner in (second, third):\n        lost &= corner < highest\n        winner += lost": (
                "winner = xp.zeros(highest.shape, xp.uint8)\n"
                "    for place, corner in enumerate((first, second, third, fourth)):\n"
                "        winner[corner == highest] = place"
            )
        },
    ),
    Mutant(
        FILE,
        "rows and columns of the winner exchanged",
        "Right where the winner is on the diagonal.",
        {"for place, (i, j) in enumerate(CORNERS)": "for place, (j, i) in enumerate(CORNERS)"},
    ),
    Mutant(
        FILE,
        "third corner never asked",
        "The winner's place is one too low wherever the fourth corner wins.",
        {"for corner in (second, third):": "for corner in (second,):"},
    ),
    Mutant(
        FILE,
        "the minimum",
        "The pooling takes the lowest, and the gradient goes nowhere sensible.",
        {
            "xp.maximum(xp.maximum(first, second), xp.maximum(third, fourth))": (
                "xp.minimum(xp.minimum(first, second), xp.minimum(third, fourth))"
            )
        },
    ),
    Mutant(
        FILE,
        "compares magnitudes",
        "A large negative number beats a small positive one.",
        {"(corner.real for corner in corners)": "(abs(corner) for corner in corners)"},
    ),
]
