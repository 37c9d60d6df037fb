"""One self-contained page that shows a step: no server, no outside address, it opens by double click.

    arrays.js    the values, stored in the page or made from others
    explain.js   the sum behind one number, as `minunet.stepper.explain`
    reach.js     receptive fields, as `minunet.stepper.reach`
    draw.js      maps as pictures
    main.js      what is shown, and what a click or a key does

What a layer computed with sums is stored. What it only chose, copied or moved the page makes anew; for each such value
it is made sure here that this gives the numbers of the step: where it does not (a student's layers), they are stored.
"""

import base64
import html
import json
import math
import re
from collections.abc import Callable
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import layers

if TYPE_CHECKING:
    from ..stepper import Stepper

SCRIPTS = ("arrays.js", "explain.js", "reach.js", "draw.js", "main.js")
TYPES = {"float32": "f4", "float64": "f8", "bool": "u1", "int64": "i4"}
MOST = 60_000_000  # bytes: of a larger network a browser would show nothing for a long while


def page(stepper: "Stepper") -> str:
    """The page, as HTML.

    Raises
    ------
    ValueError
        Where the step is too large for a page; the terminal shows it all the same.
    """
    size = 4 * sum(math.prod(stepper.values.shapes[name]) for name in stepper.values)  # nothing is computed for this
    if size > MOST:
        raise ValueError(
            f"the page would hold {size / 1e6:.0f} MB of numbers, expected at most {MOST / 1e6:.0f}; "
            "take a smaller --tile or --base, or step through it at the terminal"
        )
    stored = {name: _stored(stepper, name) for name in stepper.values}
    data = {
        "summary": summary(stepper),
        "events": [asdict(event) for event in stepper.events],
        "values": stored,
        "rate": stepper.net.dropout,
        "optimizer": stepper.settings["optimizer"],
    }
    folder = files(__name__)
    parts = {
        "style": (folder / "style.css").read_text(encoding="utf-8"),
        "script": "\n".join((folder / name).read_text(encoding="utf-8") for name in SCRIPTS),
        "data": json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace(
            "<", "\\u003c"
        ),  # no text can end the script
    }
    template = (folder / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{(style|script|data)\}", lambda found: parts[found[1]], template)  # once: a part may hold braces


def frame(stepper: "Stepper", height: int = 860) -> str:
    """The page inside another one, or the line that says why there is none: what a notebook shows of a stepper."""
    try:
        text = page(stepper)
    except ValueError as error:
        return f"<p>{html.escape(summary(stepper))} {html.escape(str(error))}</p>"
    return (
        f'<iframe srcdoc="{html.escape(text)}" title="one training step of a U-Net" '
        f'style="box-sizing: border-box; width: 100%; height: {height}px; border: 1px solid #8888"></iframe>'
    )


def summary(stepper: "Stepper") -> str:
    """The step in one line."""
    net, values, rule = stepper.net, stepper.values, stepper.settings["optimizer"]
    images = values["input.out"].shape[0]
    shape = (
        "an image" if images == 1 else f"{images} images"
    ) + f" of {'×'.join(map(str, values['input.out'].shape[2:]))}"
    how = f"SGD, momentum {rule['momentum']:g}, learning rate {rule['lr']:g}" if rule["kind"] == "sgd" else "Adam"
    return f"A U-Net of depth {net.depth} and base {net.base} on {shape}; loss {float(values['loss.out']):.5g}; {how}."


def _stored(stepper: "Stepper", name: str) -> dict[str, Any]:
    """How the page has a value: by its numbers, by the rule that makes them, or as another one of the same numbers."""
    array = stepper.values[name]
    if str(array.dtype) not in TYPES:  # a student's float16, say: wider, and the same numbers
        array = array.astype(np.float64)
    described: dict[str, Any] = {"shape": list(array.shape), "type": TYPES[str(array.dtype)]}
    if name in stepper.made_by:
        event, role = stepper.made_by[name]
        if (event.op, role) == ("skip", "out") and np.array_equal(
            array, stepper.values[event.inputs["x"]], equal_nan=True
        ):
            return {"same": event.inputs["x"]}
        rule = RULES.get((event.op, role))
        if rule and np.isfinite(array).all():
            taken = {argument: stepper.values[source] for argument, source in event.inputs.items()}
            if np.array_equal(rule(**taken, rate=stepper.net.dropout), array):
                return described
    data = array.astype("<" + described["type"]).tobytes()
    return described | {"data": base64.b64encode(data).decode()}


def _dropped(values, keep, rate):
    return values * keep * float(1 / (1 - rate))


# What the page makes anew: the readable layers' own functions, or, of dropout, what its formula says.
RULES: dict[tuple[str, str], Callable[..., np.ndarray]] = {
    ("relu", "out"): lambda x, **_: layers.relu_forward(x)[0],
    ("relu", "dx"): lambda x, dout, **_: layers.relu_backward(dout, x > 0),
    ("max_pool2d", "out"): lambda x, **_: layers.max_pool2d_forward(x)[0],
    ("max_pool2d", "dx"): lambda x, dout, **_: layers.max_pool2d_backward(dout, layers.max_pool2d_forward(x)[1]),
    ("crop_concat", "out"): lambda skip, x, **_: layers.crop_concat_forward(skip, x)[0],
    ("crop_concat", "dskip"): lambda skip, x, dout, **_: layers.crop_concat_backward(dout, (skip.shape, x.shape))[0],
    ("crop_concat", "dx"): lambda skip, x, dout, **_: layers.crop_concat_backward(dout, (skip.shape, x.shape))[1],
    ("skip", "dx"): lambda dpool, dskip, **_: dpool + dskip,
    ("dropout", "out"): lambda x, keep, rate: _dropped(x, keep, rate),
    ("dropout", "dx"): lambda dout, keep, rate, **_: _dropped(dout, keep, rate),
}
