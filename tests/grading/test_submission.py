"""Submissions are read as text, whatever they are wrapped in; and never run or unpacked."""

import json
import linecache
import stat
import types
import zipfile

import numpy as np
import pytest

import minunet.layers.relu
from minunet.grading.notebook import read_notebook
from minunet.grading.submission import FUNCTIONS, LARGEST, MOST, Submission, read_submission

RELU = "def relu_forward(x):\n    return x, x\n"


def notebook(*cells):
    return json.dumps(
        {"cells": [{"cell_type": kind, "source": source} for kind, source in cells], "metadata": {}, "nbformat": 4}
    )


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_file_is_its_text(tmp_path):
    (tmp_path / "a.py").write_text(RELU)
    read = read_submission(tmp_path / "a.py")
    assert read.name == "a.py"
    assert read.files == {"a.py": RELU}
    assert not read.definitions


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbfa = 1\r\n", b"# coding: latin-1\na = '\xe9'\n", b"a = '\xe9'\n"],
    ids=["bom", "declared", "not"],
)
def test_marks_line_ends_and_other_encodings_are_read(tmp_path, content):
    (tmp_path / "a.py").write_bytes(content)
    compile(read_submission(tmp_path / "a.py").files["a.py"], "a.py", "exec")


def test_a_notebook_is_its_code_cells_without_magics(tmp_path):
    text = notebook(
        ("markdown", "# my work"),
        ("code", ["%matplotlib inline\n", "import numpy as np\n", "!pip install torch"]),
        ("code", "%%bash\nrm -rf /"),
        ("code", "for i in range(3):\n    %time x = i"),
        ("code", RELU),
    )
    (tmp_path / "a.ipynb").write_text(text)
    read = read_submission(tmp_path / "a.ipynb")
    source = read.files["a.ipynb"]
    assert read.definitions
    assert "my work" not in source
    assert "\nrm" not in source
    compile(source, "a.py", "exec")
    assert RELU.strip() in source


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"cells": 3}', b'{"cells": [{}]}', b"\xff\xfe", b"[" * 100000]
)
def test_a_damaged_notebook_says_so(content):
    with pytest.raises(ValueError, match="no Jupyter notebook"):
        read_notebook(content)


def test_a_folder_is_all_its_python_and_no_link_is_followed(tmp_path):
    folder = tmp_path / "work"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.py").write_text(RELU)
    (folder / "sub" / "b.py").write_text("b = 1")
    (folder / ".hidden.py").write_text("h = 1")
    (folder / "notes.txt").write_text("no")
    (tmp_path / "secret.py").write_text("s = 1")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "c.py").write_text("c = 1")
    (folder / "linked").symlink_to(tmp_path / "outside")
    assert set(read_submission(folder).files) == {"a.py", "sub/b.py"}


def test_a_zip_is_read_in_place_and_its_paths_lead_nowhere(tmp_path):
    before = set(tmp_path.iterdir())
    path = zipped(
        tmp_path / "a.zip", {"../../evil.py": "e = 1", "/etc/f.py": "f = 1", "ok/a.py": RELU, "__MACOSX/a.py": "x"}
    )
    read = read_submission(path)
    assert set(read.files) == {"evil.py", "etc/f.py", "ok/a.py"}
    assert set(tmp_path.iterdir()) - before == {path}


def test_links_in_a_zip_are_left_out(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("passwd.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.py", RELU)
    assert set(read_submission(path).files) == {"a.py"}


def test_a_bomb_is_left_out_and_named(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.py", b"#" * (LARGEST + 1))
        archive.writestr("a.py", RELU)
    read = read_submission(path)
    assert set(read.files) == {"a.py"}
    assert "bomb.py" in read.notes[0]


def test_too_many_files_are_left_out(tmp_path):
    path = zipped(tmp_path / "a.zip", {f"f{i:04}.py": "a = 1" for i in range(MOST + 50)})
    read = read_submission(path)
    assert len(read.files) == MOST
    assert len(read.notes) == 50


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b"x"), ("a.zip", b"PK\x03\x04 broken"), ("empty", None)],
    ids=["text", "zip", "folder"],
)
def test_what_has_no_python_is_refused_in_one_line(tmp_path, name, content):
    path = tmp_path / name
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(ValueError, match=r"Python|damaged") as caught:
        read_submission(path)
    assert "\n" not in str(caught.value)


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_submission(tmp_path / "none.py")


def test_a_module_is_graded_from_its_source():
    read = read_submission(minunet.layers.relu)
    assert list(read.files) == ["relu.py"]
    assert "def relu_forward" in read.files["relu.py"]


FACTOR = 1.0


def helper(x):
    return np.maximum(x, 0) * FACTOR


def relu_forward(x):
    return helper(x), x


def test_functions_bring_the_imports_helpers_and_constants_that_they_use():
    source = read_submission([relu_forward]).files[FUNCTIONS]
    space = {}
    exec(source, space)
    assert space["relu_forward"](np.array([-1.0, 2.0]))[0].tolist() == [0, 2]


def test_a_function_without_source_says_so():
    with pytest.raises(ValueError, match="no source"):
        read_submission([types.FunctionType((lambda: 0).__code__.replace(co_filename="<gone>"), {}, "f")])


def test_each_function_is_sought_where_it_is_defined():
    read = Submission("s", {"b/conv.py": "def conv2d_forward(): pass", "a.py": RELU, "z.py": "class ReLULayer: pass"})
    found = read.place([("conv2d_forward", ()), ("relu_forward", ("relu",)), ("relu_backward", ("relu",))])
    assert found == {"conv2d_forward": "b/conv.py", "relu_forward": "a.py", "relu_backward": "z.py"}


def test_the_digest_is_of_the_text_alone():
    one, other = Submission("a", {"a.py": "1"}), Submission("b", {"a.py": "1"})
    assert one.digest == other.digest != Submission("a", {"a.py": "2"}).digest


rows = np.arange(3)  # of no function below: each has a local of the name, or a comprehension's
offset = 2


def with_locals(rows_of):
    rows = [row + offset for row in rows_of]
    return rows


def with_inner(x):
    def inner(rows):
        return rows + offset

    return inner(np.asarray(x))


def test_of_functions_only_what_they_take_from_their_module_goes_with_them():
    for function in (with_locals, with_inner):
        source = read_submission([function]).files[FUNCTIONS]
        assert "offset = 2" in source
        assert "rows =" not in source.split("def ")[0]
        namespace = {}
        exec(source, namespace)
    assert "import numpy as np" in source
    assert namespace["with_inner"]([1]) == [3]


def test_what_has_no_literal_is_not_written_down():
    pair = (np.ones(2), 3)
    namespace = {"__name__": "here", "pair": pair}
    source = "def f():\n    return pair\n"
    linecache.cache["<pair>"] = (len(source), None, source.splitlines(keepends=True), "<pair>")
    exec(compile(source, "<pair>", "exec"), namespace)
    assert "pair =" not in read_submission([namespace["f"]]).files[FUNCTIONS]


def test_a_line_of_a_function_is_told_by_the_function_and_not_by_a_file_that_nobody_has():
    read = read_submission([relu_forward])
    line = 1 + read.files[FUNCTIONS].splitlines().index("    return helper(x), x")
    assert read.where(FUNCTIONS, line) == "line 2 of relu_forward"
    assert read.where("functions.py", 3) == "line 3 of functions.py"
