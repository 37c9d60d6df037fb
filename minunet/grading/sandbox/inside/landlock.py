"""Landlock: a process gives up, for itself and all it starts, every file that it does not name (Linux 5.13)."""

import ctypes
import os
import struct

from . import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
VERSION = 1  # flag of CREATE_RULESET: only say which version this is
PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights over files each version knows; from 5 on, 16
NET_RIGHTS = 0b11  # TCP bind and connect, from version 4
SCOPES = 0b11  # abstract sockets and signals to processes outside, from version 6


def version():
    """Which version the kernel has; raises OSError where it has none."""
    return kernel.syscall(CREATE_RULESET, None, 0, VERSION)


def _ruleset(handled):
    size = 8 if version() < 4 else 16 if version() < 6 else 24
    attributes = struct.pack("QQQ", handled, NET_RIGHTS if version() >= 4 else 0, SCOPES if version() >= 6 else 0)
    return kernel.syscall(CREATE_RULESET, ctypes.c_char_p(attributes), size, 0)


def _enforce(ruleset):
    kernel.syscall(RESTRICT_SELF, ruleset, 0)  # needs no_new_privs
    os.close(ruleset)


def restrict(readable, writable=()):
    """Leave of all files and folders `readable` and what lies in them, and the files `writable`.

    Parameters
    ----------
    readable, writable : iterable of path
        What does not exist is passed over.
    """
    ruleset = _ruleset((1 << RIGHTS.get(version(), 16)) - 1)
    for paths, of_file in ((readable, READ_FILE), (writable, READ_FILE | WRITE_FILE)):
        for path in paths:
            _allow(ruleset, path, of_file)
    _enforce(ruleset)


def _allow(ruleset, path, of_file):
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = of_file | (READ_DIR if os.path.isdir(path) else 0)
        kernel.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.c_char_p(struct.pack("=Qi", rights, descriptor)), 0)
    finally:
        os.close(descriptor)


def separate():
    """Be one level further in than the process that started this one: then it can be neither traced nor signalled."""
    _enforce(_ruleset(EXECUTE))
