"""Grade one submission: each layer by itself, then the network that is built on all of them.

The inputs are drawn anew for each submission, from the SHA-256 of its own text: whoever wrote the answers into a file
would change the questions by it, and the same file always has the same.
"""

from dataclasses import replace

import numpy as np

from .asking import Asker, preload, program
from .child.loading import ABSENT
from .conventions import EXACT, Convention
from .diagnosis import diagnose
from .example import smallest
from .experiments import experiments
from .integers import integer_notes
from .judge import (
    Observed,
    alone,
    changed_arguments,
    choose_reading,
    gradient_of_own_forward,
    observe,
    repeat,
)
from .network import judge_network, judge_own
from .outdated import outdated
from .report import Fault, Finding, Report
from .sandbox import Sandbox
from .spec import Function, Spec
from .specs import find_spec
from .submission import Submission, read_submission

NO_CACHE = "What comes after needs both: its backward is called with the cache."
IN_PLACE = "Inputs are never changed: the caller, or another layer, still needs them."


def grade(what, spec="unet", only=None, hints="name", level=None):
    """Grade a student's layers: right, or what is wrong, in words.

    Parameters
    ----------
    what : path, module, function or list of functions
        A .py file, a notebook, a folder or a zip. Modules and functions are graded from their source. Nothing of it is
        run in this process.
    spec : str, path or Spec
        The assignment: "unet", "cs231n", or a teacher's file.
    only : iterable of str, optional
        Names of functions, or of layers (as "conv2d"), to grade alone.
    hints : str
        How much to tell: "none", "place", "name" or "fix" (`minunet.grading.report.HINTS`).
    level : int, optional
        Of isolation; None is the highest that this machine has.

    Returns
    -------
    Report

    Raises
    ------
    ValueError
        For an unknown spec or function, or a submission without Python.
    FileNotFoundError
    """
    spec = find_spec(spec)
    submission = read_submission(what)
    with Sandbox(program(), level, preload=preload(submission)) as sandbox:
        return grade_submission(submission, selected(spec, only), sandbox).at(hints)


def selected(spec: Spec, only) -> Spec:
    """The assignment with some functions alone.

    Raises
    ------
    ValueError
        For a name that is in none of them.
    """
    if only is None:
        return spec
    names = set(only)
    by_name = {layer: {*(f.name for f in layer.functions), layer.name} for layer in spec.layers}
    unknown = names - set().union(*by_name.values())
    if unknown:
        known = ", ".join(layer.name for layer in spec.layers)
        raise ValueError(
            f"{spec.name} has no {', '.join(sorted(unknown))}; expected a function's name or one of {known}"
        )
    wanted = {f.name for layer in spec.layers for f in layer.functions if {layer.name, f.name} & names}
    layers = tuple(layer for layer in spec.layers if by_name[layer] & names)
    return replace(spec, layers=layers, network=0, only=frozenset(wanted))


def grade_submission(submission: Submission, spec: Spec, sandbox: Sandbox) -> Report:
    """The whole report, of a submission that has been read, in a sandbox that may serve many."""
    wanted = [(function.name, layer.classes) for layer in spec.layers for function in layer.functions]
    asker = Asker(sandbox, submission, submission.place(wanted))
    findings: list[Finding] = []
    used: dict[str, Convention] = {}
    for number, layer in enumerate(spec.layers):
        rng = np.random.default_rng([int(submission.digest[:16], 16), number])
        layer, reading = choose_reading(asker, layer, rng)
        cases = layer.cases(rng)
        if submission.constructor_takes("kernel_size", layer.classes):
            layer, cases, reading = _square_kernels(layer, cases, reading)
        observed = observe(asker, layer, cases, rng, EXACT if spec.exact else None)
        used[layer.name] = observed.convention
        findings += [
            one
            for one in grade_layer(asker, observed, rng, reading, spec.exact)
            if not spec.only or one.function in spec.only
        ]
    if spec.network:
        own = judge_own(asker, spec, findings, used)
        findings += [judge_network(asker, spec, findings, used), *([own] if own else [])]
    broken = {_unreadable(asker, note) for note in asker.notes}
    told = {fault.place for finding in findings for fault in finding.faults}
    notes = [*submission.notes, *(_of_loading(asker, note) for note in asker.notes if not broken & told)]
    if asker.stopped:
        notes.insert(0, f"running the file ended early ({asker.stopped}), so that its definitions alone were run")
    return Report(
        submission.name,
        submission.digest,
        spec.name,
        sandbox.level,
        sandbox.isolation,
        tuple(findings),
        tuple(notes),
        asker.printed.decode("utf-8", "replace"),
    )


