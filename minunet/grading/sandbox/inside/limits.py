"""What any Unix gives: limits on memory, time, files and processes."""

import math
import resource
import sys

STACK = 8 << 20  # a recursion without end overflows it at once, instead of filling the memory


def restrict(memory, seconds):
    """Limit this process and all it starts, for good.

    Parameters
    ----------
    memory : int
        Bytes of address space.
    seconds : float
        Of processor time; more than the wall's time, it is what ends a job when nobody is left to do so.
    """
    cpu = math.ceil(seconds) + 1
    limits = {
        "RLIMIT_CPU": (cpu, cpu + 1),
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,  # no process beside those there are, nor thread
        "RLIMIT_NOFILE": 64,
        "RLIMIT_STACK": STACK,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 16,
    }
    if sys.platform == "linux":  # elsewhere it is not kept to, or refused
        limits["RLIMIT_AS"] = memory
    for name, wanted in limits.items():
        which = getattr(resource, name, None)
        if which is not None:
            _set(which, *(wanted if isinstance(wanted, tuple) else (wanted, wanted)))


def _set(which, soft, hard):
    """Lower a limit; one that is lower already stays."""
    _, highest = resource.getrlimit(which)
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(which, (soft, hard))
