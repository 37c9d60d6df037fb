"""Mistakes in the rectified linear unit."""

from .patching import Mutant

FILE = "layers/relu.py"

MUTANTS = [
    Mutant(
        FILE,
        "backward lets everything through",
        "The mask is forgotten.",
        {"return dout * cache": "return dout.copy()"},
    ),
    Mutant(
        FILE,
        "mask inverted",
        "Gradient goes where the output was 0.",
        {"return dout * cache": "return dout * ~cache"},
    ),
    Mutant(
        FILE,
        "derivative in the place of the gradient",
        "1 where x > 0, without the upstream gradient; with dout = ones nobody notices.",
        {"return dout * cache": "return 1.0 * cache"},
    ),
    Mutant(
        FILE,
        "only positive gradients pass",
        "The sign of dout is asked, besides that of x: guided backpropagation, which is no gradient.",
        {"return dout * cache": "return dout * cache * (dout > 0)"},
    ),
    Mutant(
        FILE,
        "derivative 1 at 0",
        ">= for >: by the contract the derivative at 0 is 0.",
        {"positive = x.real > 0": "positive = x.real >= 0"},
    ),
    Mutant(
        FILE,
        "leaky in forward",
        "Another activation than the one that backward derives.",
        {"return xp.maximum(x, 0), positive": "return xp.maximum(x, 0.01 * x), positive"},
    ),
    Mutant(
        FILE,
        "the input changed in place",
        "Saves memory, and destroys the x that the caller, the tape and the check still need.",
        {"return xp.maximum(x, 0), positive": "return xp.maximum(x, 0, out=x), positive"},
    ),
]
