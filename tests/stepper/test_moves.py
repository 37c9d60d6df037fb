"""Moving: forwards, backwards, to a name, to a breakpoint; and that going back brings back the very bits."""

import numpy as np
import pytest

import minunet as mu

from .conftest import changed_layers, example, network


def state(stepper):
    """What a position decides: the event, and every parameter's bits."""
    return stepper.event.name, {name: value.tobytes() for name, value in stepper.net.params.items()}


def states(stepper):
    """The state at each position, by going forwards once."""
    stepper.restart()
    found = [state(stepper)]
    while stepper.next():
        found.append(state(stepper))
    stepper.restart()
    return found


def test_a_thousand_random_moves_bring_back_the_very_bits(stepper):
    expected = states(stepper)
    names = [event.name for event in stepper.events]
    rng = np.random.default_rng(3)
    for _ in range(1000):
        position = stepper.position
        match rng.integers(5):
            case 0 | 1:
                moved, target = stepper.next(), min(position + 1, len(names) - 1)
                assert (moved is None) == (position == len(names) - 1)
            case 2 | 3:
                moved, target = stepper.back(), max(position - 1, 0)
                assert (moved is None) == (position == 0)
            case _:
                target = int(rng.integers(len(names)))
                assert stepper.goto(names[target]).name == names[target]
        assert stepper.position == target
        assert state(stepper) == expected[target]


def test_parameters_are_old_until_their_update_and_new_from_it_on(small):
    names = list(small.net.params)
    for k, name in enumerate(names):
        small.goto(f"{name}.update")
        for j, other in enumerate(names):
            wanted = small.values[f"{other}.new" if j <= k else other]
            assert small.net.params[other] is wanted
    assert not np.array_equal(small.values["head.bias"], small.values["head.bias.new"])


def test_run_to_goes_forwards_alone(small):
    assert small.run_to("head").name == "head"
    with pytest.raises(ValueError, match=r"down0\.conv0 has happened already; go back there with goto, or restart"):
        small.run_to("down0.conv0")
    assert small.event.name == "head"
    assert small.restart().name == "input"


def test_breakpoints_stop_run_and_run_to_and_not_goto(small):
    small.break_at(name="down1.conv0")
    small.break_at(phase="backward")
    try:
        assert small.run_to("head").name == "down1.conv0"
        assert small.run_to("head").name == "head"
        assert small.run().name == "loss.backward"
        assert small.run().name == small.events[-1].name
        assert small.goto("input").name == "input"
        assert small.goto("loss").name == "loss"
    finally:
        small.breakpoints.clear()


def test_a_run_stops_at_the_first_nan():
    net = network()
    net.params["down1.conv1.bias"][2] = np.nan
    stepper = mu.Stepper(net, *example(net, (60, 64)))
    stepper.break_at(condition="nan")
    assert stepper.run().name == "down1.conv1"
    assert stepper.run().name == stepper.events[-1].name  # all further ones are handed on


def test_a_run_stops_at_the_first_dead_relu_layer():
    net = network()
    net.params["down1.conv0.bias"][:] = -1e4
    stepper = mu.Stepper(net, *example(net, (60, 64)))
    stepper.break_at(condition="dead relu")
    assert stepper.run().name == "down1.relu0"


def test_a_run_stops_at_the_first_gradient_of_zeros_alone():
    net = network(
        layers=changed_layers(relu_backward=lambda dout, cache: dout * 0 if dout.shape[1] == 12 else dout * cache)
    )
    stepper = mu.Stepper(net, *example(net, (60, 64)))
    stepper.break_at(condition="zero gradient")
    assert stepper.run().name == "down2.relu1.backward"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give one of name, phase and condition"),
        ({"name": "head", "phase": "loss"}, "give one of name, phase and condition"),
        ({"name": "down0.conv9"}, r"there is no event 'down0.conv9'; did you mean down0.conv"),
        ({"phase": "sideways"}, "phase is 'sideways', expected one of forward, loss, backward, update"),
        ({"condition": "bad"}, "condition is 'bad', expected one of nan, zero gradient, dead relu"),
    ],
)
def test_a_breakpoint_that_is_none_is_refused(small, arguments, message):
    with pytest.raises(ValueError, match=message):
        small.break_at(**arguments)
    assert not small.breakpoints


@pytest.mark.parametrize("move", ["goto", "run_to"])
def test_an_unknown_name_leaves_the_stepper_where_it_is(small, move):
    small.goto("head")
    with pytest.raises(ValueError, match=r"there is no event 'haed'; did you mean head"):
        getattr(small, move)("haed")
    assert small.event.name == "head"
