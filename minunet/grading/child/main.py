"""A job: load the submission, then call its functions one after another, and reply with what each gave.

Nothing is judged here, for whatever runs here the submission may have changed.
"""

import sys
import traceback
import warnings

import numpy as np

from .classes import as_functions
from .loading import load


def main(request, arrays, reply):
    """Carry out the request.

    request["files"] : path -> source; ["run"] : which of them; ["definitions"] : whether to leave out all else
    request["calls"] : each {"file", "function", "classes", "names", "parameters", "outputs", "arguments", "keep"};
        an argument is {"array": index}, {"value": anything of JSON}, {"rng": seed} or {"cache": key of an earlier call}
    request["network"] : in the place of calls, what `network.run_network` wants

    A reply for the loading, {"loaded": [...]}, and one for each call.
    """
    modules, notes = load(request["files"], request["run"], request["definitions"])
    reply({"loaded": notes}, [])
    if "network" in request:
        _network(request["network"], modules, arrays, reply)
        return
    caches: dict[str, tuple] = {}
    for call in request["calls"]:
        reply(*_answer(call, modules, arrays, caches))


def _network(request, modules, arrays, reply):
    from .network import run_network  # with its wiring: most jobs need neither

    try:
        run_network(request, modules, arrays, reply)
    except MemoryError:
        raise
    except BaseException as error:
        reply(_describe(error), [])


def _answer(call, modules, arrays, caches):
    try:
        function = _find(modules, call)
    except NameError as error:
        return _describe(error), []
    if any("cache" in a and a["cache"] not in caches for a in call["arguments"]):
        return {"error": "NoCache", "message": "", "line": None}, []
    arguments = [_argument(a, arrays, caches) for a in call["arguments"]]
    before = [a.copy() if isinstance(a, np.ndarray) else None for a in arguments]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            result = function(*arguments)
        results = _in_order(result, call["outputs"], call["keep"] is not None)
        no_cache = call["keep"] is not None and len(results) == 1
        if call["keep"] is not None:
            *results, cache = [*results, None] if no_cache else results
            caches[call["keep"]] = (
                cache,
                arguments,
                [a.copy() if isinstance(a, np.ndarray) else None for a in arguments],
            )
        outputs = [_plain(r) for r in results]
    except MemoryError:
        raise
    except BaseException as error:  # SystemExit too: the submission has no say in when the job ends
        return _describe(error), []
    for a in call["arguments"]:
        if "cache" in a:  # backward has not seen forward's arguments, but may reach them through its cache
            arguments, before = (
                [*of_backward, *of_forward]
                for of_backward, of_forward in zip((arguments, before), caches[a["cache"]][1:], strict=True)
            )
    return _header(results, outputs, arguments, before, no_cache)


def _argument(spec, arrays, caches):
    if "array" in spec:
        return arrays[spec["array"]].copy()
    if "rng" in spec:
        return np.random.default_rng(spec["rng"])
    return caches[spec["cache"]][0] if "cache" in spec else spec["value"]


def _find(modules, call):
    module = modules[call["file"]]
    if call["function"] in module:
        return module[call["function"]]
    forward, backward = as_functions(module, call["classes"], call["names"], call["parameters"])
    return backward if call["function"].endswith("backward") else forward


def _in_order(result, names, with_cache):
    """The results as a list; of a dict, in the order of `names`. A list is one result where one is asked for."""
    if isinstance(result, list) and len(names) == 1 and not with_cache:
        return [result]
    if isinstance(result, dict):
        return [result[name] for name in names if name in result] if set(names) & set(result) else [result]
    return list(result) if isinstance(result, tuple | list) else [result]


def _plain(value):
    """A plain array of numbers, or None for what is none."""
    if not isinstance(value, np.ndarray | np.generic | bool | int | float | list | tuple):
        return None
    try:
        array = np.array(value, subok=False)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biufc" else None


def _header(results, outputs, arguments, before, no_cache):
    sent = [output for output in outputs if output is not None]
    changed, versions = [], []
    for index, (now, then) in enumerate(zip(arguments, before, strict=True)):
        if then is not None and not _same(now, then):
            changed.append(index)
            versions.append(now)
    header = {
        "no_cache": no_cache,
        "results": [type(r).__name__ if o is None else None for r, o in zip(results, outputs, strict=True)],
        "changed": changed,
        "shares": [
            [i, j]
            for i, r in enumerate(results)
            for j, a in enumerate(arguments)
            if isinstance(r, np.ndarray) and isinstance(a, np.ndarray) and np.may_share_memory(r, a)
        ],
    }
    return header, [*sent, *versions]


def _same(a, b):
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def _describe(error):
    """What was raised, and on which line of which file of the submission."""
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith("<submission>/"):
            place = [frame.filename.removeprefix("<submission>/"), frame.lineno]
    return {"error": type(error).__name__, "message": str(error)[:500], "line": place}


sys.setrecursionlimit(3000)
