"""Trained networks that come with minunet: ``minunet.load("isbi")``, or ``--weights isbi``.

Each is a weights file, its parameters in float16, beside a card, NAME.md: what it is for, what it was trained on and by
what recipe, how good it is on images that it never saw, and where it fails.
"""

from pathlib import Path

SHIPPED = ("isbi", "nuclei")


def shipped_file(name: str, suffix: str = "npz") -> Path:
    """The weights of a shipped network, or with suffix "md" its card."""
    return Path(__file__).parent / f"{name}.{suffix}"
