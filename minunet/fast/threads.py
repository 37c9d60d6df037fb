"""Threads that share the work of one layer, each with a BLAS of its own.

NumPy lets go of Python's lock while it computes, so threads of ours gather, add and multiply side by side, where
BLAS alone would share the multiplications only. It takes the lock back between two calls: calls must be long
(a tenth of a millisecond and more), or the threads do little but hand the lock to each other.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cache
from threading import Lock, local

try:
    from threadpoolctl import ThreadpoolController
except ImportError:  # in a browser, where there are no threads either
    ThreadpoolController = None


MULTIPLICATIONS = 16  # of a matrix product that take as long as moving one value
WORTH_SHARING = 1 << 20  # values: about half a millisecond of work, and waking a thread takes a quarter of one


class Threads:
    """As many as BLAS was given (by OPENBLAS_NUM_THREADS, say), the caller's own among them."""

    def __init__(self):
        self.count = blas().threads
        self._others: ThreadPoolExecutor | None = None
        self._process = 0
        self._of_thread = local()

    def share(self, work: Callable[[int, int], None], count: int, size: int, multiplications: int = 0) -> None:
        """Call ``work(start, stop)`` on consecutive parts of range(count), one a thread; return when all are done.

        `size` is how many values are read or written in all, `multiplications` how many there are in matrix products:
        what is soon done is not worth sharing. Where there are products, BLAS is held to one thread meanwhile, or its
        threads and ours would fight for the cores. What shares its work within its part, keeps it all.
        """
        enough = size + multiplications // MULTIPLICATIONS >= WORTH_SHARING and not self._shared()
        with blas() if multiplications and not self._shared() else nullcontext():
            self._share(work, count, min(self.count, count) if enough else 1)

    def _share(self, work, count, parts):
        if parts == 1:
            work(0, count)
            return
        if self._others is None or self._process != os.getpid():  # a forked process has none of its parent's threads
            self._others = ThreadPoolExecutor(self.count - 1, thread_name_prefix="minunet")
            self._process = os.getpid()
        bounds = [count * part // parts for part in range(parts + 1)]
        others = [self._others.submit(self._part, work, *bounds[part : part + 2]) for part in range(1, parts)]
        try:
            self._part(work, *bounds[:2])
        finally:
            for other in others:
                other.result()

    def _part(self, work, start, stop):
        self._of_thread.shared = True
        try:
            work(start, stop)
        finally:
            self._of_thread.shared = False

    def _shared(self):
        """Whether this thread is at its part of something."""
        return getattr(self._of_thread, "shared", False)


class _Blas:
    """Holds BLAS to one thread inside ``with``, and gives it back what it had when nobody was inside.

    The number is the whole process's, and some libraries let the main thread alone change it. So every thread that
    enters sets it and every thread that leaves sets it back: where threads overlap, one may find more than it wants
    for a moment, but none is ever lost.
    """

    def __init__(self):
        self._libraries = ThreadpoolController().select(user_api="blas").lib_controllers if ThreadpoolController else []
        self._before = self._numbers()
        self.threads = max(self._before, default=1)
        self._inside = 0
        self._lock = Lock()
        self._of_thread = local()

    def __enter__(self):
        with self._lock:
            if not self._inside:
                self._before = self._numbers()
            self._inside += 1
            self._of_thread.depth = getattr(self._of_thread, "depth", 0) + 1
            if self._of_thread.depth == 1:
                self._set([1] * len(self._libraries))

    def __exit__(self, *error):
        with self._lock:
            self._inside -= 1
            self._of_thread.depth -= 1
            if not self._of_thread.depth:
                self._set(self._before)

    def _numbers(self):
        return [library.get_num_threads() for library in self._libraries]

    def _set(self, numbers):
        for library, number in zip(self._libraries, numbers, strict=True):
            library.set_num_threads(number)


@cache
def blas() -> _Blas:
    return _Blas()
