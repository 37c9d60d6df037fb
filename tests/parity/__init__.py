"""Parity with PyTorch: the same weights, the same numbers."""
