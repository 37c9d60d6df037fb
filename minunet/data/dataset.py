"""A folder of images and labels, read into samples that training can use as they are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from .images import read_image, read_label_stack, read_labels, read_stack
from .labels import KINDS, count_classes, describe, instances_from_masks, recognise

VOLUME, VOLUME_LABELS = "train-volume.tif", "train-labels.tif"  # the names of the ISBI 2012 challenge
FITTING = 1.2  # measured: 1.40 for the ISBI 2012 slices, 5.1 for nuclei, at most 1.1 for either one shuffled
ENOUGH = 1000  # border pixels; fewer do not tell whether labels fit
NOT_DATA = ("Thumbs.db", "desktop.ini")  # what Windows leaves in folders; other systems' files are hidden


@dataclass
class Sample:
    """One image with its labels.

    Attributes
    ----------
    name : str
    image : float32 array (C, H, W)
    labels : int32 array (H, W)
        Instances (0 = background) or classes.
    """

    name: str
    image: np.ndarray
    labels: np.ndarray


@dataclass
class Dataset:
    """The samples of a folder, and what is true of all of them.

    Attributes
    ----------
    samples : list of Sample
    kind : str
        What the files hold: "instances", "classes" or "mask". The samples of a mask have the connected parts
        of its foreground as instances, so that only "classes" means that labels are classes.
    classes : int
        How many the network tells apart. Instances and masks make two: background and foreground.
    channels : int
    note : str
        The line that says how the labels were understood.
    """

    samples: list[Sample]
    kind: str
    classes: int
    channels: int
    note: str


def read_dataset(path: str | os.PathLike, labels: str | None = None, classes: int | None = None) -> Dataset:
    """Read a folder of training images.

    Two layouts are understood: two folders ``images/`` and ``labels/``, with files of the same names but for
    the suffix; and the ISBI 2012 challenge's two stacks, ``train-volume.tif`` and ``train-labels.tif``, each
    page of which becomes a sample ``slice00``, ``slice01``, ...

    Parameters
    ----------
    path : path
    labels : "instances", "classes" or "mask", optional
        What the labels are, where it shall not be recognised from them.
    classes : int, optional
        The number of classes. More than two imply class labels.

    Raises
    ------
    OSError
        Where there is no such folder, or a file cannot be opened.
    ValueError
        Where the folder, a file or the labels are not as described here, in one line.
    """
    if labels not in (None, *KINDS):
        raise ValueError(f"labels are {', '.join(KINDS)}; found {labels!r}")
    if classes is not None and classes < 2:
        raise ValueError(f"a segmentation has 2 classes or more; found {classes}")
    folder = Path(path)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    if (folder / "images").is_dir() and (folder / "labels").is_dir():
        samples = _read_folders(folder / "images", folder / "labels")
    elif (folder / VOLUME).is_file() and (folder / VOLUME_LABELS).is_file():
        samples = _read_stacks(folder / VOLUME, folder / VOLUME_LABELS)
    else:
        raise ValueError(
            f"{folder}: found neither the folders images/ and labels/ nor the stacks {VOLUME} and {VOLUME_LABELS}"
        )
    for sample in samples:
        _check_size(sample)
    channels = _common_channels(samples)
    kind, note = _understand(samples, labels, classes)
    label_maps = [sample.labels for sample in samples]
    if kind == "classes":
        classes = count_classes(label_maps, [sample.name for sample in samples], classes)
    elif classes not in (None, 2):
        raise ValueError(f"{kind} labels make 2 classes; found {classes}; give --labels classes, or no number")
    else:
        classes = 2
    if kind == "mask":
        for sample, instances in zip(samples, instances_from_masks(label_maps), strict=True):
            sample.labels = instances
    return Dataset(samples, kind, classes, channels, note)


def suspicious(dataset: Dataset) -> list[str]:
    """Say in plain words what in a data set may keep a network from learning; mostly nothing.

    Parameters
    ----------
    dataset : Dataset

    Returns
    -------
    list of str
        One line for each matter.
    """
    samples = dataset.samples
    warnings = []
    constant = [sample.name for sample in samples if np.ptp(sample.image) == 0]
    if constant:
        warnings.append(f"{_counted(constant, 'image')} all of one value: {_first(constant)}")
    if not any(sample.labels.any() for sample in samples):
        warnings.append("every label map is empty: there is nothing to learn but background")
    elif dataset.kind == "classes":
        seen = np.unique(np.concatenate([np.unique(sample.labels) for sample in samples]))
        missing = sorted(set(range(dataset.classes)) - set(seen.tolist()))
        for value in missing:
            warnings.append(f"class {value} never occurs in the labels: the network cannot learn it")
    elif all(sample.labels.all() for sample in samples):
        warnings.append("the foreground fills every label map: there is no background to learn")
    fit = _steepness_at_borders(samples)
    if fit < FITTING:
        warnings.append(
            "the labels do not seem to fit the images: where labels end, the images are hardly steeper than elsewhere "
            f"({fit:.2f} times, expected at least {FITTING}); look whether each image has its own labels, not turned"
        )
    return warnings


def _steepness_at_borders(samples: Sequence[Sample]) -> float:
    """How much steeper the images are at the labels' borders than at the same borders, moved far away.

    Steepness is the length of the grey values' gradient, and its mean over the data set the geometric one, since
    contrasts differ between images. Of 15 moves the best counts: labels that do not fit may lie well by chance,
    but hardly better than all of these. Infinite where there is too little to tell.
    """
    quarters = [(i, j) for i in range(4) for j in range(4)]  # of height and width; the first moves nothing
    logs, lengths = [], []
    for sample in samples:
        border = ndimage.morphological_gradient(sample.labels, size=3) > 0
        if border.any() and np.ptp(sample.image) > 0:
            steepness = ndimage.gaussian_gradient_magnitude(sample.image.mean(axis=0), 1)
            steepness += 1e-3 * steepness.mean()  # keeps the logarithm finite where an image is flat at all borders
            height, width = border.shape
            moved = [np.roll(border, (height * i // 4, width * j // 4), (0, 1)) for i, j in quarters]
            logs.append(np.log([steepness[place].mean() for place in moved]))
            lengths.append(np.count_nonzero(border))
    if sum(lengths) < ENOUGH:
        return np.inf
    here, *elsewhere = np.average(logs, axis=0, weights=lengths)
    return float(np.exp(here - max(elsewhere)))


def _read_folders(images: Path, labels: Path) -> list[Sample]:
    image_files, label_files = _files_by_stem(images), _files_by_stem(labels)
    if not image_files:
        raise ValueError(f"{images}: the folder is empty; expected images")
    for these, what, those, of_what in (
        (image_files, "image", label_files, "labels"),
        (label_files, "label map", image_files, "image"),
    ):
        alone = sorted(these.keys() - those.keys())
        if alone:
            have = "has" if len(alone) == 1 else "have"
            raise ValueError(
                f"{images.parent}: {len(alone)} {what}{'s' * (len(alone) > 1)} {have} no {of_what}: {_first(alone)}"
            )
    return [Sample(stem, read_image(file), read_labels(label_files[stem])) for stem, file in image_files.items()]


def _files_by_stem(folder: Path) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or file.name in NOT_DATA or not file.is_file():
            continue
        if file.stem in files:
            raise ValueError(f"{folder}: {files[file.stem].name} and {file.name} have one name; keep one of them")
        files[file.stem] = file
    return files


def _read_stacks(volume: Path, volume_labels: Path) -> list[Sample]:
    images, labels = read_stack(volume, channels=1), read_label_stack(volume_labels)
    if len(images) != len(labels):
        raise ValueError(f"{volume} has {len(images)} pages but {volume_labels.name} has {len(labels)}")
    return [
        Sample(f"slice{page:02}", image, label_map)
        for page, (image, label_map) in enumerate(zip(images, labels, strict=True))
    ]


def _check_size(sample: Sample) -> None:
    image, labels = sample.image.shape[1:], sample.labels.shape
    if image != labels:
        raise ValueError(
            f"{sample.name}: the image is {image[0]} x {image[1]} (height x width) "
            f"but its labels are {labels[0]} x {labels[1]}"
        )


def _common_channels(samples: Sequence[Sample]) -> int:
    first = samples[0]
    for sample in samples:
        if len(sample.image) != len(first.image):
            raise ValueError(
                f"the number of channels is {len(first.image)} in {first.name} but {len(sample.image)} in "
                f"{sample.name}; make all grey or all colour"
            )
    return len(first.image)


def _understand(samples: Sequence[Sample], labels: str | None, classes: int | None) -> tuple[str, str]:
    """The kind of the labels, and the line that says so: as the user has it, or as recognised."""
    label_maps = [sample.labels for sample in samples]
    if labels is None and classes is not None and classes > 2:
        labels = "classes"
    if labels is None:
        return recognise(label_maps)
    return labels, describe(label_maps, labels)


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def _counted(names: Sequence[str], what: str) -> str:
    return f"1 {what} is" if len(names) == 1 else f"{len(names)} {what}s are"
