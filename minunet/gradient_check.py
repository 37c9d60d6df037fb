"""Is a backward pass the gradient of its forward pass? Three ways to ask, in the order they are taught.

A random upstream gradient dout turns the output into one number, L(x) = sum over o of dout[o] out[o], and what
backward claims into something that forward alone can confirm: along any direction v the slope of L is

    <dx, v> = sum over i of dx[i] v[i]

It is measured for one argument x at a time, the others held where they are:

    central   (L(x + h v) - L(x - h v)) / 2h         h |v| = 1e-5; off by h^2 L'''/6 and by rounding over h
    complex   Im L(x + i h v) / h                    h = 1e-30: nothing is subtracted, so nothing is lost
    adjoint   L(v) - L(0)                            forward linear in x: exact, with ==, on whole numbers

The direction of one entry, v = (0, .., 1, .., 0), measures that entry of dx. A random direction asks for all
entries at once; a wrong dx passes only where its error is at right angles to v. (Why dout is random and never
ones: with ones, a gradient that goes to the wrong place still has the right sum.)

The error compares the difference with the slope that a random direction of this length would show, so that
entries near zero are not asked for digits they do not have, and with what is left of L's digits after rounding:

    error = |slope - <dx, v>| / max(rms(dx) |v|, |slope|, rounding / tolerance)

The tolerances: central 1e-6, where h^2 L'''/6 is near 1e-11 for arrays of order one; complex 1e-10, where our
layers and networks stay below 1e-14 and a right formula may lose some digits; adjoint 0. A gradient 1.001 times
too large has an error near 1e-3.
"""

import copy
import inspect
import warnings

import numpy as np

from .gradient_patterns import find_pattern

STEP = 1e-5  # where the two errors of a central difference, growing with h^2 and with 2e-16 / h, are both small
COMPLEX_STEP = 1e-30
ROUNDING = 16 * np.finfo(np.float64).eps  # of one output, itself a sum of some tens of products
TOLERANCE = {"central": 1e-6, "complex": 1e-10, "adjoint": 0.0}
ALL_ENTRIES = 1000  # up to this size, every entry is measured;
SAMPLE = 100  # of a larger array, so many
ADJOINT_DRAWS = 3  # two different sums of whole numbers can agree by chance: not three times


class GradientError(AssertionError):
    """A backward that is not the gradient of its forward."""


def gradcheck(forward, backward, *args, method="central", seed=0):
    """Check any forward/backward pair of the layer contract.

    Parameters
    ----------
    forward : callable
        ``forward(*args) -> out, cache``
    backward : callable
        ``backward(dout, cache)``: one gradient, or a tuple with one for each floating-point array of `args`,
        in their order. A loss has ``backward(cache)``, and may leave out the last ones (its weights, say).
    *args
        The floating-point arrays are checked, in float64 copies (real parts, of complex ones). Anything else
        is passed on; a NumPy generator is copied for every call, so that dropout draws the same mask again.
    method : "central", "complex" or "adjoint"
        "central" measures every entry of arrays up to 1000, a sample of larger ones, and a random direction;
        it needs nothing of forward. "complex" measures one random direction, and entries only to locate a
        mistake; it needs a forward that takes complex numbers, comparing their real parts. "adjoint" needs a
        forward that is linear in each array, and puts small whole numbers in their place.
    seed : int
        Of everything random here.

    Returns
    -------
    float
        The worst error found, as defined at the head of this module.

    Raises
    ------
    GradientError
        Naming the argument, the index, both numbers, and the pattern of the mistake where one fits. Also for a
        missing or misshapen gradient, and where forward or backward changes an array that it was given.
    ValueError
        Where the pair cannot be checked in this way, and why.
    """
    if method not in TOLERANCE:
        raise ValueError(f"method is {method!r}, expected one of {', '.join(map(repr, TOLERANCE))}")
    # A stream of its own: callers draw x from default_rng(0) too, and a dout equal to x hides mistakes.
    rng = np.random.default_rng([seed, 2015])
    worst = 0.0
    for _ in range(ADJOINT_DRAWS if method == "adjoint" else 1):
        trial = _Trial(forward, backward, args, method, rng)
        for k in trial.checked:
            worst = max(worst, _check_argument(trial, k))
    return worst


