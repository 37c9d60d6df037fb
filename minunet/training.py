"""Training: one deformed tile a step, SGD with momentum 0.99 (Ronneberger et al. 2015, section 3).

A run lives in a folder:

    settings.json   the recipe, and what the data were
    last.npz        the network, the optimizer's state and the step: what a resumed run goes on from
    best.npz        the network where the validation was best: by SEG for labelled instances, by IoU for others;
                    at the end of the run its threshold is chosen there too
    log.csv         a row for each step

What step k does follows from the seed, from k and from the parameters alone, and `last.npz` is replaced whole.
So a run that is killed at any moment and resumed ends with the same bits as one that was never stopped. Nothing
is stored that holds NaN or infinity: a step that would make one raises instead.
"""

import csv
import json
import math
import os
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .augment import Augmentation
from .checkpoint import load, load_with_state, save
from .data import Dataset
from .device import array_module, device_of, resolve_device, to_device, to_host
from .evaluation import choose_threshold
from .files import whole_file
from .normalization import statistics
from .optim import SGD, Adam, clip_norm, joint_norm
from .recipe import Recipe, default_tile
from .sampling import TileSampler, ahead
from .unet import UNet
from .validation import validate

RUN_FILES = ("settings.json", "last.npz", "best.npz", "log.csv")
FIGURES = ("pixel_error", "iou", "seg", "found", "true")  # of the validation, in the log
BLANK = 100  # steps in a row that predict one class alone before it is said


class Progress(NamedTuple):
    """What a run tells after each step; `figures` are empty but after a validation."""

    step: int
    loss: float
    figures: dict[str, float]


class TrainingDiverged(ValueError):
    """Something became NaN or infinite; the message names where that arose first."""


