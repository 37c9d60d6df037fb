"""One job, in the process made for it: confined, run, and ended, whatever a submission does meanwhile."""

import contextlib
import os
import random
import signal
import sys
import traceback

import numpy as np

from . import frames

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

    from . import limits
if sys.platform == "linux":
    from . import landlock, namespaces, seccomp

REPLY, REQUEST = 3, 4  # its descriptors, after the three that every process has


def do(program, level, descriptors, memory, seconds):
    """Carry out one job, in the copy made for it; never returns."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if sys.platform == "linux":
            namespaces.end_with_parent()
        _arrange(*descriptors)
        if level >= 1:
            _confine_job(level, memory, seconds)
        _work(program, REQUEST, REPLY)
    except SystemExit as error:
        _exit(error.code if isinstance(error.code, int) else 0 if error.code is None else 1)
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
    finally:
        _exit(1)


_exit = os._exit  # a submission that puts something else in its place changes nothing here


def _arrange(request, reply, printed):
    request, reply, printed = (fcntl.fcntl(d, fcntl.F_DUPFD, 64) for d in (request, reply, printed))
    for descriptor, place in ((printed, 1), (printed, 2), (reply, REPLY), (request, REQUEST)):
        os.dup2(descriptor, place)
    os.closerange(REQUEST + 1, os.sysconf("SC_OPEN_MAX"))


def _confine_job(level, memory, seconds):
    limits.restrict(memory, seconds)
    if level >= 2:
        landlock.separate()
        seccomp.restrict(os.getpid())


def do_once(program):
    """One job, with nothing around it: the request at descriptor 0, the replies to 1."""
    if sys.platform == "win32":
        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    request, reply = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what is printed goes the way of errors
    _work(program, request, reply)


def _work(program, request, reply):
    """Read a request, run the program over it, and end this process."""
    header, arrays = frames.read(request)
    os.close(request)
    random.seed()  # else every job would draw what the one before drew, and look repeatable where it is not
    np.random.seed()  # noqa: NPY002  # submissions use it
    try:
        program(header, arrays, lambda header, arrays=(): frames.write(reply, {"reply": header}, arrays))
        end = "done"
    except MemoryError:
        end = "memory"
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    frames.write(reply, {"ended": end})
    _exit(0)
