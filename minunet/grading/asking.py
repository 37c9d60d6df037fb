"""Questions to a submission: calls of its functions, in a fresh child each time they are put, and the answers."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np

from .sandbox import Sandbox
from .spec import Layer, Seeded
from .submission import Submission


@dataclass(frozen=True)
class Answer:
    """What one call gave.

    Attributes
    ----------
    results : list of arrays, or of str: the type of what is no array
    changed : dict of int to array
        Arguments, by position, that it changed, and what they became.
    shares : list of (int, int)
        Result and argument that share memory.
    error : str
        The exception's name; or how the child ended, where it did; empty where it returned.
    message : str
    where : str
        Where in the submission it was raised: "line 3 of layers.py"; empty where that is not known.
    no_cache : bool
        Whether forward returned its output alone.
    """

    results: list[Any] = field(default_factory=list)
    changed: dict[int, np.ndarray] = field(default_factory=dict)
    shares: list[tuple[int, int]] = field(default_factory=list)
    error: str = ""
    message: str = ""
    where: str = ""
    no_cache: bool = False


@dataclass(frozen=True)
class Call:
    """One call to be made.

    Attributes
    ----------
    layer : Layer
    backward : bool
    arguments : list
        Of arrays, `Seeded`, or what JSON can hold. Of a backward: without the cache.
    key : str
        Forward keeps its cache under it, and backward takes it from there.
    """

    layer: Layer
    backward: bool
    arguments: list[Any]
    key: str


HURRY = 2.0  # seconds for a question to a function that has been late before
LOADING = "loading"  # stands for a function, where the file itself is late
WIRING = ("unet", "tape", "sizes", "device", "optim")
SHARED = ("conventions",)
SCIPY = ("scipy.signal", "scipy.ndimage", "scipy.special")  # take a second to load, which not every job should


def program() -> dict[str, bytes]:
    """The files that the sandbox stages: `minunet.grading.child`, and the network's wiring without any layer."""
    package = files("minunet")
    staged = {f"minunet/{name}.py": package.joinpath(f"{name}.py").read_bytes() for name in WIRING}
    staged |= {f"grading/{name}.py": package.joinpath(f"grading/{name}.py").read_bytes() for name in SHARED}
    for entry in package.joinpath("grading/child").iterdir():
        if entry.name.endswith(".py"):
            staged[f"grading/child/{entry.name}"] = entry.read_bytes()
    return staged | {
        "main.py": b"from grading.child.main import main\n",
        "grading/__init__.py": b"",
        "minunet/__init__.py": b"",
    }


def preload(submission: Submission) -> tuple[str, ...]:
    """What a submission will want to find loaded: of SciPy, where it names it."""
    named = any("scipy" in source for source in submission.files.values())
    return SCIPY if named else ()


class Asker:
    """Puts calls to one submission.

    Attributes
    ----------
    late : set of str
        Functions that did not answer in time: they get less from then on.
    stopped : str
        How the loading of the whole submission ended, where it did not come to its end.
    notes : list of dict
        What the loading of the submission said the last time: {"file", "line", "error", "message"}.
    printed : bytes
        What it has written so far, capped.
    """

    def __init__(self, sandbox: Sandbox, submission: Submission, places: dict[str, str]):
        self.sandbox = sandbox
        self.submission = submission
        self.places = places
        self.definitions = submission.definitions
        self.stopped = ""
        self.late: set[str] = set()
        self.notes: list[dict[str, Any]] = []
        self.printed = b""

    def ask(self, calls: list[Call]) -> list[Answer]:
        """The answers, in order; where the child ended early the rest say how."""
        arrays: list[np.ndarray] = []

        def described(value):
            if isinstance(value, np.ndarray):
                arrays.append(value)
                return {"array": len(arrays) - 1}
            return {"rng": value.seed} if isinstance(value, Seeded) else {"value": value}

        def request(call):
            function = call.layer.backward if call.backward else call.layer.forward
            arguments = [described(value) for value in call.arguments]
            return {
                "file": self.places[call.layer.forward.name if function is None else function.name],
                "function": function.name,
                "classes": list(call.layer.classes),
                "names": list(call.layer.arguments),
                "parameters": list(call.layer.parameters),
                "outputs": list(function.outputs),
                "arguments": [*arguments, {"cache": call.key}] if call.backward else arguments,
                "keep": None if call.backward or call.layer.backward is None else call.key,
            }

        requests = [request(call) for call in calls]
        replies, ended = self.send({"calls": requests}, arrays, [one["function"] for one in requests])
        answers = [_answer(self.submission, *reply) for reply in replies[: len(calls)]]
        return answers + [Answer(error=ended)] * (len(calls) - len(answers))

    def send(self, request, arrays, functions):
        """Replies to a request for these functions, and how the child ended before it had replied to all.

        It is sent once more, with definitions alone, where the submission never stopped loading.
        """
        run = sorted(set(self.places.values()))
        while True:
            whole = {"files": dict(self.submission.files), "run": run, "definitions": self.definitions} | request
            outcome = self.sandbox.run(whole, arrays, HURRY if self.late & {LOADING, *functions} else None)
            self.printed = (self.printed or outcome.printed)[-2000:]
            replies = list(outcome.replies)
            loaded = bool(replies) and "loaded" in replies[0][0]
            if not loaded and outcome.ended != "done" and not self.definitions:
                self.definitions = True
                self.stopped = outcome.ended
                continue
            if outcome.ended == "timeout":  # in the function after those that have answered
                self.late.add([LOADING, *functions][min(len(replies), len(functions))])
            if loaded:
                self.notes = _notes(replies.pop(0)[0]["loaded"])
            return replies, outcome.ended if outcome.ended != "done" else "it never replied"


def _notes(told):
    """What the loading said, as far as it makes sense: a submission may have written it itself."""
    notes = told if isinstance(told, list) else []
    return [
        {
            "file": str(note.get("file")),
            "line": note.get("line"),
            "error": str(note.get("error")),
            "message": str(note.get("message")),
        }
        for note in notes[:20]
        if isinstance(note, dict) and isinstance(note.get("line"), int | None)
    ]


def _answer(submission, header, arrays):
    """From a frame: nothing in it can be trusted to be what it should."""
    try:
        if "error" in header:
            line = header.get("line")
            where = submission.where(str(line[0])[:200], int(line[1])) if line else ""
            return Answer(error=str(header["error"])[:80], message=str(header.get("message", ""))[:500], where=where)
        remaining = iter(arrays)
        results = [str(kind)[:80] if kind is not None else next(remaining) for kind in header["results"]]
        changed = {int(index): next(remaining) for index in header["changed"]}
        shares = [(int(i), int(j)) for i, j in header["shares"]]
        return Answer(results, changed, shares, no_cache=bool(header.get("no_cache")))
    except (KeyError, TypeError, ValueError, StopIteration, IndexError):
        return Answer(error="a reply that makes no sense")
