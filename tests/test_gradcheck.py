"""The checker is checked: it accepts what is right, rejects 1.001 times it, and says what is wrong and where."""

import re
from functools import partial

import numpy as np
import pytest

from minunet import gradcheck, layers
from minunet.gradient_check import ALL_ENTRIES, STEP, TOLERANCE, GradientError
from minunet.gradient_patterns import find_pattern

METHODS = list(TOLERANCE)


def normal(*shape, seed=7):
    return np.random.default_rng(seed).standard_normal(shape)


def linear_forward(x, weight):
    """(N, C) @ (C, F)"""
    return x @ weight, (x, weight)


def linear_backward(dout, cache):
    x, weight = cache
    return dout @ weight.T, x.T @ dout


def times(factor, place):
    """`linear_backward` with one of its two gradients multiplied."""

    def backward(dout, cache):
        grads = list(linear_backward(dout, cache))
        grads[place] = factor * grads[place]
        return grads

    return backward


def cubic_forward(x):
    return x**3, x


def cubic_backward(dout, x):
    return 3 * x**2 * dout


LINEAR = (normal(3, 4), normal(4, 5))


# What is right is accepted


@pytest.mark.parametrize("method", METHODS)
def test_a_right_pair_gives_its_worst_error(method):
    worst = gradcheck(linear_forward, linear_backward, *LINEAR, method=method)
    assert type(worst) is float
    assert worst <= {"central": 1e-9, "complex": 1e-14, "adjoint": 0}[method]


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("container", [tuple, list, lambda grads: grads[0]])
def test_a_gradient_may_come_alone_in_a_tuple_or_in_a_list(method, container):
    gradcheck(cubic_forward, lambda dout, x: container([cubic_backward(dout, x)]), normal(3, 4), method=method)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_loss_has_no_dout_and_may_leave_out_its_last_gradients(method):
    def forward(prediction, target):
        return ((prediction - target) ** 2).sum(), prediction - target

    gradcheck(forward, lambda cache: 2 * cache, normal(3, 4), normal(3, 4, seed=8), method=method)
    with pytest.raises(GradientError, match="gradient of prediction is wrong"):
        gradcheck(forward, lambda cache: cache, normal(3, 4), normal(3, 4, seed=8), method=method)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_scalar_output_with_dout_and_a_partial_are_fine(method):
    def forward(power, x):
        return (x**power).sum(), (power, x)

    def backward(dout, cache):
        power, x = cache
        return dout * power * x ** (power - 1)

    gradcheck(partial(forward, 2), backward, normal(3, 4), method=method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
def test_arrays_of_other_precision_are_checked_as_float64(method, dtype):
    seen = []

    def forward(x, weight):
        seen.append((str(x.dtype), str(weight.dtype)))
        return linear_forward(x, weight)

    gradcheck(forward, linear_backward, *(array.astype(dtype) for array in LINEAR), method=method)
    assert seen[0] == ("float64", "float64")
    assert set(seen[1:]) <= {("float64", "float64"), ("complex128", "complex128")}


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_and_settings_pass_through(method):
    def forward(x, columns, scale, name, nothing):
        assert (columns.dtype, scale, name, nothing) == ("int64", 3, "name", None)
        return scale * x[:, columns], (x.shape, columns, scale)

    def backward(dout, cache):
        shape, columns, scale = cache
        dx = np.zeros(shape)
        np.add.at(dx, (slice(None), columns), scale * dout)
        return dx

    gradcheck(forward, backward, normal(3, 4), np.array([2, 0, 2]), 3, "name", None, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_a_generator_draws_the_same_mask_in_every_call_and_is_left_as_it_was(method):
    rng = np.random.default_rng(1)
    before = rng.bit_generator.state
    gradcheck(layers.dropout_forward, layers.dropout_backward, normal(5, 7), 0.5, rng, method=method)
    assert rng.bit_generator.state == before


@pytest.mark.parametrize("method", METHODS)
def test_the_callers_arrays_are_not_changed(method):
    args = [array.copy() for array in LINEAR]
    with pytest.raises(GradientError, match="in place"):
        gradcheck(lambda x, weight: linear_forward(x.__imul__(2), weight), linear_backward, *args, method=method)
    for array, before in zip(args, LINEAR, strict=True):
        np.testing.assert_array_equal(array, before)


def test_central_differences_need_nothing_of_forward():
    """abs and floor have no complex derivative, or take no complex numbers at all."""

    def forward(x):
        return abs(x) + np.floor(x), np.sign(x)

    gradcheck(forward, lambda dout, sign: dout * sign, normal(3, 4), method="central")


@pytest.mark.parametrize("method", ["central", "complex"])
def test_an_argument_without_effect_passes_on_rounding_noise(method):
    """A bias before a normalisation: both gradients are 0 to rounding, and have no digits to compare."""

    def forward(x, bias):
        out = x * 1.7 + bias
        return out - out.mean(axis=0), None

    def backward(dout, _):
        centred = dout - dout.mean(axis=0)
        return 1.7 * centred, centred.sum(axis=0)

    gradcheck(forward, backward, normal(6, 4), normal(4), method=method)


@pytest.mark.parametrize("method", ["central", "complex"])
@pytest.mark.parametrize("factor", [1, 1.001])
def test_grey_values_up_to_65535_are_checked_as_well(method, factor):
    args = (65535 * abs(LINEAR[0]), LINEAR[1])
    if factor == 1:
        gradcheck(linear_forward, times(1, 0), *args, method=method)
    else:
        with pytest.raises(GradientError, match="gradient of x is wrong"):
            gradcheck(linear_forward, times(factor, 0), *args, method=method)


# What is wrong is rejected


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("place", "name"), [(0, "x"), (1, "weight")])
@pytest.mark.parametrize("factor", [1.001, 0.999])
def test_a_thousandth_too_much_is_rejected(method, place, name, factor):
    message = rf"the gradient of {name} is wrong at .*: every entry is {factor} times the right one"
    with pytest.raises(GradientError, match=message):
        gradcheck(linear_forward, times(factor, place), *LINEAR, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_the_message_names_argument_index_and_both_numbers(method):
    def backward(dout, cache):
        dx, dweight = linear_backward(dout, cache)
        dweight[2, 1] += 100
        return dx, dweight

    with pytest.raises(GradientError) as caught:
        gradcheck(linear_forward, backward, *LINEAR, method=method)
    message = str(caught.value)
    assert message.startswith("the gradient of weight is wrong at [2, 1]: backward gives ")
    theirs, right = re.search(rf"backward gives (\S+), the {method} check measures (\S+); ", message).groups()
    assert float(theirs) - float(right) == pytest.approx(100, abs=1e-6)
    assert "; 1 of 20 entries are wrong" in message
    assert "\n" not in message


def test_an_argument_without_a_name_is_numbered():
    with pytest.raises(GradientError, match="the gradient of argument 1 is wrong"):
        gradcheck(lambda *args: linear_forward(*args), times(2, 1), *LINEAR)


def test_the_error_type_is_an_assertion_so_that_tests_report_it_as_a_failure():
    assert issubclass(GradientError, AssertionError)


@pytest.mark.parametrize("method", METHODS)
def test_one_wrong_entry_of_a_large_array_is_noticed(method):
    """Entries are sampled, but the random direction sees all of them."""
    x = normal(2, ALL_ENTRIES)

    def backward(dout, factor):
        dx = factor * dout
        dx[1, 77] *= 1.001
        return dx

    with pytest.raises(GradientError, match="gradient of x is wrong, but at none of 100 entries looked at"):
        gradcheck(lambda x: (3 * x, 3.0), backward, x, method=method)


@pytest.mark.parametrize(("size", "calls"), [(ALL_ENTRIES, 2 * ALL_ENTRIES), (20 * ALL_ENTRIES, 200)])
def test_of_a_large_array_a_sample_is_measured(size, calls):
    count = 0

    def forward(x):
        nonlocal count
        count += 1
        return 3 * x, None

    gradcheck(forward, lambda dout, _: 3 * dout, normal(size))
    assert count == calls + 4  # two for the direction, one for the output, one to see that it comes again


def test_dout_is_not_what_the_caller_drew_from_the_same_seed():
    """Found by a mutant: with x and dout equal, a ReLU that passes only positive gradients looks right."""

    def only_positive(dout, positive):
        return dout * positive * (dout > 0)

    with pytest.raises(GradientError):
        gradcheck(layers.relu_forward, only_positive, np.random.default_rng(0).standard_normal((3, 4)), seed=0)


def test_the_seed_decides_what_is_drawn():
    def douts(seed):
        seen = []

        def backward(dout, x):
            seen.append(dout.copy())
            return cubic_backward(dout, x)

        gradcheck(cubic_forward, backward, normal(3, 4), seed=seed)
        return seen[0]

    np.testing.assert_array_equal(douts(1), douts(1))
    assert not np.array_equal(douts(1), douts(2))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        (lambda dx, dw: dx, "backward returned 1 gradients, expected 2: of x, weight"),
        (lambda dx, dw: (dx, dw, dw), "backward returned 3 gradients, expected 2: of x, weight"),
        (lambda dx, dw: (dx, dw.T), "the gradient of weight has shape (5, 4), expected (4, 5)"),
        (lambda dx, dw: (dx, None), "the gradient of weight is object, expected real numbers"),
        (lambda dx, dw: (dx + 0j, dw), "the gradient of x is complex128, expected real numbers"),
        (lambda dx, dw: (dx, dw * np.nan), "the gradient of weight is not finite at [0, 0]"),
    ],
)
def test_a_gradient_that_cannot_be_compared_is_named(method, gradients, message):
    with pytest.raises(GradientError, match=f"^{re.escape(message)}$"):
        gradcheck(linear_forward, lambda *args: gradients(*linear_backward(*args)), *LINEAR, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_changing_an_array_in_place_is_named(method):
    def forward(x, weight):
        weight += 1
        return linear_forward(x, weight)

    def backward(dout, cache):
        cache[0][0] = 0
        return linear_backward(dout, cache)

    def backward_of_dout(dout, cache):
        grads = linear_backward(dout, cache)
        dout[:] = 0
        return grads

    for culprits, message in (
        ((forward, linear_backward), "forward changes its argument weight in place"),
        ((linear_forward, backward), "backward changes its argument x in place"),
        ((linear_forward, backward_of_dout), "backward changes dout in place"),
    ):
        with pytest.raises(GradientError, match=message):
            gradcheck(*culprits, *LINEAR, method=method)


def test_changing_labels_in_place_is_named():
    def forward(x, labels):
        labels[0] = 1
        return 2 * x, None

    with pytest.raises(GradientError, match="forward changes its argument labels in place"):
        gradcheck(forward, lambda dout, _: 2 * dout, normal(3, 4), np.zeros(3, int))


# Kinks


@pytest.mark.parametrize("share", [0, 0.01, 0.2, 1 / 3, 0.4, 0.5, 0.7, 0.99])
@pytest.mark.parametrize("sign", [-1, 1])
def test_an_entry_whose_kink_lies_within_the_step_is_not_held_against_backward(share, sign):
    x = normal(3, 4)
    x[1, 2] = sign * share * STEP
    assert gradcheck(layers.relu_forward, layers.relu_backward, x) < TOLERANCE["central"]


def test_a_mistake_beside_a_kink_is_still_seen():
    x = normal(3, 4)
    x[1, 2] = 0
    with pytest.raises(GradientError, match=r"; 5 of 11 entries are wrong: every entry is 1\.001 times the right one"):
        gradcheck(layers.relu_forward, lambda dout, positive: dout * (positive | (x > 0)) * 1.001, x)


def test_a_gradient_wrong_by_a_thousandth_is_not_taken_for_a_kink_where_forward_is_curved():
    with pytest.raises(GradientError, match=r"every entry is 1\.001 times"):
        gradcheck(lambda x: (np.exp(x), x), lambda dout, x: 1.001 * dout * np.exp(x), normal(3, 4))


def test_too_many_kinks_to_check_anything_is_said():
    x = normal(3, 4)
    x[:2] = 0
    message = r"8 of 12 entries of x lie within 1e-05 of a kink .* check at other arguments"
    with pytest.raises(ValueError, match=message):
        gradcheck(layers.relu_forward, layers.relu_backward, x)


def test_the_complex_step_asks_at_the_kink_itself():
    x = normal(3, 4)
    x[1, 2] = 0
    gradcheck(layers.relu_forward, layers.relu_backward, x, method="complex")
    with pytest.raises(GradientError, match=r"wrong at \[1, 2\].*not 0 where it should be"):
        gradcheck(layers.relu_forward, lambda dout, on: dout * (on | (x == 0)), x, method="complex")


# What cannot be checked


def drops_imaginary_part(x):
    out = np.zeros(x.shape)
    out[:] = x
    return out, x


@pytest.mark.parametrize(
    ("method", "forward", "args", "message"),
    [
        ("exact", cubic_forward, (normal(3),), "method is 'exact', expected one of 'central', 'complex', 'adjoint'"),
        ("central", cubic_forward, (np.arange(3),), "none of the arguments is a floating-point array"),
        ("central", cubic_forward, (np.array([1, np.nan]),), "forward's output is not finite"),
        ("complex", lambda x: (np.floor(x), x), (normal(3),), "forward does not take complex numbers"),
        ("complex", lambda x: (x.real**3, x), (normal(3),), "forward gives float64 output"),
        ("complex", drops_imaginary_part, (normal(3),), "forward does not take complex numbers"),
        ("complex", lambda x: (x * (np.nan if x.dtype == "complex128" else 2), x), (normal(3),), "or nan, for complex"),
        ("adjoint", cubic_forward, (normal(3),), "forward is not linear in x"),
        ("adjoint", layers.relu_forward, (normal(3),), "forward is not linear in x"),
    ],
)
def test_what_cannot_be_checked_is_said(method, forward, args, message):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=message):
        gradcheck(forward, cubic_backward, *args, method=method)


