"""Namespaces (Linux): processes, network, mounts and shared memory of one's own, and an almost empty root folder."""

import ctypes
import os
import signal
from pathlib import Path

from . import kernel

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
OTHERS = NEWNS | NEWUTS | NEWIPC | NEWPID | NEWNET
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
PIVOT_ROOT = 155  # of x86-64


def enter():
    """Go on as process 1 of a new set of namespaces; this process itself only waits, and ends with it."""
    user, group = os.getuid(), os.getgid()
    try:
        kernel.unshare(OTHERS)  # root's
    except OSError:
        kernel.unshare(OTHERS | NEWUSER)
        for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", file).write_text(line)
    first = os.fork()
    if first:
        os.close(0)  # the line to the grader: it must close when process 1 ends
        _, status = os.waitpid(first, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0x7F)


def end_with_parent():
    """Be killed when the process that started this one ends. Any change of user takes that back."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)


def move_to(root, shown, hidden):
    """Make the empty folder `root` the root of all files, with `shown` in it at their places and nothing else.

    Only for coarse work, by whole folders: what in them may be read, Landlock says.

    Parameters
    ----------
    root : path
    shown : iterable of path
        Files and folders, absolute.
    hidden : collection of path
        Those of `shown` of which only the place is wanted: empty folders.
    """
    root = Path(root)
    kernel.mount("none", "/", "none", MS_REC | MS_PRIVATE)
    kernel.mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4m,mode=755")
    for path in shown:
        target = root / Path(path).relative_to("/")
        if path in hidden:
            if target.exists():
                kernel.mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4m,mode=755")
            continue
        if target.exists() or not os.path.exists(path):  # the first: in a folder that is there already
            continue
        if os.path.isdir(path):
            target.mkdir(parents=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        kernel.mount(path, target, "none", MS_BIND | MS_REC)
    old = root / ".old"
    old.mkdir()
    kernel.syscall(PIVOT_ROOT, ctypes.c_char_p(os.fsencode(root)), ctypes.c_char_p(os.fsencode(old)))
    os.chdir("/")
    kernel.unmount("/.old", MNT_DETACH)
    os.rmdir("/.old")
