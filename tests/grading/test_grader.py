"""What a student is told: the mistake by its name, where it shows, and nothing that is not so."""

import re
from pathlib import Path

import numpy as np
import pytest

import minunet as mu
from minunet.grading.report import HINTS

RELU = """
import numpy as np

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    return dout * (cache > 0)
"""


def relu(**lines):
    """RELU with one of its two returns replaced."""
    return RELU.replace("np.maximum(x, 0), x", lines.get("forward", "np.maximum(x, 0), x")).replace(
        "dout * (cache > 0)", lines.get("backward", "dout * (cache > 0)")
    )


POOL = """
import numpy as np

def max_pool2d_forward(x):
    N, C, H, W = x.shape
    cells = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = cells.max(axis=(3, 5))
    return out, (x, out)

def max_pool2d_backward(dout, cache):
    x, out = cache
    big = out.repeat(2, axis=2).repeat(2, axis=3)
    return (x == big) * dout.repeat(2, axis=2).repeat(2, axis=3)
"""

CONV = """
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows

def conv2d_forward(x, weight, bias):
    out = np.einsum("nchwij,fcij->nfhw", windows(x, weight.shape[2:], axis=(2, 3)), weight{flip})
    return out + bias[:, None, None], (x, weight)

def conv2d_backward(dout, cache):
    x, weight = cache
    F, C, kh, kw = weight.shape
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    for h in range(dout.shape[2]):
        for w in range(dout.shape[3]):
            part = dout[:, :, h, w]
            dx[:, :, h:h+kh, w:w+kw] {add} np.einsum("nf,fcij->ncij", part, weight{flip})
            dweight += np.einsum("nf,ncij->fcij", part, x[:, :, h:h+kh, w:w+kw])
    return dx, dweight{flip}{scale}, dout.{reduce}(axis=(0, 2, 3))
"""


def conv(flip="", add="+=", scale="", reduce="sum"):
    return CONV.replace("{flip}", flip).replace("{add}", add).replace("{scale}", scale).replace("{reduce}", reduce)


def test_what_is_right_is_right(faults):
    assert faults(RELU, "relu") == {}
    assert faults(conv(), "conv2d") == {}


@pytest.mark.parametrize(
    ("lines", "function", "fault"),
    [
        ({"backward": "dout * (cache >= 0)"}, "relu_backward", ("dx", "1 at zero")),
        ({"backward": "(cache > 0) * 1.0"}, "relu_backward", ("dx", "as though dout were 1")),
        ({"backward": "np.maximum(dout, 0)"}, "relu_backward", ("dx", "where dout is positive")),
        ({"forward": "np.where(x > 0, x, 0.01 * x), x"}, "relu_forward", ("out", "leaky")),
        ({"forward": "np.clip(x, 0, 6), x"}, "relu_forward", ("out", "clipped at 6")),
    ],
)
def test_a_mistake_is_named(faults, lines, function, fault):
    assert faults(relu(**lines), "relu") == {function: [fault]}


def test_a_gradient_to_every_tie_is_named_and_shown_on_the_smallest_input(grade_source):
    finding = grade_source(POOL, "max_pool2d").findings[1]
    (fault,) = finding.faults
    assert fault.name == "goes to every tie"
    assert "argmax" in fault.fix
    assert fault.example.inputs["x"].count(",") == 3  # one window of four
    assert fault.example.entry.startswith("dx[0, 0, ")
    assert float(fault.example.expected) == 0 != float(fault.example.found)
    assert "first largest" in fault.example.formula


def test_two_mistakes_in_one_output_are_both_named(faults):
    found = faults(conv(scale="[:, :, ::-1, ::-1] / len(x)"), "conv2d")
    assert set(found["conv2d_backward"]) == {("dweight", "divided by N"), ("dweight", "turned round")}


def test_mistakes_in_two_outputs_are_told_apart_and_the_third_keeps_its_points(grade_source):
    finding = grade_source(conv(add="=", reduce="mean"), "conv2d").findings[1]
    assert [(f.output, f.name) for f in finding.faults] == [
        ("dx", "last window only (= for +=)"),
        ("dbias", "mean over images and pixels"),
    ]
    assert finding.points == pytest.approx(finding.out_of / 3)


def test_a_backward_that_is_right_for_a_wrong_forward_keeps_its_points(grade_source):
    forward, backward = grade_source(conv(flip="[:, :, ::-1, ::-1]"), "conv2d").findings
    assert [fault.name for fault in forward.faults] == ["kernel turned round"]
    assert backward.verdict == "right"
    assert backward.points == backward.out_of
    assert "right for the forward that it belongs to" in backward.notes[0]


