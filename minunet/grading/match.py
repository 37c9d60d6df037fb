"""Does a mistake of the bank, or do two together, give the very numbers that a submission gives?"""

import numpy as np

from .bank import Mistake, pairs, predict
from .compare import close
from .judge import Observed


def explaining(observed: Observed, output: str) -> list[Mistake]:
    """The mistake, or the two, that explain an output in every case; none where there are no such.

    First in every case, without exception. Then again without those that are extreme or trivial, and those for which
    the mistake itself raises: there two ways of making one mistake may differ, in how a division by 0 ends, or in what
    NumPy broadcasts. An exception explains nothing: in more cases than it has raised in, the wrong numbers must be the
    mistake's.
    """
    known = observed.layer.mistakes_of(output)
    everywhere = _smallest_first(observed, output)
    plain = [k for k in everywhere if not (observed.cases[k].extreme or observed.cases[k].trivial)]
    shows = any(observed.seen[output][k].kind in ("value", "shape", "nonfinite") for k in plain)
    for cases, strict in ((everywhere, True), (plain, False)) if shows else ((everywhere, True),):
        for mistakes in [*((mistake,) for mistake in known), *pairs(known)]:
            if _explain(mistakes, observed, output, cases, strict):
                return list(mistakes)
    return []


def guessed(mistakes, observed: Observed, output: str, k: int) -> np.ndarray | None:
    """What mistakes make of an output in case k; None where they raise."""
    layer = observed.layer
    forward_outputs = layer.forward.outputs if layer.backward is not None else ()
    right = observed.right[k]
    arguments = {
        name: value.astype(float) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        for name, value in right.with_dout(output, forward_outputs).items()
    }
    others = any(mistake.place == "before" for mistake in mistakes)  # other arguments than those of the case
    truth = layer.truth if others else lambda **same: right.outputs
    try:
        with np.errstate(all="ignore"):
            return np.asarray(predict(mistakes, output, truth, arguments))
    except Exception:  # a mistake may be possible for some shapes only
        return None


def _smallest_first(observed, output):
    """The cases, those with the fewest numbers first: a mistake that is not the one is soon out."""
    return sorted(range(len(observed.cases)), key=lambda k: observed.right[k].outputs[output].size or 10**9)


def _explain(mistakes, observed, output, cases, strict):
    agreed = raised = 0
    for k in cases:
        seen, right = observed.seen[output][k], observed.right[k]
        guess = guessed(mistakes, observed, output, k)
        if guess is None:
            if strict and seen.kind != "error":
                return False
        elif seen.kind == "error":
            # else it is another shape or a division by 0 that made it raise
            raised += guess.shape == right.outputs[output].shape and bool(np.isfinite(guess).all())
            if strict and raised:
                return False
        elif seen.value is None or not _same(seen.value, guess, right.outputs[output], right.bounds[output]):
            return False
        else:
            agreed += bool(seen.problem)
    return agreed > raised


def _same(found, guess, right, bound):
    """Within the bound, for numbers of the guess's size."""
    if found.shape == right.shape and guess.size == right.size:  # the shape of a bias is not taken strictly
        guess = guess.reshape(right.shape)
    if found.shape != guess.shape:
        return False
    largest = np.max(np.abs(guess), initial=0, where=np.isfinite(guess))
    scaled = bound * max(1, largest / max(np.max(np.abs(right), initial=0), 1e-300))
    return close(found, guess, min(scaled, 1e-4 * largest) if largest else 0).all()
