"""Recipes in TOML: what `benchmarks.paper` trains, every setting of it in one small file.

data = "isbi2012"         # folder of the dataset
validation = 0.2          # fraction of its images held out, the last ones
method = "components"     # how objects are told apart, as for minunet.objects.find_objects
average = true            # predict by the mean over rotations and mirrors
split = "block"           # may be left out; or, of images that stand alone, "folds": a run for each fifth of them,
                          # so that every image is held out once
trainer = "minunet"       # may be left out; or "torch", see benchmarks.peer
seeds = [0, 1, 2]         # may be left out: then 0 alone; a run for each

[recipe]                  # as minunet.recipe.Recipe; what is left out has its default
base = 16

[ablations."no dropout"]  # none, or some: a row of the table each, with these settings of the recipe changed
dropout = 0.0
"""

import tomllib
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from minunet.objects import METHODS
from minunet.recipe import Recipe

NEEDED = {"data", "validation", "method", "average", "recipe"}
DEFAULTS = {"split": "block", "trainer": "minunet", "seeds": [0], "ablations": {}}
TRAINERS = ("minunet", "torch")
SPLITS = ("block", "folds")


class Run(NamedTuple):
    """One training and its evaluation.

    Attributes
    ----------
    row : str
        Of the table: runs that differ in the seed or in what is held out alone share it.
    folder : Path
        Of its own, within the folder of all runs.
    settings : dict
        All that decides the result, as JSON can hold it.
    recipe : Recipe
    """

    row: str
    folder: Path
    settings: dict[str, Any]
    recipe: Recipe


def read_runs(path: Path) -> list[Run]:
    """The runs that a recipe file asks for; `ValueError` for what cannot be trained or evaluated by."""
    try:
        settings = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no TOML: {error}") from error
    if not NEEDED <= settings.keys() <= NEEDED | DEFAULTS.keys():
        raise ValueError(
            f"{path} has {', '.join(sorted(settings))}; expected {', '.join(sorted(NEEDED))}, "
            f"and perhaps {', '.join(sorted(DEFAULTS))}"
        )
    settings = DEFAULTS | settings
    for name, known in (("method", METHODS), ("trainer", TRAINERS), ("split", SPLITS)):
        if settings[name] not in known:
            raise ValueError(f"{path}: {name} is {settings[name]!r}, expected one of {', '.join(known)}")
    if not 0 < settings["validation"] < 1:
        raise ValueError(
            f"{path}: validation is {settings['validation']}, expected a fraction of the images to hold out"
        )
    seeds, ablations = settings.pop("seeds"), settings.pop("ablations")
    every = round(1 / settings["validation"])
    held_out = [[first, every] for first in range(every)] if settings["split"] == "folds" else [None]
    runs = []
    for name, changes in ({"": {}} | ablations).items():
        for seed, fold in product(seeds, held_out):
            try:
                recipe = Recipe(**settings["recipe"] | changes | {"seed": seed})
            except (TypeError, ValueError) as error:
                raise ValueError(f"{path}: {error}") from error
            folder = Path(path.stem, name.replace(" ", "-") or "whole", f"seed{seed}")
            if settings["split"] == "folds":
                folder = Path(f"{folder}-fold{fold[0]}")
            row = f"{path.stem}: {name}" if name else path.stem
            runs.append(Run(row, folder, settings | {"fold": fold, "recipe": asdict(recipe)}, recipe))
    return runs
