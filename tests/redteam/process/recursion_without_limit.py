"""Recursion without end, with the interpreter's limit lifted: the stack overflows."""

# EXPECT: answers=none, ended=signal SIGSEGV, contained=0, seconds=10

import sys

sys.setrecursionlimit(10**9)


class Endless:
    def __repr__(self):
        return repr(self) + repr([self])


def relu_forward(x):
    return repr(Endless()), None


def relu_backward(dout, cache):
    return dout * cache
