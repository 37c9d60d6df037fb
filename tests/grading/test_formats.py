"""What a grading is written as: others' programs read it, the bytes never change, and no student's text does harm."""

import csv
import io
import json
import os
import random
import re
import stat
import subprocess
import sys
import tomllib
import unicodedata
import unittest
import zipfile
from dataclasses import fields, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minunet.grading.formats import FORMATS, write
from minunet.grading.formats.as_csv import to_csv
from minunet.grading.formats.as_json import schema, to_json
from minunet.grading.formats.gradescope import failure, make_gradescope, to_gradescope
from minunet.grading.formats.gradescope.autograder import NEEDS
from minunet.grading.formats.inert import in_cell, one_line, visible
from minunet.grading.formats.junit import to_junit
from minunet.grading.formats.nbgrader import to_nbgrader
from minunet.grading.formats.per_student import file_names
from minunet.grading.formats.text import to_text
from minunet.grading.report import HINTS, Example, Fault, Finding, Report

from .samples import ANNA, BEN, CHLOE, CLASS, HARMFUL, UNREADABLE, harmful, reports, texts

HERE = Path(__file__).parent
EXTRA = "is not installed (pip install '.[formats]')"

anything = reports | st.sampled_from(HARMFUL).map(harmful) | st.sampled_from(CLASS)


def tree(path):
    """Every file and its bytes."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def printable(text):
    return all(character == "\n" or character.isprintable() for character in text)


class TestInert:
    @given(texts)
    def test_what_is_left_can_be_printed_and_encoded(self, text):
        assert printable(visible(text))
        assert "\n" not in one_line(text)
        visible(text).encode()
        assert not set(map(unicodedata.bidirectional, visible(text))) & {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI"}

    def test_what_is_printable_stays_as_it_is(self):
        assert visible("Zoë, 张伟: dx[n,c] ≥ 0 🙂\nline") == "Zoë, 张伟: dx[n,c] ≥ 0 🙂\nline"

    def test_the_rest_is_an_escape_that_python_would_read(self):
        assert visible("\x1b[31m\u202e\ud83d\x00") == r"\x1b[31m\u202e\ud83d\x00"
        assert one_line("a\nb\tc") == r"a\nb c"

    @pytest.mark.parametrize("formula", ["=1", "+1", "-1", "@A", " =1", "＝1", "=cmd|' /C calc'!A0"])
    def test_a_formula_in_a_cell_is_text(self, formula):
        assert in_cell(formula) == f"'{formula}"


class TestText:
    def test_a_right_submission_is_a_table_and_nothing_more(self):
        assert to_text(ANNA).splitlines() == [
            "anna.py, assignment unet",
            "",
            "  right       conv2d_forward           4 of 4",
            "  right       conv2d_backward          6 of 6",
            "  right       relu_forward             1 of 1",
            "  right       relu_backward            2 of 2",
            "  right       max_pool2d_forward       2 of 2",
            "  right       max_pool2d_backward      3 of 3",
            "  right       network                  4 of 4",
            "",
            "isolation – level 3: namespaces, Landlock, seccomp and limits",
            "score: 22 of 22",
        ]

    def test_a_mistake_is_told_with_its_numbers(self):
        assert """
max_pool2d_backward, dx: goes to every tie
  dx[0, 0, 0, 7] is 2.054, expected 0; 100 of 360 entries are wrong
  A window passes its gradient to one pixel, the first of its largest in row
  order: where it goes to all that are equal, it is counted several times.
  the smallest input that shows it:
    x         [[[[1, 1],
                 [0, 0]]]]
    dout      [[[[3]]]]
    entry     dx[0, 0, 0, 1]
    yours     3
    expected  0
    formula   dx[n,c,2h+i,2w+j] = dout[n,c,h,w] where (i,j) is the first largest
              of its window in row order, else 0
  How to mend it: Take the argmax of the window, instead of comparing x with the
  maximum.