@pytest.mark.parametrize(
    ("backward", "name"),
    [
        ("    dout[cache <= 0] = 0\n    return dout", "dout"),
        ("    cache[cache > 0] = 1\n    cache[cache <= 0] = 0\n    return dout * cache", "x"),
    ],
    ids=["dout", "x through the cache"],
)
def test_a_change_in_place_is_named_and_halves_the_points(grade_source, backward, name):
    finding = grade_source(RELU.replace("    return dout * (cache > 0)", backward), "relu").findings[1]
    assert [fault.name for fault in finding.faults] == [f"changes {name} in place"]
    assert finding.points == finding.out_of / 2


def test_a_state_that_leaks_into_the_next_call_is_named(faults):
    source = """
    import numpy as np
    kept = []
    def relu_forward(x):
        kept.append(x)
        return np.maximum(x, 0), None
    def relu_backward(dout, cache):
        return dout * (kept[-1] > 0)
    """
    assert faults(source, "relu") == {"relu_backward": [("dx", "not the same at every call")]}


def test_right_at_the_first_call_only_is_named(faults):
    source = """
    import numpy as np
    def relu_forward(x, scale=[1.0]):
        scale[0] *= 2
        return np.maximum(x, 0) * scale[0] / 2, x
    def relu_backward(dout, cache):
        return dout * (cache > 0)
    """
    assert faults(source, "relu") == {"relu_forward": [("out", "not the same at every call")]}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("for i in xrange(3): pass", "needs Python 2"),
        ("np.zeros(len(x) / 2)", "a float where a whole number must be"),
        ("x.astype(np.float)", "needs an old NumPy"),
        ("x.nothing", "raises AttributeError"),
    ],
)
def test_an_exception_is_told_with_its_line_and_what_is_old_by_that_name(grade_source, line, name):
    source = RELU.replace("    return np.maximum", f"    {line}\n    return np.maximum")
    forward = grade_source(source, "relu").findings[0]
    assert [fault.name for fault in forward.faults] == [name]
    assert "(line 5 of student.py)" in forward.faults[0].place


def test_print_without_parentheses_is_told_as_python_2(grade_source):
    report = grade_source('print "hello"\n' + RELU, "relu")
    assert {finding.verdict for finding in report.findings} == {"missing"}
    assert "Missing parentheses" in report.findings[0].faults[0].explanation


@pytest.mark.parametrize(
    ("forward", "told"),
    [
        ("def relu_forward(x, y, z): return x, x", "raises TypeError"),
        ("def relu_forward(x): return 1, 2, x", "returns 2 results beside the cache, expected one result"),
        ("def relu_forward(x): return 'out', x", "out is a str, expected an array"),
        ("def relu_forward(x): return x.T, x", "out has shape"),
        ("def relu_forward(x): return x / 0 * 0, x", "out is nan"),
        ("def relu_forward(x): return x.shape[99], x", "raises IndexError"),
        ("import os\ndef relu_forward(x): os._exit(0)", "the process ended: exit 0"),
        ("import sys\ndef relu_forward(x): sys.exit()", "raises SystemExit"),
    ],
)
def test_what_is_no_array_of_the_right_shape_is_told_before_any_number(grade_source, forward, told):
    source = re.sub(r"def relu_forward.*\n.*\n", forward + "\n", RELU)
    finding = grade_source(source, "relu").findings[0]
    assert finding.verdict == "wrong"
    assert told in finding.faults[0].place


def test_what_is_missing_is_missing_and_the_rest_is_graded(grade_source):
    report = grade_source(RELU.replace("relu_backward", "my_backward"), "relu")
    assert [finding.verdict for finding in report.findings] == ["right", "missing"]
    assert "relu_backward is not defined" in report.findings[1].faults[0].place


def test_a_mistake_that_is_in_no_bank_is_not_guessed_at(grade_source):
    (fault,) = grade_source(relu(forward="np.maximum(x, 0) + 0.1 * np.sin(x), x"), "relu").findings[0].faults
    assert fault.name == ""
    assert "ot recognised" in fault.explanation
    assert fault.example is not None


def test_the_circumstances_under_which_it_is_wrong_are_named(faults):
    source = relu(forward="(np.maximum(x, 0) if len(x) > 1 else x * 0.3 + 1), x")
    assert faults(source, "relu")["relu_forward"] == [("out", "wrong where N is 1")]


def test_a_factor_that_follows_a_size_is_named(faults):
    source = relu(backward="dout * (cache > 0) * cache.shape[0] ** 2")
    assert faults(source, "relu")["relu_backward"] == [("dx", "N*N times too large")]


