"""The fork-server: NumPy loaded once, and for each job a fresh copy of this process, about a millisecond old.

It confines itself before it loads anything, and each copy further before it runs anything of a stranger's. Requests and
replies pass it by: it hands the pipes on, and has never read what a copy could find in its memory.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback

from .packages import SYSTEM, Finder, folders_of, library_folders, readable_files, standard_library

# What courses use, so that each job need not load it again.
USUAL = """abc bisect collections.abc contextlib copy dataclasses decimal enum fractions functools heapq inspect io
itertools math numbers operator pprint random re string textwrap time timeit traceback types typing warnings
numpy numpy.fft numpy.lib.stride_tricks numpy.linalg numpy.random"""
PATIENCE = 2.0  # seconds for what a job has started to be gone


def main():
    """Serve the grader at the other end of descriptor 0, until it closes it."""
    settings = json.loads(sys.argv[1])
    level = settings["level"]
    try:
        statm = _confine(level, settings["stage"], settings["packages"])
        program, job = load(settings["packages"], settings["preload"])
    except Exception as error:
        traceback.print_exc()
        _tell(socket.socket(fileno=os.dup(0)), failed=f"{type(error).__name__}: {error}")
        return
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _tell(control, ready=os.geteuid() if hasattr(os, "geteuid") else None)
    _serve(control, job, program, level, statm)


def load(packages, preload=()):
    """The program's ``main``, and how a job is done with it; with NumPy and the rest loaded."""
    sys.meta_path.append(Finder(packages))
    for name in (*USUAL.split(), *preload):
        importlib.import_module(name)
    from . import job

    return importlib.import_module("main").main, job


def once():
    """One job and no server, where processes cannot be copied: the request at descriptor 0, the replies to 1."""
    program, job = load(json.loads(sys.argv[1])["packages"])
    job.do_once(program)


def _confine(level, stage, packages):
    """Up to `level`. Returns the descriptor of the file that tells how much address space this process has."""
    if sys.platform != "linux":
        if level >= 2:
            raise OSError("Landlock, seccomp and namespaces are Linux's")
        if level == 1 and os.geteuid() == 0:
            raise PermissionError("run by root, a submission would be root here: grade as another user")
        return None
    from . import kernel, landlock, namespaces, privileges, seccomp

    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)  # what leaves a job's group comes to this process
    if level == 0:
        return None
    if level >= 2 and not seccomp.available():
        raise OSError("the list of kernel calls is written for Linux on x86-64")
    if level >= 3:
        namespaces.enter()
    statm = os.open("/proc/self/statm", os.O_RDONLY)
    library, others = standard_library(stage)
    ours = [os.path.join(stage, "inside"), os.path.join(stage, "program"), *folders_of(packages)]
    if level >= 2:
        readable = [*readable_files(stage), *ours]
    if level >= 3:
        shown = [*library_folders(), *library, *others, *ours, *SYSTEM, os.devnull]
        namespaces.move_to(os.path.join(stage, "root"), shown, others)
    root = os.geteuid() == 0
    unreadable = privileges.become_nobody([*library, *ours]) if root else ""
    if unreadable and level == 1:
        raise PermissionError(
            f"run by root, submissions run as a user who owns nothing, and that user cannot read {unreadable}: "
            "grade as another user than root, or with a Python that all users can read"
        )
    if level >= 2:
        privileges.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    if level >= 3:
        namespaces.end_with_parent()
    if level >= 2:
        landlock.restrict(readable, writable=[os.devnull])
    return statm


def _tell(control, **message):
    control.sendall(json.dumps(message).encode() + b"\n")


def _serve(control, job, program, level, statm):
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker)  # a byte there for each child that ends
    gc.freeze()  # so that a collection in a copy does not touch, and so double, all of this process's memory
    while True:
        line, descriptors, _, _ = socket.recv_fds(control, 4096, 3)
        if not line:
            return
        if not descriptors:  # a late order to end a job that has ended
            continue
        order = json.loads(line.splitlines()[-1])
        memory = None if statm is None else _address_space(statm) + order["memory"]
        process = os.fork()
        if process == 0:
            job.do(program, level, descriptors, memory, order["seconds"])
        for descriptor in descriptors:
            os.close(descriptor)
        _tell(control, ended=_wait(process, control, woken))


def _address_space(statm):
    pages = int(os.pread(statm, 64, 0).split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _wait(process, control, woken):
    """A job's exit status, below 0 for a signal; ends it when the grader says so, or goes."""
    status = None
    while status is None:
        ready, _, _ = select.select([control, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
        if control in ready:
            if not control.recv(4096):
                _end_all(process)
                os._exit(0)
            os.kill(process, signal.SIGKILL)
        done, status = os.waitpid(process, os.WNOHANG)
        status = os.waitstatus_to_exitcode(status) if done else None
    _end_all(process)
    return status


def _end_all(process):
    """End what is left of a job: its group, and what has left the group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            done, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not done:
            for child in [-1] if os.getpid() == 1 else _children():  # process 1 of a namespace kills all there is in it
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.001)


def _children():
    """Of this process, to which also come those whose own parent has ended."""
    for name in os.listdir("/proc") if sys.platform == "linux" else []:
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                    yield int(name)