""" in to_text(BEN)

    def test_what_is_missing_for_one_reason_is_told_once(self):
        text = to_text(UNREADABLE)
        assert text.count("damaged") == 2  # in place of the faults, and in the notes
        assert "relu_backward is not defined; expected relu_backward(dout, cache) -> dx" in to_text(BEN)

    def test_notes_and_what_it_printed_come_at_the_end(self):
        text = to_text(BEN)
        order = ["network: it needs relu_backward", "line 9 of ben.py failed", "loss 0.412", "isolation", "score: "]
        assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)

    @pytest.mark.parametrize("report", CLASS)
    @pytest.mark.parametrize("hints", HINTS)
    def test_it_has_eighty_columns_and_no_gaps(self, report, hints):
        text = to_text(report.at(hints))
        assert max(map(len, text.splitlines())) <= 80
        assert "\n\n\n" not in text
        assert not re.search(r" $|: *\n\n|^\s*\n", text)
        assert ("goes to every tie" in text) == (hints in ("name", "fix") and report in (BEN, CHLOE))

    @given(anything)
    def test_no_text_of_a_student_acts_in_a_terminal_or_in_ci(self, report):
        text = to_text(report)
        assert printable(text)
        assert not re.search(r"^\s*::", text, re.MULTILINE)
        assert not re.search(r"##\w*\[", text)

    @given(anything)
    def test_colours_change_nothing_else(self, report):
        assert re.sub(r"\x1b\[\d+m", "", to_text(report, colour=True)) == to_text(report)

    def test_colours_are_there_when_asked_for(self):
        assert "\x1b[32mright     \x1b[0m" in to_text(ANNA, colour=True)
        assert "\x1b" not in to_text(ANNA)


class TestJson:
    @pytest.mark.parametrize("report", [*CLASS, *(BEN.at(hints) for hints in HINTS)])
    def test_it_is_as_the_schema_says(self, report):
        jsonschema = pytest.importorskip("jsonschema", reason=f"jsonschema {EXTRA}")
        jsonschema.Draft202012Validator.check_schema(schema())
        jsonschema.validate(json.loads(to_json(report)), schema(), cls=jsonschema.Draft202012Validator)

    def test_the_schema_names_every_field(self):
        described = schema()
        parts = {
            Report: described,
            **{kind: described["$defs"][kind.__name__.lower()] for kind in (Finding, Fault, Example)},
        }
        for kind, part in parts.items():
            names = {field.name for field in fields(kind)}
            names |= {"format", "points", "out_of", "right"} if kind is Report else set()
            assert set(part["properties"]) == set(part["required"]) == names

    @given(anything)
    def test_it_is_read_back_whole(self, report):
        text = to_json(report)
        assert text.isascii()
        assert Report.from_dict(json.loads(text)) == report
        assert to_json(Report.from_dict(json.loads(text))) == text


class TestCsv:
    def test_a_row_for_each_submission(self):
        rows = list(csv.DictReader(io.StringIO(to_csv([ANNA, BEN])), strict=True))
        assert [row["submission"] for row in rows] == ["anna.py", "ben.ipynb"]
        assert [row["points"] for row in rows] == ["22.0", "12.2222"]
        assert rows[1]["max_pool2d_backward"] == "0.0"
        assert rows[1]["misconceptions"] == (
            "conv2d_backward: mean over images and pixels; relu_forward: raises TypeError; "
            "max_pool2d_backward: goes to every tie"
        )
        assert rows[0]["level"] == "3"
        assert rows[0]["digest"] == ANNA.digest

    def test_a_function_that_only_some_have_is_a_column_with_gaps(self):
        extra = replace(BEN, findings=(*BEN.findings, Finding("UNet", "right", 0, 0)))
        rows = list(csv.DictReader(io.StringIO(to_csv([ANNA, extra]))))
        assert [row["UNet"] for row in rows] == ["", "0.0"]

    @given(st.lists(anything, min_size=1, max_size=3))
    def test_no_cell_is_a_formula_and_numbers_are_numbers(self, several):
        text = to_csv(several)
        assert text.count("\r\n") == len(several) + 1  # RFC 4180, and no text breaks a line
        head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        for row in rows:
            assert len(row) == len(head)
            assert float(row[1]) >= 0
            for cell in (*head, *row):
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))


class TestJunit:
    def test_it_is_as_jenkins_schema_says(self):
        xmlschema = pytest.importorskip("xmlschema", reason=f"xmlschema {EXTRA}")
        described = xmlschema.XMLSchema(str(HERE / "junit-10.xsd"))
        for several in ([ANNA], CLASS, [harmful(text) for text in HARMFUL]):
            described.validate(io.StringIO(to_junit(several)))

    def test_junitparser_reads_what_was_found(self):
        junitparser = pytest.importorskip("junitparser", reason=f"junitparser {EXTRA}")
        read = junitparser.JUnitXml.fromstring(to_junit(CLASS).encode())
        assert (read.tests, read.failures, read.errors) == (27, 5, 7)
        suite = {suite.name: suite for suite in read}["ben.ipynb"]
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (7, 3, 1, 1)
        (result,) = {case.name: case for case in suite}["max_pool2d_backward"].result
        assert isinstance(result, junitparser.Failure)
        assert result.type == "goes to every tie"
        assert result.message.startswith("dx[0, 0, 0, 7] is 2.054")
        assert "expected  0" in result.text

    @given(st.lists(anything, max_size=3))
    def test_xml_forbids_nothing_in_it(self, several):
        root = ElementTree.fromstring(to_junit(several).encode())
        assert [suite.get("name") for suite in root] == [one_line(report.submission) for report in several]
        assert {element.tag for element in root.iter()} <= {
            *("testsuites", "testsuite", "testcase", "properties", "property"),
            *("failure", "error", "skipped", "system-out"),
        }


class TestNbgrader:
    @pytest.mark.filterwarnings("ignore")  # nbgrader's own
    def test_nbgrader_exports_the_same_bytes(self, tmp_path, monkeypatch):
        pytest.importorskip("nbgrader", reason=f"nbgrader {EXTRA}")
        from nbgrader.api import Gradebook
        from nbgrader.plugins.export import CsvExportPlugin

        monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # it calls alembic by its name
        with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
            book.add_assignment("unet")
            book.add_notebook("layers", "unet")
            for finding in ANNA.findings:
                book.add_grade_cell(finding.function, "layers", "unet", max_score=finding.out_of, cell_type="code")
            for report in (ANNA, BEN, CHLOE):
                student = report.submission.partition(".")[0]
                book.add_student(student)
                book.add_submission("unet", student)
                for finding in report.findings:
                    book.find_grade(finding.function, "layers", "unet", student).auto_score = finding.points
            book.db.commit()
            plugin = CsvExportPlugin()
            plugin.to = str(tmp_path / "grades.csv")
            plugin.export(book)
        theirs = Path(plugin.to).read_text()
        assert rounded(to_nbgrader((ANNA, BEN, CHLOE))) == rounded(theirs)

    def test_a_student_is_named_by_the_submission_without_its_suffix(self):
        rows = list(csv.DictReader(io.StringIO(to_nbgrader([ANNA, replace(BEN, submission="v1.2")]))))
        assert [row["student_id"] for row in rows] == ["anna", "v1.2"]
        assert (rows[0]["raw_score"], rows[0]["max_score"]) == ("22.0", "22.0")

    def test_two_submissions_of_one_stem_keep_their_names(self):
        both = [replace(ANNA, submission="a.ipynb"), replace(ANNA, submission="a.py")]
        assert [row["student_id"] for row in csv.DictReader(io.StringIO(to_nbgrader(both)))] == ["a.ipynb", "a.py"]


def rounded(text):
    """Rows, with scores to six digits: who sums in which order changes the last."""
    head, *rows = csv.reader(io.StringIO(text))
    return [head, *([*row[:7], *(f"{float(score):.6f}" for score in row[7:])] for row in rows)]


VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
RESULTS = {  # Gradescope's documentation of results.json, as a schema
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


class TestGradescope:
    @pytest.mark.parametrize("text", [*map(to_gradescope, CLASS), failure("why"), failure("why", "for the staff")])
    def test_it_is_as_the_documentation_says(self, text):
        jsonschema = pytest.importorskip("jsonschema", reason=f"jsonschema {EXTRA}")
        jsonschema.validate(json.loads(text), RESULTS)

    def test_its_tests_are_like_those_of_gradescope_s_own_runner(self):
        runner = pytest.importorskip(
            "gradescope_utils.autograder_utils.json_test_runner", reason=f"gradescope-utils {EXTRA}"
        )
        from gradescope_utils.autograder_utils.decorators import number, tags, visibility, weight

        class Case(unittest.TestCase):
            @weight(2)
            @number("1")
            @tags("tag")
            @visibility("visible")
            def test_it(self):
                raise AssertionError("wrong")

        stream = io.StringIO()
        runner.JSONTestRunner(stream=stream, visibility="visible", stdout_visibility="hidden").run(Case("test_it"))
        theirs, ours = json.loads(stream.getvalue()), json.loads(to_gradescope(BEN))
        assert {key: _kind(value) for key, value in theirs.items() if key != "execution_time"}.items() <= {
            key: _kind(value) for key, value in ours.items()
        }.items()
        wrong = ours["tests"][1]
        assert {key: _kind(value) for key, value in theirs["tests"][0].items()}.items() <= {
            key: _kind(value) for key, value in wrong.items()
        }.items()
        assert theirs["tests"][0]["status"] == wrong["status"] == "failed"

    def test_another_reader_adds_up_the_same_score(self, tmp_path, capsys):
        results = pytest.importorskip("gslocal.results", reason=f"gslocal {EXTRA}")
        write("gradescope", [BEN], tmp_path)
        results.format_results(tmp_path / "results.json")
        printed = re.sub(r"\x1b\[\d+m", "", capsys.readouterr().out)
        assert "Score: 12.22 / 22.00  (2 passed, 5 failed)" in printed
        assert "goes to every tie" in printed

    def test_the_points_are_those_of_the_tests(self):
        results = json.loads(to_gradescope(BEN))
        assert results["score"] == pytest.approx(sum(test["score"] for test in results["tests"]))
        assert [test.get("status") for test in results["tests"]] == [
            *("passed", "failed", "failed", "failed", "passed", "failed", None)
        ]

    @given(anything)
    def test_every_text_in_it_can_be_printed(self, report):
        results = json.loads(to_gradescope(report))

        def inside(value):
            if isinstance(value, str):
                assert printable(value)
            elif isinstance(value, dict | list):
                for part in value.values() if isinstance(value, dict) else value:
                    inside(part)

        inside(results)


def _kind(value):
    return "number" if isinstance(value, int | float) else type(value).__name__


RIGHT = """
import numpy as np
print("::error::taken")
def elu_forward(x):
    return np.where(x > 0, x, np.exp(x) - 1), x