class Training:
    """A training run, from the recipe to the trained network.

    Parameters
    ----------
    data : Dataset
    folder : path
        Of the run; made where it does not exist. An earlier run in it is replaced, unless `resume`.
    recipe : Recipe, optional
    validation : Dataset, optional
        Images held out. Without them "best" is the last.
    device : "auto", "cpu" or "cuda"
    resume : bool
        Go on from the folder's last checkpoint, which must be of the same recipe and data.
    warn : callable
        Is given one line for each thing that looks wrong.

    Attributes
    ----------
    net : UNet
    step : int
        Steps done.
    seconds : float
        Spent on them; in a resumed run without a limit on time, on those since.

    Raises
    ------
    ValueError
        Where the recipe does not fit the data, or the folder's run is another one.
    OSError
        Where the folder cannot be written or, to resume, read.
    """

    def __init__(
        self,
        data: Dataset,
        folder: str | os.PathLike,
        recipe: Recipe | None = None,
        validation: Dataset | None = None,
        device: str = "auto",
        resume: bool = False,
        warn: Callable[[str], None] = print,
    ):
        self.recipe = recipe or Recipe()
        self.folder = Path(folder)
        self.validation = validation
        self.warn = warn
        self.tile = self.recipe.tile or default_tile(data, self.recipe.depth)
        self.settings: dict[str, Any] = {
            "recipe": asdict(self.recipe),
            "tile": self.tile,
            "data": {
                "images": len(data.samples),
                "validation": len(validation.samples) if validation else 0,
                "kind": data.kind,
                "classes": data.classes,
                "fingerprint": _fingerprint(data, validation),
            },
        }
        self.step = 0
        self.seconds = 0.0
        self.best: float | None = None
        self._stopping = False
        self._blank_class, self._blank_steps = -1, 0
        state: dict[str, np.ndarray] = {}
        if resume:
            self.net, state, notes = _read_run(self.folder)
            self._check_same_run(notes["settings"])
            self.step, self.seconds, self.best = notes["step"], notes["seconds"], notes["best"]
        else:
            self.net = UNet(
                data.channels, data.classes, self.recipe.base, self.recipe.depth, self.recipe.dropout, self.recipe.seed
            )
            self.net.normalization = statistics([sample.image for sample in data.samples])
            self.net.each_image = self.recipe.each_image
            self.net.padding = self.recipe.padding
        self.net.to(resolve_device(device))
        self.optimizer = self._new_optimizer(state)
        self.sampler = TileSampler(
            data,
            self.tile,
            self.recipe.depth,
            None if self.recipe.each_image else self.net.normalization,
            _augmentation(self.recipe),
            self.recipe.w0,
            self.recipe.sigma,
            self.recipe.seed,
            self.recipe.balance,
            self.recipe.padding,
        )
        if not resume:
            self._begin()

    def run(self, watch: Callable[[Progress], None] = lambda progress: None) -> UNet:
        """Train to the end of the recipe, or until `stop`; `watch` is called after each step.

        Returns
        -------
        UNet
            As it is at the end; the best one is in the folder.

        Raises
        ------
        TrainingDiverged
            Where the loss, a gradient or a parameter becomes NaN or infinite. The last good checkpoint is kept.
        """
        self._stopping = False
        self._cut_log()
        started = time.monotonic() - self.seconds
        tiles = ahead(self.sampler.draw, range(self.step, self.recipe.steps))
        with closing(tiles), open(self.folder / "log.csv", "a", newline="", buffering=1) as file:
            log = csv.writer(file, lineterminator="\n")
            for tile in tiles:
                if self._stopping or self.finished:
                    break
                lr = self.recipe.learning_rate(self.step, self.seconds)
                loss = self._train_on(tile, lr)
                self.seconds = time.monotonic() - started
                due = self.step % self.recipe.validate_every == 0 or self.finished
                if due:
                    self._check_parameters()
                figures = self._validate() if due else {}
                # The row first: a row too many is cut on resuming, a missing one could not be made again.
                log.writerow([self.step, f"{lr:.6g}", f"{loss:.6g}", *(figures.get(name, "") for name in FIGURES)])
                if due:
                    self._save_last()
                watch(Progress(self.step, loss, figures))
        self._check_parameters()
        self._save_last()
        if self.finished and self.validation:
            self._choose_threshold(self.validation)
        return self.net

    def stop(self) -> None:
        """Ask `run` to end after the step it is at, with a checkpoint from which it can be resumed."""
        self._stopping = True

    @property
    def finished(self) -> bool:
        """Whether the recipe's steps, or its minutes, are used up."""
        return self.recipe.learning_rate(self.step, self.seconds) == 0

    def _train_on(self, tile, lr) -> float:
        x, labels, weights = (to_device(array, self.net.device) for array in tile)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is looked for, and named, here
            logits, tape = self.net.forward(x, training=True, rng=self._dropout_rng(), keep=False)
            loss, dlogits = self.net.loss(logits, labels, weights)
            grads = self.net.backward(dlogits, tape)
            of_params = {name: grads[name] for name in self.net.params}
            predicted = logits.argmax(axis=1)
            loss, norm, norm_of_params, lowest, highest = _read(
                loss, joint_norm(of_params), joint_norm(self.net.params), predicted.min(), predicted.max()
            )
            if not all(map(math.isfinite, (loss, norm, norm_of_params))):  # a ReLU may hide NaN from the loss
                raise self._diverged(self.step + 1, self._first_not_finite(x, grads))
            clip_norm(of_params, norm, self.recipe.clip)
            self.optimizer.lr = lr
            if isinstance(self.optimizer, SGD):
                self.optimizer.momentum = self.recipe.momentum_at(self.step)
            self.optimizer.step(grads)
        self.step += 1
        self._watch_for_blank_output(tile.labels, lowest, highest)
        return loss

    def _dropout_rng(self):
        return np.random.default_rng([self.recipe.seed, self.step, 1])

    def _check_parameters(self) -> None:
        """What is stored holds no NaN: an update may make one that only the next step would find."""
        broken = _not_finite(self.net.params)
        if broken:
            raise self._diverged(self.step, f"parameter {broken} is NaN or infinite after the update")

    def _first_not_finite(self, x, grads) -> str:
        """Where NaN or infinity arose first, in the order of computing."""
        broken = _not_finite(self.net.params)
        if broken:
            return f"parameter {broken} is NaN or infinite"
        _, tape = self.net.forward(x, training=True, rng=self._dropout_rng(), keep=True)
        broken = _not_finite({step.name: step.output for step in tape})
        if broken:
            return f"the output of layer {broken} is the first that is NaN or infinite"
        broken = _not_finite({name: grads[name] for name in [*reversed(self.net.params), "input"]})
        if broken:
            return f"the gradient of {broken} is the first that is NaN or infinite"
        return "the loss, or the norm of all gradients or parameters, is NaN or infinite"

    def _diverged(self, step: int, where: str) -> TrainingDiverged:
        return TrainingDiverged(
            f"training diverged at step {step}: {where}. The last good checkpoint is kept in {self.folder}; "
            f"begin another run with a learning rate below {self.recipe.lr:g}"
        )

    def _watch_for_blank_output(self, labels, lowest, highest) -> None:
        """Of a step's tile: its labels, and the lowest and the highest class that was predicted."""
        if self.step <= self.recipe.warmup or (labels == labels[0, 0, 0]).all():
            return  # too early to tell; or a tile of one class, which tells nothing
        alone = int(lowest) if lowest == highest else -1
        self._blank_steps = self._blank_steps + 1 if alone == self._blank_class else 1
        self._blank_class = alone
        if alone >= 0 and self._blank_steps == BLANK:
            self.warn(
                f"the network has predicted class {alone} alone, everywhere, for {BLANK} steps: its output is blank. "
                "Look whether the labels fit the images, or begin again with another learning rate or seed"
            )

    def _validate(self) -> dict[str, float]:
        """Figures on the held-out images; the network is stored where they are the best so far.

        Where somebody told the objects apart, SEG decides, which counts them; else IoU. A mask's objects are what
        happens to be connected: one pixel joins two of them, and SEG says more about such pixels than about the rest.
        """
        figures = validate(self.net, self.validation) if self.validation else {}
        score = figures[_deciding(self.validation)] if self.validation else self.step
        if self.best is None or score > self.best:
            self.best = score
            save(self.folder / "best.npz", self.net)
        return figures

    def _choose_threshold(self, validation: Dataset) -> None:
        best = load(self.folder / "best.npz").to(self.net.device)
        best.threshold = choose_threshold(best, validation)
        save(self.folder / "best.npz", best)

    def _begin(self) -> None:
        settings = json.dumps(self.settings, indent=2) + "\n"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OSError(f"{self.folder} cannot be made a folder ({error.strerror}); choose another") from error
        # An earlier run's goes first and this run's comes last, so that no other file is ever resumed with it.
        (self.folder / "last.npz").unlink(missing_ok=True)
        with whole_file(self.folder / "settings.json") as path:
            path.write_text(settings)
        with whole_file(self.folder / "log.csv") as path:
            path.write_text(",".join(("step", "lr", "loss", *FIGURES)) + "\n")
        save(self.folder / "best.npz", self.net)
        self._save_last()

    def _save_last(self) -> None:
        seconds = self.seconds if self.recipe.minutes else 0.0  # where no clock decides, equal runs give equal bytes
        notes = {"settings": self.settings, "step": self.step, "seconds": seconds, "best": self.best}
        save(self.folder / "last.npz", self.net, self.optimizer.state, notes)

    def _cut_log(self) -> None:
        """Drop the rows of steps that came after the checkpoint: they will be made again."""
        lines = (self.folder / "log.csv").read_text().splitlines(keepends=True)
        with whole_file(self.folder / "log.csv") as path:
            path.write_text("".join(lines[: 1 + self.step]))

    def _new_optimizer(self, state):
        params, recipe = self.net.params, self.recipe
        optimizer = SGD(params, recipe.lr, recipe.momentum) if recipe.optimizer == "sgd" else Adam(params, recipe.lr)
        for name, value in state.items():
            optimizer.state[name][...] = to_device(value, device_of(optimizer.state[name]))
        return optimizer

    def _check_same_run(self, stored) -> None:
        for name, value in asdict(Recipe(**stored["recipe"])).items():  # what an older run lacks has its default
            if self.settings["recipe"][name] != value:
                raise ValueError(
                    f"{self.folder} was begun with {name} {value}, not {self.settings['recipe'][name]}: "
                    "resume with the run's own settings, or begin another run"
                )
        if stored["data"] != self.settings["data"]:
            raise ValueError(
                f"{self.folder} was begun on other images or labels, or with others held out: "
                "resume on the data it was begun with, held out alike"
            )


