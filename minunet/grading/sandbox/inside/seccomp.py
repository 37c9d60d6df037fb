"""seccomp: the kernel's calls that a job may make, and no other (Linux on x86-64).

A list of what is allowed, since one of what is forbidden still lets a job renice, pin or limit the grader. What is not
on it fails with EPERM rather than ending the process: so an honest `threading.Thread` is an exception with a line
number that its author can be shown. Only calls of another architecture, which no honest program makes, end it.
"""

import ctypes
import platform
import struct

from . import kernel

SECCOMP_MODE_FILTER = 2
AUDIT_ARCH_X86_64 = 0xC000003E
X32 = 0x40000000  # or more: the numbers of the x32 calls, which would slip past the list

ALLOWED = {
    "read": 0,
    "write": 1,
    "open": 2,  # which files, Landlock says
    "close": 3,
    "stat": 4,
    "fstat": 5,
    "lstat": 6,
    "lseek": 8,
    "mmap": 9,
    "mprotect": 10,
    "munmap": 11,
    "brk": 12,
    "rt_sigaction": 13,
    "rt_sigprocmask": 14,
    "rt_sigreturn": 15,
    "pread64": 17,
    "readv": 19,
    "writev": 20,
    "access": 21,
    "sched_yield": 24,
    "mremap": 25,
    "madvise": 28,
    "nanosleep": 35,
    "getpid": 39,
    "exit": 60,
    "uname": 63,
    "getcwd": 79,
    "readlink": 89,
    "gettimeofday": 96,
    "getrusage": 98,
    "sysinfo": 99,
    "times": 100,
    "getuid": 102,
    "getgid": 104,
    "geteuid": 107,
    "getegid": 108,
    "getppid": 110,
    "sigaltstack": 131,
    "gettid": 186,
    "time": 201,
    "futex": 202,
    "getdents64": 217,
    "restart_syscall": 219,
    "clock_gettime": 228,
    "clock_getres": 229,
    "clock_nanosleep": 230,
    "exit_group": 231,
    "openat": 257,
    "newfstatat": 262,
    "readlinkat": 267,
    "faccessat": 269,
    "getrandom": 318,
    "statx": 332,
    "faccessat2": 439,
}
IOCTL, FCNTL, KILL, TKILL, TGKILL, GETAFFINITY, PRLIMIT = 16, 72, 62, 200, 234, 204, 302
IOCTLS = (0x5401, 0x5413, 0x5451)  # is it a terminal, its size, close on exec
FCNTLS = (1, 2, 3, 1030)  # its flags, and a copy; not F_SETOWN, which sends signals
IOCTL_ERRNO = 25  # ENOTTY, as pipes answer
EPERM = 1

RETURN_KILL, RETURN_ERRNO, RETURN_ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # where they are in what the kernel shows the filter


def available():
    return platform.machine() == "x86_64" and ctypes.sizeof(ctypes.c_void_p) == 8


def _load(offset):
    return LOAD, 0, 0, offset


def _return(value):
    return RETURN, 0, 0, value


def _one_of(number, argument, values, errno=EPERM):
    """The call `number` where the low half of its argument, all that an int has, is one of `values`."""
    tests = [step for value in values for step in ((EQUAL, 0, 1, value), _return(RETURN_ALLOW))]
    body = [_load(ARGUMENTS + 8 * argument), *tests, _return(RETURN_ERRNO | errno)]
    return [(EQUAL, 0, len(body), number), *body]


def _own_limits():
    """Reading one's own limits: of process 0, and with no new ones given."""
    low = ARGUMENTS + 8 * 2
    wanted = [(ARGUMENTS, 0), (low, 0), (low + 4, 0)]
    steps = [
        step for place, value in wanted for step in (_load(place), (EQUAL, 1, 0, value), _return(RETURN_ERRNO | EPERM))
    ]
    body = [*steps, _return(RETURN_ALLOW)]
    return [(EQUAL, 0, len(body), PRLIMIT), *body]


def _program(process):
    yield from (_load(ARCHITECTURE), (EQUAL, 1, 0, AUDIT_ARCH_X86_64), _return(RETURN_KILL))
    yield from (_load(NUMBER), (AT_LEAST, 0, 1, X32), _return(RETURN_KILL))
    for number in ALLOWED.values():
        yield from ((EQUAL, 0, 1, number), _return(RETURN_ALLOW))
    yield from _one_of(IOCTL, 1, IOCTLS, IOCTL_ERRNO)
    yield from _one_of(FCNTL, 1, FCNTLS)
    yield from _one_of(GETAFFINITY, 0, (0, process))
    for number in (KILL, TKILL, TGKILL):  # oneself: so abort() and raise() do what they say
        yield from _one_of(number, 0, (process,))
    yield from _own_limits()
    yield _return(RETURN_ERRNO | EPERM)


def restrict(process):
    """From here on this process, whose number is `process`, makes the calls on the list alone. Needs no_new_privs."""
    steps = list(_program(process))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    kernel.prctl(kernel.PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))
