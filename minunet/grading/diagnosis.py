"""Which mistake is behind a wrong output: named only where it explains all that was seen.

First what the exceptions say; then the bank, one mistake and then two, which must give the submission's very numbers in
every case; then a factor; then the circumstances under which it is wrong; then what two arrays show by themselves, a
rearrangement or a shift; then experiments that need no bank. What none of these explains is "not recognised".
"""

import warnings
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np

from ..gradient_patterns import find_pattern
from .compare import close
from .judge import Observed, function_of, look
from .match import explaining, guessed
from .outdated import outdated

NEARLY = 0.75  # of the entries, for a mistake to be mentioned: half of them it may give by chance


@dataclass(frozen=True)
class Name:
    """A misconception that was recognised, or what is known where none was."""

    name: str
    explanation: str
    fix: str = ""
    forgiven: str = ""


def diagnose(observed: Observed, output: str) -> list[Name]:
    """The mistakes that explain a wrong output; one without a name where none does."""
    for recognise in (_by_exception, _by_order, _by_bank, _by_draw, _by_factor, _by_circumstance, _by_pattern):
        found = recognise(observed, output)
        if found:
            return found
    return [Name("", nearest(observed, output))]


def _by_exception(observed, output):
    """Where it never returns: the exception says why, if it is a known one."""
    seen = observed.seen[output]
    if any(one.kind != "error" for one in seen):
        return []
    answer = seen[0].answer
    known = outdated(answer.message)
    if known:
        return [Name(*known)]
    if answer.error == "NameError" and answer.message == "not defined":
        return []
    return [_failure(answer)]


def _failure(answer):
    if answer.error == "timeout":
        return Name("takes too long", "A loop never ends, or runs over single numbers where arrays would do.")
    if answer.error == "memory":
        return Name("takes too much memory", "An array is far larger than the result needs.")
    if not answer.where and not answer.message:
        return Name("ends the process", "A function returns, or raises; it does not exit.")
    if answer.error == "TypeError" and "positional argument" in answer.message:
        return Name("wrong signature", "It is called with the arguments that the assignment gives it.")
    return Name(f"raises {answer.error}", "")


def _by_bank(observed, output):
    return [Name(one.name, one.explanation, one.fix, one.forgiven) for one in explaining(observed, output)]


def _by_order(observed, output):
    """Where a function returns the right results in another order."""
    function = function_of(observed.layer, output)
    names = list(function.outputs)
    answers = observed.answers[function is observed.layer.backward]
    if len(names) < 2 or any(answer.error or len(answer.results) != len(names) for answer in answers):
        return []
    for order in permutations(names):
        if list(order) != names and all(
            not look(answer, names.index(name), other, function, right, observed.convention).problem
            for answer, right in zip(answers, observed.right, strict=True)
            for name, other in zip(names, order, strict=True)
        ):
            told = f"It returns {', '.join(order)}; expected {', '.join(names)}."
            return [Name("results in another order", told, f"return {', '.join(names)}")]
    return []


def _by_draw(observed, output):
    """Where random numbers were drawn, but not as the assignment says."""
    if not observed.freely or not observed.layer.prescribed or output not in observed.layer.forward.outputs:
        return []
    told = "What it gives could be right for other random numbers, but not for those of the generator that it is given."
    return [Name("random numbers drawn otherwise", told, "Draw them as the formula says, once, from that generator.")]


def _by_circumstance(observed, output):
    """What all the wrong cases, and none of the right, have in common; or all the right, and none of the wrong."""
    wrong = {k for k, seen in enumerate(observed.seen[output]) if seen.problem}
    right = set(range(len(observed.cases))) - wrong
    if not right or not wrong:
        return []
    first = observed.seen[output][min(wrong)]
    known = outdated(first.answer.message)
    if known:
        return [Name(*known)]
    tags: dict[str, set[int]] = {}
    for k, case in enumerate(observed.cases):
        for tag in case.tags:
            tags.setdefault(tag, set()).add(k)
    for count in (1, 2, 3):
        for some in combinations(tags, count):
            if set().union(*(tags[tag] for tag in some)) == wrong:
                return [Name("wrong where " + " or ".join(some), "Everywhere else it is right.")]
    telling = {k for k in right if not observed.cases[k].trivial}
    for tag, cases in tags.items():
        if telling and telling <= cases and not cases & wrong:
            return [Name(f"right only where {tag}", "Wherever else it was tried it is wrong.")]
    return []


