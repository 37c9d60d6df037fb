"""How everything here is measured.

Contestants run in turns, A B A B, in one process with the same number of threads, so that what else the machine does
meets all alike; what counts are ratios of medians. The first round is left out. Between two turns lies a pause, in
which the threads of the one who had its turn fall asleep: they would steal the other's time.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from statistics import median, quantiles
from typing import Any

from threadpoolctl import threadpool_info

PAUSE = 0.05  # s


def take_turns(contestants: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each contestant's every turn but the first."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(rounds + 1):
        for name, run in contestants.items():
            time.sleep(PAUSE)
            start = time.perf_counter()
            run()
            if turn:
                times[name].append(time.perf_counter() - start)
    return times


def summary(times: list[float]) -> dict[str, float]:
    """Median, and the middle half, in seconds."""
    low, _, high = quantiles(times, n=4) if len(times) > 1 else times * 3
    return {"median_s": median(times), "low_s": low, "high_s": high, "rounds": len(times)}


def needs_torch():
    """PyTorch, or one line and the end."""
    try:
        import torch
    except ImportError:
        sys.exit('this benchmark compares with PyTorch, which is not installed: pip install "minunet[benchmarks]"')
    return torch


def machine() -> dict[str, Any]:
    """What was measured on, and with which versions."""
    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in ("minunet", "numpy", "scipy", "torch")},
        "blas": [f"{b['internal_api']} {b['version']} {b.get('architecture', '')} x{b['num_threads']}" for b in blas],
        "date": time.strftime("%Y-%m-%d"),
    }


def report(name: str, rows: list[dict[str, Any]], **more) -> None:
    """The machine, a table, and one JSON line last."""
    about = machine()
    print(f"\n{name}, {about['date']}")
    print(f"{about['cpu']}, {about['cores']} cores; Python {about['python']}, {about['versions']}; {about['blas']}")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns] + [[_cell(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(line[k]) for line in cells) for k in range(len(columns))]
    for line in cells:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    print(json.dumps({"benchmark": name, "machine": about, "rows": rows} | more))


def peak_memory(module: str, *arguments: str) -> float:
    """MiB that ``python -m module arguments`` needed beyond what it had when it was ready, as it prints last itself."""
    command = [sys.executable, "-m", module, *arguments]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(output.splitlines()[-1])


def high_water() -> float:
    """The most memory this process ever held, in MiB (Linux)."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _cell(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu():
    try:
        with open("/proc/cpuinfo") as info:
            return next(line.partition(":")[2].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown CPU"
