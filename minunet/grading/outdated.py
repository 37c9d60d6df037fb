"""What is not wrong but old: Python 2, and NumPy names that are gone."""

import re

RULES = (
    (
        "needs Python 2",
        "Missing parentheses in call to 'print'|name 'xrange' is not defined|name 'raw_input' is not defined|"
        "name 'unicode' is not defined|no attribute 'iteritems'|no attribute 'itervalues'|no attribute 'has_key'",
        "It was written for Python 2, which had print without parentheses, xrange and iteritems.",
        "print(...), range, items().",
    ),
    (
        "a float where a whole number must be",
        "'float' object cannot be interpreted as an integer|only integers, slices|"
        "'numpy.float64' object cannot be interpreted as an integer|slice indices must be integers|"
        "expected a sequence of integers or a single integer, got",
        "A float is no size, index or range, and / of two integers is a float (it was none in Python 2).",
        "Write // where a whole number is wanted.",
    ),
    (
        "needs an old NumPy",
        "module 'numpy' has no attribute|was a deprecated alias|was removed in the NumPy 2.0 release",
        "The name is gone from NumPy.",
        "np.int, np.float and np.bool are int, float and bool; np.product is np.prod.",
    ),
)


def outdated(message: str) -> tuple[str, str, str] | None:
    """(Name, explanation, fix) where an exception's message is of that kind, else None."""
    for name, pattern, explanation, fix in RULES:
        if re.search(pattern, message):
            return name, f"{explanation} ({message})", fix
    return None
