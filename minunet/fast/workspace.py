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


class Workspace:
    """The buffers and the threads of one network; two networks share nothing. A copy begins empty."""

    def __init__(self):
        self._threads = Threads()
        self._buffers: list[np.ndarray] = []  # the one that was taken longest ago first
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

    def share(self, work, count, size, like):
        """As `Threads.share`, on the device of `like`: a GPU does not want our threads."""
        if array_module(like) is np:
            self._threads.share(work, count, size)
        else:
            work(0, count)

    def _take(self, size):
        """The smallest free buffer that is large enough, but not twice as large; else a new one."""
        free = [k for k, count in enumerate(_references(self._buffers)) if count == _NOBODY]
        fitting = [k for k in free if size <= self._buffers[k].size <= 2 * size]
        if fitting:
            self._buffers.append(self._buffers.pop(min(fitting, key=lambda k: self._buffers[k].size)))
        else:
            self._make_room(size, free)
            self._buffers.append(np.empty(size, np.uint8))
        return self._buffers[-1]

    def _make_room(self, size, free):
        """Give back free buffers until, with `size` more, there is no more than was once held at the same time."""
        total = size + sum(buffer.size for buffer in self._buffers)
        self._most_held = max(self._most_held, total - sum(self._buffers[k].size for k in free))
        gone = []
        for k in free:
            if total <= self._most_held:
                break
            total -= self._buffers[k].size
            gone.append(k)
        for k in reversed(gone):
            del self._buffers[k]


def _references(buffers):
    return [sys.getrefcount(buffer) for buffer in buffers]


_NOBODY = _references([np.empty(0, np.uint8)])[0]  # the count of a buffer that is in the list and nowhere else
