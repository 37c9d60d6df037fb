import pytest

from minunet.fast import threads


@pytest.fixture
def four_threads(monkeypatch):
    """Four threads for the least work, whatever the machine has."""
    monkeypatch.setattr(threads, "WORTH_SHARING", 1)
    monkeypatch.setattr(threads.blas(), "threads", 4)
