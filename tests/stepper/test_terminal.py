"""The session at a terminal: commands from a file, and typed by a person into a pseudo-terminal."""

import fcntl
import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time

import numpy as np
import pytest

import minunet as mu
from minunet.stepper.pictures import RAMP, picture, shrunk
from minunet.stepper.terminal import SHORT, Session

from .conftest import changed_layers, example, network


def answers(stepper, *commands):
    """What a session prints, a list of lines for each command; the greeting is left out."""
    out = io.StringIO()
    Session(stepper, plain=True, stdin=io.StringIO("\n".join(commands) + "\n"), stdout=out).cmdloop()
    _, *parts = out.getvalue().split("(step) ")
    return [part.splitlines()[1:] for part in parts[: len(commands)]]


class TestCommands:
    def test_next_and_back_go_on_and_back(self, small):
        forwards, twice, backwards = answers(small, "n", "n 2", "b")
        assert forwards[0].startswith("[1/")
        assert "down0.conv0" in forwards[0]
        assert "down0.conv1" in twice[0]
        assert "down0.relu0" in backwards[0]
        assert small.event.name == "down0.relu0"

    def test_the_ends_are_told(self, small):
        back, *_, end = answers(small, "b", "goto head.bias.update", "n")
        assert back[0] == "*** this is the beginning"
        assert end[0] == "*** this is the end of the step"

    def test_an_empty_line_moves_again_and_asks_nothing_again(self, small):
        assert "down0.relu0" in answers(small, "n", "")[1][0]
        assert answers(small, "where", "")[1] == []

        assert "down1.relu1" in answers(small, "restart", "next 2", "", "n 3", "")[4][0]

    def test_until_continue_and_breakpoints(self, small):
        found = answers(small, "break down1.pool", "break backward", "until head", "c", "break", "clear", "c")
        assert found[2][0].split()[2] == "down1.pool"
        assert found[3][0].split()[2] == "loss.backward"
        assert found[4] == ["breakpoint 1: down1.pool", "breakpoint 2: phase backward"]
        assert found[6][0].split()[2] == "head.bias.update"

    def test_up_and_down_look_without_moving(self, small):
        found = answers(small, "goto up0.crop_concat", "u skip", "d", "u", "p", "goto up0.crop_concat", "u x")
        assert "down0.skip" in found[1][0]
        assert "(looking; we stand at up0.crop_concat)" in found[1][0]
        assert "down0.pool" in found[2][0]
        assert any("taken by up0.crop_concat" in line for line in found[2])
        assert "up0.upconv" in found[6][0]
        assert small.event.name == "up0.crop_concat"

    def test_explain_is_the_stepper_s_own(self, small):
        (found,) = answers(small, "explain down0.conv0 0 2 5 7")
        assert found == str(small.explain("down0.conv0", (0, 2, 5, 7))).splitlines()
        assert answers(small, "goto down0.conv0", "e 0,2,5,7")[1] == found
        assert answers(small, "explain down0.conv0[0,2,5,7]")[0] == found

    def test_trace_what_if_why_and_check(self, small):
        index = " ".join(str(int(i)) for i in np.argwhere(small.values["up0.relu1.dx"] == 0)[0])
        trace, far, what_if, why, check = answers(
            small,
            "trace head 0 1 2 3",
            "trace head 0 1 2 3 all",
            "what_if head.bias 1 0.01",
            f"why up0.relu1.dx {index}",
            "check down1.conv0",
        )
        assert trace[1].split()[:2] == ["head", "up0.relu1.out"]
        assert any("input.out" in line for line in far)
        assert what_if[0].startswith("head.bias[1]: gradient of the loss")
        assert "dead ReLU" in why[1]
        assert "right, error" in check[0]

    def test_print_shows_channels_a_channel_and_a_number(self, small):
        channels, channel, number, weight = answers(
            small, "p down0.conv0", "p down0.conv0 0 1", "p down0.conv0 0 1 20 30", "p down0.conv0.weight"
        )
        assert channels[1].split() == ["channel", "0", "channel", "1", "channel", "2"]
        assert 10 <= len(channel) <= 26
        value = float(small.values["down0.conv0.out"][0, 1, 20, 30])
        assert number[0] == f"down0.conv0.out[0,1,20,30] = {value:.9g}"
        assert f"[{value:.4g}]" in number[6]
        assert weight[1].split()[0] == "[0,0,0]"

    def test_goto_takes_a_value_too(self, small):
        assert "down1.conv0.backward" in answers(small, "goto down1.conv0.dweight")[0][0]

    def test_what_a_student_s_layer_raises_does_not_end_the_session(self):
        def broken(dout, cache):
            raise RuntimeError("not written yet")

        net = network(layers=changed_layers(relu_backward=broken))
        stepper = mu.Stepper(net, *example(net, (60, 64)))
        for lines in answers(stepper, "p down0.conv0.dx", "p down0.conv0.dx"):
            assert lines == ["*** RuntimeError: not written yet"]

    def test_where_shows_the_u_with_a_mark(self, small):
        lines = answers(small, "goto up1.conv0.backward", "where")[1]
        assert lines[0].startswith("0  input conv0 relu0 conv1 relu1 skip pool   ->   upconv crop_concat conv0")
        assert "[conv0]" in lines[1].split("->")[1]
        assert sum("[" in line for line in lines) == 1

    def test_list_shapes_and_history(self, small):
        near, everything, shapes, history = answers(small, "l", "l all", "shapes", "history")
        assert near[0].startswith("->    0  forward   input")
        assert len(everything) == len(small.events)
        assert shapes[1].split() == ["down0.conv0", "1x3x58x62", "57"]
        assert [line.split()[1] for line in history] == ["l", "l", "shapes", "history"]

    def test_save_and_diverges(self, small, tmp_path):
        wrong = network(layers=changed_layers(relu_backward=lambda dout, cache: dout))
        other = mu.Stepper(wrong, *example(wrong, (60, 64)), optimizer=None)
        other.save(tmp_path / "wrong.npz")
        same, parts = answers(
            mu.Stepper(network(), *example(wrong, (60, 64))),
            f"save {tmp_path / 'right.npz'}",
            f"diverges {tmp_path / 'wrong.npz'}",
        )
        assert same == [f"saved in {tmp_path / 'right.npz'}"]
        assert "they part at up0.relu1.backward" in parts[0]

    def test_help_lists_every_command_and_tells_more_about_one(self, small):
        everything, one, short = answers(small, "help", "help what_if", "h n")
        assert len(everything) == sum(name.startswith("do_") for name in dir(Session))
        assert one[0].startswith("what_if PARAMETER")
        assert short[0].startswith("n(ext)")

    @pytest.mark.parametrize(
        ("command", "message"),
        [
            ("jump", "there is no command 'jump'; help lists them"),
            ("goto nowhere", "there is no event 'nowhere'"),
            ("goto", "expected goto EVENT"),
            ("n x", "'x' is no whole number"),
            ("explain down0.conv0 0 0 0 99", "legal: (0..0, 0..2, 0..57, 0..61)"),
            ("p down9", "there is no value 'down9'"),
            ("p down0.conv0 5", "lies outside"),
            ("what_if head.bias 1", "what_if takes a parameter or input, an index and a change"),
            ("what_if head.bias 1 much", "'much' is no number"),
            ("diverges nowhere.npz", "No such file"),
            ("save /nowhere/step.npz", "No such file"),
            ("u", "nothing came before the image"),
            ("help me", "there is no command 'me'"),
            ("explain 0 0 0 0", "input.out was given, not computed"),
            ('save "down0', "No closing quotation"),
            ("n 0", "0 is no number of events, expected 1 or more"),
            ("clear 7", "there is no breakpoint 7; there are 0"),
            ("break forward", "a run begins at the image"),
            ("what_if labels 0 0 0 1", "labels is neither a parameter nor the image"),
        ],
    )
    def test_what_is_wrong_is_one_line_and_the_session_goes_on(self, small, command, message):
        wrong, after = answers(small, command, "n")
        assert len(wrong) == 1
        assert wrong[0].startswith("*** ")
        assert message in wrong[0]
        assert "down0.conv0" in after[0]

    def test_every_short_word_is_a_command(self):
        assert all(hasattr(Session, f"do_{word}") for word in SHORT.values())

    def test_the_same_commands_print_the_same(self, small):
        commands = ("n", "p", "explain down0.conv0 0 0 1 1", "goto loss.backward", "where", "what_if head.bias 0 0.1")
        first = answers(small, *commands)
        small.restart()
        assert answers(small, *commands) == first
        assert not any("\x1b" in line for part in first for line in part)


