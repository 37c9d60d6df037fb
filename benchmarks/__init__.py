"""minunet side by side with what a user would pick instead: one command each, ``python -m benchmarks.train_step``.

PyTorch is needed here alone: ``pip install ".[benchmarks]"``.
"""
