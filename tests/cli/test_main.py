"""The command line as a whole: help, exit status, one line for what went wrong, and a fast start."""

import errno
import os
import shlex
import subprocess
import sys
from importlib import import_module

import pytest

import minunet
from minunet import cli
from minunet.cli import COMMANDS, main, parser


def ended(argv, capsys):
    """Exit status, stdout and stderr where argparse itself ends the program."""
    with pytest.raises(SystemExit) as end:
        main(argv)
    return end.value.code, *capsys.readouterr()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_s_help_has_an_example_that_it_understands(name, capsys):
    status, out, err = ended([name, "--help"], capsys)
    assert (status, err) == (0, "")
    example = import_module(f"minunet.cli.{name}").EXAMPLE
    assert f"example:\n  {example}" in out
    for line in example.split("    or    "):
        program, *argv = shlex.split(line)
        assert program == "minunet"
        assert parser().parse_args(argv).command == name


def test_the_help_names_every_command(capsys):
    status, out, _ = ended(["--help"], capsys)
    assert status == 0
    for name, summary in COMMANDS.items():
        assert name in out
        assert summary.split()[0] in out


def test_the_version(capsys):
    assert ended(["--version"], capsys) == (0, f"minunet {minunet.__version__}\n", "")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "minunet: the following arguments are required: COMMAND (see minunet --help)"),
        (["trian"], "minunet: argument COMMAND: invalid choice: 'trian'"),
        (["train", "--data", "x"], "minunet train: the following arguments are required: --out"),
        (
            ["train", "--data", "x", "--out", "y", "--steps", "many"],
            "minunet train: argument --steps: invalid int value",
        ),
        (["train", "--data", "x", "--out", "y", "--stepps", "1"], "minunet: unrecognized arguments: --stepps"),
    ],
)
def test_arguments_that_are_not_understood_are_said_in_one_line(argv, said, capsys):
    status, out, err = ended(argv, capsys)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(said)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("two\n  lines"), "two lines"),
        (OSError("in words"), "in words"),
        (PermissionError(errno.EACCES, "Permission denied", "run/last.npz"), "run/last.npz: Permission denied"),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "No space left on device; free some space, then run it again",
        ),
        (MemoryError("Unable to allocate 9 TiB"), "out of memory (Unable to allocate 9 TiB); use a smaller --tile"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(monkeypatch, capsys, error, said):
    def run(args):
        raise error

    monkeypatch.setattr(import_module("minunet.cli.info"), "run", run)
    assert main(["info"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"minunet info: {said}")


def test_a_mistake_of_our_own_is_not_hidden(monkeypatch):
    def run(args):
        raise KeyError("no input of anybody's can cause this")

    monkeypatch.setattr(import_module("minunet.cli.info"), "run", run)
    with pytest.raises(KeyError):
        main(["info"])


def test_ctrl_c_ends_a_command_without_a_traceback(monkeypatch, capsys):
    def run(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("minunet.cli.info"), "run", run)
    assert main(["info"]) == 130
    assert capsys.readouterr() == ("", "minunet info: interrupted\n")


@pytest.mark.parametrize("argv", [["--help"], ["info"], ["train", "--help"]])
def test_a_reader_that_has_gone_is_no_error_to_speak_of(argv):
    reading, writing = os.pipe()
    os.close(reading)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "minunet", *argv]
    result = subprocess.run(command, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (result.returncode, result.stderr) == (141, "")


def test_help_comes_before_anything_heavy_is_loaded():
    script = "import sys; from minunet.cli import parser; parser(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "minunet.cli.train" in loaded
    assert not {"scipy", "matplotlib", "PIL", "tifffile", "tqdm", "cupy"} & set(loaded)


def test_the_module_runs_as_the_command_does():
    command = [sys.executable, "-m", "minunet", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"minunet {cli.__version__}\n"
