"""The course: begin it, see how far you are, and, for its makers, build what is made of its sources.

start DIR writes the notebooks into a folder, for JupyterLab; what you have begun is left as it is. check DIR grades
every exercise in it and says what is missing. build writes the student notebooks and, with --out, the notebooks with
solutions and the executed pages too; --stale refuses student notebooks that are not those of their sources.
"""

import sys
from pathlib import Path

EXAMPLE = "minunet lessons start my-course"


def add_arguments(parser):
    """The arguments of ``minunet lessons``."""
    actions = parser.add_subparsers(dest="action", metavar="start | check | build", required=True)
    starting = actions.add_parser("start", help="a folder with the notebooks")
    starting.add_argument("folder", metavar="DIR")
    checking = actions.add_parser("check", help="how far you are")
    checking.add_argument("folder", metavar="DIR")
    checking.add_argument("--json", action="store_true", help="print what was found as JSON")
    building = actions.add_parser("build", help="notebooks and pages from the sources")
    building.add_argument("--out", metavar="DIR", help="write everything there, pages executed (takes minutes)")
    building.add_argument("--stale", action="store_true", help="write nothing; exit 2 where one is stale")


def run(args):
    """Start, check or build."""
    return {"start": _start, "check": _check, "build": _build}[args.action](args)


def _start(args):
    from ..course.start import start
    from .output import refuse_a_file

    refuse_a_file(args.folder)
    _needs("jupytext")
    for path in start(Path(args.folder)):
        print(path)
    print(f"open them with: jupyter lab {args.folder}", file=sys.stderr)


def _check(args):
    from ..course.progress import progress
    from .output import print_json

    found = []
    for one in progress(args.folder):
        found.append(one)
        if not args.json:
            _show(one)
    if args.json:
        print_json([_as_data(one) for one in found])
    else:
        right, all_ = sum(one.right for one in found), sum(len(one.findings) for one in found)
        print(f"\n{right} of {all_} exercises are right")


def _show(one):
    from ..grading.formats.inert import one_line

    head = f"{one.lesson.number:>2}  {one.lesson.title}"
    if one.problem:
        print(f"{head}: {one_line(one.problem)}")
        return
    print(f"{head}: {one.right} of {len(one.findings)}")
    for finding in one.findings:
        told = next((fault.name or fault.place for fault in finding.faults), "") or "; ".join(finding.notes)
        print(f"      {finding.verdict:<10}  {finding.function}" + (f": {one_line(told)}" if told else ""))


def _as_data(one):
    from dataclasses import asdict

    return {
        "lesson": one.lesson.number,
        "name": one.lesson.name,
        "problem": one.problem,
        "findings": [asdict(finding) for finding in one.findings],
    }


def _build(args):
    from ..course.build import stale, write_pages, write_solutions, write_students
    from ..course.lessons import folder, lessons
    from .output import refuse_a_file

    if args.out:
        refuse_a_file(args.out)
    _needs("jupytext", "nbclient", "nbconvert")
    notebooks = folder() / "notebooks"
    if args.stale:
        names = stale(lessons(), notebooks)
        if names:
            raise ValueError(f"{', '.join(names)} in {notebooks} are stale; run minunet lessons build, and commit them")
        return
    if not args.out:
        write_students(lessons(), notebooks)
        return
    out = Path(args.out)
    write_students(lessons(), out / "student")
    write_solutions(lessons(), out / "solutions")
    write_pages(lessons(), out / "pages", lambda lesson: print(lesson.name, file=sys.stderr))


def _needs(*packages):
    from importlib.util import find_spec

    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ValueError(f"{', '.join(missing)} is not installed; pip install 'minunet[lessons]'")