def test_a_loss_is_not_for_the_adjoint_identity():
    with pytest.raises(ValueError, match="a loss is not linear"):
        gradcheck(cubic_forward, lambda cache: cache, normal(3), method="adjoint")


@pytest.mark.parametrize("method", METHODS)
def test_a_forward_that_draws_for_itself_cannot_be_checked(method):
    rng = np.random.default_rng(0)

    def forward(x):
        mask = rng.random(x.shape) > 0.5
        return x * mask, mask

    with pytest.raises(ValueError, match="another output for the same arguments"):
        gradcheck(forward, lambda dout, mask: dout * mask, normal(5, 7), method=method)


# Patterns


RIGHT = normal(3, 3, 4, 5)
RIGHT[0, 1, 2, 3] = 0


def border(dx):
    inside = np.zeros_like(dx)
    inside[:, :, 1:-1, 1:-1] = dx[:, :, 1:-1, 1:-1]
    return inside


def changed(index, value):
    def change(dx):
        dx = dx.copy()
        dx[index] = value
        return dx

    return change


@pytest.mark.parametrize(
    ("mistake", "pattern"),
    [
        (np.zeros_like, "it is 0 everywhere"),
        (np.negative, "every entry has the wrong sign"),
        (lambda dx: 1.001 * dx, "every entry is 1.001 times the right one"),
        (lambda dx: dx / 60, "every entry is 1/60 of the right one"),
        (lambda dx: dx.swapaxes(0, 1), "axes 0 and 1 are transposed"),
        (lambda dx: dx.swapaxes(2, 3).reshape(dx.shape), "axes 2 and 3 are transposed"),
        (lambda dx: dx[:, :, ::-1, ::-1], "it is flipped: the last two axes both run backwards"),
        (lambda dx: dx[:, :, ::-1], "along axis 2 it has [3, 2, 1, 0] where [0, 1, 2, 3] belong"),
        (lambda dx: dx[:, [2, 0, 1]], "along axis 1 it has [2, 0, 1] where [0, 1, 2] belong"),
        (lambda dx: np.roll(dx, (1, -1), (2, 3)), "it is moved by 1 rows and -1 columns"),
        (lambda dx: dx[:1] + 0 * dx, "it is the same for every index of axis 0, the right one is not"),
        (border, "wrong only in the border, at most 1 px from the edge, 0 where it should not be"),
        (changed((slice(None), 1), 7), "everything at [1] of axis 1 is wrong and nothing else"),
        (changed(slice(1, 3), 0), "everything at [1, 2] of axis 0 is wrong and nothing else, 0 where it should not be"),
        (changed((0, 1, 2, 3), 7), "not 0 where it should be"),
        (lambda dx: dx + normal(*dx.shape, seed=9), ""),
        (lambda dx: dx + 1e-7, ""),
    ],
)  # fmt: skip
def test_a_pattern_is_named_where_it_explains_every_entry(mistake, pattern):
    assert find_pattern(mistake(RIGHT), RIGHT) == pattern


