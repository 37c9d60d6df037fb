"""Right, and imports modules of Python's that no job has loaded before."""

# EXPECT: answers=right, ended=done, contained=0

import csv
import datetime
import fractions
import logging
import pathlib
import platform
import statistics
import tempfile
import timeit
import unittest
import uuid

import numpy as np

print(datetime.datetime.now(), platform.python_version(), uuid.uuid4(), pathlib.Path.cwd(), timeit.timeit("1"))
print(statistics.mean([1, 2]), fractions.Fraction(1, 3), csv, tempfile, unittest)
logging.warning("about to start")


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache
