"""``my_layers.py``: what is right is kept, what is missing is lent, and a notebook says what is wrong."""

import importlib
import linecache
import sys

import numpy as np
import pytest

from minunet.course import NotRight, check, kept, need
from minunet.course.kept import FILE, keep


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("my_layers", None)


def mine():
    sys.modules.pop("my_layers", None)
    importlib.invalidate_caches()
    return importlib.import_module("my_layers")


SCALE = 3


def helper(x):
    return np.asarray(x) * SCALE


def scaled(x):
    """With a helper and a constant."""
    return helper(x) + 1


def one_pixel(x, weight, bias, n, f, h, w):
    kh, kw = weight.shape[2:]
    return np.sum(weight[f] * x[n, :, h : h + kh, w : w + kw]) + bias[f]


def test_a_function_is_kept_with_what_it_uses(folder):
    keep(scaled)
    assert mine().scaled(2) == 7


def test_a_second_version_takes_the_place_of_the_first_and_the_others_stay(folder):
    keep(scaled)
    keep(one_pixel)
    keep(scaled)
    text = (folder / FILE).read_text()
    assert text.count("def scaled") == text.count("def one_pixel") == 1
    assert text.count("import numpy as np") == 1
    assert list(kept.kept(folder / FILE)) == ["scaled", "one_pixel"]


def test_what_an_earlier_lesson_would_have_written_is_lent_and_said(folder, capsys):
    need("conv2d_forward")
    assert "the solution of lesson 1 was put there" in capsys.readouterr().out
    assert "SOLUTION" not in (folder / FILE).read_text()
    out, _ = mine().conv2d_forward(np.ones((1, 1, 4, 5)), np.ones((2, 1, 3, 3)), np.zeros(2))
    assert out.shape == (1, 2, 2, 3)
    need("conv2d_forward")
    assert capsys.readouterr().out == ""


def test_what_a_lent_solution_calls_is_lent_too(folder):
    need("true_convolution")
    assert set(kept.kept(folder / FILE)) == {"true_convolution", "conv2d_forward"}
    assert mine().true_convolution(np.ones((1, 1, 4, 5)), np.ones((2, 1, 3, 3))).shape == (1, 2, 2, 3)


def test_what_a_student_wrote_is_not_replaced(folder):
    keep(one_pixel)
    before = (folder / FILE).read_text()
    need("one_pixel")
    assert (folder / FILE).read_text() == before


def test_an_exercise_of_no_lesson_is_refused():
    with pytest.raises(ValueError, match="no lesson asks for conv5d_forward"):
        need("conv5d_forward")
    with pytest.raises(NotRight, match="no lesson asks for scaled; was a function renamed"):
        check(scaled)


def test_a_right_answer_is_said_to_be_right_and_kept(folder, capsys):
    check(one_pixel)
    told = capsys.readouterr().out
    assert "one_pixel: right" in told
    assert "one_pixel is in my_layers.py now" in told
    assert "def one_pixel" in (folder / FILE).read_text()


def test_a_wrong_answer_is_named_stops_the_notebook_and_is_not_kept(folder, capsys):
    def one_pixel(x, weight, bias, n, f, h, w):
        kh, kw = weight.shape[2:]
        return np.sum(weight[f] * x[n, :, h : h + kh, w : w + kw])

    with pytest.raises(NotRight, match="one_pixel: not right yet") as stopped:
        check(one_pixel)
    assert "bias missing" in capsys.readouterr().out
    assert stopped.value._render_traceback_() == ["one_pixel: not right yet"]
    assert not (folder / FILE).exists()


def test_hints_say_as_much_as_is_asked(capsys):
    def one_pixel(x, weight, bias, n, f, h, w):
        kh, kw = weight.shape[2:]
        return np.sum(weight[f] * x[n, :, h : h + kh, w : w + kw])

    with pytest.raises(NotRight):
        check(one_pixel, hints="fix")
    assert "How to mend it" in capsys.readouterr().out
    with pytest.raises(NotRight):
        check(one_pixel, hints="place")
    assert "bias missing" not in capsys.readouterr().out


