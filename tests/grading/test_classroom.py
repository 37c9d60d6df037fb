"""A class: whatever the order, the number of workers and the accidents, the same bytes."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import minunet
from minunet.grading import grade_many
from minunet.grading.classroom import JOURNAL, submissions
from minunet.grading.journal import Journal
from minunet.grading.report import Report

FORMATS = ("json", "csv", "html", "junit", "nbgrader", "gradescope")

RIGHT = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


@pytest.fixture
def folder(tmp_path):
    """Some twelve submissions of relu: right, wrong, broken, and no Python at all."""
    path = tmp_path / "submissions"
    path.mkdir()
    for k in range(4):
        (path / f"right{k}.py").write_text(RIGHT + f"# {k}\n")
        (path / f"zero{k}.py").write_text(RIGHT.replace("cache > 0", "cache >= 0") + f"# {k}\n")
    (path / "syntax.py").write_text("def relu_forward(x:\n")
    (path / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    (path / "empty").mkdir()
    (path / "folder").mkdir()
    (path / "folder" / "mine.py").write_text(RIGHT)
    (path / ".DS_Store").write_text("")
    (path / "notes.txt").write_text("")
    return path


def tree(path):
    """Every file but the journal, and its hash."""
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(Path(path).rglob("*"))
        if file.is_file() and file.name != JOURNAL
    }


def graded(folder, out, **options):
    with ThreadPoolExecutor(1) as executor:
        options = {"executor": executor, "jobs": 1} | options
        return grade_many(folder, only=["relu"], out=out, formats=FORMATS, **options)


def test_every_entry_is_one_submission_and_none_stops_the_others(folder, tmp_path):
    reports = graded(folder, tmp_path / "out")
    found = {report.submission: report for report in reports}
    assert sorted(found) == sorted(submissions(folder)) == [report.submission for report in reports]
    assert {name for name, report in found.items() if report.right} == {f"right{k}.py" for k in range(4)} | {"folder"}
    assert [fault.name for fault in found["zero1.py"].findings[1].faults] == ["1 at zero"]
    assert "damaged" in found["broken.zip"].notes[0]
    assert "no Python" in found["empty"].notes[0]
    assert found["syntax.py"].points == 0


def test_the_number_of_workers_and_the_order_change_no_byte(folder, tmp_path):
    graded(folder, tmp_path / "one")
    graded(folder, tmp_path / "two", executor=None, jobs=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert len(tree(tmp_path / "one")) > len(list(submissions(folder)))


def test_a_grading_that_was_killed_goes_on_and_writes_the_same_bytes(folder, tmp_path):
    for k in range(30):
        (folder / f"more{k}.py").write_text(RIGHT + f"# more {k}\n")
    graded(folder, tmp_path / "whole")
    command = [sys.executable, "-m", "minunet", "grade", str(folder), "--only", "relu", "--out", str(tmp_path / "cut")]
    command += ["--jobs", "1", "--format", ",".join(FORMATS)]
    env = os.environ | {"PYTHONPATH": str(Path(minunet.__file__).parents[1])}
    journal = tmp_path / "cut" / JOURNAL
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        while not journal.exists() or journal.read_bytes().count(b"\n") < 5:
            assert run.poll() is None
            time.sleep(0.01)
        os.killpg(run.pid, signal.SIGKILL)
    done = journal.read_bytes().count(b"\n") - 1
    assert done < 42
    lines = journal.read_bytes()
    journal.write_bytes(lines + b'{"submission": "right0.p')  # and the power went in the middle of a line
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert "submission" in result.stdout
    assert journal.read_bytes().startswith(lines)  # what was graded was not graded again
    assert tree(tmp_path / "cut") == tree(tmp_path / "whole")


def test_a_submission_that_changed_is_graded_again_and_one_that_went_is_gone(folder, tmp_path):
    graded(folder, tmp_path / "out")
    (folder / "zero0.py").write_text(RIGHT)
    (folder / "zero1.py").unlink()
    found = {report.submission: report for report in graded(folder, tmp_path / "out")}
    assert found["zero0.py"].right
    assert "zero1.py" not in found


def test_progress_counts_what_was_done_before(folder, tmp_path):
    graded(folder, tmp_path / "out")
    (folder / "new.py").write_text(RIGHT)
    seen = []
    graded(folder, tmp_path / "out", watch=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (13, 13)
    assert len(seen) <= 3


def test_a_folder_without_submissions_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no submissions"):
        graded(tmp_path, tmp_path / "out")


def test_the_journal_of_another_assignment_is_refused(folder, tmp_path):
    graded(folder, tmp_path / "out")
    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="another only"):
        grade_many(folder, out=tmp_path / "out", executor=executor, jobs=1)


def test_what_is_no_journal_is_left_as_it_is(tmp_path):
    (tmp_path / "j").write_text("my notes\n")
    with pytest.raises(ValueError, match="no journal"):
        Journal(tmp_path / "j", {})
    assert (tmp_path / "j").read_text() == "my notes\n"


def test_reports_stay_on_the_disk_and_come_in_the_order_of_names(tmp_path):
    journal = Journal(tmp_path / "j", {"spec": "unet"})
    for name in ("b", "a", "c", "a"):
        journal.add(Report(name, "0", "unet", 3, "", ()))
    journal.close()
    again = Journal(tmp_path / "j", {"spec": "unet"})
    assert [report.submission for report in again] == ["a", "b", "c"]
    assert again[1].submission == "b"
    assert again.has("a", "0")
    assert not again.has("a", "1")
    again.close()


def test_a_teachers_own_assignment(tmp_path, grade_source):
    spec = Path(__file__).with_name("teacher_spec.py")
    source = "import numpy as np\ndef elu_forward(x):\n    return np.where(x > 0, x, np.exp(x) - 1), x\n"
    source += "def elu_backward(dout, x):\n    return dout / len(x)\n"
    report = grade_source(source, spec=str(spec))
    assert [[fault.name for fault in finding.faults] for finding in report.findings] == [
        [],
        ["1 where x is negative", "divided by N"],
    ]
    assert report.out_of == 3


def test_a_class_on_a_dask_cluster(folder, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (pip install '.[dask]')")
    graded(folder, tmp_path / "here")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        graded(folder, tmp_path / "there", executor=executor, jobs=2)
    assert tree(tmp_path / "here") == tree(tmp_path / "there")
