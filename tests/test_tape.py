"""The tape: what it keeps, what it lets go of, and when."""

import numpy as np
import pytest

from minunet.tape import Step, Tape


def three_steps(keep):
    """A tape of three steps; step number i has i everywhere."""
    tape = Tape(keep)
    for i in range(3):
        array = np.full(i + 1, float(i))
        tape.record(f"step{i}", "relu", (array,), array + 10, {"cache": i})
    return tape


def test_a_kept_tape_holds_every_step_in_forward_order():
    tape = three_steps(keep=True)
    assert [step.name for step in tape] == ["step0", "step1", "step2"]
    for i, step in enumerate(tape):
        assert isinstance(step, Step)
        assert step.op == "relu"
        np.testing.assert_array_equal(step.inputs[0], np.full(i + 1, i))
        np.testing.assert_array_equal(step.output, np.full(i + 1, i + 10))
        assert step.cache == {"cache": i}


def test_a_kept_tape_can_be_walked_again_and_again():
    tape = three_steps(keep=True)
    for _ in range(3):
        assert [step.cache["cache"] for step in tape.backwards()] == [2, 1, 0]


def test_a_training_tape_drops_arrays_but_names_every_step():
    tape = three_steps(keep=False)
    assert [(step.name, step.op) for step in tape] == [(f"step{i}", "relu") for i in range(3)]
    assert [(step.inputs, step.output) for step in tape] == [(None, None)] * 3
    assert [step.cache for step in tape] == [{"cache": i} for i in range(3)]


def test_a_training_tape_releases_each_cache_as_soon_as_the_next_is_asked_for():
    tape = three_steps(keep=False)
    seen = []
    for step in tape.backwards():
        seen.append(step.cache["cache"])
        assert [later.cache for later in tape[len(tape) - len(seen) + 1 :]] == [None] * (len(seen) - 1)
    assert seen == [2, 1, 0]
    assert [step.cache for step in tape] == [None] * 3


def test_a_released_tape_is_not_walked_again():
    tape = three_steps(keep=False)
    list(tape.backwards())
    with pytest.raises(ValueError, match=r"walked before.*keep=True"):
        next(tape.backwards())


def test_a_half_walked_training_tape_is_not_walked_again():
    tape = three_steps(keep=False)
    walk = tape.backwards()
    next(walk)
    next(walk)
    with pytest.raises(ValueError, match="walked before"):
        next(tape.backwards())


def test_a_walk_that_fails_at_its_first_step_releases_nothing():
    tape = three_steps(keep=False)
    next(tape.backwards())
    assert [step.cache["cache"] for step in tape.backwards()] == [2, 1, 0]
