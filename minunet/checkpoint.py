"""Weights in one file, without pickle: an .npz archive of plain arrays and one line of JSON.

settings            the network's settings and normalisation, and the writer's own notes, as JSON
params/NAME         each parameter
state/NAME          anything more the writer wants back, such as an optimizer's velocity
"""

import json
import zipfile
import zlib

import numpy as np

from .device import to_host
from .files import whole_file
from .unet import UNet, parameter_shapes

FORMAT = "minunet weights 1"


def save(path, net, state=None, notes=None):
    """Write `net` to `path`, whole or not at all.

    Parameters
    ----------
    path : path
    net : UNet
    state : dict of str to array, optional
    notes : dict, optional
        Anything that JSON can hold.
    """
    mean, std = (np.asarray(value, float).tolist() for value in net.normalization)
    settings = {"format": FORMAT, "net": net.settings, "normalization": [mean, std], "notes": notes or {}}
    arrays = {f"params/{name}": to_host(value) for name, value in net.params.items()}
    arrays |= {f"state/{name}": to_host(value) for name, value in (state or {}).items()}
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, settings=np.array(json.dumps(settings)), **arrays)


def load(path, layers=None):
    """Read a network that `UNet.save` or a training run wrote.

    Parameters
    ----------
    path : path
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
    return load_with_state(path, layers)[0]


def load_with_state(path, layers=None):
    """As `load`, and the state (dict of str to array) and the notes (dict) stored beside the network."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            settings = json.loads(str(archive["settings"]))
            arrays = {name: archive[name] for name in archive.files if name != "settings"}
        if settings["format"] != FORMAT:
            raise ValueError(f"its format is {settings['format']!r}, not {FORMAT!r}")
        wanted = settings["net"]
        shapes = parameter_shapes(*(wanted[name] for name in ("in_channels", "classes", "base", "depth")))
        found = {name: arrays.get(f"params/{name}") for name in shapes}
        for name, shape in shapes.items():
            if found[name] is None or found[name].shape != shape:
                raise ValueError(f"{name} is missing or has another shape than {shape}")
        mean, std = (np.array(value) if isinstance(value, list) else value for value in settings["normalization"])
        notes = settings["notes"]
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(
            f"{path} is not a whole minunet weights file ({error}); expected one written by net.save or minunet train"
        ) from error
    net = UNet(**wanted, layers=layers)
    net.params.update(found)
    net.normalization = (mean, std)
    return (
        net,
        {name[len("state/") :]: value for name, value in arrays.items() if name.startswith("state/")},
        notes,
    )
