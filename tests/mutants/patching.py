"""A planted mistake: a readable patch on the text of one of our files, and the code that it makes."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import minunet
from minunet import layers

PACKAGE = Path(minunet.__file__).parent


@dataclass(frozen=True)
class Mutant:
    """One mistake.

    Attributes
    ----------
    file : str
        Below minunet/.
    name, why : str
        What is wrong, and what somebody believed who wrote it.
    changes : dict of str to str
        Old text to new text; each old text stands in the file exactly once.
    """

    file: str
    name: str
    why: str
    changes: dict[str, str]

    def __str__(self):
        return f"{Path(self.file).stem}: {self.name}"

    def source(self):
        """The patched text of the file.

        Raises
        ------
        LookupError
            Where an old text is not found exactly once: the file has changed, and the patch must follow.
        """
        text = source_of(self.file)
        for old, new in self.changes.items():
            if text.count(old) != 1:
                raise LookupError(f"{self}: found {text.count(old)} times in {self.file}, expected once: {old!r}")
            text = text.replace(old, new)
        return text


def source_of(file):
    """The text of one of our files as it is."""
    return (PACKAGE / file).read_text(encoding="utf-8")


def build(file, source):
    """A module made of `source` that imports its neighbours as `file` does; the real one stays as it is."""
    name = "minunet." + file.removesuffix(".py").replace("/", ".")
    module = ModuleType(name)
    module.__package__ = name.rpartition(".")[0]
    exec(compile(source, f"<{file}, patched>", "exec"), module.__dict__)
    return module


def layer_set(file, source):
    """Our layers with those of `file` built from `source`."""
    functions = {name: getattr(layers, name) for name in layers.__all__}
    patched = vars(build(file, source))
    return SimpleNamespace(**{name: patched.get(name, ours) for name, ours in functions.items()})


def network_class(file, source):
    """`UNet` with ``unet.py`` or ``tape.py`` built from `source`."""
    if file == "unet.py":
        return build(file, source).UNet
    unet = build("unet.py", source_of("unet.py"))
    unet.Tape = build(file, source).Tape
    return unet.UNet
