"""A whole U-Net on a submission's layers, step by step against ours, and then trained for some steps.

It shows what layers that are right one by one may still do together. Where they are not, the first step that differs is
that of a layer which has been judged already: a mistake costs once.
"""

import numpy as np

from .. import layers
from ..optim import SGD
from ..unet import UNet
from .asking import Asker
from .conventions import Convention
from .mistakes.wiring import WIRINGS, run
from .report import Fault, Finding
from .spec import Spec

SETTINGS = {"in_channels": 1, "classes": 3, "base": 2, "depth": 1, "dropout": 0.5, "seed": 0, "dtype": "float64"}
HEIGHT, WIDTH = 20, 24  # 4 and 8 are left of it
OWN = SETTINGS | {"base": 2, "depth": 2, "dropout": 0.0}
OWN_SIZE = (44, 52)  # 4 and 12 are left of it
STEPS = 5
RATE = 0.01
CLOSE = 1e-3  # of an array's largest number: float32, through thirty layers


def judge_network(asker: Asker, spec: Spec, findings: list[Finding], used: dict[str, Convention]) -> Finding:
    """The finding for the network.

    Parameters
    ----------
    findings : list of Finding
        Of the layers one by one.
    used : dict of str to Convention
        That of each layer.
    """
    wrong = {finding.function for finding in findings if finding.verdict != "right"}
    share = sum(f.points for f in findings) / max(1e-9, sum(f.out_of for f in findings))
    missing = [finding.function for finding in findings if finding.verdict == "missing"]
    if missing:
        note = "it needs every function" if len(missing) == len(findings) else f"it needs {', '.join(missing)}"
        return Finding("network", "not judged", spec.network * share, spec.network, notes=(note,))
    ours, arrays, seed = _our_step(asker.submission.digest)
    request = {
        "layers": {layer.name: _described(asker, layer, used[layer.name]) for layer in spec.layers},
        "settings": SETTINGS,
        "seed": seed,
        "steps": STEPS,
        "lr": RATE,
    }
    replies, ended = asker.send({"network": request}, arrays, ["UNet"])
    place, _ = _first_difference(ours, replies, ended)
    if not place:
        return Finding("network", "right", spec.network, spec.network)
    if wrong:
        said = "is wrong by itself" if len(wrong) == 1 else "are wrong by themselves"
        note = f"{place}; {', '.join(sorted(wrong))} {said}"
        return Finding("network", "not judged", spec.network * share, spec.network, notes=(note,))
    fault = Fault(
        "",
        place,
        "right by itself, wrong in the network",
        "Each function is right when it is called alone. In the network it is called many times, with arrays of other "
        "shapes, and its cache is kept until all forwards are done.",
        "Keep nothing but in the cache, and take every size from the arguments.",
    )
    return Finding("network", "wrong", 0, spec.network, (fault,))


def judge_own(asker: Asker, spec: Spec, findings: list[Finding], used: dict[str, Convention]) -> Finding | None:
    """The finding for a U-Net class of the submission's own, which no assignment asks for; None where there is none.

    It has `minunet.UNet`'s names: ``params``, ``forward(x) -> logits, tape``, ``backward(dlogits, tape) -> grads``.
    """
    file = asker.submission.defines_class("UNet")
    if file is None:
        return None
    if any(finding.verdict != "right" for finding in findings):
        return Finding("UNet", "not judged", 0, 0, notes=("its layers are to be right first",))
    rng = np.random.default_rng(int(asker.submission.digest[:16], 16))
    net = UNet(**OWN, layers=layers)
    x = rng.standard_normal((2, 1, *OWN_SIZE))
    logits, tape = net.forward(x)
    dlogits = rng.standard_normal(logits.shape)
    names = list(net.params)
    right = [logits, *(net.backward(dlogits, tape)[name] for name in [*names, "input"])]
    own = {"file": file, "class": "UNet", "settings": OWN, "names": names}
    request = {"layers": {layer.name: _described(asker, layer, used[layer.name]) for layer in spec.layers}, "own": own}
    asker.places["UNet"] = file
    replies, ended = asker.send({"network": request}, [x, dlogits, *net.params.values()], ["UNet"])
    place, found = _compared(["logits", *names, "input"], right, replies, ended)
    if not place:
        return Finding("UNet", "right", 0, 0)
    for wiring in WIRINGS:
        try:
            logits, grads = run(net.params, OWN["depth"], x, dlogits, **{wiring.switch: True})
        except (ValueError, IndexError, KeyError):
            continue
        guess = {"logits": logits} | grads
        if found and all(name in guess and _near(value, guess[name]) for name, value in found.items()):
            return Finding("UNet", "wrong", 0, 0, (Fault("", place, wiring.name, wiring.explanation, wiring.fix),))
    return Finding("UNet", "wrong", 0, 0, (Fault("", place, "", "Not recognised."),))