def test_each_depth_of_hints_tells_more(grade_source):
    report = grade_source(POOL, "max_pool2d")
    told = [str(report.at(hints).to_dict()) for hints in HINTS]
    assert [len(text) for text in told] == sorted(len(text) for text in told)
    assert "dx" not in str(report.at("none").findings[1].faults)
    assert "every tie" not in told[1]
    assert "every tie" in told[2]
    assert "argmax of the window" not in told[2]
    assert "argmax of the window" in told[3]


def test_a_report_survives_json(grade_source):
    report = grade_source(POOL, "max_pool2d")
    assert type(report).from_dict(report.to_dict()) == report


def test_the_same_file_gets_the_same_report_and_another_file_other_questions(grade_source):
    assert grade_source(POOL, "max_pool2d") == grade_source(POOL, "max_pool2d")
    one, other = (grade_source(POOL + extra, "max_pool2d").findings[1].faults[0].place for extra in ("", "\n#\n"))
    assert one != other


def test_in_python_a_module_and_functions_are_graded_without_being_run_here(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(relu(backward="dout * (cache >= 0)") + "\nopen(__file__ + '.ran', 'w')\n")
    report = mu.grade(path, only=["relu"])
    assert [fault.name for finding in report.findings for fault in finding.faults] == ["1 at zero"]
    assert not (tmp_path / "mine.py.ran").exists()
    assert mu.grade([mu.layers.relu_forward], only=["relu_forward"]).findings[0].verdict != "wrong"


def test_an_unknown_function_or_spec_is_refused():
    with pytest.raises(ValueError, match="unet has no softmax; expected"):
        mu.grade([mu.layers.relu_forward], only=["softmax"])
    with pytest.raises(ValueError, match="spec 'vgg' is not known; expected unet, cs231n"):
        mu.grade([mu.layers.relu_forward], spec="vgg")


def test_a_file_that_never_ends_is_graded_by_its_definitions(grade_source):
    report = grade_source(RELU + "\nwhile True: pass\n", "relu")
    assert report.right
    assert "definitions alone" in report.notes[0]


def test_a_line_that_fails_takes_nothing_else_with_it(grade_source):
    report = grade_source("import torch\nimport matplotlib.pyplot as plt\nplt.plot([1])\n1 / 0\n" + RELU, "relu")
    assert report.right
    assert any("line 4 of student.py failed" in note and "ZeroDivisionError" in note for note in report.notes)


def reference():
    """`minunet.reference` as a file that stands by itself."""
    source = Path(mu.reference.__file__).read_text(encoding="utf-8")
    return re.sub(
        r"from \.layers\._checks import.*", "def expect_floating(*a): pass\nexpect_shape = expect_floating", source
    )


def test_a_u_net_on_layers_that_are_right_one_by_one_and_not_together_is_told(grade_source):
    source = reference()
    right = grade_source(source)
    assert right.findings[-1].function == "network"
    assert right.right
    line = "    x, weight = cache\n"
    doubled = f"{line}    weight = weight * (1 + (weight.shape[0] == 2 and x.shape[2] > 12))\n"
    wrong = grade_source(source.replace(line, doubled, 1))
    network = wrong.findings[-1]
    assert network.verdict == "wrong"
    assert "conv2d_backward" in network.faults[0].place


def test_where_a_layer_is_wrong_the_network_costs_nothing_more_than_its_share(grade_source):
    source = reference()
    report = grade_source(source.replace("x[place].real <= 0", "x[place].real <= 0.5"))
    network = report.findings[-1]
    assert network.verdict == "not judged"
    assert "down0.relu0, forward" in network.notes[0]
    layers = report.findings[:-1]
    assert network.points / network.out_of == pytest.approx(
        sum(f.points for f in layers) / sum(f.out_of for f in layers)
    )


def test_questions_are_finite_and_small():
    from minunet.grading.specs import find_spec

    for name in ("unet", "cs231n"):
        for layer in find_spec(name).layers:
            cases = layer.cases(np.random.default_rng(0))
            assert sum(np.size(v) for case in cases for v in case.arguments.values()) < 20_000


def test_a_kernel_that_is_shuffled_in_a_way_nobody_thought_of_is_shown(grade_source):
    shuffled = conv().replace(
        "axis=(2, 3)), weight)\n",
        "axis=(2, 3)), weight[:, :, [1, 0, *range(2, weight.shape[2])]] if weight.shape[2] > 1 else weight)\n",
        1,
    )
    (fault,) = grade_source(shuffled, "conv2d").findings[0].faults
    assert fault.name == ""
    assert "weight[f, c, i, j] meets x[1, 0] for (i, j) = (0, 0)" in fault.explanation


def test_what_an_output_does_not_depend_on_is_told(grade_source):
    source = relu(backward="np.cos(dout) * np.ones_like(dout)")
    (fault,) = grade_source(source, "relu").findings[1].faults
    assert fault.name == ""
    assert "dx does not depend on x, and should." in fault.explanation
    assert "dx is not linear in dout, as every gradient is." in fault.explanation


def test_a_function_that_is_not_written_yet_is_missing_and_not_wrong(grade_source):
    source = "def relu_forward(x):\n    out = None\n    # TODO\n    pass\n    cache = x\n    return out, cache\n"
    source += "def relu_backward(dout, cache):\n    dx, x = None, cache\n    return dx\n"
    report = grade_source(source, "relu")
    assert [finding.verdict for finding in report.findings] == ["missing", "missing"]
    assert "not written yet" in report.findings[0].faults[0].place


def test_a_function_that_says_it_is_not_implemented_is_missing_and_not_wrong(grade_source):
    source = "def relu_forward(x):\n    raise NotImplementedError()\ndef relu_backward(dout, cache):\n    return dout\n"
    report = grade_source(source, "relu")
    assert [finding.verdict for finding in report.findings] == ["missing", "not judged"]
    assert "relu_forward raises NotImplementedError: it is not written yet" in report.findings[0].faults[0].place


FORGERIES = (
    '{"loaded": 3}, []',
    '{"loaded": [3, {}, {"line": []}]}, []',
    '{"results": 3}, []',
    '{"results": [None], "changed": [99], "shares": [[9, 9], 1]}, []',
    '{"results": [None], "changed": [], "shares": [], "no_cache": 1}, [np.zeros((3, 2, 4, 5), complex)]',
    '{"results": ["x" * 200000], "changed": [], "shares": []}, []',
    '{"error": [1], "line": 5}, []',
    '{"error": "x", "line": ["a", "b"]}, []',
    '{"name": "logits"}, []',
)


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("place", ["import", "call"])
def test_replies_that_a_submission_makes_itself_earn_nothing_and_break_nothing(grade_source, forgery, place):
    forge = f"""
import sys
import numpy as np

def forge():
    frame = sys._getframe()
    while frame:
        if "reply" in frame.f_locals:
            for _ in range(3):
                frame.f_locals["reply"]({forgery})
            return
        frame = frame.f_back
"""
    if place == "import":
        source = forge + "forge()\n" + relu(backward="dout * 0")
    else:
        source = forge + relu(backward="forge() or dout * 0")
    report = grade_source(source, "relu")
    backward = report.findings[1]
    assert backward.verdict != "right"
    assert backward.points == 0


def test_what_becomes_of_whole_numbers_is_a_note_and_costs_nothing(grade_source):
    source = """
import numpy as np
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    dx = np.zeros_like(x)
    dx[...] = (dout @ w.T).reshape(x.shape)
    return dx, x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)
"""
    finding = grade_source(source, "affine", spec="cs231n").findings[1]
    assert finding.verdict == "right"
    assert finding.notes == (
        "given an x of whole numbers, dx is cut off to whole numbers: make it with np.zeros(x.shape)",
    )


def own_network(old="", new=""):
    """The reference's layers and a U-Net class of one's own, with one change."""
    source = Path(mu.UNet.__module__.replace(".", "/") + ".py")
    text = (Path(mu.__file__).parents[1] / source).read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    for name in ("device", "sizes", "tape"):
        text = text.replace(f"from .{name} import", f"from minunet.{name} import")
    return reference() + "\n\n" + text


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("d += across.pop()", "across.pop()", "gradient of the skip forgotten"),
        ("d += across.pop()", "d = across.pop()", "gradient of the pooling forgotten"),
        ("d += across.pop()", "d = (d + across.pop()) / 2", "mean of the two gradients of a skip"),
        (
            'x = run(f"{block}.relu{i}", "relu", x)',
            'x = run(f"{block}.relu{i}", "relu", x) if i == 0 else x',
            "last ReLU of each block left out",
        ),
        (
            'return run_weighted("head", "conv2d", x)',
            'return run("head.relu", "relu", run_weighted("head", "conv2d", x))',
            "ReLU after the head",
        ),
    ],
)
def test_a_mistake_in_the_wiring_of_ones_own_network_is_named(grade_source, old, new, name):
    finding = grade_source(own_network(old, new)).findings[-1]
    assert finding.function == "UNet"
    assert [fault.name for fault in finding.faults] == [name]


def test_a_network_of_ones_own_that_is_right_is_right(grade_source):
    report = grade_source(own_network())
    assert report.findings[-1].function == "UNet"
    assert report.right
    assert report.out_of == 45


def test_only_a_function_is_that_function_alone(grade_source):
    report = grade_source(RELU, "relu_backward", "max_pool2d")
    assert [finding.function for finding in report.findings] == [
        "relu_backward",
        "max_pool2d_forward",
        "max_pool2d_backward",
    ]
