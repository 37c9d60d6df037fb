"""The boundary: a stranger's code runs beyond it, and nothing but plain arrays and text comes back.

What runs there may do what it likes with its own process. It cannot, from level 2 on, read a file that is not NumPy's
or Python's, write one, start a process, reach the network, or touch any process but itself; and its answers, forged or
not, are only answers, which this side judges.
"""

from .sandbox import Limits, Outcome, Sandbox, highest_level

__all__ = ["Limits", "Outcome", "Sandbox", "highest_level"]