class _Trial:
    """One point to check a pair at: the arguments, a random dout, the output, and the gradients claimed."""

    def __init__(self, forward, backward, args, method, rng):
        self.forward, self.method, self.rng = forward, method, rng
        self.names = _argument_names(forward, len(args))
        self.checked = [k for k, arg in enumerate(args) if isinstance(arg, np.ndarray) and arg.dtype.kind in "fc"]
        if not self.checked:
            raise ValueError("none of the arguments is a floating-point array: there is no gradient to check")
        is_loss = _takes_cache_alone(backward)
        if is_loss and method == "adjoint":
            raise ValueError('a loss is not linear: use method "central" or "complex"')
        if any(args[k].size == 0 for k in self.checked):
            raise ValueError("an argument is empty: there is no gradient to check")
        self.args = list(args)
        for k in self.checked:
            self.args[k] = self.draw(args[k].shape) if method == "adjoint" else args[k].real.astype(np.float64)

        given = [_fresh(arg) for arg in self.args]
        out, cache = forward(*given)
        self._expect_unchanged("forward", given)
        self.out = np.array(out)  # a copy, in case the next call writes into the same buffer
        if self.out.dtype != np.float64:
            raise GradientError(f"forward gives {self.out.dtype} for float64 arguments: it must keep their dtype")
        if not np.isfinite(self.out).all():
            raise ValueError("forward's output is not finite here: check at other arguments")
        self.dout = np.ones(()) if is_loss else self.draw(self.out.shape)
        dout = self.dout.copy()
        gradients = backward(cache) if is_loss else backward(dout, cache)
        self._expect_unchanged("backward", given)
        if not np.array_equal(dout, self.dout):
            raise GradientError("backward changes dout in place: it must work on a copy")
        self.gradients = self._expect_gradients(gradients, is_loss)
        if not np.array_equal(self.output(self.checked[0], self.args[self.checked[0]]), self.out):
            raise ValueError("forward gives another output for the same arguments: pass it the generator it draws from")

    def draw(self, shape):
        """Random numbers: normal, or for the adjoint whole and not 0, so that no entry goes unseen."""
        if self.method == "adjoint":
            return np.asarray(self.rng.integers(1, 10, shape) * self.rng.choice([-1.0, 1.0], shape))
        return np.asarray(self.rng.standard_normal(shape))

    def output(self, k, value):
        """Forward's output with `value` for argument k, and the checked arguments all of its dtype."""
        given = [_fresh(arg) for arg in self.args]
        for j in self.checked:
            given[j] = given[j].astype(value.dtype)
        given[k] = value.copy()
        return np.asarray(self.forward(*given)[0])

    def _expect_unchanged(self, culprit, given):
        for name, before, after in zip(self.names, self.args, given, strict=True):
            if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
                raise GradientError(f"{culprit} changes its argument {name} in place: it must work on a copy")

    def _expect_gradients(self, gradients, is_loss):
        gradients = list(gradients) if isinstance(gradients, tuple | list) else [gradients]
        names = [self.names[k] for k in self.checked]
        if len(gradients) > len(names) or (len(gradients) < len(names) and not is_loss):
            raise GradientError(
                f"backward returned {len(gradients)} gradients, expected {len(names)}: of {', '.join(names)}"
            )
        self.checked = self.checked[: len(gradients)]
        claimed = {}
        for k, gradient in zip(self.checked, map(np.asarray, gradients), strict=True):
            if gradient.dtype.kind not in "fiu":
                raise GradientError(f"the gradient of {self.names[k]} is {gradient.dtype}, expected real numbers")
            if gradient.shape != self.args[k].shape:
                raise GradientError(
                    f"the gradient of {self.names[k]} has shape {gradient.shape}, expected {self.args[k].shape}"
                )
            if not np.isfinite(gradient).all():
                index = np.argwhere(~np.isfinite(gradient))[0].tolist()
                raise GradientError(f"the gradient of {self.names[k]} is not finite at {index}")
            claimed[k] = gradient.astype(np.float64)
        return claimed