def _of_loading(asker, note):
    where = asker.submission.where(note["file"], note["line"])
    if note["error"] == ABSENT:
        return f"{where}: {note['message']}"
    return f"{where} failed when the file was run: {note['error']}: {note['message']}"


def _unreadable(asker, note):
    where = asker.submission.where(note["file"], note["line"])
    return f"{where} cannot be read as Python: {note['error']}: {note['message']}"


def _square_kernels(layer, cases, told):
    """For a class that takes one number for the kernel's size; what to say of it is added."""

    def square(case):
        size = np.shape(case.arguments.get("weight"))[2:]
        return len(set(size)) < 2

    kept = [case for case in cases if square(case)]
    if len(kept) < len(cases):
        more = "it takes one kernel_size, so that kernels that are not square were left out"
        told = f"{told}; {more}" if told else more
    return replace(layer, small=lambda rng: filter(square, layer.small(rng))), kept, told


def grade_layer(asker: Asker, observed: Observed, rng, reading="", exact=False) -> list[Finding]:
    """A finding for each function of a layer; `reading` is what to say of how the submission reads the assignment, and
    `exact` the spec's."""
    layer = observed.layer
    absent = {function: _absent(asker, observed, function) for function in layer.functions}
    returned = any(not answer.error for answer in observed.answers[False])
    leaks = repeat(asker, observed) if returned and not all(absent.values()) else {}
    return [absent[one] or _judged(asker, observed, one, leaks, rng, reading, exact) for one in layer.functions]


def _absent(asker, observed, function):
    """The finding of what cannot be judged: not there, not written yet, or a backward whose forward fails."""
    answers = observed.answers[function is observed.layer.backward]
    if all(answer.error == "NameError" and answer.message == "not defined" for answer in answers):
        return _missing(asker, function)
    if all(_is_template(answer) for answer in answers):
        if answers[0].error:
            does = "raises NotImplementedError: it is not written yet"
        else:
            does = "returns None: it is not written yet, or its return is missing"
        fault = Fault("", f"{function.name} {does}")
        return Finding(function.name, "missing", 0, function.points, (fault,))
    if all(answer.error == "NoCache" for answer in answers):
        note = "forward does not return, so that there is no cache to call it with"
        return Finding(function.name, "not judged", 0, function.points, notes=(note,))
    return None


def _judged(asker, observed, function, leaks, rng, reading, exact):
    """The finding of a function that returns something."""
    answers = observed.answers[function is observed.layer.backward]
    observed = observed.without({k for k, answer in enumerate(answers) if answer.error == "NoCache"})
    faults: list[Fault] = []
    notes: list[str] = []
    for output in function.outputs:
        wrong, told = _of_output(asker, observed, function, output, leaks, rng)
        faults += wrong
        notes += told
    faults = _less_shared_errors(observed, function, faults)
    right = len(set(function.outputs) - {fault.output for fault in faults})
    points = function.points * right / len(function.outputs)
    changed = [name for name in changed_arguments(observed, function) if name != "cache"]
    for name in changed:
        told = f"{name} is not what it was after the call"
        faults.append(Fault("", told, f"changes {name} in place", IN_PLACE, f"Work on {name}.copy()."))
    uncached = exact and function is observed.layer.forward and _no_cache(observed)
    if uncached:
        told = f"it returns {next(iter(function.outputs))} alone"
        faults.append(Fault("", told, "no cache", NO_CACHE, f"return {', '.join(function.outputs)}, cache"))
    if function is observed.layer.backward and not faults:
        notes += integer_notes(asker, observed)
    return Finding(
        function.name,
        "wrong" if faults else "right",
        points * (0.5 if changed or uncached else 1),
        function.points,
        _merged(faults),
        (*notes, *_notes(observed, function, reading, uncached)),
    )


