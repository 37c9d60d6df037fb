"""Every file here claims to be right: this runs each against the specification, or against bare loops.

    python tests/grading/styles/check.py [part of a path ...]

The header of a file says how it is to be called (``# convention: ...``) and what may differ (``# dtype: float64``).
Nothing of minunet/grading is used: these files and this check must not depend on what they are to test.
"""

import contextlib
import importlib.util
import io
import logging
import sys
import traceback
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[2]))

from minunet import reference  # noqa: E402


class Wrong(AssertionError):
    """The file is not what it claims to be."""


# --- files -----------------------------------------------------------------------------------------------------------


def header(path):
    """The ``# key: value`` lines at the head of a file; a key may come more than once."""
    fields = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if not line.startswith("# ") or ":" not in line:
            break
        key, _, value = line[2:].partition(":")
        fields.setdefault(key.strip(), []).append(value.strip())
    return fields


def load(path):
    """The file as a fresh module, quietly."""
    spec = importlib.util.spec_from_file_location("_".join(path.parts[-3:]).removesuffix(".py"), path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass with postponed annotations looks itself up there
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def quiet():
    logging.disable(logging.CRITICAL)
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


# --- conventions -----------------------------------------------------------------------------------------------------


def contract(module, convention):
    """The file's functions or classes with the signatures and layouts of the contract."""
    kind, _, detail = convention.partition(" ")
    return {
        "functions": lambda: module,
        "classes": lambda: _from_classes(module, detail),
        "nhwc": lambda: _from_nhwc(module),
        "bias": lambda: _from_bias(module, detail),
        "dict": lambda: _from_dict(module),
        "list": lambda: _from_list(module),
    }[kind]()


CLASSES = {  # natural names, the first that exists
    "conv2d": ("Conv2d", "Conv2D", "ConvLayer", "Convolution"),
    "relu": ("ReLU", "Relu", "ReLULayer"),
    "max_pool2d": ("MaxPool2d", "MaxPool2D", "MaxPoolLayer", "MaxPool"),
    "conv_transpose2d": ("ConvTranspose2d", "UpConv", "UpConvLayer", "UpConv2D"),
    "crop_concat": ("CropConcat", "CropAndConcat", "CropConcatLayer"),
    "dropout": ("Dropout", "DropoutLayer"),
    "weighted_cross_entropy": ("WeightedCrossEntropy", "SoftmaxCrossEntropy", "WeightedCrossEntropyLoss"),
}


def _from_classes(module, detail):
    """detail: words that say how; see the headers of the files."""
    words = set(detail.split())
    classes = {op: next(getattr(module, n) for n in names if hasattr(module, n)) for op, names in CLASSES.items()}

    def with_parameters(op):
        def forward(x, weight, bias):
            if "late" in words:
                layer = classes[op]()
                layer.weight, layer.bias = weight, bias
            else:
                layer = classes[op](weight, bias)
            return layer.forward(x), layer

        def backward(dout, layer):
            result = layer.backward(dout)
            if "tuple" in words:
                return result
            names = ("dW", "db") if "dW" in words else ("dweight", "dbias")
            return result, getattr(layer, names[0]), getattr(layer, names[1])

        return {f"{op}_forward": forward, f"{op}_backward": backward}

    def plain(op):
        def forward(*args):
            layer = classes[op]()
            return layer.forward(*args), layer

        return {f"{op}_forward": forward, f"{op}_backward": lambda dout, layer: layer.backward(dout)}

    def dropout_forward(x, rate, rng):
        layer = classes["dropout"](rate) if "rng_in_forward" in words else classes["dropout"](rate, rng)
        return (layer.forward(x, rng) if "rng_in_forward" in words else layer.forward(x)), layer

    def loss_forward(logits, labels, weights=None, reduction="mean"):
        cls = classes["weighted_cross_entropy"]
        if "reduction_in_init" in words:
            layer = cls(reduction)
            return layer.forward(logits, labels, weights), layer
        layer = cls()
        return layer.forward(logits, labels, weights, reduction), layer

    return SimpleNamespace(
        **with_parameters("conv2d"),
        **with_parameters("conv_transpose2d"),
        **plain("relu"),
        **plain("max_pool2d"),
        **plain("crop_concat"),
        dropout_forward=dropout_forward,
        dropout_backward=lambda dout, layer: layer.backward(dout),
        weighted_cross_entropy_forward=loss_forward,
        weighted_cross_entropy_backward=lambda layer: layer.backward(),
    )


def _last(a):
    return np.moveaxis(a, 1, -1)


def _second(a):
    return np.moveaxis(a, -1, 1)


def _from_nhwc(module):
    """Images (N, H, W, C), weights (kh, kw, C, F) for both convolutions. Dropout draws in the layout it is given."""

    def images(op, count):
        def forward(*arrays):
            out, cache = getattr(module, f"{op}_forward")(*(_last(a) for a in arrays))
            return _second(out), cache

        def backward(dout, cache):
            result = getattr(module, f"{op}_backward")(_last(dout), cache)
            return _second(result) if count == 1 else tuple(_second(r) for r in result)

        return {f"{op}_forward": forward, f"{op}_backward": backward}

    def parameters(op, there, back):
        def forward(x, weight, bias):
            out, cache = getattr(module, f"{op}_forward")(_last(x), weight.transpose(there), bias)
            return _second(out), cache

        def backward(dout, cache):
            dx, dweight, dbias = getattr(module, f"{op}_backward")(_last(dout), cache)
            return _second(dx), dweight.transpose(back), dbias

        return {f"{op}_forward": forward, f"{op}_backward": backward}

    def loss_forward(logits, labels, *rest, **named):
        return module.weighted_cross_entropy_forward(_last(logits), labels, *rest, **named)

    return SimpleNamespace(
        **parameters("conv2d", (2, 3, 1, 0), (3, 2, 0, 1)),
        **parameters("conv_transpose2d", (2, 3, 0, 1), (2, 3, 0, 1)),
        **images("max_pool2d", 1),
        **images("crop_concat", 2),
        relu_forward=module.relu_forward,
        relu_backward=module.relu_backward,
        dropout_forward=module.dropout_forward,
        dropout_backward=module.dropout_backward,
        weighted_cross_entropy_forward=loss_forward,
        weighted_cross_entropy_backward=lambda cache: _second(module.weighted_cross_entropy_backward(cache)),
    )


BIAS_SHAPES = {"(F,1)": (-1, 1), "(1,F,1,1)": (1, -1, 1, 1), "(1,1,1,F)": (1, 1, 1, -1)}


def _from_bias(module, detail):
    shape = BIAS_SHAPES[detail]
    changed = dict(vars(module))
    for op in ("conv2d", "conv_transpose2d"):

        def forward(x, weight, bias, op=op):
            return getattr(module, f"{op}_forward")(x, weight, bias.reshape(shape))

        def backward(dout, cache, op=op):
            dx, dweight, dbias = getattr(module, f"{op}_backward")(dout, cache)
            F = dout.shape[1]
            want = tuple(F if s == -1 else s for s in shape)
            if dbias.shape != want:
                raise Wrong(f"{op}: dbias has shape {dbias.shape}, claimed {want}")
            return dx, dweight, dbias.reshape(F)

        changed |= {f"{op}_forward": forward, f"{op}_backward": backward}
    return SimpleNamespace(**changed)


def _from_dict(module):
    changed = dict(vars(module))
    keys = {"crop_concat": ("dskip", "dx"), "conv2d": ("dx", "dweight", "dbias")}
    keys["conv_transpose2d"] = keys["conv2d"]
    for op, names in keys.items():

        def backward(dout, cache, op=op, names=names):
            result = getattr(module, f"{op}_backward")(dout, cache)
            if set(result) != set(names):
                raise Wrong(f"{op}: keys {list(result)}")
            return tuple(result[name] for name in names)

        changed[f"{op}_backward"] = backward
    return SimpleNamespace(**changed)


def _from_list(module):
    changed = dict(vars(module))
    for op in ("conv2d", "conv_transpose2d", "crop_concat"):

        def backward(dout, cache, op=op):
            result = getattr(module, f"{op}_backward")(dout, cache)
            if type(result) is not list:
                raise Wrong(f"{op}: not a list")
            return tuple(result)

        changed[f"{op}_backward"] = backward
    return SimpleNamespace(**changed)


# --- inputs of the U-Net's layers ------------------------------------------------------------------------------------


def values(rng, shape, kind, dtype):
    """Gaussian, small integers (with ties and zeros), or large and small mixed; sometimes not contiguous."""
    if kind == "integers":
        a = rng.integers(-2, 3, shape)
    elif kind == "constant":
        a = np.full(shape, rng.integers(-1, 2))
    elif kind == "wide":
        a = rng.standard_normal(shape) * 10.0 ** rng.integers(-2, 3, shape)
    else:
        a = rng.standard_normal(shape)
    a = a.astype(dtype)
    if a.ndim == 4 and rng.random() < 0.25:  # the same numbers, other strides
        return np.asfortranarray(a) if rng.random() < 0.5 else np.repeat(a, 2, axis=3)[..., ::2]
    return a


KINDS = ("gauss", "integers", "integers", "wide", "constant")


def unet_cases(rng, dtype, rounds):
    """Yield (op, forward's arguments)."""
    for r in range(rounds):
        kind = KINDS[r % len(KINDS)]
        N, C, F = (int(k) for k in rng.integers(1, 4, 3))
        kh, kw = ((3, 3), (1, 1), (2, 3), (3, 1), (1, 4), (5, 2), (2, 2))[r % 7]
        H, W = kh + int(rng.integers(0, 5)), kw + int(rng.integers(0, 5))
        yield (
            "conv2d",
            (
                values(rng, (N, C, H, W), kind, dtype),
                values(rng, (F, C, kh, kw), kind, dtype),
                values(rng, (F,), "gauss", dtype),
            ),
        )
        shape = ((N, C, H, W), (N, C, H, W), (H, W), (W,), (1, 1, 1, 1))[(r // 2) % 5]
        yield "relu", (values(rng, shape, kind, dtype),)
        yield "max_pool2d", (values(rng, (N, C, 2 * (r % 4 + 1), 2 * int(rng.integers(1, 5))), kind, dtype),)
        h, w = (int(k) for k in rng.integers(1, 5, 2))
        yield (
            "conv_transpose2d",
            (
                values(rng, (N, C, h, w), kind, dtype),
                values(rng, (C, F, 2, 2), kind, dtype),
                values(rng, (F,), "gauss", dtype),
            ),
        )
        dh, dw = ((0, 0), (2, 4), (4, 2), (0, 2), (6, 0))[(r // 2) % 5]
        yield (
            "crop_concat",
            (
                values(rng, (N, F, h + dh, w + dw), kind, dtype),
                values(rng, (N, C, h, w), kind, dtype),
            ),
        )
        yield "dropout", (values(rng, shape, kind, dtype), (0.5, 0.25, 0.0, 0.9)[r % 4], 1000 + r)
        yield "weighted_cross_entropy", loss_case(rng, r, dtype)


def loss_case(rng, r, dtype):
    N, C, H, W = (int(k) for k in rng.integers(1, 5, 4))
    C = max(C, 1 if r % 6 == 5 else 2)
    logits = rng.standard_normal((N, C, H, W)) * (1, 5, 100)[r % 3]
    if r % 4 == 1:
        logits += (800, -800)[r % 8 == 1]
    if r % 4 == 3:
        logits = np.round(logits)
    if r % 5 == 2:
        logits *= 1000
    labels = rng.integers(0, C, (N, H, W)).astype((np.int64, np.int32, np.uint8, np.int16)[r % 4])
    weights = None
    if r % 3:
        weights = (rng.random((N, H, W)) * 10 * (rng.random((N, H, W)) < 0.7)).astype((dtype, np.float64)[r % 2])
        weights.flat[0] = 1.5
        if r % 7 == 2 and weights.size > 1:  # an ignored pixel, whatever its logits
            weights.flat[-1] = 0
            logits[-1, :, -1, -1] = (np.inf, np.nan, -np.inf)[r % 3]
    return logits.astype(dtype), labels, weights, ("mean", "sum", "weight_mean")[(r // 3) % 3]


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def close(found, wanted, dtype, scale=None):
    found = np.asarray(found)
    if found.shape != wanted.shape:
        return f"shape {found.shape}, wanted {wanted.shape}"
    if not np.issubdtype(found.dtype, np.number):
        return f"dtype {found.dtype}"
    size = float(np.abs(wanted).max(initial=0)) if scale is None else scale
    tolerance = (2e-11 if dtype == np.float64 else 2e-5) * (size + 1e-30)
    error = np.abs(found.astype(np.float64) - wanted)
    if not np.all(error <= tolerance):
        return f"off by {np.max(error)} where the largest is {size}"
    return None


def magnitude(op, args, dout):
    """A bound on the size of the sums, so that rounding is not called a mistake."""
    size = [float(np.abs(a).max(initial=0)) for a in args if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    if op in ("conv2d", "conv_transpose2d"):
        terms = max(args[1].size, dout.size)
        return terms * max(size[0], size[1], 1) * max(size[0], size[1], float(np.abs(dout).max(initial=0)), 1) + size[2]
    if op == "weighted_cross_entropy":  # z - logsumexp(z) is right, and rounds relative to the largest logit
        logits, _, weights, reduction = args
        largest = np.abs(logits[np.isfinite(logits)]).max(initial=0)
        pixels = 1 if weights is None else float(weights.max(initial=0))
        return float((1 + largest / 10) * pixels * (logits[:, 0].size if reduction == "sum" else 1))
    return None


def want_unet(op, args, dout=None):
    """What the specification gives in float64: (out, gradients) from copies of the arguments."""
    args = [a.astype(np.float64) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in args]
    if op == "dropout":
        args[2] = np.random.default_rng(args[2])
    out, cache = getattr(reference, f"{op}_forward")(*args)
    if op == "weighted_cross_entropy":
        return np.asarray(out), lambda d: (reference.weighted_cross_entropy_backward(cache),)
    return out, lambda d: as_tuple(getattr(reference, f"{op}_backward")(d.astype(np.float64), cache))


def call_args(op, args):
    return (*args[:2], np.random.default_rng(args[2])) if op == "dropout" else args


def check_unet(layers, fields, rounds=42, seed=0):
    keeps = fields.get("dtype", ["kept"])[0] == "kept"
    for dtype in (np.float64, np.float32):
        rng = np.random.default_rng(seed)
        earlier = {}
        for op, args in unet_cases(rng, dtype, rounds):
            forward, backward = getattr(layers, f"{op}_forward"), getattr(layers, f"{op}_backward")
            before = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
            out, cache = forward(*call_args(op, args))
            want, gradients = want_unet(op, before)
            loss = op == "weighted_cross_entropy"
            dout = None if loss else values(rng, want.shape, ("gauss", "integers")[rng.integers(2)], dtype)
            scale = magnitude(op, before, dout)
            where = f"{op} {np.dtype(dtype).name} {[a.shape if isinstance(a, np.ndarray) else a for a in args]}"
            _judge(f"{where}: out", out, want, dtype, keeps, scale)

            kept = None if loss else dout.copy()
            got = as_tuple(backward(cache) if loss else backward(dout, cache))
            wanted = gradients(kept)
            if len(got) != len(wanted):
                raise Wrong(f"{where}: {len(got)} gradients")
            for k, (g, w) in enumerate(zip(got, wanted, strict=True)):
                _judge(f"{where}: gradient {k}", g, w, dtype, keeps, scale)
            _same(f"{where}: an input was changed", args, before)
            if not loss:
                _same(f"{where}: dout was changed", (dout,), (kept,))
            # out still stands after backward; an older cache still serves
            _judge(f"{where}: out after backward", out, want, dtype, keeps, scale)
            if op in earlier:
                again, d, wanted, old_scale, shape = earlier[op]
                got = as_tuple(backward(again) if loss else backward(d, again))
                for k, (g, w) in enumerate(zip(got, wanted, strict=True)):
                    _judge(f"{where}: gradient {k} of the call before ({shape})", g, w, dtype, keeps, old_scale)
            earlier[op] = (cache, dout, gradients(kept) if not loss else gradients(None), scale, where)
    if "raises" in fields:
        check_raises(layers)


def _judge(what, found, wanted, dtype, keeps, scale):
    if keeps and np.asarray(found).dtype != dtype:
        raise Wrong(f"{what}: dtype {np.asarray(found).dtype}")
    trouble = close(found, wanted, dtype, scale)
    if trouble:
        raise Wrong(f"{what}: {trouble}")


def _same(what, now, before):
    for a, b in zip(now, before, strict=True):
        if isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
            raise Wrong(what)


def check_raises(layers):
    """The contract's ValueErrors, where a file says that it has them."""
    z = np.zeros
    rng = np.random.default_rng(0)
    bad = [
        lambda: layers.conv2d_forward(z((1, 2, 5, 5)), z((3, 1, 3, 3)), z(3)),
        lambda: layers.conv2d_forward(z((1, 2, 5, 5)), z((3, 2, 3, 3)), z(2)),
        lambda: layers.conv2d_forward(z((1, 2, 2, 5)), z((3, 2, 3, 3)), z(3)),
        lambda: layers.max_pool2d_forward(z((1, 1, 3, 4))),
        lambda: layers.max_pool2d_forward(z((1, 1, 4, 3))),
        lambda: layers.conv_transpose2d_forward(z((1, 2, 2, 2)), z((1, 2, 2, 2)), z(2)),
        lambda: layers.crop_concat_forward(z((1, 1, 5, 4)), z((1, 1, 2, 2))),
        lambda: layers.crop_concat_forward(z((1, 1, 2, 2)), z((1, 1, 4, 4))),
        lambda: layers.dropout_forward(z((2, 2)), 1.0, rng),
        lambda: layers.weighted_cross_entropy_forward(z((1, 2, 1, 1)), np.array([[[2]]])),
        lambda: layers.weighted_cross_entropy_forward(z((1, 2, 1, 1)), np.array([[[-1]]])),
        lambda: layers.weighted_cross_entropy_forward(z((1, 2, 1, 1)), np.array([[[0]]]), None, "average"),
        lambda: layers.weighted_cross_entropy_forward(z((1, 2, 1, 1)), np.array([[[0]]]), z((1, 1, 1)), "weight_mean"),
    ]
    for k, call in enumerate(bad):
        try:
            call()
        except ValueError:
            continue
        raise Wrong(f"bad input {k} raised no ValueError")


# --- CS231n, assignment 2: bare loops --------------------------------------------------------------------------------


def affine(x, w, b, dout):
    flat = x.reshape(len(x), -1)
    return flat @ w + b, ((dout @ w.T).reshape(x.shape), flat.T @ dout, dout.sum(0))


def conv(x, w, b, dout, stride, pad):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    padded[:, :, pad : pad + H, pad : pad + W] = x
    out = np.zeros((N, F, 1 + (H + 2 * pad - kh) // stride, 1 + (W + 2 * pad - kw) // stride))
    dpadded, dw, db = np.zeros_like(padded), np.zeros(w.shape), np.zeros(b.shape)
    for n, f, r, s in np.ndindex(out.shape):
        out[n, f, r, s] = b[f]
        g = 0 if dout is None else dout[n, f, r, s]
        db[f] += g
        for c, i, j in np.ndindex(C, kh, kw):
            place = n, c, r * stride + i, s * stride + j
            out[n, f, r, s] += w[f, c, i, j] * padded[place]
            dpadded[place] += w[f, c, i, j] * g
            dw[f, c, i, j] += padded[place] * g
    return out, (dpadded[:, :, pad : pad + H, pad : pad + W], dw, db)


def pool(x, dout, height, width, stride):
    N, C, H, W = x.shape
    out = np.zeros((N, C, 1 + (H - height) // stride, 1 + (W - width) // stride))
    dx = np.zeros(x.shape)
    for n, c, r, s in np.ndindex(out.shape):
        best = None
        for i, j in np.ndindex(height, width):
            v = x[n, c, r * stride + i, s * stride + j]
            if best is None or v > best:
                best, at = v, (n, c, r * stride + i, s * stride + j)
        out[n, c, r, s] = best
        if dout is not None:
            dx[at] += dout[n, c, r, s]
    return out, (dx,)


def softmax(x, y):
    z = x - x.max(1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(1, keepdims=True))
    p = np.exp(logp)
    p[np.arange(len(y)), y] -= 1
    return np.asarray(-logp[np.arange(len(y)), y].mean()), p / len(y)


def cs231n_cases(rng, rounds):
    """Yield (function without _forward, arguments, wanted(dout) -> out, gradients)."""
    for r in range(rounds):
        kind = KINDS[r % 3]
        N = (1, 2, 3, 4)[r % 4]
        dims = ((4,), (2, 3), (2, 3, 4), (1, 2, 2, 3))[r % 4]
        M = (3, 1, 5)[r % 3]
        x = values(rng, (N, *dims), kind, np.float64)
        w, b = values(rng, (int(np.prod(dims)), M), "gauss", np.float64), rng.standard_normal(M)
        yield "affine", (x, w, b), lambda d, x=x, w=w, b=b: affine(x, w, b, d)

        x = values(rng, (N, *dims), kind, np.float64)
        yield "relu", (x,), lambda d, x=x: (np.maximum(x, 0), (np.where(x > 0, d, 0),))

        C, F = (int(k) for k in rng.integers(1, 4, 2))
        stride, pad = ((1, 1), (1, 0), (2, 1), (2, 0), (3, 2), (1, 2), (2, 3))[r % 7]
        kh, kw = ((3, 3), (2, 3), (4, 1), (1, 1), (3, 2))[r % 5]
        H, W = (max(1, k - 2 * pad) + int(rng.integers(0, 5)) for k in (kh, kw))
        x, w = values(rng, (N, C, H, W), kind, np.float64), values(rng, (F, C, kh, kw), "gauss", np.float64)
        b = rng.standard_normal(F)
        param = {"stride": stride, "pad": pad} if r % 2 else {"pad": pad, "stride": stride}
        yield "conv", (x, w, b, param), lambda d, a=(x, w, b), s=stride, p=pad: conv(*a, d, s, p)

        ph, pw = ((2, 2), (2, 3), (3, 1), (3, 3), (1, 1))[r % 5]
        stride = (2, 1, 3, 1)[r % 4]
        H, W = ph + int(rng.integers(0, 5)), pw + int(rng.integers(0, 5))
        x = values(rng, (N, C, H, W), KINDS[r // 2 % 5], np.float64)
        names = {"pool_height": ph, "pool_width": pw, "stride": stride}
        param = names if r % 2 else dict(reversed(names.items()))
        yield "max_pool", (x, param), lambda d, x=x, a=(ph, pw, stride): pool(x, d, *a)


def check_cs231n(module, fields, rounds=60, seed=0):
    rng = np.random.default_rng(seed)
    suffix = {"affine": "", "relu": "", "conv": "_naive", "max_pool": "_naive"}
    earlier = {}
    for op, args, want in cs231n_cases(rng, rounds):
        forward = getattr(module, f"{op}_forward{suffix[op]}")
        backward = getattr(module, f"{op}_backward{suffix[op]}")
        before = [a.copy() for a in args]
        out, cache = forward(*args)
        shape = np.shape(out)
        dout = values(rng, shape, ("gauss", "integers")[rng.integers(2)], np.float64)
        wanted, gradients = want(dout) if shape == _shape_of(op, args) else (None, None)
        where = f"{op} {[a.shape if isinstance(a, np.ndarray) else a for a in args]}"
        if wanted is None:
            raise Wrong(f"{where}: out has shape {shape}")
        _judge(f"{where}: out", out, wanted, np.float64, True, None)
        kept = dout.copy()
        got = as_tuple(backward(dout, cache))
        if len(got) != len(gradients):
            raise Wrong(f"{where}: {len(got)} gradients")
        for k, (g, w) in enumerate(zip(got, gradients, strict=True)):
            _judge(f"{where}: gradient {k}", g, w, np.float64, True, None)
        _same(f"{where}: an input was changed", args, before)
        _same(f"{where}: dout was changed", (dout,), (kept,))
        if op in earlier:
            d, c, gradients_before = earlier[op]
            for g, w in zip(as_tuple(backward(d, c)), gradients_before, strict=True):
                _judge(f"{where}: gradient of the call before", g, w, np.float64, True, None)
        earlier[op] = (dout, cache, gradients)

        N, C = int(rng.integers(1, 6)), int(rng.integers(2, 6))
        scores = rng.standard_normal((N, C)) * (1, 10, 1000)[rng.integers(3)]
        y = rng.integers(0, C, N)
        kept = scores.copy()
        loss, dx = module.softmax_loss(scores, y)
        _judge("softmax_loss: loss", loss, softmax(kept, y)[0], np.float64, False, None)
        _judge("softmax_loss: dx", dx, softmax(kept, y)[1], np.float64, True, 1 / N)  # p - 1 rounds like 1
        _same("softmax_loss: x was changed", (scores,), (kept,))
    check_integers(module)
    check_dropout(module, fields["dropout"][0])


def _shape_of(op, args):
    x = args[0]
    if op == "affine":
        return len(x), args[1].shape[1]
    if op == "relu":
        return x.shape
    if op == "conv":
        s, p = args[3]["stride"], args[3]["pad"]
        k = args[1].shape
        return (len(x), k[0], *(1 + (x.shape[a] + 2 * p - k[a]) // s for a in (2, 3)))
    q = args[1]
    s = q["stride"]
    return (*x.shape[:2], 1 + (x.shape[2] - q["pool_height"]) // s, 1 + (x.shape[3] - q["pool_width"]) // s)


def check_integers(module):
    """Integer images, as a student tries by hand, must not cut the gradients off."""
    x = np.arange(36).reshape(1, 1, 6, 6) % 7
    w, b = np.full((1, 1, 3, 3), 0.3), np.array([0.25])
    param = {"stride": 1, "pad": 1}
    out, cache = module.conv_forward_naive(x, w, b, param)
    d = np.full((1, 1, 6, 6), 0.7)
    wanted, gradients = conv(x, w, b, d, 1, 1)
    _judge("conv of integers: out", out, wanted, np.float64, True, None)
    for g, v in zip(module.conv_backward_naive(d, cache), gradients, strict=True):
        _judge("conv of integers: gradient", g, v, np.float64, True, None)
    out, cache = module.max_pool_forward_naive(x, {"pool_height": 2, "pool_width": 2, "stride": 1})
    d = np.full((1, 1, 5, 5), 0.7)
    dx = module.max_pool_backward_naive(d, cache)
    _judge("pool of integers: dx", dx, pool(x, d, 2, 2, 1)[1][0], np.float64, True, None)
    out, cache = module.relu_forward(x - 3)
    dx = module.relu_backward(np.full(x.shape, 0.7), cache)
    _judge("relu of integers: dx", dx, 0.7 * (x > 3), np.float64, True, None)


def check_dropout(module, meaning):
    """meaning: whether p is the probability to keep or to drop. The draws are the student's own."""
    rng = np.random.default_rng(1)
    x = 1 + rng.random((60, 5, 20))
    for p in (0.3, 0.75):
        keep = p if meaning == "keep" else 1 - p
        param = {"mode": "train", "p": p, "seed": 123}
        out, cache = module.dropout_forward(x, param)
        ratio = out / x
        if not np.all((np.abs(ratio) < 1e-12) | (np.abs(ratio - 1 / keep) < 1e-12)):
            raise Wrong(f"dropout p={p}: neither 0 nor x / {keep}")
        if abs((ratio > 0).mean() - keep) > 0.03:
            raise Wrong(f"dropout p={p}: kept {(ratio > 0).mean()}")
        dout = rng.standard_normal(x.shape)
        _judge("dropout: dx", module.dropout_backward(dout, cache), dout * (ratio > 0) / keep, np.float64, True, None)
        again, _ = module.dropout_forward(x, param)
        _judge("dropout: same seed", again, out, np.float64, True, None)
        no_seed, _ = module.dropout_forward(x, {"mode": "train", "p": p})
        if np.array_equal(no_seed, module.dropout_forward(x, {"mode": "train", "p": p})[0]):
            raise Wrong("dropout: the same mask twice without a seed")
        out, cache = module.dropout_forward(x, {"mode": "test", "p": p, "seed": 123})
        _judge("dropout: test", out, x, np.float64, True, None)
        _judge("dropout: test dx", module.dropout_backward(dout, cache), dout, np.float64, True, None)


# --- all of them -----------------------------------------------------------------------------------------------------


def check(path):
    """None where the file is right; else what is wrong."""
    fields = header(path)
    try:
        with quiet():
            module = load(path)
            if path.parent.name == "unet":
                check_unet(contract(module, fields.get("convention", ["functions"])[0]), fields)
            else:
                check_cs231n(module, fields)
    except Exception as error:
        if not isinstance(error, Wrong):
            return traceback.format_exc()
        return str(error)
    return None


def main(parts):
    paths = sorted(p for p in HERE.glob("*/*.py") if not parts or any(part in str(p) for part in parts))
    failures = 0
    for path in paths:
        trouble = check(path)
        print(f"{'WRONG' if trouble else 'right'} {path.relative_to(HERE)} {trouble or ''}")
        failures += trouble is not None
    print(f"{len(paths)} files, {failures} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
