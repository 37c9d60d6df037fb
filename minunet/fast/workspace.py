"""The workspace: memory that is used again, and threads that share the work.

Fresh memory is dear: the system hands it out page by page and clears each page first, which for a feature map
of 80 MB takes longer than a pass over it. So the fast layers take their arrays, results as well as scratch, from a
workspace, which hands out again what nobody holds any more. It gives nothing back to the system as long as the network
or one of its arrays lives; but since it fills gaps first, it has at most about twice what was once held at one time.
"""

import math
import sys
from threading import Lock
from typing import Any

import numpy as np

from ..device import array_module, device_of, to_device
from .threads import Threads

SMALL = 1 << 16  # bytes: below, fresh memory costs nothing
LEAST = 1 << 24  # bytes of memory that are asked of the system at a time; it gives pages where they are written to
ALIGNED = 64  # bytes: a cache line
ON_GPU = 1 << 28  # numbers at a time, a GiB of float32: a GPU wants few calls, and long ones


class Workspace:
    """The memory and the threads of one network; two networks share nothing. A copy begins empty."""

    def __init__(self):
        self._threads = Threads()
        self._regions: list[_Region] = []
        self._constants: dict = {}
        self._lock = Lock()

    def __reduce__(self):
        return Workspace, ()

    def empty(self, shape, like, dtype=None):
        """An array of any contents, in memory that no living array uses, on the device of `like` and of its dtype.

        Every view of a block of memory keeps a reference to it. A block without any is one that no caller, no tape
        and no cache can see any more; so an array that somebody holds is never written to.
        """
        xp = array_module(like)
        dtype = np.dtype(dtype or like.dtype)
        size = math.prod(shape) * dtype.itemsize
        if xp is not np or size < SMALL:  # CuPy keeps a pool of memory itself
            return xp.empty(shape, dtype)
        with self._lock:
            block = self._take(size)
        return block.view(dtype).reshape(shape)

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
        """A block of the first region that has room for it; else of a new one, as large as all there are."""
        for region in self._regions:
            block = region.take(size)
            if block is not None:
                return block
        self._regions.append(_Region(max(size, LEAST, sum(region.size for region in self._regions))))
        return self._regions[-1].take(size)


class _Region:
    """Memory that is handed out in blocks, each at the lowest address where there is room between those in use."""

    def __init__(self, size):
        self.size = size
        # Not as an array: NumPy lets a view of a view keep alive the array that owns the memory, and nothing between.
        memory = np.empty(size + ALIGNED, np.uint8)
        self._memory: Any = memory[-memory.ctypes.data % ALIGNED :].data
        self._blocks: list[tuple[int, np.ndarray]] = []  # where each begins, in order

    def take(self, size):
        """An array of `size` bytes; None where there is no room."""
        counts = _references(self._blocks)
        self._blocks = [pair for pair, count in zip(self._blocks, counts, strict=True) if count > _NOBODY]
        start = 0
        for k, (begin, block) in enumerate(self._blocks):
            if begin - start >= size:
                return self._put(k, start, size)
            start = begin + -(-block.size // ALIGNED) * ALIGNED
        return self._put(len(self._blocks), start, size) if self.size - start >= size else None

    def _put(self, k, start, size):
        self._blocks.insert(k, (start, np.frombuffer(self._memory, np.uint8, size, start)))
        return self._blocks[k][1]


def _references(blocks):
    return [sys.getrefcount(block) for _, block in blocks]


_NOBODY = _references([(0, np.empty(0, np.uint8))])[0]  # the count of a block that is in the list and nowhere else