"""
WRONG = """
import numpy as np
def elu_backward(dout, x):
    return dout / len(x)
"""


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """The zip for a teacher's own assignment."""
    path = tmp_path_factory.mktemp("zip") / "autograder.zip"
    make_gradescope(HERE / "teacher_spec.py", path)
    return path


@pytest.fixture
def root(autograder, tmp_path):
    """What Gradescope makes of the zip; its Python is this one, without what it would not install."""
    root = tmp_path / "auto grader"
    for folder in ("source", "submission", "venv/bin", "absent"):
        (root / folder).mkdir(parents=True)
    with zipfile.ZipFile(autograder) as archive:
        archive.extractall(root / "source")
    script(root / "run_autograder", (root / "source" / "run_autograder").read_text())
    for name in ("matplotlib", "PIL", "tifffile", "threadpoolctl", "tqdm", "platformdirs"):
        (root / "absent" / f"{name}.py").write_text("raise ImportError('not installed')")
    script(root / "venv/bin/python", f'#!/bin/sh\nPYTHONPATH="{root}/absent" exec "{sys.executable}" "$@"\n')
    return root


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)


def graded(root):
    """What run_autograder leaves, and what it printed."""
    env = os.environ | {"AUTOGRADER": str(root)}
    done = subprocess.run([root / "run_autograder"], cwd=root, env=env, capture_output=True, text=True, check=True)
    return json.loads((root / "results" / "results.json").read_text()), done.stdout


