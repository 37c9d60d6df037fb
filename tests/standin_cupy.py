"""A stand-in for CuPy that needs no GPU: NumPy arrays in a wrapper that behaves as if they were out of reach.

On NumPy arrays a forgotten ``np.`` for ``xp.`` does no harm, so ordinary tests cannot see it. Here it raises,
as nearly everything does that would fail on a GPU or move an array behind our back:

- NumPy cannot look inside an array: no implicit conversion, no buffer, no ufunc, no function of NumPy's.
- Host arrays are refused as operands, indices, values and arguments. Python and NumPy scalars pass.
- Only the names listed below exist. CuPy has all of them (`test_device.py` asks it, where it is installed).
- Reductions and full indices give 0-d arrays; `__index__` is missing, so that ``range(x)`` fails.
- What crosses is counted in ``cupy.crossings``: "upload", "download", and "scalar" for bool(), int() and the like.

In two places it is stricter than CuPy, on purpose. CuPy answers ``np.exp(x)`` by NumPy's dispatch protocols,
which would hide a layer that works on GPU arrays by accident; and it uploads host arrays used as indices.
"""

import operator
from collections import Counter
from functools import wraps
from types import ModuleType, SimpleNamespace

import numpy as np
from numpy.lib.stride_tricks import as_strided

# A layer needs another name: look it up in CuPy's reference, then add it.
CONSTANTS = ("bool_", "complex64", "complex128", "float32", "float64", "inf", "int32", "int64", "intp", "nan", "uint8")
# These take arrays and scalars alone, never lists; for `choose` that is CuPy's peculiarity.
ELEMENTWISE = (
    *("absolute", "choose", "exp", "isfinite", "isnan", "log", "logical_and", "logical_not", "logical_or"),
    *("add", "divide", "maximum", "minimum", "multiply", "sign", "sqrt", "square", "subtract", "where"),
)
FUNCTIONS = (
    *("arange", "empty", "empty_like", "full", "full_like", "ones", "ones_like", "zeros", "zeros_like"),
    *("all", "any", "argmax", "argmin", "max", "mean", "min", "sum"),
    "ascontiguousarray",
    *("broadcast_to", "concatenate", "copyto", "expand_dims", "moveaxis", "stack", "swapaxes", "transpose"),
    *("matmul", "take_along_axis", "tensordot"),
)
# CuPy's take no axis and no count: the array is taken flat.
FLAT = ("packbits", "unpackbits")
METHODS = (
    *("all", "any", "argmax", "argmin", "max", "mean", "min", "sum"),
    *("astype", "conj", "copy", "fill", "ravel", "reshape", "squeeze", "swapaxes", "transpose", "view"),
)
ATTRIBUTES = ("T", "dtype", "imag", "itemsize", "nbytes", "ndim", "real", "shape", "size", "strides")
OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
UNARY = ("neg", "pos", "abs", "invert")

crossings: Counter[str] = Counter()


def make_cupy(available=True):
    """A new module ``cupy``, its crossings counted from 0; `available` is what `is_available` will say."""
    crossings.clear()
    cupy = ModuleType("cupy")
    vars(cupy).update({name: getattr(np, name) for name in CONSTANTS})
    vars(cupy).update({name: _lift(getattr(np, name), _operand) for name in ELEMENTWISE})
    vars(cupy).update({name: _lift(getattr(np, name), _argument) for name in FUNCTIONS})
    vars(cupy).update({name: _of_one_array(_lift(getattr(np, name), _argument)) for name in FLAT})
    vars(cupy).update(
        ndarray=ndarray,
        asarray=asarray,
        asnumpy=asnumpy,
        is_available=lambda: available,
        fuse=lambda function: function,
        crossings=crossings,
        lib=SimpleNamespace(stride_tricks=SimpleNamespace(as_strided=_lift(as_strided, _argument))),
        __getattr__=_missing,
    )
    return cupy


