"""One layer of one submission: is each function right, and where not, what is seen.

The order is that of what a student would ask: is the function there, does it return, are the results arrays of the
right shape, finite, the right numbers; does it leave its arguments alone, and give the same a second time. Naming the
mistake behind what is seen is `minunet.grading.diagnosis`'s matter.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from .asking import Answer, Asker, Call
from .compare import Expected, agree, as_text, close, expected
from .conventions import PLAIN, Convention, conventions
from .spec import Function, Layer


@dataclass(frozen=True)
class Seen:
    """One output of one case.

    Attributes
    ----------
    problem : str
        In words; empty where it is right.
    kind : str
        "error", "type", "shape", "nonfinite", "value"; empty where it is right.
    value : array or None
        What the submission gave, arranged as the assignment has it.
    answer : Answer
    """

    problem: str
    kind: str
    value: np.ndarray | None
    answer: Answer


@dataclass
class Observed:
    """A layer under all its cases.

    Attributes
    ----------
    cases : list of Case
    right : list of Expected
    seen : dict of str to list of Seen
        For each output, in the order of the cases.
    convention : Convention
    answers : dict of bool to list of Answer
        Of forward (False) and backward (True).
    freely : bool
        Whether it drew random numbers of its own, which `right` follows.
    """

    layer: Layer
    cases: list
    right: list[Expected]
    convention: Convention
    answers: dict[bool, list[Answer]]
    freely: bool = False
    seen: dict[str, list[Seen]] = field(default_factory=dict)

    def is_right(self, output: str) -> bool:
        """In every case."""
        return not any(seen.problem for seen in self.seen[output])

    def without(self, cases: set[int]) -> "Observed":
        """The same, less some cases."""
        kept = [k for k in range(len(self.cases)) if k not in cases]

        def of(values):
            return [values[k] for k in kept]

        answers = {part: of(found) for part, found in self.answers.items()}
        seen = {output: of(found) for output, found in self.seen.items()}
        return replace(self, cases=of(self.cases), right=of(self.right), answers=answers, seen=seen)


def function_of(layer: Layer, output: str) -> Function:
    """Whose output it is."""
    if layer.backward is not None and output in layer.backward.outputs:
        return layer.backward
    return layer.forward


def observe(asker: Asker, layer: Layer, cases, rng, convention: Convention | None = None) -> Observed:
    """Call both functions with every case, all in one child; and those that went wrong once more, each in its own.

    Parameters
    ----------
    convention : Convention, optional
        None looks for the one under which the first case's forward is right.
    """
    right = [expected(layer, case, rng) for case in cases]
    returns = True
    if convention is None:
        convention, returns = find_convention(asker, layer, right[0])
    answers = _call_all(asker, layer, right, convention) if returns else _no_answers(layer, len(right))
    observed = _looked(Observed(layer, cases, right, convention, answers))
    return observed if layer.follows is None else _follow(observed)


def _looked(observed):
    """With what is seen of every output."""
    layer = observed.layer
    for function in layer.functions:
        for index, output in enumerate(function.outputs):
            answers = observed.answers[function is layer.backward]
            observed.seen[output] = [
                look(answer, index, output, function, case, observed.convention)
                for answer, case in zip(answers, observed.right, strict=True)
            ]
    return observed


def _follow(observed):
    """The same, judged by the random numbers that the submission drew; less the cases that do not show them."""
    layer = observed.layer
    if layer.prescribed and all(map(observed.is_right, layer.forward.outputs)):
        return observed
    pairs = list(zip(observed.right, observed.answers[False], strict=True))
    if layer.prescribed and any(followed(layer, one, answer) is None for one, answer in pairs):
        return observed
    right = [followed(layer, one, answer) or one for one, answer in pairs]
    unknown = {k for k, one in enumerate(right) if not one.outputs.keys() >= observed.right[k].outputs.keys()}
    return _looked(replace(observed, right=right, freely=True, seen={}).without(unknown))


def followed(layer: Layer, one: Expected, answer: Answer) -> Expected | None:
    """What is expected of a layer, given the random numbers that it drew; None where it cannot have drawn any such."""
    if answer.error or isinstance(answer.results[0], str):
        return None
    found = layer.follows(one.arguments, answer.results[0], one.dout)  # type: ignore[misc]
    if found is None:
        return None
    if layer.prescribed:  # forward is wrong all the same
        found = found | {name: one.outputs[name] for name in layer.forward.outputs}
    return replace(one, outputs=found)


def calls(layer: Layer, case: Expected, convention: Convention, key: str) -> list[Call]:
    """Forward, and backward after it."""
    arguments = [convention.argument(name, value) for name, value in case.arguments.items()]
    found = [Call(layer, False, arguments, key)]
    if layer.backward is not None:
        dout = [] if case.dout is None else [convention.argument("x", case.dout)]
        found.append(Call(layer, True, dout, key))
    return found


def _call_all(asker, layer, right, convention):
    asked = [call for k, case in enumerate(right) for call in calls(layer, case, convention, str(k))]
    answers = asker.ask(asked)
    each = len(layer.functions)
    if any(answer.error and not answer.where for answer in answers):  # the child may have died of one case alone
        for k, case in enumerate(right):
            mine = answers[each * k : each * k + each]
            if any(answer.error and not answer.where for answer in mine):
                answers[each * k : each * k + each] = asker.ask(calls(layer, case, convention, str(k)))
    return {bool(part): answers[part::each] for part in range(each)}


def _no_answers(layer, count):
    """Of a forward that took too long for one case: it is not asked again."""
    return {False: [Answer(error="timeout")] * count} | (
        {True: [Answer(error="NoCache")] * count} if layer.backward is not None else {}
    )


def find_convention(asker: Asker, layer: Layer, case: Expected) -> tuple[Convention, bool]:
    """The first under which forward is right, the assignment's own where there is none; and whether it returns."""
    for convention in conventions(layer, case.arguments):
        answer = asker.ask(calls(layer, case, convention, "0")[:1])[0]
        names = enumerate(layer.forward.outputs)
        if not any(look(answer, k, name, layer.forward, case, convention).problem for k, name in names):
            return convention, True
        if answer.error == "timeout":
            return PLAIN, False
        if answer.error == "NameError" or (answer.error and not answer.where):
            break
    return PLAIN, True


