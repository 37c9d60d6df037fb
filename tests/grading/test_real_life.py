"""What people hand in: right work is not accused for how it is written, and what is wrong is told plainly."""

import json
import re
import textwrap

import pytest

from minunet.grading import grade_many
from minunet.grading.formats.text import to_text
from minunet.grading.grader import grade_submission, selected
from minunet.grading.journal import Journal
from minunet.grading.specs import find_spec
from minunet.grading.submission import Submission, read_submission

RELU = """
import numpy as np
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def notebook(path, *cells):
    found = [{"cell_type": "code", "source": cell} for cell in cells]
    path.write_text(json.dumps({"cells": found, "metadata": {}, "nbformat": 4}))
    return path


def graded(sandbox, what, *only, spec="unet"):
    submission = what if isinstance(what, Submission) else read_submission(what)
    return grade_submission(submission, selected(find_spec(spec), only or None), sandbox)


def verdicts(report):
    return [finding.verdict for finding in report.findings]


def test_a_backward_that_is_right_for_a_mask_drawn_elsewhere_costs_nothing_more(grade_source):
    source = """
    import numpy as np
    def dropout_forward(x, rate, rng=None):
        mask = (np.random.rand(*x.shape) >= rate) / (1 - rate)
        return x * mask, mask
    def dropout_backward(dout, mask):
        return dout * mask
    """
    forward, backward = grade_source(source, "dropout").findings
    assert [fault.name for fault in forward.faults] == ["random numbers drawn otherwise"]
    assert backward.verdict == "right"


def test_a_backward_that_is_wrong_for_a_mask_drawn_elsewhere_is_named_and_nothing_false_is_said(grade_source):
    source = """
    import numpy as np
    def dropout_forward(x, rate, rng=None):
        mask = np.random.rand(*x.shape) >= rate
        return x * mask / (1 - rate), mask
    def dropout_backward(dout, mask):
        return dout * mask
    """
    (fault,) = grade_source(source, "dropout").findings[1].faults
    assert fault.name == "not scaled"
    assert "linear" not in fault.explanation


def test_a_class_of_one_kernel_size_is_asked_square_kernels_alone(grade_source):
    source = """
    import numpy as np
    from numpy.lib.stride_tricks import sliding_window_view
    class Conv2D:
        def __init__(self, in_channels, out_channels, kernel_size=3):
            self.k = kernel_size
            self.weight = np.zeros((out_channels, in_channels) + (kernel_size,) * 2)
            self.bias = np.zeros(out_channels)
        def forward(self, x):
            self.x = x
            seen = sliding_window_view(x, (self.k, self.k), axis=(2, 3))
            return np.einsum("nchwij,fcij->nfhw", seen, self.weight) + self.bias[:, None, None]
        def backward(self, dout):
            k, dx = self.k, np.zeros_like(self.x)
            seen = sliding_window_view(self.x, (k, k), axis=(2, 3))
            self.dweight = np.einsum("nchwij,nfhw->fcij", seen, dout)
            self.dbias = dout.sum(axis=(0, 2, 3))
            for i in range(k):
                for j in range(k):
                    room = dx[:, :, i : i + dout.shape[2], j : j + dout.shape[3]]
                    room += np.einsum("nfhw,fc->nchw", dout, self.weight[:, :, i, j])
            return dx
    """
    report = grade_source(source, "conv2d")
    assert verdicts(report) == ["right", "right"]
    assert any("one kernel_size" in note for note in report.findings[0].notes)


def test_a_submission_cannot_choose_by_itself_what_it_is_asked(grade_source):
    source = """
    import numpy as np
    class NotAsked(Exception): pass
    def relu_forward(x):
        if x.shape != (3, 2, 4, 5): raise NotAsked("no")
        return np.maximum(x, 0), x
    def relu_backward(dout, cache):
        return dout * (cache > 0)
    """
    assert grade_source(source, "relu").findings[0].verdict == "wrong"


def test_a_cell_that_writes_a_file_is_that_file(tmp_path, sandbox):
    path = notebook(tmp_path / "hw.ipynb", f"%%writefile layers.py\n{RELU}", "from layers import *")
    assert verdicts(graded(sandbox, path, "relu")) == ["right", "right"]
    path = notebook(tmp_path / "up.ipynb", f"%%writefile -a ../../evil/layers.py\n{RELU}")
    assert all(".." not in name and not name.startswith("/") for name in read_submission(path).files)


def test_a_cell_in_another_language_is_left_out_and_told(tmp_path):
    read = read_submission(notebook(tmp_path / "hw.ipynb", "%%bash\nls", RELU))
    assert any("cell 1" in note and "%%bash" in note for note in read.notes)


def test_a_notebook_of_the_third_format_is_read(tmp_path, sandbox):
    cells = [{"cell_type": "code", "input": RELU}]
    (tmp_path / "old.ipynb").write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))
    assert verdicts(graded(sandbox, tmp_path / "old.ipynb", "relu")) == ["right", "right"]


def test_an_exception_in_a_notebook_is_told_by_its_cell(tmp_path, sandbox):
    path = notebook(tmp_path / "hw.ipynb", "import numpy as np", RELU.replace("np.maximum(x, 0)", "x.nothing"))
    assert "line 4 of cell 2" in graded(sandbox, path, "relu").findings[0].faults[0].place


def test_a_notebook_named_as_a_package_does_not_hide_it(tmp_path, sandbox):
    path = notebook(tmp_path / "numba.ipynb", "from numba import njit", RELU.replace("def", "@njit\ndef"))
    assert verdicts(graded(sandbox, path, "relu")) == ["right", "right"]


@pytest.mark.parametrize(
    ("head", "decorator"),
    [
        ("from numba import njit", "@njit"),
        ("from numba import jit", "@jit(nopython=True)"),
        ("import numba", "@numba.njit(cache=True)"),
        ("import numba as nb", "@nb.jit"),
    ],
)
def test_functions_that_numba_would_compile_are_graded_as_they_are(grade_source, head, decorator):
    source = f"{head}\n{RELU}".replace("def ", f"{decorator}\ndef ")
    assert verdicts(grade_source(source, "relu")) == ["right", "right"]


def test_what_uses_an_absent_package_is_told_once_and_without_names_of_ours(tmp_path, sandbox):
    source = (
        "import matplotlib.pyplot as plt\nplt.rcParams['a'] = 1\nplt.style.x = 2\nplt.figure()\nplt.show()\n" + RELU
    )
    report = graded(sandbox, Submission("a.py", {"a.py": source}), "relu")
    assert verdicts(report) == ["right", "right"]
    assert len(report.notes) == 1
    assert "matplotlib" in report.notes[0]
    assert "_Absent" not in report.notes[0]


def test_a_sibling_that_was_not_handed_in_is_named(grade_source):
    source = "from . import fast_layers\n" + RELU.replace("np.maximum(x, 0)", "fast_layers.relu(x)")
    place = grade_source(source, "relu").findings[0].faults[0].place
    assert "None" not in place
    assert "fast_layers" in place


@pytest.mark.parametrize("damage", ["{}", "[]", '{"submission": "a"}', "null", "not JSON"])
def test_a_damaged_line_within_a_journal_is_told_and_nothing_is_lost(tmp_path, damage):
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    (folder / "a.py").write_text(RELU)
    grade_many(folder, only=["relu"], out=out, formats=["csv"], jobs=1)
    journal = out / "journal.jsonl"
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([lines[0], damage, lines[1]]) + "\n")
    before = journal.read_bytes()
    with pytest.raises(ValueError, match=r"line 2 of .* is damaged"):
        Journal(journal, json.loads(lines[0]))
    assert journal.read_bytes() == before


SOFTMAX = """
import numpy as np
def softmax_loss(x, y):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -{log}.mean()
    dx = p.copy()
    dx[np.arange(len(y)), y] -= 1
    return loss, dx / len(y)