class TestPictures:
    def test_means_of_blocks(self):
        plane = np.arange(24.0).reshape(4, 6)
        np.testing.assert_array_equal(shrunk(plane, 2, 3), [[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]])
        np.testing.assert_array_equal(shrunk(plane, 9, 9), plane)
        assert shrunk(np.ones((7, 100)), 20, 30).shape == (2, 30)

    def test_plain_goes_from_blank_to_dense(self):
        lines = picture(np.repeat(np.linspace(0, 1, 10)[None], 2, axis=0), 4, 10, plain=True)
        assert lines == [RAMP]

    def test_colours_show_two_rows_in_one(self):
        (line,) = picture(np.array([[0.0, 1.0], [1.0, 0.0]]), 4, 4)
        assert line.count("▀") == 2
        assert line.startswith("\x1b[38;2;0;0;0;48;2;255;255;255m▀")
        assert line.endswith("\x1b[0m")

    def test_a_gradient_is_white_at_0_and_red_above(self):
        (line,) = picture(np.array([[0.0, 3.0], [-3.0, 0.0]]), 4, 4, diverging=True)
        assert line.startswith("\x1b[38;2;245;245;245;48;2;38;92;199m▀\x1b[38;2;203;40;48;48;2;245;245;245m▀")

    @pytest.mark.parametrize("plain", [True, False])
    def test_what_is_not_finite_breaks_nothing(self, plain):
        assert len(picture(np.array([[np.nan, 1], [np.inf, 2], [3, 4]]), 4, 4, plain=plain)) == 2
        assert len(picture(np.full((4, 4), np.nan), 4, 4, plain=plain)) == 2


