"""``minunet grade``: for a student at the terminal, and for a teacher with a folder."""

import io
import json
import zipfile

import pytest

from minunet.cli import main
from minunet.grading import sandbox

RIGHT = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""
WRONG = RIGHT.replace("cache > 0", "cache >= 0")


@pytest.fixture
def file(tmp_path):
    """``file(source)``: a .py file with it."""

    def make(source, name="mine.py"):
        (tmp_path / name).write_text(source)
        return str(tmp_path / name)

    return make


def test_what_is_right_ends_with_0_and_what_is_wrong_with_1(file, capsys):
    assert main(["grade", file(RIGHT), "--only", " relu_forward , relu_backward"]) == 0
    told = capsys.readouterr().out
    assert "relu_backward" in told
    assert main(["grade", file(WRONG)]) == 1
    assert "1 at zero" in capsys.readouterr().out


def test_hints_say_how_much_is_told(file, capsys):
    main(["grade", file(WRONG), "--hints", "none"])
    assert "zero" not in capsys.readouterr().out
    main(["grade", file(WRONG), "--hints", "fix"])
    assert "x > 0, not x >= 0" in capsys.readouterr().out


def test_json_is_the_report(file, capsys):
    main(["grade", file(WRONG), "--json", "--only", "relu"])
    report = json.loads(capsys.readouterr().out)
    assert [finding["verdict"] for finding in report["findings"]] == ["right", "wrong"]
    assert report["points"] == 1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "nothing to grade"),
        (["nothing.py"], "no such file"),
        (["{file}", "--spec", "vgg"], "spec 'vgg' is not known; expected unet, cs231n"),
        (["{file}", "--only", "softmax"], "unet has no softmax"),
        (["{file}", "--format", "json"], "give --out"),
        (["{file}", "--format", "docx", "--out", "x"], "--format has docx; expected some of"),
        (["{file}", "--jobs", "0"], "--jobs is 0"),
        (["{file}", "--open", "--out", "x"], "leave out --out"),
        (["{file}", "--only", ""], "--only names nothing"),
        (["{file}", "--require-level", "9"], "--require-level is 9, expected 0 to 3"),
        (["{file}", "--require-level", "-1"], "--require-level is -1, expected 0 to 3"),
        (["{file}", "--out", "{file}"], "is a file, expected a folder"),
        (["{file}", "--out", "{file}", "--force"], "is a file, expected a folder"),
    ],
)
def test_bad_input_is_one_line(file, capsys, arguments, complaint):
    path = file(RIGHT)
    assert main(["grade", *(argument.format(file=path) for argument in arguments)]) == 2
    told = capsys.readouterr().err
    assert complaint in told
    assert told.count("\n") == 1


def test_less_isolation_than_required_is_refused(file, capsys, monkeypatch):
    monkeypatch.setattr(sandbox, "highest_level", lambda: (1, "no Landlock here"))
    assert main(["grade", file(RIGHT), "--require-level", "2"]) == 2
    assert "level 1, and 2 is required: no Landlock here" in capsys.readouterr().err


def test_a_folder_with_out_is_a_class_and_single_makes_it_one(file, tmp_path, capsys):
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    (folder / "a.py").write_text(RIGHT)
    (folder / "b.py").write_text(WRONG)
    assert main(["grade", str(folder), "--out", str(out), "--only", "relu", "--jobs", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == ["a.py           3.0   3", "b.py           1.0   3"]
    assert (out / "index.html").exists()
    single = ["grade", str(folder), "--out", str(tmp_path / "one"), "--only", "relu", "--single", "--format", "json"]
    assert main(single) in (0, 1)
    assert not (tmp_path / "one" / "index.html").exists()


def test_what_lies_in_out_is_not_overwritten(file, tmp_path, capsys):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.py").write_text(RIGHT)
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    command = ["grade", str(folder), "--out", str(out), "--only", "relu", "--jobs", "1", "--format", "csv"]
    assert main(command) == 2
    assert "holds other things" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0
    assert (out / "thesis.txt").read_text() == "mine"


def test_a_finding_opens_in_the_stepper_at_the_first_step_that_is_wrong(file, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert main(["grade", file(WRONG), "--only", "relu", "--open"]) == 1
    told = capsys.readouterr()
    assert "outside of the sandbox" in told.err
    assert "relu1.backward" in told.out


def test_the_autograder_of_gradescope_is_one_zip(tmp_path, capsys):
    assert main(["grade", "--make-gradescope", "unet", "--out", str(tmp_path / "auto")]) == 0
    path = capsys.readouterr().out.strip()
    with zipfile.ZipFile(path) as archive:
        assert {"setup.sh", "run_autograder"} <= set(archive.namelist())
    assert main(["grade", "--make-gradescope", "unet", "--out", str(tmp_path / "auto")]) == 2
    assert "--force" in capsys.readouterr().err


def test_blanks_between_names_do_not_matter(file, tmp_path):
    path = file(RIGHT)
    command = ["grade", path, "--only", "relu", "--out", str(tmp_path / "out"), "--format", "json, csv"]
    assert main(command) == 0
    assert (tmp_path / "out" / "grades.csv").exists()


def test_what_is_missing_does_not_end_with_0(file):
    assert main(["grade", file(RIGHT)]) == 1