def _by_factor(observed, output):
    """One factor in every case, or one that follows a size."""
    if any(seen.kind not in ("value", "") for seen in observed.seen[output]):
        return []
    factor = _factor(observed, output)
    return [Name(factor, "That is so in every input that was tried.")] if factor else []


def _by_pattern(observed, output):
    """An exchange of axes, a flip or a shift that is the same in every wrong case."""
    if any(seen.kind != "value" for seen in observed.seen[output] if seen.problem):
        return []
    found = []
    for seen, right in zip(observed.seen[output], observed.right, strict=True):
        if seen.problem and right.outputs[output].size > 1:
            with warnings.catch_warnings():  # of not-a-number
                warnings.simplefilter("ignore")
                found.append(find_pattern(np.asarray(seen.value, float), right.outputs[output]))
    if found and found[0] and len(set(found)) == 1:
        return [Name("", found[0][0].upper() + found[0][1:] + ".")]
    return []


def _factor(observed, output):
    """The size by which every entry is too large or too small."""
    sizes: dict[str, list[float]] = {}
    ratios = []
    for seen, right, case in zip(observed.seen[output], observed.right, observed.cases, strict=True):
        truth = right.outputs[output]
        scale = np.vdot(truth, truth)
        if not np.isfinite(seen.value).all() or not np.isfinite(truth).all():
            return ""
        ratio = float(np.vdot(truth, seen.value) / scale) if scale else np.nan
        if not close(np.asarray(seen.value, float), ratio * truth, right.bounds[output] * max(1, abs(ratio))).all():
            return ""
        ratios.append(ratio)
        for name, size in _sizes(case.arguments, right.dout).items():
            sizes.setdefault(name, []).append(size)
    for name, values in sizes.items():
        if len(values) == len(ratios):
            if np.allclose(ratios, values, rtol=1e-4) and not np.allclose(values, 1):
                return f"{name} times too large"
            if np.allclose(np.multiply(ratios, values), 1, rtol=1e-4) and not np.allclose(values, 1):
                return f"{name} times too small"
    if np.allclose(ratios, ratios[0], rtol=1e-4):
        return f"every entry is {ratios[0]:.5g} times the right one"
    return ""


def _sizes(arguments, dout):
    """The numbers that a sum or a mean may have been divided by."""
    shape = np.shape(next(iter(arguments.values())))
    sizes = {}
    if len(shape) == 4:
        N, C, H, W = shape
        sizes = {"N": N, "C": C, "H*W": H * W, "N*H*W": N * H * W, "N*C*H*W": N * C * H * W, "N*N": N * N}
    elif shape:
        sizes = {"N": shape[0], "N*N": shape[0] ** 2}
    if np.ndim(dout) == 4:
        sizes |= {
            "the filters": dout.shape[1],
            "the output's pixels": dout[0, 0].size,
            "N times the output's pixels": dout[:, 0].size,
        }
    if isinstance(arguments.get("weights"), np.ndarray):
        sizes["the sum of the weights"] = float(arguments["weights"].sum())
    for name in ("weight", "w"):
        if np.ndim(arguments.get(name)) == 4:
            sizes["the kernel's size"] = arguments[name][0, 0].size
    return sizes


def nearest(observed: Observed, output: str) -> str:
    """Of what is not recognised: the mistake that comes closest, if it explains more entries than the truth does."""
    seen, right = observed.seen[output][0], observed.right[0]
    if seen.kind == "type":
        return ""  # what is wrong has been said in full
    if observed.freely or seen.value is None or seen.value.shape != right.outputs[output].shape or seen.value.size < 4:
        return "Not recognised."
    bound = right.bounds[output]
    best, share = "", float(np.mean(close(seen.value, right.outputs[output], bound)))
    for mistake in observed.layer.mistakes_of(output):
        guess = guessed([mistake], observed, output, 0)
        if guess is not None and guess.shape == seen.value.shape:
            agreeing = float(np.mean(close(seen.value, guess, bound)))
            if agreeing > max(share, NEARLY):
                best, share = mistake.name, agreeing
    if best:
        return f'Not recognised; "{best}" would explain {share:.0%} of the entries of the first input, not all.'
    return "Not recognised."