def _check_argument(trial, k):
    """The worst error of argument k's gradient; raises where that is above the tolerance."""
    tolerance = TOLERANCE[trial.method]
    if trial.method == "adjoint":
        _expect_linear(trial, k)
    v = trial.draw(trial.args[k].shape)
    slope, worst = _judge(trial, k, v)
    if trial.method == "central" or worst > tolerance:
        measured, errors = _measure_entries(trial, k)
        if np.nanmax(errors) > tolerance:
            raise GradientError(_describe(trial, k, measured, errors))
        if worst > tolerance:
            raise GradientError(
                f"the gradient of {trial.names[k]} is wrong, but at none of {np.count_nonzero(~np.isnan(errors))} "
                f"entries looked at: along a random direction backward gives {np.vdot(trial.gradients[k], v):.10g}, "
                f"the {trial.method} check measures {slope:.10g}"
            )
        worst = np.fmax(worst, np.nanmax(errors))  # fmax: the direction may have met a kink, and be nan
    return float(worst)


def _judge(trial, k, v):
    """The slope along v and backward's error there; two nan where a kink forbids to judge."""
    slope, floor = {"central": _central, "complex": _complex, "adjoint": _adjoint}[trial.method](trial, k, v)
    claimed = trial.gradients[k]
    mismatch = abs(slope - np.vdot(claimed, v))
    size = max(np.sqrt(np.mean(claimed**2)) * np.linalg.norm(v), abs(slope), floor)
    error = mismatch / size if mismatch else 0.0
    if trial.method == "central" and error > TOLERANCE["central"] and _has_kink(trial, k, v, mismatch):
        return np.nan, np.nan
    return slope, error


def _measure_entries(trial, k):
    """The gradient entry by entry, and the errors; nan where nothing was measured."""
    size = trial.args[k].size
    places = np.arange(size) if size <= ALL_ENTRIES else trial.rng.choice(size, SAMPLE, replace=False)
    measured, errors = (np.full(trial.args[k].shape, np.nan) for _ in range(2))
    for place in places:
        entry = np.zeros(trial.args[k].shape)
        entry.flat[place] = 1
        measured.flat[place], errors.flat[place] = _judge(trial, k, entry)
    kinks = np.count_nonzero(np.isnan(errors.flat[places]))
    if 2 * kinks > len(places):
        raise ValueError(
            f"{kinks} of {len(places)} entries of {trial.names[k]} lie within {STEP} of a kink or a jump of forward "
            f"(a ReLU at 0, a tie in a pooling), where there is no gradient: check at other arguments"
        )
    return measured, errors


def _central(trial, k, v):
    """(L(x + hv) - L(x - hv)) / 2h, summed over differences of outputs, so that unmoved outputs cancel exactly."""
    h = STEP / np.linalg.norm(v)
    above, below = (trial.output(k, trial.args[k] + step * v) for step in (h, -h))
    rounding = ROUNDING * np.linalg.norm((trial.dout * above)[above != below]) / h
    return np.sum(trial.dout * (above - below)) / (2 * h), rounding / TOLERANCE["central"]


