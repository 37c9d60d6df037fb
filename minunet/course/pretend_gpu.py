"""A pretend GPU for lesson 12: NumPy behind a counter, with CuPy's manners where they matter.

Its arrays refuse to be mixed with NumPy's, and to become one silently. It counts kernels that are launched, waits of
the host for a result, and bytes that cross between the two. It is no faster than NumPy, since it is NumPy.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class Counter:
    """What has happened since it was last reset."""

    kernels: int = 0
    waits: int = 0
    copied: int = 0  # bytes

    def reset(self) -> None:
        """Begin anew."""
        self.kernels = self.waits = self.copied = 0


counter = Counter()


class Array(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that lives on the pretend GPU; made by `asarray`."""

    def __init__(self, there):
        self._there = there

    shape = property(lambda self: self._there.shape)
    ndim = property(lambda self: self._there.ndim)
    size = property(lambda self: self._there.size)
    dtype = property(lambda self: self._there.dtype)
    T = property(lambda self: Array(self._there.T))

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return _launch(getattr(ufunc, method), inputs, options)

    def __array_function__(self, function, types, inputs, options):
        return _launch(function, inputs, options)

    def __array__(self, *args, **options):
        raise TypeError("this array is on the GPU and does not become NumPy's by itself; say .get()")

    def __getitem__(self, index):
        if isinstance(index, Array) and index.dtype == bool:
            counter.kernels += 1
            counter.waits += 1  # for the number of them, which is the size of the result
        return Array(self._there[_there(index)])  # a view costs nothing

    def __setitem__(self, index, value):
        counter.kernels += 1
        self._there[_there(index)] = _there(value)

    def __len__(self):
        return len(self._there)

    def reshape(self, *shape):
        """A view, as far as NumPy makes one."""
        return Array(self._there.reshape(*shape))

    def astype(self, dtype):
        """As NumPy's."""
        return _launch(np.ndarray.astype, (self, dtype), {})

    def get(self) -> np.ndarray:
        """The numbers, on the host: it waits until they are there."""
        counter.waits += 1
        counter.copied += self._there.nbytes
        return self._there.copy()

    def __float__(self):
        return float(self.get())

    def __bool__(self):
        return bool(self.get())

    def __iter__(self):
        return (self[k] for k in range(len(self)))

    def __repr__(self):
        return f"an array of shape {self.shape} on the pretend GPU"


def _method(function):
    def method(self, *args, **options):
        return _launch(function, (self, *args), options)

    method.__doc__ = "As NumPy's."
    return method


for _function in (np.sum, np.mean, np.std, np.var, np.max, np.min):
    setattr(Array, _function.__name__, _method(_function))


def asarray(values) -> Array:
    """Send an array there."""
    array = np.array(values)
    counter.copied += array.nbytes
    return Array(array)


def _launch(function, inputs, options):
    counter.kernels += 1
    result = function(*map(_there, inputs), **{name: _there(value) for name, value in options.items()})
    return Array(np.asarray(result))


def _there(value):
    if isinstance(value, Array):
        return value._there
    if isinstance(value, tuple | list) and any(isinstance(one, Array) for one in value):
        return type(value)(map(_there, value))
    if isinstance(value, np.ndarray) and value.ndim:
        raise TypeError("an array of NumPy's and one of the GPU's do not mix; send the first there with asarray")
    return value
