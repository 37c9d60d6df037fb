"""Train and evaluate by recipes: the paper's results, made again.

    python -m benchmarks.paper --data DATA --out RUNS benchmarks/recipes/isbi2012.toml ...

DATA holds a folder for each dataset that a recipe names. Each recipe has a folder of its own in RUNS, with the run and
`result.json`; what was interrupted goes on, what is done is not done again. The table of all results comes last.
"""

import argparse
import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from minunet import load
from minunet.data import read_dataset
from minunet.evaluation import evaluate
from minunet.files import whole_file
from minunet.objects import METHODS
from minunet.recipe import Recipe
from minunet.training import Training
from minunet.validation import hold_out, mean_figures

from .harness import machine

SETTINGS = {"data", "validation", "method", "average", "recipe"}
COLUMNS = ("pixel_error", "iou", "seg", "ap", "merged", "split", "v_rand", "v_info", "warping_error")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipes", nargs="+", type=Path)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args(arguments)
    results = {path.stem: result_of(path, args.data, args.out / path.stem) for path in args.recipes}
    print(table(results))


def read_recipe(path: Path) -> dict[str, Any]:
    """The settings in a TOML file; `ValueError` for what cannot be trained or evaluated by."""
    settings = tomllib.loads(path.read_text())
    if settings.keys() != SETTINGS:
        raise ValueError(f"{path} has {', '.join(sorted(settings))}; expected {', '.join(sorted(SETTINGS))}")
    if settings["method"] not in METHODS:
        raise ValueError(f"{path}: method is {settings['method']!r}, expected one of {', '.join(METHODS)}")
    if not 0 < settings["validation"] < 1:
        raise ValueError(
            f"{path}: validation is {settings['validation']}, expected a fraction of the images to hold out"
        )
    try:
        return settings | {"recipe": Recipe(**settings["recipe"])}
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error


def result_of(path: Path, data: Path, out: Path) -> dict[str, Any]:
    """Train by a recipe, unless it was done, and evaluate the best network on what was held out."""
    settings = read_recipe(path)
    asked = settings | {"recipe": asdict(settings["recipe"])}
    stored = out / "result.json"
    if stored.exists():
        result = json.loads(stored.read_text())
        if result["settings"] == asked:
            return result
        raise ValueError(f"{out} holds a result by other settings than {path}; remove it, or give another --out")
    train, held_out = hold_out(read_dataset(data / settings["data"]), settings["validation"])
    resume = (out / "last.npz").exists()
    training = Training(train, out, settings["recipe"], held_out, resume=resume)
    training.run(lambda progress: print(f"\r{path.stem}: step {progress.step}", end="", flush=True))
    print()
    net = load(out / "best.npz").to(training.net.device)
    found = evaluate(net, held_out, settings["method"], settings["average"])
    result = {
        "settings": asked,
        "machine": machine(),
        "steps": training.step,
        "seconds": training.seconds,
        "mean": mean_figures(list(found.rows.values())),
        "best": found.best,
    }
    with whole_file(stored) as temporary:
        temporary.write_text(json.dumps(result, indent=2) + "\n")
    return result


def table(results: dict[str, dict[str, Any]]) -> str:
    """In Markdown, a row for each recipe; V_rand, V_info and pixel error at their best threshold, if it is known."""
    columns = [name for name in COLUMNS if any(name in result["mean"] for result in results.values())]
    lines = [f"| recipe | steps | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    for name, result in results.items():
        values = result["mean"] | {figure: score for figure, (score, _) in result["best"].items()}
        cells = [f"{values[column]:.4g}" if column in values else "" for column in columns]
        lines.append(f"| {name} | {result['steps']} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
