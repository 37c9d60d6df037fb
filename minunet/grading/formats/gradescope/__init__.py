"""For Gradescope: `results.py` writes what it reads, `autograder.py` the zip that makes it do so there."""

from .autograder import make_gradescope
from .results import failure, to_gradescope, write

__all__ = ["failure", "make_gradescope", "to_gradescope", "write"]
