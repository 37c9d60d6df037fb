"""Grade a class: a folder of submissions, on several workers, going on where it was when it was stopped.

A worker grades one submission at a time; the student's code runs in its sandbox, never in the worker. What is written
depends neither on the order in which submissions are finished nor on the number of workers.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from hashlib import sha256
from itertools import islice
from multiprocessing import util
from pathlib import Path

from .. import __version__
from .asking import preload, program
from .formats import write
from .grader import grade_submission, selected
from .journal import Journal
from .report import Fault, Finding, Report
from .sandbox import Sandbox, highest_level
from .spec import Spec
from .specs import find_spec
from .submission import SUFFIXES, Submission, read_submission

JOURNAL = "journal.jsonl"
FEW = 2  # submissions in flight for each worker: one in work, one that waits

_sandboxes: dict[tuple, Sandbox] = {}  # of this worker, by its process, level and what is loaded


def grade_many(
    folder,
    spec="unet",
    out="results",
    hints="name",
    formats=("json", "csv", "html"),
    jobs: int | None = None,
    only=None,
    level: int | None = None,
    executor: Executor | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Journal:
    """Grade every submission of a folder, and write what was found.

    Parameters
    ----------
    folder : path
        Each .py file, notebook, zip and folder in it is one submission.
    spec, only, level, hints
        As for `minunet.grade`. `spec` is a name or a path, which every worker must be able to read.
    out : path
        Folder for the results, and for the journal from which a stopped grading goes on.
    formats : iterable of str
        Of `minunet.grading.formats.FORMATS`.
    jobs : int, optional
        Worker processes, or those of `executor`; None is one for each processor.
    executor : concurrent.futures.Executor, optional
        Whatever runs the workers, as Dask's ``Client.get_executor()``; None makes processes of this machine.
    watch : function of (done, all), optional
        Called at the beginning and after each submission.

    Returns
    -------
    Journal
        A sequence of `Report`.

    Raises
    ------
    ValueError
        Where there are no submissions, `out` lies among them, or it holds the journal of another assignment.
    """
    assignment = selected(find_spec(spec), only)
    names = sorted(submissions(folder))
    if not names:
        raise ValueError(f"{folder} holds no submissions; expected .py files, notebooks, zips or folders")
    if Path(out).resolve().is_relative_to(Path(folder).resolve()):
        raise ValueError(f"{out} lies in the class's own folder, {folder}; give a folder beside it for the results")
    level = highest_level()[0] if level is None else level
    os.makedirs(out, exist_ok=True)
    settings = {
        "minunet": __version__,
        "spec": assignment.name,
        "source": _source(spec),
        "only": sorted(only or []),
        "level": level,
    }
    journal = Journal(Path(out) / JOURNAL, settings)
    try:
        journal.keep(names)
        for report in _graded(folder, names, journal, spec, only, level, jobs, executor, watch):
            journal.add(report)
        shown = _Shown(journal, hints)
        for name in formats:
            write(name, shown, Path(out))
    finally:
        journal.close()
    return journal


def submissions(folder) -> Iterator[str]:
    """Names of what may be submissions."""
    with os.scandir(folder) as entries:
        for entry in entries:
            may_be = entry.is_dir(follow_symlinks=False) or (
                entry.is_file(follow_symlinks=False) and entry.name.endswith((*SUFFIXES, ".zip"))
            )
            if may_be and not entry.name.startswith((".", "__")):
                yield entry.name


def _graded(folder, names, journal, spec, only, level, jobs, executor, watch):
    """Reports as they are finished, of those that the journal lacks."""
    jobs = jobs or os.cpu_count() or 1
    done = 0

    def todo():
        nonlocal done
        for name in names:
            read = _read(folder, name)
            if journal.has(name, read.digest):
                done += 1
            else:
                yield read

    own = ProcessPoolExecutor(jobs) if executor is None else None
    pool: Executor = executor or own  # type: ignore[assignment]
    try:
        ahead = todo()
        running: set[Future] = {pool.submit(grade_one, one, spec, only, level) for one in islice(ahead, FEW * jobs)}
        if watch:
            watch(done, len(names))
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
                done += 1
                if watch:
                    watch(done, len(names))
            running |= {pool.submit(grade_one, one, spec, only, level) for one in islice(ahead, len(finished))}
    finally:
        if own:
            own.shutdown(cancel_futures=True)


def _read(folder, name) -> Submission:
    """A submission; one that cannot be read has no files, and a note that says why."""
    try:
        read = read_submission(Path(folder) / name)
        return Submission(name, read.files, read.definitions, read.notes)
    except (ValueError, OSError) as error:
        return Submission(name, {}, False, (str(error),))


def grade_one(submission: Submission, spec, only, level: int) -> Report:
    """What a worker does: the report of one submission, in the worker's own sandbox."""
    assignment = selected(find_spec(spec), only)
    if not submission.files:
        return unreadable(submission, assignment, level)
    loaded = preload(submission)
    kind = os.getpid(), level, loaded  # a worker that was forked has its parent's, which are not its own
    if kind not in _sandboxes:
        sandbox = _sandboxes[kind] = Sandbox(program(), level, preload=loaded)
        util.Finalize(None, sandbox.close, exitpriority=10)  # a worker's end calls no atexit
    return grade_submission(submission, assignment, _sandboxes[kind])


def unreadable(submission: Submission, spec: Spec, level: int) -> Report:
    """The report of what has no Python in it, or cannot be opened."""
    fault = Fault("", submission.notes[0])
    findings = [
        Finding(function.name, "missing", 0, function.points, (fault,))
        for layer in spec.layers
        for function in layer.functions
        if not spec.only or function.name in spec.only
    ]
    if spec.network:
        findings.append(Finding("network", "not judged", 0, spec.network))
    return Report(
        submission.name, submission.digest, spec.name, level, "nothing was run", tuple(findings), submission.notes
    )


class _Shown:
    """The reports of a journal, each cut to what students are to be told."""

    def __init__(self, journal, hints):
        self.journal, self.hints = journal, hints

    def __len__(self):
        return len(self.journal)

    def __iter__(self):
        return (report.at(self.hints) for report in self.journal)


def _source(spec):
    """SHA-256 of a teacher's file, so that a change of it is not overlooked."""
    return sha256(Path(spec).read_bytes()).hexdigest() if str(spec).endswith(".py") else ""
