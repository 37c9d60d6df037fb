"""The workspace: memory that is used again, and threads that share the work.

Fresh memory is dear: the system hands it out page by page and clears each page first, which for a feature map
of 80 MB takes longer than a pass over it. So the fast layers take their arrays, results as well as scratch, from a
workspace, which hands out again what nobody holds any more.
"""

import math
import sys
from threading import Lock

import numpy as np

from ..device import array_module, device_of, to_device
from .threads import Threads

SMALL = 1 << 16  # bytes: below, fresh memory costs nothing
SPARE = 1 << 22  # bytes kept beyond what is needed: in a small network all buffers then find their use again
ON_GPU = 1 << 28  # numbers at a time, a GiB of float32: a GPU wants few calls, and long ones


class Workspace:
    """The buffers and the threads of one network; two networks share nothing. A copy begins empty."""

    def __init__(self):
        self._threads = Threads()
        self._buffers: list[np.ndarray] = []  # the one that was taken longest ago first
        self._sizes: list[int] = []  # of these
        self._most_held = 0  # bytes
        self._constants: dict = {}
        self._lock = Lock()

    def __reduce__(self):
        return Workspace, ()

    def empty(self, shape, like):
        """An array of any contents, of the dtype and on the device of `like`, in memory that no living array uses.

        Every view of a buffer keeps a reference to it. A buffer without any is one that no caller, no tape and
        no cache can see any more; so an array that somebody holds is never written to.
        """
        xp = array_module(like)
        size = math.prod(shape) * like.dtype.itemsize
        if xp is not np or size < SMALL:  # CuPy keeps a pool of memory itself
            return xp.empty(shape, like.dtype)
        with self._lock:
            buffer = self._take(size)
        return buffer[:size].view(like.dtype).reshape(shape)

    def constant(self, matrix, like):
        """A matrix that never changes, of the dtype and on the device of `like`: taken there once."""
        key = id(matrix), like.dtype, device_of(like)
        if key not in self._constants:
            self._constants[key] = to_device(np.ascontiguousarray(matrix, like.dtype), device_of(like))
        return self._constants[key]

    def at_once(self, numbers, like):
        """How many numbers of scratch to make at a time: `numbers`, which fit the processor's cache, or a GPU's own."""
        return numbers if array_module(like) is np else ON_GPU

    def share(self, work, count, size, like, multiplications=0):
        """As `Threads.share`, on the device of `like`: a GPU does not want our threads."""
        if array_module(like) is np:
            self._threads.share(work, count, size, multiplications)
        else:
            work(0, count)

    def _take(self, size):
        """The smallest free buffer that is large enough, but not twice as large; else a new one."""
        fitting = [(each, k) for k, each in enumerate(self._sizes) if size <= each <= 2 * size]
        for _, k in sorted(fitting):
            if _references(self._buffers, k) == _NOBODY:
                self._buffers.append(self._buffers.pop(k))
                self._sizes.append(self._sizes.pop(k))
                return self._buffers[-1]
        self._make_room(size)
        self._buffers.append(np.empty(size, np.uint8))
        self._sizes.append(size)
        return self._buffers[-1]

    def _make_room(self, size):
        """Give back free buffers until, with `size` more, there is little more than was once held at the same time."""
        free = [k for k in range(len(self._buffers)) if _references(self._buffers, k) == _NOBODY]
        total = size + sum(self._sizes)
        self._most_held = max(self._most_held, total - sum(self._sizes[k] for k in free))
        gone = []
        for k in free:
            if total <= self._most_held + SPARE:
                break
            total -= self._sizes[k]
            gone.append(k)
        for k in reversed(gone):
            del self._buffers[k], self._sizes[k]


def _references(buffers, k):
    return sys.getrefcount(buffers[k])


_NOBODY = _references([np.empty(0, np.uint8)], 0)  # the count of a buffer that is in the list and nowhere else
