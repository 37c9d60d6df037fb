"""Types a command on the terminal from which the grader was started."""

# EXPECT: answers=right, ended=done, contained=0

import contextlib
import fcntl
import termios

import numpy as np

for path in ("/dev/tty", "/dev/stdin"):
    with contextlib.suppress(OSError), open(path) as terminal:
        for letter in b"echo hello\n":
            fcntl.ioctl(terminal, termios.TIOCSTI, bytes([letter]))
        print("ESCAPED typed on", path, flush=True)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