def stored_recipe(folder: str | os.PathLike) -> Recipe:
    """The recipe of the run in `folder`."""
    _, _, notes = _read_run(Path(folder))
    return Recipe(**notes["settings"]["recipe"])


def _read_run(folder: Path):
    """Network, optimizer's state and notes of the last checkpoint in `folder`."""
    if not (folder / "last.npz").exists():
        raise FileNotFoundError(f"{folder} holds no run to resume: it has no last.npz; begin one there first")
    net, state, notes = load_with_state(folder / "last.npz")
    if "step" not in notes:
        raise ValueError(f"{folder / 'last.npz'} holds weights alone, not a run to resume; begin one there first")
    return net, state, notes


def _augmentation(recipe: Recipe) -> Augmentation:
    if not recipe.augment:
        return Augmentation.none()
    augmentation = Augmentation(elastic=recipe.elastic)
    return augmentation if recipe.grey else replace(augmentation, contrast=(1, 1), brightness=(0, 0))


def _deciding(validation: Dataset) -> str:
    return "seg" if validation.kind == "instances" else "iou"


def _read(*scalars) -> list[float]:
    """The values of scalars that may be on a GPU, in one transfer: each has to wait until the GPU has done it all."""
    xp = array_module(scalars[0])
    return to_host(xp.stack([scalar.astype(np.float64) for scalar in scalars])).tolist()


def _not_finite(arrays: Mapping[str, Any]) -> str | None:
    """The name of the first array that holds NaN or infinity."""
    for name, array in arrays.items():
        if not array_module(array).isfinite(array).all():
            return name
    return None


def _fingerprint(*datasets: Dataset | None) -> int:
    """A checksum of every pixel and label, to tell whether two runs saw the same data."""
    checksum = 0
    for data in datasets:
        for sample in data.samples if data else ():
            for array in (sample.image, sample.labels):
                checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
    return checksum
