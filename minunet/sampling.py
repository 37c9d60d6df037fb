"""Training tiles: a random place in a random image, deformed, with its labels and weights.

The tile for a step follows from the seed and the step's number alone. So tiles can be made ahead in the
background, and a run that is resumed sees the very tiles that it would have seen.
"""

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from .augment import Augmentation, sampling_grid, spline_coefficients, vary_grey, warp_image, warp_labels
from .borders import WINDOW, border_weight_map, class_weights, separate
from .data import Dataset
from .normalization import normalize, own_normalization
from .sizes import margin, output_size


class Tile(NamedTuple):
    """One training example, as `UNet.forward` and `UNet.loss` take it, N = 1.

    Attributes
    ----------
    x : float32 array (1, C, tile, tile)
    labels : int32 array (1, output, output)
        Classes.
    weights : float32 array (1, output, output)
    """

    x: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


class TileSampler:
    """Draws training tiles from a dataset.

    Parameters
    ----------
    dataset : Dataset
    tile : int
        Input side, a legal size.
    depth : int
        Of the network.
    normalization : (mean, std), or None
        None takes each image by its own.
    augmentation : Augmentation
    w0, sigma : float
        Of the border weight map, as in `minunet.border_weight_map`.
    seed : int
    balanced : bool
        Whether classes weigh by how rare they are in the dataset, or all by 1.
    padding : "mirror" or "zero"
        Of an image beyond its border: its mirror image, with its labels; or zeros, where no pixel has a weight.
    """

    def __init__(
        self,
        dataset: Dataset,
        tile,
        depth,
        normalization,
        augmentation: Augmentation,
        w0,
        sigma,
        seed,
        balanced=True,
        padding="mirror",
    ):
        self.dataset = dataset
        self.tile = tile
        self.depth = depth
        self.augmentation = augmentation
        self.w0 = w0
        self.sigma = sigma
        self.seed = seed
        self.padding = padding
        images = [sample.image for sample in dataset.samples]
        self._images = [normalize(image, normalization or own_normalization(image)) for image in images]
        # A spline goes through all the pixels of an image, so its coefficients are worth computing once.
        self._coefficients = [spline_coefficients(image) for image in self._images]
        self.balance = balance(dataset, w0, sigma) if balanced else np.ones(dataset.classes)

    def draw(self, step: int) -> Tile:
        """The tile for training step `step`: always the same one."""
        rng = np.random.default_rng([self.seed, step])
        index = int(rng.integers(len(self.dataset.samples)))
        output = output_size(self.tile, self.depth)
        labels = self.dataset.samples[index].labels
        centre = _random_centre(labels.shape, output, rng)
        grid = sampling_grid((self.tile, self.tile), centre, rng, self.augmentation)
        warped = warp_image(self._images[index], grid, self._coefficients[index])
        x = vary_grey(warped, rng, self.augmentation)

        # Cells outside the output still weigh on its borders, up to WINDOW sigma away: warp so many more pixels, as
        # far as the tile has them (at depth 3 and more it has them all), and cut after.
        border = margin(self.depth)
        around = min(border, int(np.ceil(WINDOW * self.sigma)))
        inner = slice(border - around, border + output + around)
        cut = (slice(around, around + output),) * 2
        labels = warp_labels(labels, grid[:, inner, inner])
        classes, weights = classes_and_weights(labels, self.dataset, self.balance, self.w0, self.sigma)
        if self.padding == "zero":
            (row, column), (height, width) = grid, self.dataset.samples[index].labels.shape
            outside = (row < 0) | (row > height - 1) | (column < 0) | (column > width - 1)
            x[:, outside] = 0
            weights[outside[inner, inner]] = 0
        return Tile(x[None], classes[cut][None], weights[cut][None])


def balance(dataset: Dataset, w0, sigma) -> np.ndarray:
    """The class weights of a whole dataset, (classes,), as `minunet.borders.class_weights` has them."""
    counts, border = np.zeros(dataset.classes, np.int64), 0.0
    for sample in dataset.samples:
        classes, weights = classes_and_weights(sample.labels, dataset, np.zeros(dataset.classes), w0, sigma)
        counts += np.bincount(classes.ravel(), minlength=dataset.classes)
        border += float(weights.sum(dtype=np.float64))
    return class_weights(counts, border)


def classes_and_weights(labels, dataset: Dataset, balance, w0, sigma) -> tuple[np.ndarray, np.ndarray]:
    """Class and weight of each pixel: the border weight map for instances, the class balance alone for classes.

    Instances come apart by a one-pixel gap, or the network never sees any.
    """
    if dataset.kind == "classes":
        return labels, balance[labels].astype(np.float32)
    apart = separate(labels)
    return (apart > 0).astype(np.int32), border_weight_map(apart, w0, sigma, balance)


def ahead(draw: Callable[[int], Tile], steps: range, depth: int = 3) -> Generator[Tile, None, None]:
    """``draw(step)`` for each step in turn, made up to `depth` ahead in one background thread."""
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(draw, step) for step in steps[:depth]]
        try:
            for step in steps:
                if step + depth in steps:
                    waiting.append(pool.submit(draw, step + depth))
                yield waiting.pop(0).result()
        finally:
            pool.shutdown(cancel_futures=True)


def _random_centre(shape, output, rng):
    """A tile's centre, such that its output lies inside the image, or the image inside it, and pixels on pixels."""
    starts = [rng.integers(min(0, side - output), max(0, side - output), endpoint=True) for side in shape]
    row, column = (float(start + (output - 1) / 2) for start in starts)
    return row, column