"""


@pytest.mark.parametrize(("log", "name"), [("np.log10", "decimal logarithm"), ("np.log2", "binary logarithm")])
def test_what_is_the_templates_is_not_told_as_a_fault_beside_the_students(grade_source, log, name):
    source = SOFTMAX.replace("{log}", f"{log}(p[np.arange(len(y)), y])")
    finding = grade_source(source, "softmax_loss", spec="cs231n").findings[0]
    assert [fault.name for fault in finding.faults] == [name]
    assert finding.faults[0].example is not None
    assert any("template" in note for note in finding.notes)


@pytest.mark.parametrize(
    "log",
    [
        "np.log(p[np.arange(len(y)), y] + 1e-8)",
        "np.log(p[np.arange(len(y)), y] + 1e-12)",
        "np.log(np.clip(p[np.arange(len(y)), y], 1e-15, 1))",
        "np.log(p[np.arange(len(y)), y] + 1e-300)",
    ],
)
def test_who_does_better_than_the_template_is_not_worse_off(grade_source, log):
    finding = grade_source(SOFTMAX.replace("{log}", log), "softmax_loss", spec="cs231n").findings[0]
    assert finding.verdict == "right"
    assert any("inside the logarithm" in note or "clips the probability" in note for note in finding.notes)


def test_one_largest_score_for_all_is_named(grade_source):
    source = SOFTMAX.replace("x.max(axis=1, keepdims=True)", "x.max()")
    source = source.replace("{log}", "np.log(p[np.arange(len(y)), y])")
    finding = grade_source(source, "softmax_loss", spec="cs231n").findings[0]
    assert {fault.name for fault in finding.faults} == {"largest score of all images subtracted"}


def test_two_numbers_that_differ_are_not_printed_alike(grade_source):
    source = RELU.replace("np.maximum(x, 0), x", "np.maximum(x, 0) * (1 + 1e-5 * (x > 0)), x")
    (fault,) = grade_source(source, "relu").findings[0].faults
    found, wanted = fault.place.split("; ")[0].split(" is ")[1].split(", expected ")
    assert found != wanted


def test_a_scalar_has_no_index(grade_source):
    source = SOFTMAX.replace("{log}", "np.log(p[np.arange(len(y)), y])").replace("p = np.exp", "p = 0 * np.exp")
    finding = grade_source(source, "softmax_loss", spec="cs231n").findings[0]
    assert all(not fault.place.endswith(" at ") for fault in finding.faults)


def test_results_within_the_class_are_refused(tmp_path):
    (tmp_path / "a.py").write_text(RELU)
    for out in (tmp_path, tmp_path / "results"):
        with pytest.raises(ValueError, match="lies in the class's own folder"):
            grade_many(tmp_path, only=["relu"], out=out, formats=["csv"], jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_a_file_that_is_no_python_is_told_once(sandbox):
    report = graded(sandbox, Submission("syn.py", {"syn.py": "def f(:\n"}))
    told = to_text(report)
    assert told.count("SyntaxError") == 1
    assert "not defined" not in told
    assert told.count("relu_forward") == 1  # in the table


def test_what_is_not_written_yet_does_not_end_well(grade_source):
    source = RELU.replace("return dout * (cache > 0)", "return None")
    report = grade_source(source, "relu")
    assert verdicts(report) == ["right", "missing"]
    assert not report.right


DROPOUT = """
import numpy as np
def dropout_forward(x, dropout_param):
    np.random.seed(dropout_param["seed"])
    p, mask = dropout_param["p"], np.ones_like(x)
    if dropout_param["mode"] == "train":
        mask = {mask}
    return x * mask, mask
