"""What the two sides say to each other, as bytes that can be nothing but data.

A frame is the length of its head in 4 bytes; the head, in JSON: ``[header, [[dtype, shape], ...]]``; and the arrays'
bytes one after another, in C order. Neither pickle nor `numpy.load` has a part in it: the first runs what it reads, and
the second takes structured types, foreign byte orders and trailing bytes.
"""

import json
import math
import os
import struct
from typing import Any

import numpy as np

NAMES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128"
DTYPES = {name: np.dtype(name) for name in NAMES.split()}
DEEPEST = 32  # levels of a header: what is read without trouble here must not overflow whoever walks it later
MOST_AXES = 32
LENGTH = struct.Struct(">I")


class BrokenFrame(ValueError):
    """The bytes are no frame."""


class TooLarge(BrokenFrame):
    """There are more bytes than agreed."""


def pack(header, arrays=()):
    """The frame of a dict and some arrays, as a list of buffers.

    Raises
    ------
    TypeError, ValueError
        For what JSON does not hold (NaN too) and for an array of another type than `DTYPES`.
    """
    plain = [np.array(a, order="C", subok=False) for a in arrays]
    for i, a in enumerate(plain):
        if a.dtype.name not in DTYPES:
            raise TypeError(f"array {i} is of type {a.dtype}, expected one of {', '.join(DTYPES)}")
        plain[i] = a.astype(DTYPES[a.dtype.name], copy=False)
    text = json.dumps([header, [[a.dtype.name, a.shape] for a in plain]], allow_nan=False, ensure_ascii=False)
    head = text.encode("utf-8", "replace")  # a lone surrogate becomes a question mark
    return [LENGTH.pack(len(head)), head, *(a.tobytes() for a in plain)]


def write(descriptor, header, arrays=()):
    """Send a frame down a pipe."""
    for part in pack(header, arrays):
        view = memoryview(part)
        while view:
            view = view[os.write(descriptor, view) :]


def read(descriptor):
    """The one frame that a pipe of ours holds."""
    reader = Reader()
    while True:
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            raise BrokenFrame("it ends early")
        for frame in reader.feed(chunk):
            return frame


class Reader:
    """Frames out of the bytes of a stranger, as they come.

    Parameters
    ----------
    most_head, most_bytes, most_frames : int
        Of one head; of all frames together; of frames.
    """

    def __init__(self, most_head=1 << 31, most_bytes=1 << 40, most_frames=1):
        self.most_head, self.most_bytes, self.most_frames = most_head, most_bytes, most_frames
        self._buffer = bytearray()
        self._taken = 0
        self._frames = 0
        self._head: Any = None  # (header, [(dtype, shape)], bytes of body) of the frame whose arrays are still to come

    @property
    def between_frames(self):
        return self._head is None and not self._buffer

    def feed(self, chunk):
        """Yield each frame that `chunk` completes, as (header, arrays).

        Raises
        ------
        BrokenFrame
            As soon as it is clear that no frame can come of it.
        """
        surplus = chunk[self.most_bytes - self._taken :]
        self._buffer += chunk[: self.most_bytes - self._taken]
        self._taken += len(chunk) - len(surplus)
        while self._head is not None or self._take_head():
            header, specs, size = self._head
            if len(self._buffer) < size:
                break
            arrays = self._take_arrays(specs)
            del self._buffer[:size]
            self._head = None
            yield header, arrays
        if surplus:
            raise TooLarge(f"more than {self.most_bytes} bytes")

    def _take_head(self):
        if len(self._buffer) < LENGTH.size:
            return False
        (length,) = LENGTH.unpack_from(self._buffer)
        if length > self.most_head:
            raise BrokenFrame(f"a head of {length} bytes, expected at most {self.most_head}")
        if len(self._buffer) < LENGTH.size + length:
            return False
        self._frames += 1
        if self._frames > self.most_frames:
            raise TooLarge(f"more than {self.most_frames} frames")
        header, specs = _parse(bytes(self._buffer[LENGTH.size : LENGTH.size + length]))
        sizes = [_size(shape) * dtype.itemsize for dtype, shape in specs]
        if sum(sizes) > self.most_bytes - self._taken + len(self._buffer):
            raise TooLarge(f"arrays of {sum(sizes)} bytes")
        del self._buffer[: LENGTH.size + length]
        self._head = header, specs, sum(math.prod(shape) * dtype.itemsize for dtype, shape in specs)
        return True

    def _take_arrays(self, specs):
        arrays, start = [], 0
        for dtype, shape in specs:
            size = math.prod(shape) * dtype.itemsize
            raw = np.frombuffer(bytes(self._buffer[start : start + size]), np.uint8)
            if dtype.kind == "b" and (raw > 1).any():
                raise BrokenFrame("a bool that is neither")
            arrays.append(raw.view(dtype).reshape(shape).copy())
            start += size
        return arrays


def _parse(head):
    try:
        value = json.loads(head.decode("utf-8"), parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # raises for a lone surrogate, which nobody could print
    except (ValueError, RecursionError) as error:
        raise BrokenFrame(f"its head is no JSON: {type(error).__name__}") from None
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], dict) and isinstance(value[1], list)):
        raise BrokenFrame("its head is not [header, arrays]")
    if _deeper(value, DEEPEST):
        raise BrokenFrame(f"its header has more than {DEEPEST} levels")
    return value[0], [_spec(spec) for spec in value[1]]


def _no_number(name):
    raise ValueError(name)


def _deeper(value, levels):
    level = [value]
    for _ in range(levels):
        level = [c for v in level if isinstance(v, dict | list) for c in (v.values() if isinstance(v, dict) else v)]
    return bool(level)


def _spec(spec):
    if not (isinstance(spec, list) and len(spec) == 2 and isinstance(spec[0], str) and spec[0] in DTYPES):
        raise BrokenFrame("an array of no known type")
    shape = spec[1]
    if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(type(n) is int and n >= 0 for n in shape):
        raise BrokenFrame("an array of no shape")
    return DTYPES[spec[0]], tuple(shape)


def _size(shape):
    """Entries; axes of length 0 count as 1, so that ``(0, 2**80)`` is refused like ``(1, 2**80)``."""
    return math.prod(max(1, n) for n in shape)