class Person:
    """Types into a pseudo-terminal and reads what it shows."""

    def __init__(self, *arguments):
        self.master, slave = pty.openpty()
        environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "110", "LINES": "40"}
        command = [sys.executable, "-m", "minunet", "step", *arguments]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, preexec_fn=self.take_the_terminal
        )
        os.close(slave)

    @staticmethod
    def take_the_terminal():
        """So that Ctrl-C, typed there, is meant for the session, and heard: what runs in the background ignores it."""
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def read(self, until="(step) ", seconds=60):
        shown, end = "", time.monotonic() + seconds
        while until not in shown:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"never saw {until!r} in {shown!r}"
            try:
                shown += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                break
        return shown

    def answers(self, seconds):
        """Whether something is there to be read within so many seconds."""
        return bool(select.select([self.master], [], [], seconds)[0])

    def type(self, text, until="(step) "):
        os.write(self.master, text.encode())
        return self.read(until)

    def leave(self):
        os.write(self.master, b"q\n")
        code = self.process.wait(timeout=30)
        os.close(self.master)
        return code


@pytest.fixture
def person(small, tmp_path):
    small.save(tmp_path / "step.npz")
    typing = Person(str(tmp_path / "step.npz"))
    yield typing
    if typing.process.poll() is None:
        typing.process.kill()
        typing.process.wait()


class TestAtATerminal:
    def test_a_session(self, person):
        greeting = person.read()
        assert "One training step of a U-Net of depth 2 and base 3" in greeting
        assert "\x1b[38;2;" in greeting  # in colours
        assert "down0.conv0" in person.type("n\n")
        assert "agrees" in person.type("explain 0 1 4 5\n")
        assert "*** there is no command" in person.type("dance\n")
        assert "down0.relu0" in person.type("n\n")
        assert person.leave() == 0

    def test_the_tab_key_completes_commands_and_names(self, person):
        person.read()
        assert "up0.crop_concat.backward" in person.type("goto up0.crop_concat.b\t\n")
        shown = person.type("wher\t\n")
        assert "at up0.crop_concat.backward (backward)" in shown

    def test_the_up_key_brings_the_last_command_back(self, person):
        person.read()
        person.type("n\n")
        assert re.search(r"\[2/\d+\]", person.type("\x1b[A\n"))

    def test_ctrl_c_ends_a_line_and_not_the_session(self, person):
        person.read()
        person.type("expl", until="expl")  # it listens now
        for _ in range(10):  # between two looks for a key a signal may wait for the next one
            os.write(person.master, b"\x03")
            if person.answers(seconds=3):
                break
        assert "(q leaves)" in person.read()
        assert "down0.conv0" in person.type("n\n")
        assert person.leave() == 0

    def test_ctrl_d_leaves(self, person):
        person.read()
        os.write(person.master, b"\x04")
        assert person.process.wait(timeout=30) == 0