def dropout_backward(dout, mask):
    return dout * mask
"""


@pytest.mark.parametrize("shape", ["1, *x.shape[1:]", "*x.shape[1:]"])
@pytest.mark.parametrize("mask", ["(np.random.rand(SHAPE) < p) / p", "(np.random.rand(SHAPE) >= p) / (1 - p)"])
def test_one_mask_for_all_images_is_named(grade_source, shape, mask):
    source = DROPOUT.replace("{mask}", mask.replace("SHAPE", shape))
    finding = grade_source(source, "dropout", spec="cs231n").findings[0]
    assert finding.faults[0].name.startswith("one mask for all images")
    assert len(finding.faults) == 1


def test_a_mistake_in_what_is_drawn_at_will_is_shown_on_a_small_input(grade_source):
    source = DROPOUT.replace("{mask}", "np.random.rand(*x.shape) < p")
    (fault,) = grade_source(source, "dropout", spec="cs231n").findings[0].faults
    assert fault.name == "not scaled"
    assert "array of shape" not in fault.example.inputs["x"]


def test_a_function_that_refuses_is_not_said_to_misplace(grade_source):
    source = """
    import numpy as np
    def max_pool_forward_naive(x, pool_param):
        ph, pw, s = (pool_param[k] for k in ("pool_height", "pool_width", "stride"))
        assert ph == pw == s, "square windows only"
        N, C, H, W = x.shape
        cells = x.reshape(N, C, H // ph, ph, W // pw, pw)
        return cells.max(axis=(3, 5)), x
    """
    (fault,) = grade_source(source, "max_pool_forward_naive", spec="cs231n").findings[0].faults
    assert "square windows only" in fault.place
    assert fault.name.startswith(("wrong where", "right only where"))


def test_where_a_backward_mostly_raises_the_few_numbers_that_it_gives_name_nothing(grade_source):
    source = """
    import numpy as np
    def conv_transpose2d_backward(dout, cache):
        x, weight = cache
        dx, dweight = np.zeros(x.shape), np.zeros(weight.shape)
        for i in range(2):
            for j in range(2):
                part = dout[:, :, i::2, j::2]
                dx += np.einsum("nfhw,cf->nchw", part, weight[:, :, i, j])
                dweight[:, :, i, j] = np.einsum("nchw,nfhw->cf", x[:, :, i::2, j::2], part)
        return dx, dweight, dout.sum((0, 2, 3))
    def conv_transpose2d_forward(x, weight, bias):
        out = np.zeros((len(x), weight.shape[1], 2 * x.shape[2], 2 * x.shape[3]))
        for i in range(2):
            for j in range(2):
                out[:, :, i::2, j::2] = np.einsum("nchw,cf->nfhw", x, weight[:, :, i, j])
        return out + bias[:, None, None], (x, weight)
    """
    forward, backward = grade_source(source, "conv_transpose2d").findings
    assert forward.verdict == "right"
    (fault,) = backward.faults
    assert (fault.output, fault.name, fault.explanation) == ("dweight", "", "Not recognised.")


def test_a_function_without_return_is_not_said_to_be_unwritten_alone(grade_source):
    forward, _ = grade_source("import numpy as np\ndef relu_forward(x):\n    out = np.maximum(x, 0)\n", "relu").findings
    assert forward.verdict == "missing"
    assert "its return is missing" in forward.faults[0].place


def test_a_backward_without_a_cache_is_told_that_its_forward_returns_none(grade_source):
    source = """
    import numpy as np
    def relu_forward(x):
        return np.maximum(x, 0)
    def relu_backward(dout, cache):
        return dout * (cache > 0)
    """
    forward, backward = grade_source(source, "relu").findings
    assert (forward.verdict, *forward.notes) == ("right", "it returns no cache")
    assert backward.verdict == "wrong"
    assert "its forward returns no cache: it was given None for one" in backward.notes


NEARLY_TURNED = """
import numpy as np
def conv2d_forward(x, weight, bias):
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    out = np.einsum("nchwij,fcij->nfhw", windows, weight[:, :, ::-1, ::-1]) + bias[:, None, None]
    out[:, :, -1, -1] *= 3
    return out, (x, weight)
"""
KEPT_BY_THE_NUMBERS = """
import numpy as np
def dropout_forward(x, rate, rng):
    keep = x >= rate
    return x * keep / (1 - rate), (keep, rate)
"""


def test_a_mistake_that_explains_nearly_all_is_mentioned_and_one_that_half_fits_by_chance_is_not(grade_source):
    (fault,) = grade_source(NEARLY_TURNED, "conv2d").findings[0].faults
    assert re.fullmatch(
        r'Not recognised; "kernel turned round" would explain \d\d% of the entries.*', fault.explanation
    )
    (fault,) = grade_source(KEPT_BY_THE_NUMBERS, "dropout").findings[0].faults
    assert fault.explanation == "Not recognised."


def test_a_function_that_never_ends_does_not_hurry_the_others(sandbox):
    """They may be slow, and right: some seconds for a question, the first here, are no mistake."""
    source = """
    import time
    import numpy as np
    def relu_forward(x):
        while True:
            pass
    waits = [2.5]
    def max_pool2d_forward(x):
        time.sleep(waits.pop() if waits else 0)
        N, C, H, W = x.shape
        return x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5)), x
    """
    report = graded(sandbox, Submission("s", {"s.py": textwrap.dedent(source)}), "relu_forward", "max_pool2d_forward")
    assert verdicts(report) == ["wrong", "right"]
    assert report.findings[0].faults[0].name == "takes too long"
