"""The shape arithmetic of the U (Ronneberger et al. 2015, figure 1): 572 in, 388 out.

Two valid 3x3 convolutions cost 4 pixels and a pooling halves, so a network of depth d brings an input of
side n to a bottom of side b, and from there to the output,

    n = 2^d b + 4 (2^d - 1)          output = 2^d (b - 4) - 4 (2^d - 1) = n - 2 margin,   margin = 6 * 2^d - 4

Every pooled size is even exactly when b is a whole number: that is what makes a size legal. At depth 4
these are n = 16b + 60, output = 16b - 124, a margin of 92 pixels on each side.
"""

import operator


def output_size(input_size, depth=4):
    """Side of the output for a legal input side, in pixels.

    Parameters
    ----------
    input_size : int
    depth : int, at least 1
        The number of poolings.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        For an illegal side; the message names the nearest legal ones.

    Examples
    --------
    >>> output_size(572, depth=4)
    388
    """
    step = 2 ** whole_number("depth", depth)
    try:
        output = operator.index(input_size) - 2 * margin(depth)
    except TypeError:
        raise ValueError(f"input size is {input_size!r}, expected a whole number of pixels") from None
    if (input_size - 4 * (step - 1)) % step or output < 1:
        above = input_size_for(output, depth)
        below = above - step
        nearest = f"{below} or {above}" if below >= smallest_input(depth) else str(above)
        raise ValueError(f"input size {input_size} is not legal at depth {depth}; the nearest legal: {nearest}")
    return output


def input_size_for(output, depth=4):
    """The smallest legal input side whose output is at least `output` pixels."""
    step = 2 ** whole_number("depth", depth)
    smallest = smallest_input(depth)
    missing = max(0, output + 2 * margin(depth) - smallest)
    return smallest + -(-missing // step) * step


def largest_input(limit, depth=4):
    """The largest legal input side of at most `limit` pixels; the smallest one where all are larger."""
    step = 2 ** whole_number("depth", depth)
    smallest = smallest_input(depth)
    return smallest + max(0, limit - smallest) // step * step


def smallest_input(depth=4):
    """The smallest legal input side: 188 (output 4) at depth 4."""
    step = 2 ** whole_number("depth", depth)
    return step * (7 if depth == 1 else 8) + 4 * (step - 1)


def margin(depth=4):
    """Pixels lost on each side between input and output: 92 at depth 4."""
    return 6 * 2 ** whole_number("depth", depth) - 4


def whole_number(name, value, least=1):
    """Return `value` as an int, or raise `ValueError` where it is not a whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} is {value!r}, expected a whole number of at least {least}")
    return number
