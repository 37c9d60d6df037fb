"""Train and evaluate by recipes: the paper's results, made again.

    python -m benchmarks.paper --data DATA --out RUNS benchmarks/recipes/isbi2012.toml ...

DATA holds a folder for each dataset that a recipe names. Each run has a folder of its own in RUNS, with `result.json`,
the weights in float16 with their threshold, and the worst image with its mistakes. What was interrupted goes on, what
is done is not done again. The table of all results comes last, and `curves.png` shows how the runs went.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from minunet import load
from minunet.checkpoint import save
from minunet.data import Dataset, read_dataset
from minunet.evaluation import choose_threshold, evaluate
from minunet.figures import draw_mistakes
from minunet.files import whole_file
from minunet.training import Training
from minunet.validation import hold_out, mean_figures

from .curves import draw_curves
from .harness import machine, needs_torch
from .recipe_files import Run, read_runs

COLUMNS = {  # of the table: figures, and those that come with their best threshold
    "pixel_error": "pixel error",
    "iou": "IoU",
    "iou_at_threshold": "IoU at threshold",
    "seg": "SEG",
    "ap": "AP",
    "merged": "merged",
    "split": "split",
    "v_rand": "V_rand",
    "v_info": "V_info",
    "rand_error": "Rand error",
    "warping_error": "warping error",
    "best v_rand": "V_rand, best",
    "best v_info": "V_info, best",
    "best pixel_error": "pixel error, best",
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="+", type=Path)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args(arguments)
    try:
        runs = [run for path in args.recipes for run in read_runs(path)]
        print(made_again(runs, args.data, args.out))
    except (OSError, ValueError) as error:
        sys.exit(f"benchmarks.paper: {error}")


def made_again(runs: list[Run], data: Path, out: Path) -> str:
    """The table of all runs, after each that was not done yet; ``curves.png`` too."""
    rows: dict[str, list[dict[str, Any]]] = {}
    logs: dict[str, tuple[Path, float]] = {}
    for run in runs:
        result = result_of(run, data, out / run.folder)
        rows.setdefault(run.row, []).append(result)
        logs.setdefault(run.row, (out / run.folder / "log.csv", result["seconds"] / result["steps"]))
    draw_curves(logs, out / "curves.png")
    return table(rows)


def result_of(run: Run, data: Path, out: Path) -> dict[str, Any]:
    """Train by a recipe, unless it was done, and evaluate the best network on what was held out."""
    settings, stored = run.settings, out / "result.json"
    if stored.exists():
        result = json.loads(stored.read_text())
        if result["settings"] == settings:
            return result
        raise ValueError(f"{out} holds a result by other settings than asked for; remove it, or give another --out")
    dataset, fold = read_dataset(data / settings["data"]), settings["fold"]
    train, held_out = hold_out(dataset, settings["validation"]) if fold is None else hold_out_fold(dataset, *fold)
    training = start(run, train, held_out, out)
    training.run(lambda progress: print(f"\r{run.folder}: step {progress.step}", end="", flush=True))
    print()
    net = load(out / "best.npz").to(training.net.device)
    net.threshold = choose_threshold(net, held_out, settings["method"], settings["average"])
    save(out / "weights.npz", net, half=True)
    net = load(out / "weights.npz").to(net.device)  # what is shipped is what is measured
    found = evaluate(net, held_out, settings["method"], settings["average"])
    worst = min(found.rows, key=lambda name: found.rows[name].get("v_rand", found.rows[name]["seg"]))
    draw_mistakes(*found.objects[worst], out / "worst.png", f"{worst}, the worst of {len(found.rows)}")
    result = {
        "settings": settings,
        "machine": machine(),
        "steps": training.step,
        "seconds": training.seconds,
        "threshold": net.threshold,
        "images": found.rows,
        "best": found.best,
    }
    with whole_file(stored) as temporary:
        temporary.write_text(json.dumps(result, indent=2) + "\n")
    return result


def hold_out_fold(dataset: Dataset, first: int, every: int) -> tuple[Dataset, Dataset]:
    """Split into what to train on and what to validate on: each `every`-th image, from `first` on."""
    rest = [sample for k, sample in enumerate(dataset.samples) if k % every != first]
    return replace(dataset, samples=rest), replace(dataset, samples=dataset.samples[first::every])


def start(run: Run, train, held_out, out: Path) -> Training:
    """A run from its beginning, or from where it was stopped."""
    if run.settings["trainer"] == "torch":
        needs_torch()
        from .peer import Peer

        return Peer(train, out, run.recipe, held_out)
    return Training(train, out, run.recipe, held_out, resume=(out / "last.npz").exists())


def table(rows: dict[str, list[dict[str, Any]]]) -> str:
    """In Markdown, a line for each row of runs: the mean over seeds and folds and, of several, lowest and highest."""
    figures = {row: [_figures(result) for result in results] for row, results in rows.items()}
    columns = [name for name in COLUMNS if any(name in found[0] for found in figures.values())]
    lines = [
        f"| recipe | steps | threshold | {' | '.join(COLUMNS[name] for name in columns)} |",
        "|---" * (len(columns) + 3) + "|",
    ]
    for row, found in figures.items():
        cells = [_cell([values[name] for values in found if name in values]) for name in columns]
        steps = _cell([result["steps"] for result in rows[row]])
        threshold = _cell([result["threshold"] for result in rows[row]])
        lines.append(f"| {row} | {steps} | {threshold} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _figures(result):
    best = {f"best {name}": score for name, (score, _) in result["best"].items()}
    return mean_figures(list(result["images"].values())) | best


def _cell(values):
    if not values:
        return ""
    low, high = min(values), max(values)
    return f"{mean(values):.4g}" + (f" ({low:.4g} to {high:.4g})" if low < high else "")


if __name__ == "__main__":
    main()