def test_a_layer_that_fits_no_network_is_not_right(capsys):
    def conv2d_forward(x, weight, bias):
        windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
        return np.einsum("nchwij,fcij->nfhw", windows, weight) + bias, (x, weight)

    with pytest.raises(NotRight):
        check(conv2d_forward)
    assert "ValueError" in capsys.readouterr().out


def test_a_forward_without_a_cache_is_not_right_and_not_kept(folder, capsys):
    def relu_forward(x):
        return np.maximum(x, 0)

    with pytest.raises(NotRight, match="relu_forward: not right yet"):
        check(relu_forward)
    assert "no cache" in capsys.readouterr().out
    assert not (folder / FILE).exists()


def test_a_gradient_that_fits_no_bias_is_not_right(capsys):
    def conv2d_dbias(dout):
        return dout.sum(axis=(0, 2, 3), keepdims=True)

    with pytest.raises(NotRight):
        check(conv2d_dbias)
    assert "has shape (1, 4, 1, 1), expected (4,)" in capsys.readouterr().out


TABLE = np.eye(3)


def test_what_only_the_notebook_has_is_said(capsys):
    def conv2d_dbias(dout):
        return dout.sum(axis=(0, 2, 3)) + TABLE.sum()

    with pytest.raises(NotRight):
        check(conv2d_dbias)
    assert "TABLE is the notebook's" in capsys.readouterr().out


def relu_forward(x):
    return np.maximum(x, 0), ("mine", x)


def relu_backward(dout, cache):
    return dout * (cache[1] > 0)


def test_a_pair_of_which_one_half_is_missing_is_lent_whole(folder, capsys):
    keep(relu_forward)
    need("relu_forward")
    assert "mine" in (folder / FILE).read_text()
    need("relu_forward", "relu_backward")
    told = capsys.readouterr().out
    assert "relu_forward stood in my_layers.py without its other half: the solution of lesson 3 was put there" in told
    assert "relu_backward was not in my_layers.py: the solution of lesson 3" in told
    out, cache = mine().relu_forward(np.array([-1.0, 2]))
    assert mine().relu_backward(out, cache).tolist() == [0, 2]


def test_a_forward_of_ones_own_takes_away_the_backward_that_was_lent_and_not_ones_own(folder):
    need("relu_forward", "relu_backward")
    keep(relu_forward)
    assert set(kept.kept(folder / FILE)) == {"relu_forward"}
    keep(relu_backward)
    keep(relu_forward)
    assert set(kept.kept(folder / FILE)) == {"relu_forward", "relu_backward"}


def test_of_a_pair_with_one_half_wrong_nothing_is_kept(folder, capsys):
    def relu_backward(dout, cache):
        return dout

    with pytest.raises(NotRight, match="relu_backward: not right yet"):
        check(relu_forward, relu_backward)
    assert "relu_forward: right" in capsys.readouterr().out
    assert not (folder / FILE).exists()


def test_what_is_kept_already_is_not_copied_beside_what_calls_it(folder):
    def conv2d_loops(x, weight, bias):
        return one_pixel(x, weight, bias, 0, 0, 0, 0)

    keep(conv2d_loops)
    assert (folder / FILE).read_text().count("def one_pixel") == 1
    keep(one_pixel)
    keep(conv2d_loops)
    assert (folder / FILE).read_text().count("def one_pixel") == 1
    assert mine().conv2d_loops(np.ones((1, 2, 3, 3)), np.ones((1, 2, 3, 3)), np.zeros(1)) == 18


def test_two_helpers_of_one_name_are_told_and_the_newer_is_everybodys(folder, capsys):
    keep(scaled)
    space = {"np": np, "SCALE": 5}
    source = "def helper(x):\n    return x - SCALE\n\ndef other(x):\n    return helper(x)\n"
    linecache.cache["<other>"] = (len(source), None, source.splitlines(keepends=True), "<other>")
    exec(compile(source, "<other>", "exec"), space)
    keep(space["other"])
    told = capsys.readouterr().out
    assert "scaled in my_layers.py had another helper; it has this one now. Check it again" in told
    assert "scaled in my_layers.py had another SCALE" in told
    assert mine().scaled(7) == 7 - 5 + 1
    keep(space["other"])
    assert capsys.readouterr().out == ""