class TestAutograder:
    def test_the_zip_has_what_gradescope_wants_at_its_root(self, autograder):
        with zipfile.ZipFile(autograder) as archive:
            modes = {member.filename: member.external_attr >> 16 for member in archive.infolist()}
        for name in ("setup.sh", "run_autograder"):
            assert modes[name] == stat.S_IFREG | 0o755
        assert modes["minunet/grading/specs/unet.py"] == stat.S_IFREG | 0o644
        assert "minunet/stepper/page/style.css" in modes
        assert not any(name.endswith((".npz", ".pyc")) or name.startswith(("/", ".")) for name in modes)
        assert autograder.stat().st_size < 2_000_000

    def test_it_has_the_same_bytes_whenever_it_is_made(self, autograder, tmp_path):
        make_gradescope(HERE / "teacher_spec.py", tmp_path / "again.zip")
        assert (tmp_path / "again.zip").read_bytes() == autograder.read_bytes()

    def test_its_scripts_are_bash(self, root):
        for name in ("setup.sh", "run_autograder"):
            subprocess.run(["bash", "-n", root / "source" / name], check=True)

    def test_what_it_installs_is_of_our_own_dependencies(self):
        project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
        assert set(NEEDS) <= set(project["project"]["dependencies"])

    def test_setup_makes_an_environment_with_the_newest_python_that_there_is(self, root, tmp_path):
        tools = tmp_path / "tools"
        tools.mkdir()
        log = tmp_path / "log"
        scripts = {
            "apt-get": f'echo "apt-get $*" >> "{log}"; case "$*" in *3.14*|*3.13*) exit 1;; esac',
            "python3.12": f'echo "python3.12 $*" >> "{log}"',
        }
        for name, line in scripts.items():
            script(tools / name, f"#!/bin/sh\n{line}\n")
        script(root / "venv/bin/pip", f'#!/bin/sh\ncat "$3" >> "{log}"\n')
        env = os.environ | {"AUTOGRADER": str(root), "PATH": f"{tools}:{os.environ['PATH']}"}
        subprocess.run(["bash", root / "source/setup.sh"], env=env, check=True)
        assert log.read_text().splitlines()[3:] == [
            "apt-get install -y python3.12 python3.12-venv",
            f"python3.12 -m venv {root}/venv",
            *NEEDS,
        ]

    def test_a_submission_of_several_files_is_graded_as_one(self, root):
        (root / "submission" / "forward.py").write_text(RIGHT)
        (root / "submission" / "part").mkdir()
        (root / "submission" / "part" / "backward.py").write_text(WRONG)
        results, printed = graded(root)
        forward, backward = results["tests"]
        assert (forward["status"], backward["status"]) == ("passed", "failed")
        assert "divided by N" in backward["tags"]
        assert results["score"] == forward["max_score"]
        assert "\n::error" not in printed

    def test_minunet_is_that_of_the_zip(self, root):
        asked = [root / "venv/bin/python", "-c", "import minunet; print(minunet.__file__)"]
        done = subprocess.run(asked, cwd=root / "source", capture_output=True, text=True, check=True)
        assert Path(done.stdout.strip()) == root / "source/minunet/__init__.py"

    def test_a_submission_without_python_is_told_why_it_has_no_points(self, root):
        (root / "submission" / "essay.pdf").write_bytes(b"%PDF")
        results, _ = graded(root)
        assert results["score"] == 0
        assert "has no Python in it; expected" in results["output"]

    @pytest.mark.parametrize("line", ["kill -9 $$", "exit 1", "echo Traceback; exit 3"])
    def test_a_grader_that_fails_leaves_results_that_say_so(self, root, line):
        script(root / "venv/bin/python", f"#!/bin/sh\n{line}\n")
        results, _ = graded(root)
        assert results["score"] == 0
        assert "says nothing about your work" in results["output"]
        (test,) = results["tests"]
        assert test["visibility"] == "hidden"

    def test_results_of_the_submission_before_are_not_kept(self, root):
        (root / "submission" / "a.py").write_text(RIGHT + WRONG)
        graded(root)
        script(root / "venv/bin/python", "#!/bin/sh\nexit 1\n")
        assert graded(root)[0]["score"] == 0

    def test_an_assignment_may_be_named(self, tmp_path):
        make_gradescope("cs231n", tmp_path / "a.zip")
        with zipfile.ZipFile(tmp_path / "a.zip") as archive:
            assert b"--spec cs231n " in archive.read("run_autograder")
            assert "assignment.py" not in archive.namelist()

    def test_an_unknown_assignment_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="not known"):
            make_gradescope("vgg", tmp_path / "a.zip")
        assert list(tmp_path.iterdir()) == []


