"""What is installed here, and what a weights file holds; of a network that comes with minunet, its card.

A line "faster" says where this machine leaves speed behind, and what mends that.
"""

from .predict import WEIGHTS

EXAMPLE = "minunet info run1"


def add_arguments(parser):
    """The arguments of ``minunet info``."""
    parser.add_argument("weights", nargs="?", metavar="RUN|FILE|NAME", help=WEIGHTS)
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(args):
    """Print name and value, a line each."""
    from ..weights import SHIPPED, shipped_file
    from .output import print_json

    facts = _weights(args.weights) if args.weights else _machine()
    if args.json:
        print_json(facts)
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            for line in value if isinstance(value, list) else [value]:
                print(f"{name.ljust(width)}  {f'{line:,}' if isinstance(line, int) else line}")
        if args.weights in SHIPPED:
            print(f"\n{shipped_file(args.weights, 'md').read_text(encoding='utf-8').strip()}")


def _machine():
    import os
    import platform

    import numpy as np
    import scipy

    from .. import __version__
    from ..machine import lost_speed, this_machine

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "minunet": __version__,
        "python": platform.python_version(),
        "numpy": f"{np.__version__} with {blas['name']} {blas['version']}",
        "scipy": scipy.__version__,
        "cpu": f"{os.cpu_count()} cores, {platform.machine()}",
        "gpu": _gpu(),
        "faster": lost_speed(this_machine()),
    }


def _gpu():
    from ..device import resolve_device

    try:
        resolve_device("cuda")
    except ValueError as error:
        return f"none: {error}"
    return "CuPy and a CUDA GPU"


def _weights(name):
    from ..sizes import margin, smallest_input
    from .predict import load_weights

    net = load_weights(name)
    mean, std = net.normalization
    return {
        **net.settings,
        "parameters": sum(value.size for value in net.params.values()),
        "margin": f"{margin(net.depth)} px a side",
        "legal inputs": f"{smallest_input(net.depth)} px and every {2**net.depth} more",
        "normalization": "each image by its own mean and standard deviation"
        if net.each_image
        else f"mean {_numbers(mean)}; standard deviation {_numbers(std)}",
        "threshold": net.threshold,
    }


def _numbers(value):
    import numpy as np

    return ", ".join(f"{number:.4g}" for number in np.atleast_1d(value))
