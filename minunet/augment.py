"""Augmentation: an image and its labels, deformed alike (Ronneberger et al. 2015, section 3.1).

Shift, rotation, scale, mirror and elastic deformation all end in one field of coordinates, the sampling grid:
where in the source each pixel of the result is read. The image is thus resampled exactly once.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import DTypeLike
from scipy import ndimage
from scipy.interpolate import CubicSpline
from scipy.special import cosdg, sindg  # of degrees, and exact at multiples of 90

MIRROR = "mirror"  # beyond its edge the image is mirrored without repeating the edge, as numpy.pad's "reflect"


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be varied. A pair is the lowest and the highest value, all between equally likely.

    Attributes
    ----------
    rotation : (low, high), in degrees
        Positive turns the image anticlockwise, as `numpy.rot90`. Cells under a microscope have no upright.
    scale : (low, high)
        Factor by which the image is enlarged.
    mirror : float
        Probability of swapping left and right.
    elastic : float, in px of the result
        Standard deviation of the random displacements on the coarse grid (the paper's 10).
    contrast : (low, high)
        Factor on the grey values.
    brightness : (low, high), in standard deviations of the normalised image
        Added to the grey values after that.
    """

    rotation: tuple[float, float] = (-180, 180)
    scale: tuple[float, float] = (0.8, 1.25)
    mirror: float = 0.5
    elastic: float = 10
    contrast: tuple[float, float] = (0.75, 1.25)
    brightness: tuple[float, float] = (-0.25, 0.25)

    def __post_init__(self):
        for name in ("rotation", "scale", "contrast", "brightness"):
            low, high = getattr(self, name)
            if not low <= high:
                raise ValueError(f"{name} must be (low, high) with low <= high, not ({low}, {high})")
        if not self.scale[0] > 0:
            raise ValueError(f"scale must be above 0, not from {self.scale[0]}")
        if not 0 <= self.mirror <= 1:
            raise ValueError(f"mirror must be a probability, from 0 to 1, not {self.mirror}")
        if not self.elastic >= 0:
            raise ValueError(f"elastic must be 0 px or more, not {self.elastic}")

    @classmethod
    def none(cls) -> Self:
        """Everything off: the image comes out as it went in."""
        return cls(rotation=(0, 0), scale=(1, 1), mirror=0, elastic=0, contrast=(1, 1), brightness=(0, 0))


