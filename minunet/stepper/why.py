"""Why is this gradient zero, and why is this NaN?"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

MOST = 20_000  # numbers looked at: behind one zero may lie a whole network of them


@dataclass(frozen=True)
class Why:
    """An answer in words.

    Attributes
    ----------
    question : str
    answer : str
        One line.
    causes : list of (str, int)
        Each cause and how often it was met; the most frequent first.
    place : (str, tuple of int), optional
        Value and index where the first cause lies.
    """

    question: str
    answer: str
    causes: list[tuple[str, int]]
    place: tuple[str, tuple[int, ...]] | None = None

    def __str__(self) -> str:
        lines = [self.question, f"  {self.answer}"]
        if len(self.causes) > 1:
            lines += [f"  {count:6d}  {cause}" for cause, count in self.causes]
        return "\n".join(lines)


def why(stepper, what: str, index: tuple[int, ...]) -> Why:
    """Why the value at `index` is zero or not finite; `ValueError` where it is neither."""
    number = float(stepper.values[what][index])
    here = f"{what}[{','.join(map(str, index))}] is {number + 0.0:.6g}"  # no -0
    if not np.isfinite(number):
        return _why_not_finite(stepper, what, index, here)
    if number:
        raise ValueError(f"{here}: ask why of a zero, or of nan; explain shows the sum of any other number")
    return _why_zero(stepper, what, index, here)


def _why_not_finite(stepper, what: str, index: tuple[int, ...], here: str) -> Why:
    """Of all that had a say, the first in forward order that holds nan or infinity: given so, or made of numbers."""
    boxes = {stop.value: stop.box for stop in stepper.trace(what, index, None).stops} if what in stepper.made_by else {}
    image = index[0] if what.endswith((".out", ".dx", ".dskip", ".dlogits")) and index else None
    had_a_say = {what}
    for event in reversed(stepper.events):
        if had_a_say & set(event.outputs.values()):
            had_a_say |= set(event.inputs.values())
    for event in stepper.events:
        for name, source in [*event.inputs.items(), *event.outputs.items()]:
            if source not in had_a_say:
                continue
            wrong = ~np.isfinite(stepper.values[source])
            if source in boxes and wrong.ndim == 4:  # of a map its receptive field, of a batch its image
                wrong &= _inside(boxes[source], wrong.shape, image)

            if wrong.any():
                first = tuple(int(i) for i in np.argwhere(wrong)[0])
                place = f"{source}[{','.join(map(str, first))}]"
                number = float(stepper.values[source][first])
                made = name in event.outputs and event.op != "input"
                how = f"computed at {event.name} from finite numbers" if made else f"given to {event.name}"
                count = int(wrong.sum())
                return Why(
                    here,
                    f"the first is {place} = {number:g}, {how}; {count} of {wrong.size} numbers there are not finite",
                    [(how, count)],
                    (source, first),
                )
    raise AssertionError("a number that is not finite lies in a value of some event")


def _inside(box, shape: tuple[int, ...], image: int | None) -> np.ndarray:
    """True within a box, of one image of a batch or of all."""
    inside = np.zeros(shape, bool)
    images = slice(None) if image is None else image
    inside[images, :, box.rows[0] : box.rows[1] + 1, box.columns[0] : box.columns[1] + 1] = True
    return inside


def _why_zero(stepper, what: str, index: tuple[int, ...], here: str) -> Why:
    causes: Counter[str] = Counter()
    first: dict[str, tuple[str, tuple[int, ...]]] = {}
    waiting, seen, looked_at = [(what, index)], {(what, index)}, 0
    while waiting and looked_at < MOST:
        name, place = waiting.pop()
        looked_at += 1
        cause, further = _cause(stepper, name, place)
        if cause:
            causes[cause] += 1
            first.setdefault(cause, (name, place))
        for step in further:
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    ordered = causes.most_common()
    if not ordered:
        return Why(here, f"all of the {looked_at} numbers behind it that were looked at are 0", [])
    cause, _ = ordered[0]
    name, place = first[cause]
    answer = f"{cause}, at {name}[{','.join(map(str, place))}]"
    if len(ordered) > 1 or ordered[0][1] > 1:
        answer = f"all that reaches it is 0, for {sum(causes.values())} reasons; mostly: {answer}"
    if waiting:
        answer += f" (after {MOST} numbers the search was ended)"
    return Why(here, answer, ordered, (name, place))


def _cause(stepper, name: str, index: tuple[int, ...]):
    """Why this one is zero: a cause, or the zeros behind it that are to be asked."""
    if name not in stepper.made_by:
        return "given as 0", []
    event, role = stepper.made_by[name]
    if event.op == "input":
        return "a pixel of 0", []
    explanation = stepper.explain(name, index)
    match event.op, role:
        case "crop_concat", "dskip" if not explanation.groups:
            return "cropped away", []
        case (("max_pool2d" | "relu" | "dropout"), "dx") if explanation.groups[0].factors[0].values[0] == 0:
            return _factors_that_are_zero(explanation)  # what arrives is 0 already
        case "max_pool2d", "dx" if explanation.groups[0].factors[1].values[0] == 0:
            return "lost the maximum", []
        case "relu", "dx" if explanation.groups[0].factors[1].values[0] == 0:
            return "dead ReLU (its input is not above 0)", []
        case "relu", "out" if explanation.winner == 1:
            return "ReLU off (its input is not above 0)", []
        case "dropout", _ if explanation.groups[0].factors[1].values[0] == 0:
            return "dropped out", []
        case "weighted_cross_entropy", "out":
            return "every pixel has weight 0, or the prediction is certain of its label", []
        case "weighted_cross_entropy", "dlogits":
            weight = explanation.groups[0].factors[0].values[0]
            return ("the pixel's weight is 0" if weight == 0 else "the prediction is certain: p is the label's"), []
    return _factors_that_are_zero(explanation)


def _factors_that_are_zero(explanation):
    """Of a sum of products: the zeros among its factors, by which each product is 0."""
    further, weights = [], 0
    for group in explanation.groups:
        products = group.products
        if products.any():
            return ("the terms cancel, or are too small for the type", [])
        for k in range(len(products)):
            for factor in group.factors:
                if factor.values[k] == 0 and factor.indices is not None:
                    place = tuple(int(i) for i in factor.indices[k])
                    if factor.name.endswith((".weight", ".bias")):
                        weights += 1
                    else:
                        further.append((factor.name, place))
                    break
    if not further:
        return ("every weight is 0" if weights else "the sum has no terms", [])
    return None, further
