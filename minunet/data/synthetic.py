"""Fluorescence images of touching cells, made up: for a machine without a network, and for tests."""

import numpy as np
from scipy import ndimage

from .dataset import Sample

COVERED = 0.22  # of the image, by cells
MIN_RADIUS = 4.0  # px; below, a cell is a blot without outline or texture
CLOSENESS = 0.85  # of two radii together: the least distance between two centres
BACKGROUND = 20.0  # grey values
BRIGHTNESS = 55.0  # grey values above the background, of a cell of mean size


def touching_cells(shape: tuple[int, int] = (512, 512), count: int = 120, seed: int = 0) -> Sample:
    """Draw cells like nuclei under a fluorescence microscope, many of them touching.

    Ellipses with wobbly outlines lie alone and in clumps; where two overlap, each pixel goes to the cell in
    which it lies deeper. On them a texture; around them stray light; over all uneven illumination, blur,
    photon noise and read-out noise. A threshold followed by connected components merges the clumps.

    Parameters
    ----------
    shape : (int, int)
        Height and width.
    count : int
        Number of cells. Their size is chosen so that they cover about a fifth of the image.
    seed : int
        The same seed gives the same bits.

    Returns
    -------
    Sample
        Image float32 (1, H, W), whole grey values from 0 to 255; labels int32 (H, W), 1 to `count`, each in
        one 4-connected piece.

    Raises
    ------
    ValueError
        Where `count` is not positive, or there is no room for so many cells.
    """
    height, width = shape
    if count < 1:
        raise ValueError(f"count is {count}; expected 1 or more")
    radius = min(np.sqrt(COVERED * height * width / (np.pi * count)), min(shape) / 4)
    if radius < MIN_RADIUS:
        most = int(COVERED * height * width / (np.pi * MIN_RADIUS**2))
        raise ValueError(f"{count} cells do not fit into {height} x {width}; expected at most {most}")
    rng = np.random.default_rng(seed)
    radii = radius * np.exp(rng.normal(0, 0.2, count).clip(-0.5, 0.35))
    centres = _place(shape, radii, rng)
    labels, depth = _draw(shape, centres, radii, rng)
    return Sample(f"cells{seed}", _expose(labels, depth, radii / radius, rng)[np.newaxis], labels)


def _place(shape: tuple[int, int], radii: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose the cells' centres (count, 2): every other one beside an earlier cell, the others anywhere."""
    size = np.array(shape)
    centres = np.empty((len(radii), 2))
    placed = 0
    while placed < len(radii):
        if placed and rng.random() < 1 / 2:
            neighbour = rng.integers(placed)
            angle = rng.uniform(0, 2 * np.pi)
            distance = rng.uniform(CLOSENESS, 1.1) * (radii[neighbour] + radii[placed])
            centre = centres[neighbour] + distance * np.array([np.sin(angle), np.cos(angle)])
        else:
            centre = rng.uniform(0, size)
        distances = np.hypot(*(centres[:placed] - centre).T)
        room = (distances >= CLOSENESS * (radii[:placed] + radii[placed])).all()
        if room and (centre >= 0).all() and (centre <= size - 1).all():
            centres[placed] = centre
            placed += 1
    return centres


def _draw(
    shape: tuple[int, int], centres: np.ndarray, radii: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the outlines; give labels (H, W) and how deep in its cell a pixel lies: 0 at the rim, 1 inside."""
    labels = np.zeros(shape, np.int32)
    nearest = np.ones(shape)  # of the cells at a pixel, the least distance from the centre, as a part of the rim's
    for cell, (centre, radius) in enumerate(zip(centres, radii, strict=True), start=1):
        reach = int(np.ceil(2 * radius))
        top, left = np.maximum(np.round(centre).astype(int) - reach, 0)
        window = np.s_[top : top + 2 * reach, left : left + 2 * reach]
        rows, columns = np.ogrid[window]
        y, x = rows[: shape[0] - top] - centre[0], columns[:, : shape[1] - left] - centre[1]
        from_centre = np.hypot(y, x) / _outline(np.arctan2(y, x), radius, rng)
        closer = from_centre < nearest[window]
        labels[window][closer] = cell
        nearest[window][closer] = from_centre[closer]
    return _largest_pieces(labels, len(radii)), 1 - nearest


def _outline(angle: np.ndarray, radius: float, rng: np.random.Generator) -> np.ndarray:
    """Distance from centre to rim in each direction: an ellipse, times two low harmonics."""
    elongation = rng.uniform(1.05, 1.35)
    turned = angle - rng.uniform(0, np.pi)
    ellipse = radius / np.hypot(np.cos(turned) / elongation, np.sin(turned) * elongation)
    wobble = sum(rng.normal(0, 0.04) * np.cos(k * turned + rng.uniform(0, 2 * np.pi)) for k in (2, 3))
    return ellipse * (1 + wobble)


def _largest_pieces(labels: np.ndarray, count: int) -> np.ndarray:
    """Drop the splinters that a neighbour cut off."""
    whole = np.zeros_like(labels)
    for cell, window in enumerate(ndimage.find_objects(labels, count), start=1):
        pieces, _ = ndimage.label(labels[window] == cell)
        largest = np.argmax(np.bincount(pieces.ravel())[1:]) + 1
        whole[window][pieces == largest] = cell
    return whole


def _expose(labels: np.ndarray, depth: np.ndarray, relative_radii: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Photograph the cells: float32 (H, W), whole grey values from 0 to 255."""
    shape = labels.shape
    # As much stain in a smaller nucleus shines brighter; besides, no two cells take up the same.
    brightness = BRIGHTNESS * relative_radii**-2 * np.exp(rng.normal(0, 0.3, len(relative_radii)))
    texture = 1 + 0.15 * _smooth_noise(shape, 1.5, rng) + 0.1 * _smooth_noise(shape, 4, rng)
    emitted = np.append(0, brightness)[labels] * depth.clip(0, 1) ** 0.3 * texture.clip(0.3, None)
    stray = ndimage.gaussian_filter(emitted, 12)
    y, x = (np.linspace(-1, 1, size) - rng.uniform(-0.5, 0.5) for size in shape)
    light = 1.15 - 0.25 * (y[:, np.newaxis] ** 2 + x**2)
    expected = light * (BACKGROUND + ndimage.gaussian_filter(emitted, 1.2) + 0.25 * stray)
    photons = rng.poisson(3 * expected) / 3
    return np.rint(photons + rng.normal(0, 2, shape)).clip(0, 255).astype(np.float32)


def _smooth_noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of mean 0 and variance 1 with grains of about `sigma` px."""
    noise = ndimage.gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    return noise / noise.std()
