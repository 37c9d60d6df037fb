"""Mistakes in dropout."""

from .patching import Mutant

FILE = "layers/dropout.py"

MUTANTS = [
    Mutant(
        FILE,
        "factor missing in backward",
        "Forward scales the survivors up, so their gradients grow alike.",
        {"return _apply(dout, keep, rate)": "return dout * keep"},
    ),
    Mutant(
        FILE,
        "factor twice in backward",
        "Once in the mask, once more by hand.",
        {"return _apply(dout, keep, rate)": "return _apply(dout, keep, rate) / (1 - rate)"},
    ),
    Mutant(
        FILE,
        "mask missing in backward",
        "What was dropped took no part, and gets no gradient.",
        {"return _apply(dout, keep, rate)": "return dout / (1 - rate)"},
    ),
    Mutant(
        FILE,
        "dropout forgotten in backward",
        "dout goes through as it came.",
        {"return _apply(dout, keep, rate)": "return dout.copy()"},
    ),
    Mutant(
        FILE,
        "mask redrawn in backward",
        "Another mask with the right statistics.",
        {
            "return _apply(x, keep, rate), (keep, rate)": "return _apply(x, keep, rate), (keep, rate, rng)",
            "keep, rate = cache": "keep, rate, rng = cache",
            "return _apply(dout, keep, rate)": "return _apply(dout, rng.random(dout.shape) >= rate, rate)",
        },
    ),
    Mutant(
        FILE,
        "keeps what it should drop",
        "rate is taken for the probability to keep; at 0.5 the statistics are the same.",
        {"keep = to_device(rng.random(x.shape) >= rate": "keep = to_device(rng.random(x.shape) < rate"},
    ),
    Mutant(
        FILE,
        "not inverted",
        "Nothing is scaled, in both passes alike: prediction is out by the factor.",
        {"return values * keep * float(1 / (1 - rate))": "return values * keep"},
    ),
    Mutant(
        FILE,
        "factor 2 whatever the rate",
        "Right at 0.5, the only rate in the paper.",
        {"float(1 / (1 - rate))": "2"},
    ),
    Mutant(
        FILE,
        "one mask for the whole batch",
        "The images of a batch drop the same places.",
        {
            "keep = to_device(rng.random(x.shape) >= rate": (
                "keep = to_device((rng.random(x.shape[1:]) >= rate)[None].repeat(len(x), axis=0)"
            )
        },
    ),
]
