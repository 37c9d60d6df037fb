"""To be nobody: another user, no group, no capability."""

import ctypes
import os
import struct

from . import kernel

NOBODY = 65534
OWN = 1_900_000_000  # and up: users that no system has given to anybody
CAPSET = 126  # of x86-64, the one machine with levels above 1; at level 1 root becomes another user, or nothing runs
CAPSET_VERSION = 0x20080522


def become_nobody(needed):
    """Give up root for a user who owns nothing, where that user can read all of `needed`.

    Returns
    -------
    str
        The first path of `needed` that the user cannot read, and then nothing has changed; else empty.
    """
    user, groups = OWN + os.getpid(), os.getgroups()
    os.setgroups([])
    try:
        os.setresgid(user, user, 0)
    except OSError:  # a container in which few users exist
        user = NOBODY
        os.setresgid(user, user, 0)
    os.setresuid(user, user, 0)  # a look round as that user, from which one can come back
    unreadable = next((path for path in needed if not _readable(path)), "")
    os.setresuid(0, 0, 0)
    if unreadable:
        os.setresgid(0, 0, 0)
        os.setgroups(groups)
    else:
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    return unreadable


def _readable(path):
    return os.access(path, os.R_OK | (os.X_OK if os.path.isdir(path) else 0))


def drop_capabilities():
    """Root, and the owner of a namespace, can do from here on what other users can."""
    capability = 0
    while _drop_for_good(capability):
        capability += 1
    header = ctypes.create_string_buffer(struct.pack("Ii", CAPSET_VERSION, 0))
    kernel.syscall(CAPSET, header, ctypes.create_string_buffer(24))


def _drop_for_good(capability):
    try:
        kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
    except OSError:  # there are no more, or none was there to drop
        return False
    return True
