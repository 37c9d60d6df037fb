"""A sandbox: a program of ours, run beside a stranger's code, one job and one process at a time."""

import functools
import os
import threading
import time
from dataclasses import dataclass

import numpy as np

from .fork_server import ForkServer
from .inside import frames
from .once import Once

MEANS = (
    "a process of its own",
    "limits on memory, time, files and processes",
    "Landlock, seccomp and limits",
    "namespaces, Landlock, seccomp and limits",
)
PROBE = b"def main(request, arrays, reply):\n    reply(request, [a @ a for a in arrays])\n"


@dataclass(frozen=True)
class Limits:
    """What one job may use.

    Attributes
    ----------
    seconds : float
        By the clock.
    memory : int
        Bytes of address space beyond what Python and NumPy take. From level 1 on.
    printed : int
        Bytes kept of what it prints, half from the beginning and half from the end; it may print more.
    reply : int
        Bytes of all its replies together.
    """

    seconds: float = 10.0
    memory: int = 1 << 30
    printed: int = 64 << 10
    reply: int = 64 << 20


@dataclass(frozen=True)
class Outcome:
    """What came of one job.

    Attributes
    ----------
    ended : str
        "done"; or "timeout", "memory", "exit N" (the process ended before the program did), "signal NAME",
        "too much output", "broken reply" (bytes that are no reply), "lost" (it took the server with it).
    replies : list of (dict, list of arrays)
        In order, those that came whole, however the job ended.
    printed : bytes
        Of standard output and standard error.
    seconds : float
        By the clock.
    """

    ended: str
    replies: list[tuple[dict, list[np.ndarray]]]
    printed: bytes
    seconds: float


class Sandbox:
    """Runs jobs of one program, each in a fresh process that has seen no other.

    Parameters
    ----------
    program : dict of str to bytes
        File names and contents; ``main.py`` has ``main(request, arrays, reply)``, where ``reply(header, arrays=())``
        sends a dict and arrays back, as often as it likes. They can import each other, Python's own library, NumPy
        and SciPy.
    level : 0, 1, 2 or 3, optional
        Of isolation; None takes the highest that this machine can give.
    limits : Limits
    preload : iterable of str
        Modules that jobs will want, and that take long to load: loaded once, where there is a fork-server.

    Attributes
    ----------
    level : int
    isolation : str
        The level and its means, and why not a higher one, in words for a report.

    Raises
    ------
    ValueError
        For a level that this machine cannot give.
    """

    def __init__(self, program, level=None, limits=Limits(), preload=()):
        if "main.py" not in program:
            raise ValueError(f"the program has {', '.join(program) or 'no file'}, expected main.py among them")
        highest, why = highest_level() if level is None else (level, "")
        self.level = highest
        self.limits = limits
        self._program = dict(program)
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._server = _start(self._program, self.level, self._preload)
        self._closed = False
        self.isolation = f"level {self.level}: {MEANS[self.level]}" + (f"; not more: {why}" if why else "")

    def run(self, request, arrays=(), seconds=None):
        """Carry out one job.

        Parameters
        ----------
        request : dict
            That JSON can hold.
        arrays : iterable of arrays
        seconds : float, optional
            In the place of the limit's.

        Returns
        -------
        Outcome
        """
        parts = frames.pack(request, arrays)
        with self._lock:
            if self._closed:
                raise ValueError("the sandbox is closed")
            if self._server is None:
                self._server = _start(self._program, self.level, self._preload)
            start = time.monotonic()
            try:
                ended, transcript = self._server.run(parts, self.limits, seconds or self.limits.seconds)
            except ConnectionError as error:
                ended, (transcript,) = "lost", error.args
                self._discard(at_once=True)
            except BaseException:  # Ctrl-C, say: the job must not outlive it
                self._discard()
                raise
            return Outcome(ended, transcript.replies, transcript.printed, time.monotonic() - start)

    def _discard(self, at_once=False):
        server, self._server = self._server, None
        if server is not None:
            server.close(at_once)

    def close(self):
        """End what runs and remove what was staged."""
        with self._lock:
            self._closed = True
            self._discard()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _start(program, level, preload):
    if level not in range(len(MEANS)):
        raise ValueError(f"level {level!r}, expected 0, 1, 2 or 3")
    if not hasattr(os, "fork"):
        if level:
            raise ValueError(f"level {level} cannot be had here: this system has no fork")
        return Once(program)
    try:
        return ForkServer(program, level, preload)
    except OSError as error:
        raise ValueError(f"level {level} cannot be had here: {error}") from error


@functools.cache
def highest_level():
    """The highest level of isolation that works on this machine, by trying.

    Returns
    -------
    level : int
    why : str
        Why not a higher one; empty at the highest there is.
    """
    why = ""
    for level in range(len(MEANS) - 1, 0, -1):
        try:
            with Sandbox({"main.py": PROBE}, level) as sandbox:
                outcome = sandbox.run({}, [np.eye(3)])
        except ValueError as error:
            why = str(error)
            continue
        if outcome.ended == "done":
            return level, why
        why = f"at level {level} a job of ours ended with {outcome.ended!r}"
    return 0, why
