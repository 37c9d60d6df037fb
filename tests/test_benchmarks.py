"""The benchmarks take turns as they say, and say in one line what they lack."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.contestants import batch, minunet_step
from benchmarks.harness import summary, take_turns

ROOT = Path(__file__).parents[1]


def test_contestants_take_turns_and_the_first_round_does_not_count():
    order = []
    times = take_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=2)
    assert order == ["a", "b"] * 3
    assert {name: len(seconds) for name, seconds in times.items()} == {"a": 2, "b": 2}


def test_the_summary_is_the_median_and_the_middle_half():
    assert summary([5.0, 1.0, 3.0, 2.0, 4.0]) == {"median_s": 3.0, "low_s": 1.5, "high_s": 4.5, "rounds": 5}
    assert summary([2.0]) == {"median_s": 2.0, "low_s": 2.0, "high_s": 2.0, "rounds": 1}


def test_the_measured_step_trains():
    step = minunet_step(2, *batch(188))
    for _ in range(2):
        step()


@pytest.mark.parametrize("name", ["train_step", "predict", "layers", "accuracy"])
def test_without_pytorch_a_benchmark_says_so_in_one_line(name):
    program = f"import sys; sys.modules['torch'] = None; from benchmarks.{name} import main; main()"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        'this benchmark compares with PyTorch, which is not installed: pip install "minunet[benchmarks]"'
    ]
