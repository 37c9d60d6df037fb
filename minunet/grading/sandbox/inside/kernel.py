"""The kernel's calls that Python has no name for."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47


def _checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def syscall(number, *arguments):
    """Call the kernel; integers go as 64 bits."""
    return _checked(_libc.syscall(*(ctypes.c_long(a) if isinstance(a, int) else a for a in (number, *arguments))))


def prctl(option, *arguments):
    return _checked(_libc.prctl(option, *(ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4])))


def unshare(flags):
    _checked(_libc.unshare(flags))


def mount(source, target, kind, flags, data=""):
    _checked(_libc.mount(*(os.fsencode(p) for p in (source, target, kind)), ctypes.c_ulong(flags), data.encode()))


def unmount(target, flags):
    _checked(_libc.umount2(os.fsencode(target), flags))
