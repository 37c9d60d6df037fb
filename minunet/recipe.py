"""The recipe of a training run: every number that decides it, with the paper's where the paper gives one."""

import math
from dataclasses import dataclass

from .data import Dataset
from .sizes import largest_input, margin, output_size, whole_number
from .tiling import PADDINGS, PAPER_TILE

LEARNING_RATES = {"sgd": 5e-3, "adam": 1e-3}  # where none is given


@dataclass(frozen=True)
class Recipe:
    """Everything that decides how a run goes, besides the data.

    Attributes
    ----------
    base, depth, dropout : as for `UNet`
    tile : int, optional
        Input side. None: the largest legal one that the mirrored images allow, at most 572.
    steps : int
        One tile each.
    minutes : float, optional
        A limit on the time for training: the learning rate then falls with the clock where that runs ahead of the
        steps, so that training is as complete as the time allows. Such a run cannot be repeated bit for bit.
    optimizer : "sgd" or "adam"
    lr : float
        Highest learning rate; where not given, 0.005 with SGD and 0.001 with Adam. It rises over the first `warmup`
        steps, since momentum 0.99 needs as long to settle, and then falls to 0 along half a cosine. The paper gives
        none.
    momentum : float
        Of SGD. The paper: 0.99. It rises to that as (1 + step) / (10 + step), over the first 900 steps: a memory longer
        than the run is old makes the large gradients of the beginning swing past their mark, and what they drive
        below 0 behind a ReLU stays there.
    clip : float
        Largest joint norm of a step's gradients, as in `minunet.optim.clip_norm`. The paper gives none.
    w0, sigma : float
        Of the border weight map. The paper: 10 and about 5 px.
    each_image : bool
        Normalise each image by its own mean and standard deviation, not by the training set's: where how bright an
        image is says nothing of what it shows.
    balance : bool
        Weigh the classes by how rare they are, as `minunet.borders.class_weights` does; else all by 1.
    augment : bool
        Shift alone where False; else also rotation, scale, mirror, grey values and elastic deformation.
    grey : bool
        Whether grey values vary too: not, where how bright something is tells what it is.
    elastic : float
        Standard deviation of that deformation on the coarse grid, in pixels. The paper: 10.
    padding : "mirror" or "zero"
        How images go on beyond their border. The paper: mirrored.
    validate_every : int
        Steps between two validations; each also writes a checkpoint.
    seed : int
    """

    base: int = 16
    depth: int = 4
    dropout: float = 0.5
    tile: int | None = None
    steps: int = 2000
    minutes: float | None = None
    optimizer: str = "sgd"
    lr: float = None  # type: ignore[assignment]  # it is one from __post_init__ on
    momentum: float = 0.99
    warmup: int = 100
    clip: float = 1.0
    w0: float = 10.0
    sigma: float = 5.0
    each_image: bool = False
    balance: bool = True
    augment: bool = True
    grey: bool = True
    elastic: float = 10.0
    padding: str = "mirror"
    validate_every: int = 100
    seed: int = 0

    def __post_init__(self):
        for name, least in (("base", 1), ("depth", 1), ("steps", 1), ("validate_every", 1), ("warmup", 0), ("seed", 0)):
            object.__setattr__(self, name, whole_number(name, getattr(self, name), least))
        if self.optimizer not in LEARNING_RATES:
            raise ValueError(f"optimizer is {self.optimizer!r}, expected one of {', '.join(LEARNING_RATES)}")
        if self.padding not in PADDINGS:
            raise ValueError(f"padding is {self.padding!r}, expected one of {', '.join(PADDINGS)}")
        if vars(self)["lr"] is None:
            object.__setattr__(self, "lr", LEARNING_RATES[self.optimizer])
        for name in ("dropout", "lr", "momentum", "clip", "w0", "sigma", "elastic"):
            object.__setattr__(self, name, float(getattr(self, name)))
        for name in ("lr", "clip", "sigma"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}, expected more than 0")
        for name in ("w0", "elastic"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}, expected at least 0")
        for name in ("dropout", "momentum"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, expected 0 <= {name} < 1")
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise ValueError(f"minutes is {self.minutes}, expected more than 0")
        if self.tile is not None:
            output_size(self.tile, self.depth)

    def momentum_at(self, step: int) -> float:
        """For step `step`, counted from 0."""
        return min(self.momentum, (1 + step) / (10 + step))

    def learning_rate(self, step: int, seconds: float = 0.0) -> float:
        """For step `step`, counted from 0, after so many seconds of training; 0 from the end on."""
        progress = step / self.steps
        if self.minutes is not None:
            progress = max(progress, seconds / (60 * self.minutes))
        if progress >= 1:
            return 0.0
        rise = min(1.0, (step + 1) / (self.warmup + 1))
        return self.lr * rise * 0.5 * (1 + math.cos(math.pi * progress))


def default_tile(data: Dataset, depth: int) -> int:
    """The largest legal input side that every mirrored image fills, at most about the paper's 572."""
    shortest = min(min(sample.labels.shape) for sample in data.samples)
    return largest_input(min(shortest + 2 * margin(depth), PAPER_TILE), depth)