def _compared(names, right, replies, ended):
    """(What differs first, in words; every array that came, by its name)."""
    found, place = {}, ""
    for name, wanted in zip(names, right, strict=True):
        arrays: list = next((arrays for header, arrays in replies if header.get("name") == name), [])
        error = next((reply[0] for reply in replies if "error" in reply[0]), None)
        if not arrays:
            said = f"{error['error']}: {error.get('message', '')}" if error else f"there is no gradient of {name}"
            place = place or (said if error or ended == "it never replied" else f"the process ended: {ended}")
            continue
        found[name] = arrays[0]
        if not place and not _near(arrays[0], wanted):
            what = name if name == "logits" else f"the gradient of {name}"
            place = f"{what} is not what it should be: shape {arrays[0].shape}, expected {wanted.shape}"
            if arrays[0].shape == wanted.shape:
                at = np.unravel_index(np.argmax(np.abs(arrays[0] - wanted)), wanted.shape)
                place = f"{what} is {arrays[0][at]:.6g} at {[int(i) for i in at]}, expected {wanted[at]:.6g}"
    return place, found


def _near(found, wanted):
    return found.shape == wanted.shape and bool(
        np.max(np.abs(found - wanted), initial=0) <= CLOSE * np.max(np.abs(wanted), initial=0)
    )


def _described(asker, layer, convention):
    return {
        "forward": [asker.places[layer.forward.name], layer.forward.name],
        "backward": [asker.places[layer.backward.name], layer.backward.name],
        "classes": list(layer.classes),
        "parameters": list(layer.parameters),
        "arguments": layer.arguments,
        "gradients": list(layer.backward.outputs),
        "axes": list(convention.axes),
        "bias": list(convention.bias),
    }


def _our_step(digest):
    """[(name, op, arrays)] of every step forward, of the loss, of every step back and of each step of training; the
    arrays that the child needs; and the seed of its dropout."""
    rng = np.random.default_rng(int(digest[:16], 16))
    net = UNet(**SETTINGS, layers=layers)
    x = rng.standard_normal((2, 1, HEIGHT, WIDTH))
    labels = rng.integers(0, 3, (2, HEIGHT - 16, WIDTH - 16))
    weights = rng.random(labels.shape) + 0.5
    seed = int(rng.integers(2**31))
    arrays = [x, labels, weights, *(value.copy() for value in net.params.values())]

    logits, tape = net.forward(x, training=True, rng=np.random.default_rng(seed))
    found = [(step.name, step.op, [step.output]) for step in tape]
    loss, dlogits = net.loss(logits, labels, weights)
    found.append(("loss", "weighted_cross_entropy", [np.asarray(loss), dlogits]))
    found += [(name, op, list(dinputs)) for name, op, dinputs in net.walk_back(dlogits, tape)]
    optimizer = SGD(net.params, RATE, momentum=0.9)
    rng = np.random.default_rng(seed)
    for _ in range(STEPS):
        logits, tape = net.forward(x, training=True, rng=rng, keep=False)
        loss, dlogits = net.loss(logits, labels, weights)
        optimizer.step(net.backward(dlogits, tape))
        found.append(("training", "", [np.asarray(loss)]))
    return found, arrays, seed


def _first_difference(ours, replies, ended):
    """(Where the network first differs from ours, in words; the operation); empty where it does not."""
    direction, trained = "forward", 0
    for k, (name, op, right) in enumerate(ours):
        step = _step(name, op, direction, trained)
        if k >= len(replies):
            return f"{step}: the process ended ({ended})", op
        header, arrays = replies[k]
        if "error" in header:
            return f"{step}: {header['error']}: {header.get('message', '')}", op
        for found, wanted in zip(arrays, right, strict=False):
            if found.shape != wanted.shape:
                return f"{step}: shape {found.shape}, expected {wanted.shape}", op
            far = ~(np.abs(found - wanted) <= CLOSE * np.max(np.abs(wanted), initial=0))
            if far.any():
                place = tuple(int(i) for i in np.unravel_index(np.argmax(far), far.shape))
                at = f" at {list(place)}" if place else ""
                return f"{step}: {found[place]:.6g}{at}, expected {wanted[place]:.6g}", op
        if name == "loss":
            direction = "backward"
        trained += name == "training"
    return "", ""


def _step(name, op, direction, trained):
    if name == "training":
        return f"step {trained + 1} of the training has another loss"
    return f"the first step that differs is {name}, {direction} ({op}_{direction})"
