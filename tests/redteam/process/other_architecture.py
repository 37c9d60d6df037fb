"""Calls the kernel by the gate of 32-bit programs, where every call has another number."""

# EXPECT: answers=any, ended=done|signal SIGSYS, contained=2

import ctypes
import mmap

import numpy as np

with mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC) as page:
    page.write(bytes.fromhex("b8140000 00cd80c3"))  # mov eax, 20 (getpid); int 0x80; ret
    address = ctypes.c_char.from_buffer(page)
    if ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(address))() > 0:
        print("ESCAPED by the gate of 32-bit programs", flush=True)
    del address


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