def choose_reading(asker: Asker, layer: Layer, rng) -> tuple[Layer, str]:
    """The layer with the truth that the submission's forward has, of several as good; and what to say of it."""
    case = layer.cases(rng)[0] if layer.readings else None
    for note, truth in layer.readings:
        reading = replace(layer, truth=truth)
        one = expected(reading, case, rng)
        answer = asker.ask(calls(reading, one, PLAIN, "0")[:1])[0]
        names = enumerate(layer.forward.outputs)
        if not any(look(answer, k, name, layer.forward, one, PLAIN).problem for k, name in names):
            return reading, note
    return layer, ""


def look(answer: Answer, index: int, output: str, function: Function, case: Expected, convention: Convention) -> Seen:
    """What is seen of one output of one answer."""
    if answer.error:
        return Seen(described(answer), "error", None, answer)
    wanted = len(function.outputs)
    if len(answer.results) != wanted:
        beside = " beside the cache" if "cache" in function.signature.partition("->")[2] else ""
        found = f"{_results(len(answer.results))}{beside}"
        return Seen(f"{function.name} returns {found}, expected {_results(wanted)}", "type", None, answer)
    value = answer.results[index]
    if isinstance(value, str):
        return Seen(f"{output} is a {value}, expected an array", "type", None, answer)
    right, bound = case.outputs[output], case.bounds[output]
    if value.dtype.kind not in "biuf":
        return Seen(f"{output} is of {value.dtype}, expected real numbers", "type", None, answer)
    value = convention.result(output, value, right.shape)
    if value.shape != right.shape:
        return Seen(f"{output} has shape {value.shape}, expected {right.shape or 'one number'}", "shape", value, answer)
    if agree(value, right, bound):
        return Seen("", "", value, answer)
    wrong = ~close(value, right, bound)
    if not np.isfinite(value[wrong]).any():
        at = f" at {_place(wrong)}" if wrong.ndim else ""
        return Seen(f"{output} is {value[wrong].flat[0]}{at}", "nonfinite", value, answer)
    first = np.unravel_index(np.argmax(wrong), wrong.shape)
    share = f"; {np.count_nonzero(wrong)} of {wrong.size} entries are wrong" if wrong.size > 1 else ""
    number, needed = as_text(value[first], right[first])
    return Seen(f"{output}{_place(wrong)} is {number}, expected {needed}{share}", "value", value, answer)


def described(answer: Answer) -> str:
    """An exception, or a death, in words."""
    if answer.error == "NameError" and answer.message == "not defined":
        return "it is not defined"
    if answer.error == "NoCache":
        return "forward did not return, so that there is no cache"
    if answer.error == "timeout":
        return "it does not return in time"
    if not answer.where and not answer.message:
        return f"the process ended: {answer.error}"
    where = f" ({answer.where})" if answer.where else ""
    return f"raises {answer.error}: {answer.message}{where}"


def _results(count):
    return "one result" if count == 1 else f"{count} results"


def _place(wrong):
    if wrong.ndim == 0:
        return ""
    return str([int(i) for i in np.unravel_index(np.argmax(wrong), wrong.shape)])