def augment(
    image: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
    augmentation: Augmentation | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Vary one image and its labels alike, at their own size, about their centre.

    Parameters
    ----------
    image : (H, W) or (C, H, W) floats
        Normalised: mean 0 and standard deviation 1, of which brightness is a fraction.
    labels : (H, W) integers
    rng : numpy.random.Generator
        The same seed gives the same result, bit for bit.
    augmentation : Augmentation, optional
        None takes the defaults.

    Returns
    -------
    image : float32, shape of `image`
    labels : shape and dtype of `labels`

    Raises
    ------
    ValueError
        When the image is not of floats, or the labels are not integers of its height and width.
    """
    augmentation = augmentation or Augmentation()
    image, labels = np.asarray(image), np.asarray(labels)
    if not np.issubdtype(image.dtype, np.floating):
        raise ValueError(f"image must be floats of mean 0 and std 1, not {image.dtype}; normalise it first")
    if labels.shape != image.shape[-2:]:
        raise ValueError(f"labels must be of the image's size {image.shape[-2:]}, not {labels.shape}")
    height, width = labels.shape
    grid = sampling_grid((height, width), ((height - 1) / 2, (width - 1) / 2), rng, augmentation)
    return vary_grey(warp_image(image, grid), rng, augmentation), warp_labels(labels, grid)


def sampling_grid(
    shape: tuple[int, int],
    centre: tuple[float, float],
    rng: np.random.Generator,
    augmentation: Augmentation,
) -> np.ndarray:
    """Where in the source image each pixel of a tile is read, under a random deformation.

    Pixel o, counted from the middle of the tile, is read at ``centre + A (o + u(o))``: u is the elastic
    displacement, and A mirrors, shrinks by the scale and turns. The random shift of the paper is the caller's
    choice of `centre`.

    Parameters
    ----------
    shape : (H, W) of the tile
    centre : (row, column)
        Where the middle of the tile lies in the source; the middle of an image of height H is (H - 1) / 2.
    rng : numpy.random.Generator
    augmentation : Augmentation

    Returns
    -------
    grid : (2, H, W) float64
        Row and column in the source, in px. Those outside it mean its mirror image. With everything off
        these are whole numbers, exactly, wherever `centre` is the middle of a window of pixels.
    """
    angle = rng.uniform(*augmentation.rotation)
    scale = rng.uniform(*augmentation.scale)
    flip = -1 if rng.random() < augmentation.mirror else 1
    displacement = elastic_displacement(shape, rng, augmentation.elastic)

    middle = (np.array(shape) - 1) / 2
    offsets = np.indices(shape) - middle[:, None, None] + displacement
    turn = np.array([[cosdg(angle), sindg(angle)], [-sindg(angle), cosdg(angle)]])
    from_tile = turn @ np.diag([1, flip]) / scale
    return np.tensordot(from_tile, offsets, axes=1) + np.reshape(centre, (2, 1, 1))


def elastic_displacement(
    shape: tuple[int, int], rng: np.random.Generator, sigma: float = 10, points: int = 3
) -> np.ndarray:
    """Smooth random displacement of each pixel (Ronneberger et al. 2015, section 3.1).

    Displacements drawn from a Gaussian at the nodes of a coarse grid, whose outer nodes lie on the tile's
    outer pixels, are interpolated by bicubic splines that are level at the tile's edges. These are separable:
    one small matrix product along the rows and one along the columns.

    Parameters
    ----------
    shape : (H, W) of the tile
    rng : numpy.random.Generator
    sigma : float, in px
        Standard deviation at the nodes.
    points : int
        Nodes along each side, at least 2.

    Returns
    -------
    displacement : (2, H, W) float64
        Along the rows' axis, then along the columns', in px.

    Raises
    ------
    ValueError
        When sigma is negative or there are fewer than 2 points.
    """
    if not sigma >= 0:
        raise ValueError(f"sigma must be 0 px or more, not {sigma}")
    if points < 2:
        raise ValueError(f"points must be 2 or more, one at each end, not {points}")
    nodes = rng.normal(0, sigma, (2, points, points))
    down, across = (_spline_basis(size, points) for size in shape)
    return down @ nodes @ across.T


def _spline_basis(size: int, points: int) -> np.ndarray:
    """Matrix (size, points) from values at the nodes to values at the pixels of a line."""
    spline = CubicSpline(np.linspace(0, 1, points), np.eye(points), bc_type="clamped")
    return spline(np.linspace(0, 1, size))


def warp_image(image: np.ndarray, grid: np.ndarray, coefficients: np.ndarray | None = None) -> np.ndarray:
    """Read an image at the coordinates of a sampling grid, by cubic splines.

    Parameters
    ----------
    image : (H, W) or (C, H, W)
    grid : (2, h, w), row and column in px
        Where these are all whole numbers, the result is the very pixels.
    coefficients : like `image`, optional
        `spline_coefficients` of the image, for whoever takes many tiles from one image: to compute them takes
        longer than to warp a small tile. None computes them here.

    Returns
    -------
    warped : (h, w) or (C, h, w) float32
    """
    image = np.asarray(image)
    _check_warp("image", image, (2, 3), grid)
    if np.array_equal(grid, np.rint(grid)):  # a spline passes through the pixels, but rounds
        return _read(image, grid, 0, np.float32)
    if coefficients is None:
        coefficients = spline_coefficients(image)
    return _read(coefficients, grid, 3, np.float32)


def spline_coefficients(image: np.ndarray) -> np.ndarray:
    """Coefficients, float64, of the cubic spline through the pixels of an image (H, W) or (C, H, W)."""
    image = np.asarray(image)
    planes = image.reshape(-1, *image.shape[-2:])
    return np.stack([ndimage.spline_filter(plane, order=3, mode=MIRROR) for plane in planes]).reshape(image.shape)


def warp_labels(labels: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Read labels (H, W) at the coordinates of a sampling grid (2, h, w): the nearest pixel's, (h, w)."""
    labels = np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be integers, not {labels.dtype}")
    _check_warp("labels", labels, (2,), grid)
    return _read(labels, grid, 0, labels.dtype)


def vary_grey(image: np.ndarray, rng: np.random.Generator, augmentation: Augmentation) -> np.ndarray:
    """Random contrast and brightness, ``contrast * image + brightness``, for a normalised image."""
    contrast = rng.uniform(*augmentation.contrast)
    brightness = rng.uniform(*augmentation.brightness)
    return contrast * image + brightness


def _read(source: np.ndarray, grid: np.ndarray, order: int, dtype: DTypeLike) -> np.ndarray:
    """Each plane of `source` at the coordinates of `grid`: its pixels (order 0) or its spline (order 3)."""
    planes = source.reshape(-1, *source.shape[-2:])
    read = [
        ndimage.map_coordinates(plane, grid, output=dtype, order=order, mode=MIRROR, prefilter=False)
        for plane in planes
    ]
    return np.stack(read).reshape(source.shape[:-2] + grid.shape[1:])


def _check_warp(name: str, array: np.ndarray, dimensions: tuple[int, ...], grid: np.ndarray) -> None:
    if array.ndim not in dimensions or 0 in array.shape:
        wanted = " or ".join(("(H, W)", "(C, H, W)")[: len(dimensions)])
        raise ValueError(f"{name} must be of shape {wanted} and hold pixels, not {array.shape}")
    if grid.ndim != 3 or len(grid) != 2:
        raise ValueError(f"grid must be of shape (2, h, w), rows then columns, not {grid.shape}")