class ndarray:
    """An array on the device that is not there."""

    __array_ufunc__ = None  # np.exp(x) raises, and host + x comes to x.__radd__, which refuses
    __hash__ = None
    __slots__ = ("_values",)

    def __init__(self, values):
        if values.dtype.kind not in "biufc":
            raise ValueError(f"Unsupported dtype {values.dtype}")
        self._values = values

    def __array__(self, *args, **kwargs):
        raise TypeError("Implicit conversion to a NumPy array is not allowed: use to_host")

    def __array_function__(self, function, types, args, kwargs):
        raise TypeError(f"np.{function.__name__} was called on a device array: use xp.{function.__name__}")

    def get(self):
        crossings["download"] += 1
        return self._values.copy()

    def item(self):
        crossings["scalar"] += 1
        return self._values.item()

    def __bool__(self):
        crossings["scalar"] += 1
        return bool(self._values)

    def __int__(self):
        return int(self.item())

    def __float__(self):
        return float(self.item())

    def __complex__(self):
        return complex(self.item())

    def __len__(self):
        return len(self._values)

    def __repr__(self):
        return f"cupy stand-in {self._values!r}"

    def __getitem__(self, key):
        return ndarray(self._values[_index(key)])

    def __setitem__(self, key, value):
        self._values[_index(key)] = _operand(value)


def asarray(x, dtype=None):
    """The explicit upload."""
    if isinstance(x, ndarray):
        return x if dtype is None else x.astype(dtype, copy=False)
    crossings["upload"] += 1
    return ndarray(np.array(x, dtype))


def asnumpy(x):
    """The explicit download."""
    return x.get() if isinstance(x, ndarray) else np.asarray(x)


def _operand(value):
    """What NumPy may compute with: the values of a device array, or a scalar."""
    if isinstance(value, ndarray):
        return value._values
    if isinstance(value, int | float | complex | np.generic):
        return value
    raise TypeError(f"Unsupported type {type(value)}")


def _argument(value):
    """What NumPy may be called with: as an operand, or a shape, an axis, a dtype, a list of device arrays."""
    if isinstance(value, list | tuple):
        return type(value)(_argument(item) for item in value)
    return _operand(value) if isinstance(value, ndarray | np.ndarray) else value


def _index(key):
    """An index without lists and host arrays. The ellipsis makes ``x[0, 0]`` a 0-d view, and not a scalar."""
    parts = key if isinstance(key, tuple) else (key,)
    parts = tuple(
        part if part is None or part is Ellipsis or isinstance(part, slice) else _operand(part) for part in parts
    )
    return parts if any(part is Ellipsis for part in parts) else (*parts, Ellipsis)


def _lift(function, unwrap):
    """NumPy's `function`, for device arrays. A result that is one of the arguments stays that very object."""

    @wraps(function)
    def lifted(*args, **kwargs):
        unwrapped = [unwrap(argument) for argument in args]
        result = function(*unwrapped, **{name: _argument(value) for name, value in kwargs.items()})
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, ndarray) and argument._values is result:
                return argument
        return None if result is None else ndarray(np.asarray(result))

    return lifted


def _of_one_array(function):
    return lambda array: function(array)


def _reflect(operation):
    return lambda self, other: operation(other, self)


def _missing(name):
    raise AttributeError(f"module 'cupy' has no attribute {name!r}, or standin_cupy.py does not list it yet")


for _name in METHODS:
    setattr(ndarray, _name, _lift(getattr(np.ndarray, _name), _argument))
for _name in ATTRIBUTES:
    if _name in ("T", "imag", "real"):  # arrays themselves
        setattr(ndarray, _name, property(_lift(operator.attrgetter(_name), _operand)))
    else:
        setattr(ndarray, _name, property(operator.attrgetter(f"_values.{_name}")))
for _name in OPERATORS:
    _operation = _lift(getattr(operator, f"__{_name}__"), _operand)
    setattr(ndarray, f"__{_name}__", _operation)
    setattr(ndarray, f"__r{_name}__", _reflect(_operation))
    if _name != "matmul":  # CuPy has no __imatmul__
        setattr(ndarray, f"__i{_name}__", _lift(getattr(operator, f"__i{_name}__"), _operand))
for _name in (*COMPARISONS, *UNARY):
    setattr(ndarray, f"__{_name}__", _lift(getattr(operator, f"__{_name}__"), _operand))