def _of_output(asker, observed, function, output, leaks, rng):
    """(Faults, notes) of one output; no faults where it is right."""
    if observed.is_right(output):
        return ([_leak(output, leaks[output])] if output in leaks else []), []
    problem = _first_wrong(observed, output).problem
    if any(seen.kind != "error" for seen in observed.seen[output]) and alone(asker, observed, output):
        return [_leak(output, problem)], []
    layer = observed.layer
    forward_right = all(observed.is_right(other) for other in layer.forward.outputs)
    if function is layer.backward and not forward_right and gradient_of_own_forward(asker, observed, output):
        return [], [f"{output} is right for the forward that it belongs to, and that forward is wrong"]
    names = _names(asker, observed, output)
    notes = [f"{output}: {name.name}; {name.forgiven}" for name in names if name.forgiven]
    return _faults(asker, observed, output, [name for name in names if not name.forgiven], rng), notes


def _less_shared_errors(observed, function, faults):
    """Without the faults of outputs that are right wherever the function returns, where another has one of its own: an
    exception in some cases spoils all outputs, and is one mistake."""
    own = {
        output
        for output in function.outputs
        if any(seen.problem and seen.kind != "error" for seen in observed.seen[output])
    }
    return [fault for fault in faults if fault.output in own] if own else faults


def _is_template(answer):
    """Whether it gives None, or raises NotImplementedError, as the functions do that an assignment hands out."""
    if answer.error == "NotImplementedError":
        return True
    return bool(answer.results) and all(isinstance(one, str) and one == "NoneType" for one in answer.results)


def _missing(asker, function):
    fault = Fault("", f"{function.name} is not defined; expected {function.signature}")
    sources = asker.submission.files
    broken = [note for note in asker.notes if note["error"] in ("SyntaxError", "IndentationError", "TabError")]
    for note in broken:
        if len(sources) == 1 or function.name in sources.get(note["file"], ""):
            unknown = ("", "Nothing in it can be graded until that is mended.", "")
            name, explanation, fix = outdated(note["message"]) or unknown
            fault = Fault("", _unreadable(asker, note), name, explanation, fix)
    return Finding(function.name, "missing", 0, function.points, (fault,))


def _leak(output, seen):
    return Fault(
        output,
        f"{seen}, when the function is called again",
        "not the same at every call",
        "Called once it is right, or gives something else each time: something is kept from one call to the next, in a "
        "global, a default argument or the function itself, or is drawn at random.",
        "Keep nothing outside of the cache.",
    )


def _names(asker, observed, output):
    """Of each mistake behind a wrong output; one without a name says what experiments show."""
    names = diagnose(observed, output)
    if names[0].name or _first_wrong(observed, output).kind == "error":
        return names
    return [replace(names[0], explanation=" ".join([names[0].explanation, *experiments(asker, observed, output)]))]


def _faults(asker, observed, output, names, rng):
    """A fault for each of these mistakes, the first with an example."""
    if not names:
        return []
    seen = _first_wrong(observed, output)
    example = smallest(asker, observed, output, rng) if seen.kind != "error" else None
    return [
        Fault(output, seen.problem, name.name, name.explanation, name.fix, example if k == 0 else None)
        for k, name in enumerate(names)
    ]


def _first_wrong(observed, output):
    return next(seen for seen in observed.seen[output] if seen.problem)


def _merged(faults):
    """One fault for what spoils all outputs alike: an exception is told once."""
    told: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        key = (fault.place, fault.name)
        if key in told and told[key].output != fault.output:
            earlier = told[key]
            told[key] = Fault(f"{earlier.output}, {fault.output}", *_rest(earlier))
        else:
            told.setdefault(key, fault)
    return tuple(told.values())


def _rest(fault):
    return fault.place, fault.name, fault.explanation, fault.fix, fault.example


def _no_cache(observed):
    """Whether the forward of a layer with a backward returns its result alone."""
    return observed.layer.backward is not None and observed.answers[False][0].no_cache


def _notes(observed: Observed, function: Function, reading: str, uncached: bool):
    """What costs nothing."""
    layer = observed.layer
    notes = [note for note in (observed.convention.note, reading if function is layer.forward else "") if note]
    first = observed.answers[function is layer.backward][0]
    if _no_cache(observed) and not uncached:
        is_forward = function is layer.forward
        notes.append("it returns no cache" if is_forward else "its forward returns no cache: it was given None for one")
    names = ["dout"] if function is layer.backward and layer.takes_dout else list(observed.cases[0].arguments)
    for result, argument in first.shares:
        if 0 <= result < len(function.outputs) and 0 <= argument < len(names):
            shared = list(function.outputs)[result]
            notes.append(f"{shared} shares memory with {names[argument]}: whoever changes one changes the other")
    return notes