def _complex(trial, k, v):
    """Im L(x + ihv) / h: i h v is so small that it adds to each number its derivative along v, as i h times that."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            out = trial.output(k, trial.args[k] + 1j * COMPLEX_STEP * v)
        except (TypeError, np.exceptions.ComplexWarning) as error:
            raise ValueError(f'forward does not take complex numbers ({error}): use method "central"') from error
    if out.dtype.kind != "c" or not np.isfinite(out).all():
        raise ValueError(f'forward gives {out.dtype} output, or nan, for complex128: use method "central"')
    rounding = ROUNDING * np.linalg.norm(trial.dout * out.real)
    return np.sum(trial.dout * out.imag) / COMPLEX_STEP, rounding / TOLERANCE["complex"]


def _adjoint(trial, k, v):
    """L(v) - L(0): the identity <f(v) - f(0), dout> == <v, backward(dout)>, without rounding on whole numbers."""
    return np.sum(trial.dout * (trial.output(k, v) - trial.output(k, np.zeros_like(v)))), 0.0


def _expect_linear(trial, k):
    """Raise `ValueError` unless f(u+v) - f(u) - f(v) + f(0) is exactly 0 for random whole numbers u and v."""
    u, v = trial.draw(trial.args[k].shape), trial.draw(trial.args[k].shape)
    f = [trial.output(k, value) for value in (u + v, u, v, np.zeros_like(u))]
    if np.any(f[0] - f[1] - f[2] + f[3]):
        raise ValueError(
            f"forward is not linear in {trial.names[k]}, or not exact on whole numbers: "
            f'use method "central" or "complex"'
        )


def _has_kink(trial, k, v, mismatch):
    """Whether a kink or jump of forward within the step explains a mismatch.

    Halve the step. Where L is smooth, the central difference stays and the bend, the slope ahead minus the
    slope behind, halves; both to the order h^2. A kink of strength J at a distance t from x, 0 <= t < h,
    moves the two by |J| / 6 or more between them for t <= h/2, by 3/2 |J| (1 - t/h) beyond: at least a third
    of the error that it causes. A wrong gradient moves neither, for backward has no part in them.
    """
    central, bend = [], []
    for h in (STEP / np.linalg.norm(v), STEP / np.linalg.norm(v) / 2):
        above, below = (trial.output(k, trial.args[k] + step * v) for step in (h, -h))
        central.append(np.sum(trial.dout * (above - below)) / (2 * h))
        bend.append(np.sum(trial.dout * (above - 2 * trial.out + below)) / h)
    return abs(central[0] - central[1]) + abs(bend[0] - 2 * bend[1]) > mismatch / 4


def _describe(trial, k, measured, errors):
    """Where a gradient is wrong, by both numbers, and how."""
    claimed = trial.gradients[k]
    worst = np.unravel_index(np.nanargmax(errors), errors.shape)
    looked_at = np.count_nonzero(~np.isnan(errors))
    wrong = np.count_nonzero(errors > TOLERANCE[trial.method])
    pattern = find_pattern(claimed, measured)
    return (
        f"the gradient of {trial.names[k]} is wrong at {[int(i) for i in worst]}: backward gives "
        f"{claimed[worst]:.10g}, the {trial.method} check measures {measured[worst]:.10g}; "
        f"{wrong} of {looked_at} entries are wrong" + (f": {pattern}" if pattern else "")
    )


def _fresh(arg):
    """A copy of what a call could change: an array, or the state of a generator."""
    return copy.deepcopy(arg) if isinstance(arg, np.ndarray | np.random.Generator) else arg


def _argument_names(forward, count):
    """The names in forward's signature; "argument 0" and so on for those without one."""
    parameters = inspect.signature(forward).parameters.values()
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [named[k] if k < len(named) else f"argument {k}" for k in range(count)]


def _takes_cache_alone(backward):
    """Whether backward's signature is a loss's: one argument that must be given, and no ``*args``."""
    parameters = inspect.signature(backward).parameters.values()
    required = [p for p in parameters if p.default is p.empty and p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    return len(required) == 1 and required[0].kind is not inspect.Parameter.VAR_POSITIONAL
