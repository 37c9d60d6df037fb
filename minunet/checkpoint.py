"""Weights in one file, without pickle: an .npz archive of plain arrays and one line of JSON.

settings            the network's settings, normalisation, padding and threshold, and the writer's own notes, as JSON
params/NAME         each parameter; of a network to be shipped, in float16
state/NAME          anything more the writer wants back, such as an optimizer's velocity
"""

import json
from typing import Any

import numpy as np

from .device import to_host
from .files import read_archive, whole_file
from .tiling import PADDINGS
from .unet import UNet, layer_set, parameter_shapes
from .weights import SHIPPED, shipped_file

FORMAT = "minunet weights 1"


def save(path, net, state=None, notes=None, half=False):
    """Write `net` to `path`, whole or not at all.

    Parameters
    ----------
    path : path
    net : UNet
    state : dict of str to array, optional
    notes : dict, optional
        Anything that JSON can hold.
    half : bool
        Round the parameters to float16, in half the room. Read again, they are of the network's own dtype.
    """
    mean, std = (np.asarray(value, float).tolist() for value in net.normalization)
    settings = {"format": FORMAT, "net": net.settings, "normalization": [mean, std]}
    settings |= {"each_image": net.each_image, "padding": net.padding, "threshold": net.threshold, "notes": notes or {}}
    params = {name: to_host(value) for name, value in net.params.items()}
    arrays: dict[str, Any] = {
        f"params/{name}": value.astype(np.float16) if half else value for name, value in params.items()
    }
    arrays |= {f"state/{name}": to_host(value) for name, value in (state or {}).items()}
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, settings=np.array(json.dumps(settings)), **arrays)


def load(path, layers=None):
    """Read a network that `UNet.save` or a training run wrote, or one that comes with minunet.

    Parameters
    ----------
    path : path
        Or the name of a network that comes with minunet, of `minunet.weights.SHIPPED`.
    layers : module or namespace, optional
        The layer set, as for `UNet`.

    Returns
    -------
    UNet

    Raises
    ------
    OSError
        Where the file cannot be opened.
    ValueError
        Where it is truncated, damaged, or not such a file.
    """
    return load_with_state(shipped_file(path) if path in SHIPPED else path, layers)[0]


def load_with_state(path, layers=None):
    """As `load`, and the state (dict of str to array) and the notes (dict) stored beside the network."""
    with open(path, "rb") as file:
        try:
            settings, arrays = read_archive(file, FORMAT)
            wanted = settings["net"]
            shapes = parameter_shapes(*(wanted[name] for name in ("in_channels", "classes", "base", "depth")))
            for name, shape in shapes.items():  # before a network of that size takes its memory
                found = arrays.get(f"params/{name}")
                if found is None or found.shape != shape or found.dtype not in (wanted["dtype"], np.float16):
                    raise ValueError(f"{name} is missing or is not {wanted['dtype']} of shape {shape}")
            net = UNet(**wanted)
            if net.settings != wanted:
                raise ValueError(f"its settings are {wanted}, expected {', '.join(net.settings)}")
            net.params.update({name: arrays[f"params/{name}"].astype(wanted["dtype"], copy=False) for name in shapes})
            mean, std = (
                np.array(value) if isinstance(value, list) else float(value) for value in settings["normalization"]
            )
            net.normalization = (mean, std)
            net.each_image = settings.get("each_image", False)  # the oldest files have none of these three
            if not isinstance(net.each_image, bool):
                raise ValueError(f"its each_image is {net.each_image!r}, expected true or false")
            net.padding = settings.get("padding", "mirror")
            if net.padding not in PADDINGS:
                raise ValueError(f"its padding is {net.padding!r}, expected one of {', '.join(PADDINGS)}")
            net.threshold = float(settings.get("threshold", 0.5))
            if not 0 <= net.threshold <= 1:
                raise ValueError(f"its threshold is {net.threshold}, no probability")
            notes = settings["notes"]
        except Exception as error:  # damaged bytes make zipfile and NumPy raise a dozen kinds
            raise ValueError(
                f"{path} is not a whole minunet weights file ({error}); "
                "expected one written by net.save or minunet train"
            ) from error
    net.layers = layer_set(layers)  # out here: a layer set that does not fit is no fault of the file
    state = {name.removeprefix("state/"): value for name, value in arrays.items() if name.startswith("state/")}
    return net, state, notes