def test_a_pattern_is_named_though_some_entries_were_not_measured():
    measured = RIGHT.copy()
    measured[0, 0, 0] = np.nan
    assert find_pattern(RIGHT[:, [2, 0, 1]], measured) == "along axis 1 it has [2, 0, 1] where [0, 1, 2] belong"


def test_a_sample_shows_a_factor_but_no_arrangement():
    measured = np.full_like(RIGHT, np.nan)
    measured.flat[::7] = RIGHT.flat[::7]
    assert find_pattern(-RIGHT, measured) == "every entry has the wrong sign"
    assert find_pattern(RIGHT[:, [2, 0, 1]], measured) == ""


def test_a_single_number_is_no_evidence_of_a_factor():
    assert find_pattern(np.array([3.0]), np.array([2.0])) == ""


@pytest.mark.parametrize("method", METHODS)
def test_a_flipped_kernel_is_recognised(method):
    def backward(dout, cache):
        dx, dweight, dbias = layers.conv2d_backward(dout, cache)
        return dx, dweight[..., ::-1, ::-1], dbias

    args = (normal(2, 3, 6, 7), normal(4, 3, 3, 2), normal(4))
    with pytest.raises(GradientError, match=r"of weight is wrong .*: it is flipped"):
        gradcheck(layers.conv2d_forward, backward, *args, method=method)


@pytest.mark.parametrize("method", ["central", "complex"])
def test_a_number_is_checked_like_an_array(method):
    gradcheck(lambda x: (x * x, x), lambda dout, x: 2 * dout * x, np.array(2.0), method=method)
    with pytest.raises(GradientError, match="the gradient of x is wrong"):
        gradcheck(lambda x: (x * x, x), lambda dout, x: 3 * dout * x, np.array(2.0), method=method)


def test_a_forward_that_narrows_its_dtype_is_named_and_not_backward_blamed():
    with pytest.raises(GradientError, match="forward gives float32 for float64 arguments"):
        gradcheck(lambda x: (x.astype("f4") * 2, None), lambda dout, cache: 2 * dout, np.ones((2, 3)))


def test_an_empty_argument_cannot_be_checked():
    with pytest.raises(ValueError, match="an argument is empty"):
        gradcheck(lambda x: (x * 2, None), lambda dout, cache: 2 * dout, np.ones((0, 3)))