def changed_arguments(observed: Observed, function: Function) -> list[str]:
    """Names of the arguments that a function changes in place."""
    layer = observed.layer
    names = list(observed.cases[0].arguments)
    if function is layer.backward:
        names = [*(["dout"] if layer.takes_dout else []), "cache", *names]
    found = {index for answer in observed.answers[function is layer.backward] for index in answer.changed}
    return [names[index] for index in sorted(found) if index < len(names)]


def repeat(asker: Asker, observed: Observed) -> dict[str, str]:
    """What differs, for each output, when calls are made in another order: what a state that leaks would spoil.

    Two forwards, then the two backwards, the first one's last.
    """
    layer, right, convention = observed.layer, observed.right, observed.convention
    if observed.freely:
        return _another_draw(asker, observed)
    first, second = (calls(layer, right[k], convention, f"again{k}") for k in (0, min(1, len(right) - 1)))
    asked = [first[0], second[0], *second[1:], *first[1:]]
    answers = asker.ask(asked)
    of_first = [answers[0], *answers[3:]]
    found = {}
    for part, function in enumerate(layer.functions):
        for index, output in enumerate(function.outputs):
            once = observed.seen[output][0]
            again = look(of_first[part], index, output, function, right[0], convention)
            if once.problem != again.problem and not (once.problem and again.problem and once.kind != "value"):
                found[output] = again.problem or once.problem
    return found


def _another_draw(asker, observed):
    """Of a layer that draws as it likes: two calls with the same seed give the same."""
    first = calls(observed.layer, observed.right[0], observed.convention, "again")[0]
    one, other = asker.ask([first, first])
    if one.error or other.error or not all(isinstance(a.results[0], np.ndarray) for a in (one, other)):
        return {}
    output = next(iter(observed.layer.forward.outputs))
    same = agree(one.results[0], other.results[0], 0)
    return {} if same else {output: "two calls with the same seed give different results"}


def alone(asker: Asker, observed: Observed, output: str) -> bool:
    """Whether an output that is wrong among other calls is right in every case when the case is called alone."""
    layer = observed.layer
    if observed.freely:
        return False
    function = function_of(layer, output)
    index = list(function.outputs).index(output)
    for k, seen in enumerate(observed.seen[output]):
        if seen.problem:
            answers = asker.ask(calls(layer, observed.right[k], observed.convention, "0"))
            answer = answers[1 if function is layer.backward else 0]
            if look(answer, index, output, function, observed.right[k], observed.convention).problem:
                return False
    return True


def gradient_of_own_forward(asker: Asker, observed: Observed, output: str) -> bool:
    """Whether a gradient is that of the submission's own forward, by central differences along random directions.

    Asked where forward is wrong: its backward may be right for it.
    """
    layer = observed.layer
    argument = output.removeprefix("d")
    if layer.backward is None or argument not in observed.cases[0].arguments:
        return False
    rng = np.random.default_rng(0)
    return all(_own_slope(asker, observed, output, argument, k, rng) for k in range(min(3, len(observed.cases))))


def _own_slope(asker, observed, output, argument, k, rng, step=1e-5):
    layer, case, convention = observed.layer, observed.right[k], observed.convention
    forward, base = observed.answers[False][k], case.arguments[argument]
    if forward.error or isinstance(forward.results[0], str) or np.ndim(base) == 0:
        return False
    out = forward.results[0]
    dout = rng.standard_normal(out.shape)  # of the shape that the submission's own output has
    directions = rng.standard_normal((2, *base.shape))

    def moved(change):
        arguments = case.arguments | {argument: base + change}
        return Call(layer, False, [convention.argument(name, value) for name, value in arguments.items()], "0")

    own = [moved(0), Call(layer, True, [dout] if layer.takes_dout else [], "0")]
    answers = asker.ask([*own, *(moved(sign * step * v) for v in directions for sign in (1, -1))])
    if any(answer.error or isinstance(answer.results[0], str) for answer in answers):
        return False
    gradient = dict(zip(layer.backward.outputs, answers[1].results, strict=False)).get(output)
    gradient = convention.result(output, gradient, base.shape)
    if not isinstance(gradient, np.ndarray) or gradient.shape != base.shape or not np.any(gradient):
        return False
    outs = [answer.results[0] for answer in answers[2:]]
    if any(other.shape != out.shape for other in outs):
        return False
    for v, above, below in zip(directions, outs[::2], outs[1::2], strict=True):
        slope = np.sum((dout if layer.takes_dout else 1) * (above.astype(float) - below)) / (2 * step)
        if not abs(slope - np.vdot(gradient, v)) <= 1e-4 * (np.linalg.norm(gradient) + abs(slope)):
            return False
    return True
