"""Grade a student's layers: right, or what is wrong, in words.

WHAT is a .py file, a notebook, a zip or a folder, with any of the functions of the assignment. It runs in a sandbox,
and what it computes is judged outside. Exit status 1 says that something in it is wrong or missing; --only names
what is asked for.

With --out, WHAT is a folder of submissions, a class: OUT receives a page for the class and one for each student, and a
journal, from which a grading that was stopped goes on. --single says that the folder is one submission all the same.
"""

import sys
from pathlib import Path

EXAMPLE = "minunet grade my_layers.py --hints fix"

HINTS = ("none", "place", "name", "fix")  # as in minunet.grading.report, which --help need not load
FILES = {  # of one submission, by format
    "json": "report.json",
    "text": "report.txt",
    "html": "index.html",
    "csv": "grades.csv",
    "gradescope": "results.json",
    "junit": "junit.xml",
    "nbgrader": "nbgrader.csv",
}


def add_arguments(parser):
    """The arguments of ``minunet grade``."""
    parser.add_argument(
        "what", nargs="?", metavar="WHAT", help="a .py file, notebook, zip or folder; or a class's folder"
    )
    parser.add_argument("--spec", default="unet", help="the assignment: unet, cs231n, or a teacher's .py file (unet)")
    parser.add_argument(
        "--only", metavar="NAMES", help="functions or layers, with commas between: conv2d,relu_backward"
    )
    parser.add_argument("--hints", choices=HINTS, default="name", help="how much to tell (name)")
    parser.add_argument(
        "--open", action="store_true", help="look at what is wrong in the stepper; runs WHAT unprotected"
    )
    parser.add_argument("--out", metavar="DIR", help="folder for the results of a class, or of --format")
    parser.add_argument(
        "--format", metavar="NAMES", help="json, csv, html, gradescope, junit, nbgrader, text (json,csv,html)"
    )
    parser.add_argument("--single", action="store_true", help="with --out: WHAT is one submission, not a class")
    parser.add_argument("--jobs", type=int, help="worker processes for a class (one for each processor)")
    parser.add_argument(
        "--require-level", type=int, default=0, metavar="N", help="refuse to grade at a lower isolation, 0 to 3"
    )
    parser.add_argument(
        "--make-gradescope", metavar="SPEC", help="write Gradescope's autograder.zip to OUT, and grade nothing"
    )
    parser.add_argument("--force", action="store_true", help="begin a class anew, replace what is in OUT")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(args):
    """Grade one submission or a class."""
    from .output import refuse_a_file

    if args.make_gradescope:
        return _autograder(args)
    if not args.what:
        raise ValueError("nothing to grade; name a .py file, a notebook, a zip or a folder")
    if args.open and args.out:
        raise ValueError("--open is for one submission at the terminal; leave out --out")
    if args.jobs is not None and args.jobs < 1:
        raise ValueError(f"--jobs is {args.jobs}, expected 1 or more")
    formats = _formats(args)
    _require_level(args.require_level)
    only = None if args.only is None else _names(args.only)
    if only == []:
        raise ValueError("--only names nothing; expected functions or layers, with commas between, or leave it out")
    if args.out:
        refuse_a_file(args.out)
    if args.out and Path(args.what).is_dir() and not args.single:
        return _class(args, formats, only)
    return _one(args, formats, only)


def _formats(args):
    from ..grading.formats import FORMATS

    names = _names(args.format) if args.format else ["json", "csv", "html"]
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise ValueError(f"--format has {', '.join(unknown)}; expected some of {', '.join(FORMATS)}")
    if args.format and not args.out:
        raise ValueError("--format writes files; give --out DIR")
    return names


def _names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def _require_level(wanted):
    from ..grading.sandbox import highest_level

    if wanted not in range(4):
        raise ValueError(f"--require-level is {wanted}, expected 0 to 3")
    level, why = highest_level()
    if level < wanted:
        raise ValueError(f"this machine gives isolation level {level}, and {wanted} is required: {why}")


def _one(args, formats, only):
    from .. import grade
    from ..grading.formats import write
    from ..grading.formats.text import to_text
    from .output import print_json, refuse_to_overwrite

    if args.out:
        refuse_to_overwrite([Path(args.out) / FILES[name] for name in formats], args.force)
    report = grade(args.what, args.spec, only, args.hints)
    if args.out:
        Path(args.out).mkdir(parents=True, exist_ok=True)
        for name in formats:
            write(name, [report], Path(args.out))
    if args.json:
        print_json(report.to_dict())
    else:
        print(to_text(report, colour=sys.stdout.isatty()))
    if args.open and not report.right:
        _open(args, report)
    return 0 if report.right else 1


def _class(args, formats, only):
    from ..grading.classroom import JOURNAL, grade_many
    from .output import print_table, progress_bar

    journal = Path(args.out) / JOURNAL
    if args.force:
        journal.unlink(missing_ok=True)
    elif Path(args.out).is_dir() and any(Path(args.out).iterdir()) and not journal.exists():
        raise FileExistsError(f"{args.out} holds other things; give an empty folder, or --force")
    bar = None

    def watch(done, total):
        nonlocal bar
        bar = bar or progress_bar(total, "submission", done)
        bar.update(done - bar.n)

    try:
        reports = grade_many(args.what, args.spec, args.out, args.hints, formats, args.jobs, only, watch=watch)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("run the same command again to go on") from None
    finally:
        if bar:
            bar.close()
    rows = [[report.submission, f"{report.points:.1f}", f"{report.out_of:g}"] for report in reports]
    print_table([["submission", "points", "of"], *rows])
    print(f"written to {args.out}: {', '.join(formats)}", file=sys.stderr)
    return 0


def _autograder(args):
    from ..grading.formats.gradescope import make_gradescope
    from .output import refuse_to_overwrite

    path = Path(args.out or ".") / "autograder.zip"
    refuse_to_overwrite([path], args.force)
    path.parent.mkdir(parents=True, exist_ok=True)
    make_gradescope(args.make_gradescope, path)
    print(path)


def _open(args, report):
    """The first wrong function in the stepper, in a network that has the student's layers."""
    from ..grading.opened import stepper_at
    from ..stepper.terminal import Session

    print(f"running {args.what} here, outside of the sandbox", file=sys.stderr)
    stepper = stepper_at(args.what, report)
    Session(stepper, not sys.stdout.isatty(), sys.stdin, sys.stdout).cmdloop()
