"""The course: its lessons, what a lesson's notebook calls, and how far a student is.

A notebook calls three functions. `check` grades what was just written and keeps what is right in ``my_layers.py``;
`need` sees to it that what earlier lessons wrote is there; `cells` gives a real image.
"""

from .checking import NotRight, check
from .images import cells
from .kept import need

__all__ = ["NotRight", "cells", "check", "need"]
