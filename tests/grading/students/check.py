"""Every file here is wrong, as its header says and nowhere else.

    python tests/grading/students/check.py [part of a path ...] [-v]

The function named in the header is wrong in the outputs named (on some input), the other function of the pair is
right: for a wrong backward, forward is right on every input. A wrong forward may leave its backward, which reads
its cache, right or wrong: ``-v`` tells which.
"""

import importlib.util
import sys
import traceback
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[2]))


def _styles():
    spec = importlib.util.spec_from_file_location("styles_check", HERE.parent / "styles" / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


styles = _styles()

GRADIENTS = {
    "conv2d": ("dx", "dweight", "dbias"),
    "conv_transpose2d": ("dx", "dweight", "dbias"),
    "crop_concat": ("dskip", "dx"),
    "weighted_cross_entropy": ("dlogits",),
    "affine": ("dx", "dw", "db"),
    "conv": ("dx", "dw", "db"),
}
OUT = {"weighted_cross_entropy": "loss"}
_cases = {}


def cases(spec, op):
    """[(arguments, wanted out, dout, wanted gradients)] of one operation, made once."""
    if (spec, op) not in _cases:
        _cases[spec, op] = list(_unet(op) if spec == "unet" else _cs231n(op))
    return _cases[spec, op]


def _unet(op):
    rng = np.random.default_rng(7)
    for name, args in styles.unet_cases(rng, np.float64, 20):
        if name == op:
            want, gradients = styles.want_unet(op, args)
            dout = None
            if op != "weighted_cross_entropy":
                dout = styles.values(rng, want.shape, ("gauss", "integers")[rng.integers(2)], np.float64)
            yield args, want, dout, gradients(dout)


def _cs231n(op):
    rng = np.random.default_rng(7)
    for name, args, want in styles.cs231n_cases(rng, 30):
        if name == op:
            dout = styles.values(rng, styles._shape_of(op, args), ("gauss", "integers")[rng.integers(2)], np.float64)
            out, gradients = want(dout)
            yield args, out, dout, gradients


def differs(found, wanted):
    return styles.close(found, wanted, np.float64) is not None


def examine(path, record=None):
    """(op, names of the outputs that are wrong on some input, other findings); record gets every array."""
    fields = styles.header(path)
    spec, function = fields["spec"][0], fields["function"][0]
    op = function.removesuffix("_naive").removesuffix("_forward").removesuffix("_backward")
    suffix = "_naive" if function.endswith("_naive") else ""
    record = [] if record is None else record
    wrong, found = set(), set()

    def take(name, got, wanted):
        record.append((name, None if got is None else np.array(got, copy=True)))
        if got is None or differs(got, wanted):
            wrong.add(name)

    with styles.quiet():
        module = styles.load(path)
        if op == "softmax_loss":
            _softmax(module, take)
            return op, wrong, found
        if spec == "cs231n" and op == "dropout":
            _dropout(module, wrong, found)
            return op, wrong, found
        forward, backward = (getattr(module, f"{op}_{way}{suffix}") for way in ("forward", "backward"))
        names = GRADIENTS.get(op, ("dx",))
        before = None
        for args, want, dout, gradients in cases(spec, op):
            kept = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
            call = [a.copy() if isinstance(a, (np.ndarray, dict)) else a for a in args]
            if spec == "unet" and op == "dropout":
                call[2] = np.random.default_rng(args[2])
            try:
                out, cache = forward(*call)
            except Exception as error:
                found.add(f"forward raises {type(error).__name__}")
                take(OUT.get(op, "out"), None, want)
                continue
            take(OUT.get(op, "out"), out, want)
            if _changed(call, kept):
                found.add("an input of forward is changed")
            given = None if dout is None else dout.copy()
            try:
                got = styles.as_tuple(backward(cache) if dout is None else backward(given, cache))
            except Exception as error:
                found.add(f"backward raises {type(error).__name__}")
                for name, w in zip(names, gradients, strict=True):
                    take(name, None, w)
                continue
            if given is not None and _changed([given], [dout]):
                found.add("dout is changed")
            for name, g, w in zip(names, got, gradients, strict=True):
                take(name, g, w)
            if before is not None:  # the cache of the call before still serves, unless state leaks
                d, old, first = before
                try:
                    again = styles.as_tuple(backward(old) if d is None else backward(d.copy(), old))
                    if any(differs(a, b) for a, b in zip(again, first, strict=True)):
                        found.add("the cache of the call before is spoilt")
                except Exception as error:
                    found.add(f"the cache of the call before raises {type(error).__name__}")
            before = dout, cache, [np.array(g, copy=True) for g in got]
        if spec == "cs231n" and op in ("conv", "max_pool"):
            found |= _integers(forward, backward, op)
    return op, wrong, found


def _integers(forward, backward, op):
    """What goes wrong with an image of integers alone."""
    x = np.arange(36).reshape(1, 1, 6, 6) % 7
    if op == "conv":
        args = x, np.full((1, 1, 3, 3), 0.3), np.array([0.25]), {"stride": 1, "pad": 1}
        dout = np.full((1, 1, 6, 6), 0.7)
        _, wanted = styles.conv(*args[:3], dout, 1, 1)
    else:
        args = x, {"pool_height": 2, "pool_width": 2, "stride": 1}
        dout = np.full((1, 1, 5, 5), 0.7)
        _, wanted = styles.pool(x, dout, 2, 2, 1)
    try:
        got = styles.as_tuple(backward(dout, forward(*args)[1]))
    except Exception as error:
        return {f"an integer image raises {type(error).__name__}"}
    return {"an integer image is wrong"} if any(differs(g, w) for g, w in zip(got, wanted, strict=True)) else set()


def _changed(now, before):
    return any(
        isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(now, before, strict=True)
    )


def _softmax(module, take):
    rng = np.random.default_rng(3)
    for r in range(30):
        N, C = (1 if r % 5 == 0 else int(rng.integers(2, 6))), int(rng.integers(2, 6))
        x, y = rng.standard_normal((N, C)) * (1, 10, 1000)[r % 3], rng.integers(0, C, N)
        wanted = styles.softmax(x, y)
        try:
            got = module.softmax_loss(x.copy(), y)
        except Exception:
            got = (None, None)
        for name, g, w in zip(("loss", "dx"), got, wanted, strict=True):
            take(name, g, w)


def _dropout(module, wrong, found):
    """Wrong only where neither meaning of p makes it right."""
    troubles = []
    for meaning in ("keep", "drop"):
        try:
            styles.check_dropout(module, meaning)
            return
        except Exception as error:
            troubles.append(f"{meaning}: {error}")
    found.update(troubles)
    # under the better of the two meanings the forward may be right: then it is the gradient
    wrong.add("dx" if any(": dropout: dx" in t or ": dropout: test dx" in t for t in troubles) else "out")


def judge(path):
    """What is the matter with the file's claim, or None; and what was found."""
    fields = styles.header(path)
    for key in ("spec", "function", "mistake"):
        if not all(fields.get(key, [""])):
            return f"no {key} in the header", ""
    function, outputs = fields["function"][0], {o for o in fields.get("output", []) if o}
    try:
        op, wrong, found = examine(path)
    except SyntaxError as error:
        return None, f"does not parse: {error.msg}"
    except (ImportError, AttributeError, NameError) as error:
        return None, f"does not load: {error}"
    except Exception:
        return traceback.format_exc(), ""
    notes = f"wrong: {sorted(wrong)} {sorted(found)}"
    if not outputs <= wrong:
        return f"{sorted(outputs - wrong)} right on every input", notes
    if not outputs and not wrong and not found:
        return "right on every input", notes
    raises = any(f.startswith("backward raises") for f in found)
    if "_backward" in function:
        if OUT.get(op, "out") in wrong:
            return "forward is wrong", notes
        if outputs and not raises and wrong != outputs:
            return f"{sorted(wrong - outputs)} wrong too", notes
    elif op == "softmax_loss" and outputs and wrong != outputs:
        return f"{sorted(wrong - outputs)} wrong too", notes
    return None, notes


def main(arguments):
    verbose = "-v" in arguments
    parts = [a for a in arguments if a != "-v"]
    paths = sorted(p for p in HERE.glob("*/*.py") if not parts or any(part in str(p) for part in parts))
    failures, counts = 0, {}
    for path in paths:
        trouble, notes = judge(path)
        failures += trouble is not None
        key = path.parent.name, len(styles.header(path).get("mistake", []))
        counts[key] = counts.get(key, 0) + 1
        if trouble or verbose:
            print(f"{'FAULT' if trouble else 'ok'} {path.relative_to(HERE)}: {trouble or ''} {notes}")
    for (spec, count), number in sorted(counts.items()):
        print(f"{spec}: {number} files with {count} mistake{'s' * (count > 1)}")
    print(f"{len(paths)} files, {failures} not as their headers say")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
