"""Tries calls that have been ways out of other boundaries, with arguments that do no harm."""

# EXPECT: answers=right, ended=done, contained=2

import ctypes
import errno

import numpy as np

TARGETS = {}

CALLS = {
    "ptrace": 101,
    "mount": 165,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "kcmp": 312,
    "seccomp": 317,
    "bpf": 321,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "ioprio_set": 251,
    "inotify_init1": 294,
    "name_to_handle_at": 303,
    "socket": 41,
    "memfd_create": 319,
}
libc = ctypes.CDLL(None, use_errno=True)
for name, number in CALLS.items():
    ctypes.set_errno(0)
    refused = libc.syscall(number, -1, -1, -1, -1, -1) < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)
    if not refused:
        print("ESCAPED the kernel takes", name, flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
