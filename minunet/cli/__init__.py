"""The command line: each command in a file of its own, which parses, calls and prints.

Exit status: 0 when a command did its work, 2 with one line on stderr when it could not, 130 when it was
interrupted, 141 when whoever read its output had gone.
"""

import argparse
import errno
import os
import sys
from importlib import import_module

from .. import __version__

COMMANDS = {
    "demo": "train on a real image of touching nuclei, segment it, and show how good that is",
    "train": "train a U-Net on your own images",
    "predict": "segment images of any size",
    "evaluate": "compare segmentations with the truth",
    "step": "step through one training step, forwards and backwards, and see where every number comes from",
    "grade": "say of a student's layers what is right, and what is wrong and why",
    "lessons": "the course: begin it, see how far you are, build it",
    "info": "what is installed here, or what a weights file holds",
}


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, without the usage above it."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv=None):
    """Run one command; returns the exit status."""
    try:
        try:
            return _run(parser().parse_args(argv))
        finally:
            if sys.stdout:  # None where it is closed
                sys.stdout.flush()  # a reader that has gone is met here, not when Python shuts down
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(args):
    try:
        return args.run(args) or 0
    except KeyboardInterrupt as interruption:
        print(f"minunet {args.command}: interrupted", *interruption.args, sep="; ", file=sys.stderr)
        return 130
    except BrokenPipeError:
        raise
    except (ValueError, OSError, MemoryError) as error:
        print(f"minunet {args.command}: {_one_line(error)}", file=sys.stderr)
        return 2


def parser():
    """The parser of all commands."""
    top = OneLineParser(
        prog="minunet",
        description="The U-Net of Ronneberger, Fischer and Brox (2015) in NumPy, every backward pass by hand.",
        epilog="minunet COMMAND --help tells more and gives an example.",
    )
    top.add_argument("--version", action="version", version=f"minunet {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        module = import_module(f".{name}", __name__)
        command = commands.add_parser(
            name,
            help=summary,
            description=module.__doc__,
            epilog=f"example:\n  {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


def _one_line(error):
    if isinstance(error, MemoryError):
        return f"out of memory ({error}); use a smaller --tile, or a network of a smaller base"
    if isinstance(error, OSError) and error.strerror:
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        return f"{what}; free some space, then run it again" if error.errno in (errno.ENOSPC, errno.EDQUOT) else what
    return " ".join(str(error).split())
