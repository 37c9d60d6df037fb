"""The folder that the far side sees, with its own files and the program, and the command that starts Python there."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

INSIDE = Path(__file__).parent / "inside"
PACKAGES = ("numpy", "scipy")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # without which some Pythons do not start
START = "import sys; sys.path += sys.argv[2:]; from inside import server; server.{}()"


class Stage:
    """A temporary folder, and how to start Python in it.

    Parameters
    ----------
    program : dict of str to bytes
        File names and contents, ``main.py`` among them.
    preload : iterable of str
        Modules to load before any job.
    """

    def __init__(self, program, preload=()):
        self._preload = list(preload)
        self._temporary = TemporaryDirectory(prefix="minunet-grading-", ignore_cleanup_errors=True)
        self.folder = Path(self._temporary.name)
        (self.folder / "root").mkdir()  # where a root folder of its own is put, at level 3
        own = {file.name: file.read_bytes() for file in INSIDE.glob("*.py")}
        for name, files in (("inside", own), ("program", program)):
            (self.folder / name).mkdir()
            for file, content in files.items():
                path = self.folder / name / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                path.chmod(0o444)
            for folder in (self.folder / name, *(self.folder / name).glob("**/")):
                folder.chmod(0o555)
        self.folder.chmod(0o555)

    def command(self, entry, level):
        """To start Python at the function `entry` of ``inside/server.py``: without our path, nor any site-packages."""
        packages = {name: _folder(name) for name in PACKAGES}
        settings = {
            "level": level,
            "stage": str(self.folder),
            "preload": self._preload,
            "packages": {name: folder for name, folder in packages.items() if folder},
        }
        paths = str(self.folder), str(self.folder / "program")
        return [sys.executable, "-I", "-S", "-B", "-u", "-c", START.format(entry), json.dumps(settings), *paths]

    def environment(self):
        """Nothing of the grader's, which may hold keys and names."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**dict.fromkeys(ONE_THREAD, "1"), "LANG": "C.UTF-8", **kept}

    def remove(self):
        if not self.folder.exists():  # Python has removed it already, on its way out
            return
        for folder in (self.folder, *self.folder.glob("**/")):
            folder.chmod(0o755)
        self._temporary.cleanup()


def _folder(package):
    spec = importlib.util.find_spec(package)
    return os.path.dirname(os.path.realpath(spec.origin)) if spec and spec.origin else None
