"""Fixtures that more than one test file needs."""

import sys

import pytest
from hypothesis import settings
from standin_cupy import make_cupy

settings.register_profile("the same every time", derandomize=True, deadline=None)
settings.load_profile("the same every time")

# It comes with py-ctcmetrics and reads TIFFs that minunet's users, who need not have it, cannot read.
sys.modules["imagecodecs"] = None  # type: ignore[assignment]

pytest.register_assert_rewrite("device_parity", "strategies")  # so that its assertions, too, show what they compared


@pytest.fixture
def cupy(monkeypatch):
    """A stand-in for CuPy (`standin_cupy`), installed for the length of one test."""
    module = make_cupy()
    monkeypatch.setitem(sys.modules, "cupy", module)
    return module