class TestNames:
    @given(st.lists(texts, unique=True, max_size=8))
    def test_files_of_students_are_safe_and_each_its_own(self, names):
        found = file_names(names)
        assert len({name.casefold() for name in found}) == len(names)
        for name in found:
            assert re.fullmatch(r"[\w-][\w.-]*", name)
            assert len(name.encode()) <= 120
            assert not re.match(r"(?i)(con|nul)(\.|$)", name)

    def test_a_name_that_is_safe_is_kept(self):
        assert file_names(["anna.py", "Zoë-2.ipynb"]) == ["anna.py", "Zoë-2.ipynb"]

    def test_names_that_would_be_the_same_are_numbered(self):
        assert file_names(["A.py", "a.py", "a.py-2", "a/b", "a_b"]) == ["A.py", "a.py-2", "a.py-2-2", "a_b", "a_b-2"]

    def test_a_path_stays_in_its_folder(self):
        assert file_names(["../../etc/passwd", "..", ".bashrc"]) == ["_.._etc_passwd", "_", "bashrc"]


class TestWrite:
    @pytest.mark.parametrize("name", FORMATS)
    def test_the_order_changes_no_byte(self, name, tmp_path):
        several = [*CLASS, *(replace(ANNA, submission=f"{k}.py") for k in range(20))]
        trees = []
        for seed in range(3):
            random.Random(seed).shuffle(several)
            out = tmp_path / str(seed)
            out.mkdir()
            write(name, several, out)
            trees.append(tree(out))
        assert trees[0] == trees[1] == trees[2]
        assert trees[0]

    @pytest.mark.parametrize(
        ("name", "one", "many"),
        [
            ("json", "report.json", "json/anna.py.json"),
            ("text", "report.txt", "text/anna.py.txt"),
            ("gradescope", "results.json", "gradescope/anna.py.json"),
            ("html", "index.html", "students/anna.py.html"),
        ],
    )
    def test_one_report_is_a_file_and_a_class_a_folder(self, name, one, many, tmp_path):
        for folder in ("one", "class"):
            (tmp_path / folder).mkdir()
        write(name, [ANNA], tmp_path / "one")
        write(name, CLASS, tmp_path / "class")
        assert list(tree(tmp_path / "one")) == [one]
        assert tree(tmp_path / "class")[many] == tree(tmp_path / "one")[one]
        assert len(tree(tmp_path / "class")) == len(CLASS) + (name == "html")

    @pytest.mark.parametrize("name", FORMATS)
    def test_names_and_texts_that_would_do_harm_are_written_into_the_folder_alone(self, name, tmp_path):
        out = tmp_path / "out"
        out.mkdir()
        write(name, [harmful(text) for text in HARMFUL], out)
        assert list(tmp_path.iterdir()) == [out]
        for content in tree(out).values():
            assert content.decode().isascii() or printable(content.decode().replace("\r\n", "\n"))

    @pytest.mark.parametrize("name", FORMATS)
    def test_a_class_without_submissions_and_points_of_nothing_are_written(self, name, tmp_path):
        write(name, [], tmp_path)
        write(name, [Report("a", "0" * 64, "unet", 0, "", ())], tmp_path)

    def test_an_unknown_format_is_refused(self, tmp_path):
        with pytest.raises(ValueError, match="format is 'pdf', expected one of json, csv"):
            write("pdf", [ANNA], tmp_path)

    def test_reports_may_stay_on_the_disk(self, tmp_path):
        class Disk:
            def __len__(self):
                return 3

            def __iter__(self):
                return (replace(ANNA, submission=name) for name in "abc")

        for name in FORMATS:
            write(name, Disk(), tmp_path)
        rows = csv.DictReader(io.StringIO((tmp_path / "grades.csv").read_text()))
        assert [row["submission"] for row in rows] == ["a", "b", "c"]


def test_an_argument_whose_name_leaves_no_room_beside_it_has_a_line_of_its_own():
    example = Example({"n" * 200: "\xa0"}, "dx[0]", "dx = dout", "1", "0")
    finding = Finding("relu_backward", "wrong", 0, 1, (Fault("dx", "it is wrong", example=example),))
    told = to_text(Report("a.py", "0", "unet", 3, "", (finding,)))
    assert any(line.strip() == "n" * 200 for line in told.splitlines())
