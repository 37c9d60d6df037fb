"""NumPy and SciPy, and what they need: where they are, and how to import them without all that lies beside them."""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.util import spec_from_file_location

OF_OTHERS = ("site-packages", "dist-packages")  # where minunet, and with it the reference, may lie


SYSTEM = ("/etc/ld.so.cache", "/etc/alternatives", "/dev/urandom", "/dev/zero")


class Finder(MetaPathFinder):
    """Finds the packages it is given by their own folders: the folders around those are never on the path, nor read.

    Links to them would not do, for a shared library looks for others beside the path that it was loaded by.
    """

    def __init__(self, packages):
        self.packages = packages  # name to its own folder

    def find_spec(self, fullname, path=None, target=None):
        if path is not None or fullname not in self.packages:
            return None
        folder = self.packages[fullname]
        file = os.path.join(folder, "__init__.py")
        return spec_from_file_location(fullname, file, submodule_search_locations=[folder])


def folders_of(packages):
    """The folders of `packages`, and of the libraries that wheels put beside them."""
    return [path for folder in packages.values() for path in (folder, folder + ".libs") if os.path.isdir(path)]


def standard_library(stage):
    """(the folders that hold it, those in them that are not of it)."""
    folders = [path for path in sys.path if os.path.isdir(path) and not path.startswith(stage)]  # -I -S leaves no other
    inner = [os.path.join(folder, name) for folder in folders for name in OF_OTHERS]
    return folders, [path for path in inner if os.path.isdir(path)]


def library_folders():
    """Where the shared libraries are: those loaded by now, and their neighbours."""
    with open("/proc/self/maps") as maps:
        loaded = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if ".so" in line}
    folders = {os.path.dirname(path) for path in loaded} | {os.path.join(sys.base_prefix, "lib")}
    folders |= {folder.removeprefix("/usr") for folder in folders}  # the linker's list may call them by either name
    return sorted(folder for folder in folders if os.path.isdir(folder))


def readable_files(stage):
    """What Landlock lets a job read beside the packages and the program.

    Entry by entry, so that nothing comes along because it lies beside the standard library or a shared library.
    """
    folders, others = standard_library(stage)
    paths = [entry.path for folder in folders for entry in os.scandir(folder) if entry.path not in others]
    for folder in library_folders():
        paths += [entry.path for entry in os.scandir(folder) if ".so" in entry.name]
    return [*paths, *SYSTEM]
