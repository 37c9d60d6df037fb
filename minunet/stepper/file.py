"""A recorded step in one file, without pickle: an .npz archive of plain arrays and one line of JSON.

settings        the network's settings, the step's, its events; and which values are one array under several names
values/NAME     each array

So it opens without the layers that computed it, a student's, say: what they computed is there.
"""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from ..files import read_archive, whole_file
from ..unet import UNet, parameter_shapes
from .events import Event
from .values import Values

FORMAT = "minunet step 1"


def save(path, stepper) -> None:
    """Write the step to `path`, whole or not at all."""
    first: dict[tuple, str] = {}
    same: dict[str, str] = {}
    arrays: dict[str, Any] = {}
    for name, array in stepper.values.items():
        place = array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str
        if array.size and place in first:
            same[name] = first[place]
        else:
            first[place] = name
            arrays[f"values/{name}"] = array
    settings = {
        "format": FORMAT,
        "net": stepper.net.settings,
        "normalization": [np.asarray(value, float).tolist() for value in stepper.net.normalization],
        "each_image": stepper.net.each_image,
        "step": stepper.settings,
        "same": same,
        "events": [asdict(event) for event in stepper.events],
    }
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, settings=np.array(json.dumps(settings)), **arrays)


def load(path, layers=None) -> tuple[UNet, list[Event], Values, dict[str, Any]]:
    """The network, the events and values, and the step's settings.

    Raises
    ------
    OSError
        Where the file cannot be opened.
    ValueError
        Where it is damaged, of another version, or no such file.
    """
    with open(path, "rb") as file:
        try:
            settings, arrays = read_archive(file, FORMAT)
            values = {name.removeprefix("values/"): array for name, array in arrays.items()}
            values |= {name: values[other] for name, other in settings["same"].items()}
            events = [Event(**event) for event in settings["events"]]
            params = parameter_shapes(*(settings["net"][name] for name in ("in_channels", "classes", "base", "depth")))
            needed = [*params, "input.out", "labels", "weights"]
            needed += [name for event in events for name in (*event.inputs.values(), *event.outputs.values())]
            needed_settings = {"net", "step", "normalization"} - settings.keys()
            missing = [*needed_settings, *(name for name in needed if name not in values)]
            if missing:
                raise ValueError(f"{missing[0]} is missing")
        except Exception as error:  # damaged bytes make zipfile and NumPy raise a dozen kinds
            raise ValueError(
                f"{path} is no whole recorded step ({error}); expected a file that Stepper.save wrote"
            ) from error
    net = UNet(**settings["net"], layers=layers)
    mean, std = (np.asarray(value) for value in settings["normalization"])
    net.normalization = (mean, std)
    net.each_image = settings.get("each_image", False)
    net.params = {name: values[name] for name in params}
    shapes = {name: array.shape for name, array in values.items()}
    return net, events, Values(shapes, values), settings["step"]
