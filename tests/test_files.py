"""An output file is whole, or it is the old one, or it is not there."""

import os

import pytest

from minunet.files import whole_file


def write(path, text):
    """What every writer of the project does."""
    with whole_file(path) as temporary:
        temporary.write_text(text)


@pytest.mark.parametrize("kind", [str, os.fspath, lambda path: path], ids=["str", "fspath", "Path"])
@pytest.mark.parametrize("name", ["plain", "with.suffix", "with.two.suffixes", ".hidden"])
def test_a_file_is_written_under_its_own_name_and_no_other(tmp_path, kind, name):
    write(kind(tmp_path / name), "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: "new"}


def test_the_temporary_file_lies_beside_the_file_and_keeps_its_suffix(tmp_path):
    with whole_file(tmp_path / "image.tif") as temporary:
        assert temporary.parent == tmp_path  # a rename is atomic within one folder alone
        assert temporary.suffix == ".tif"  # some writers choose the format by it
        temporary.write_bytes(b"")


def test_until_the_block_ends_the_old_file_is_there(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("old")
    with whole_file(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, SystemExit])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "log.csv"
    path.write_text("old")

    def half_written():
        with whole_file(path) as temporary:
            temporary.write_text("ne")
            raise error("stopped")

    with pytest.raises(error, match="stopped"):
        half_written()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"log.csv": "old"}


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, function):
    def fail(*_):
        raise OSError(28, "No space left on device")

    path = tmp_path / "log.csv"
    path.write_text("old")
    monkeypatch.setattr(os, function, fail)
    with pytest.raises(OSError, match="No space left"):
        write(path, "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"log.csv": "old"}


def test_the_bytes_are_on_the_disk_before_the_rename(tmp_path, monkeypatch):
    calls = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, name=name, real=real: (calls.append(name), real(*args)))
    write(tmp_path / "log.csv", "new")
    assert calls == ["fsync", "replace"]


def test_what_a_killed_run_left_behind_is_overwritten(tmp_path):
    path = tmp_path / "log.csv"
    with whole_file(path) as temporary:
        temporary.write_text("first")
    temporary.write_text("left behind by a killed run")
    write(path, "second")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"log.csv": "second"}


def test_a_missing_folder_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        write(tmp_path / "missing" / "log.csv", "new")
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_writes_nothing_is_an_os_error(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), whole_file(path):
        pass
    assert path.read_text() == "old"


def test_an_error_names_the_file_and_not_the_temporary_one(tmp_path):
    with pytest.raises(FileNotFoundError) as caught, whole_file(tmp_path / "nowhere" / "a.txt") as temporary:
        temporary.write_text("lost")
    assert caught.value.filename == str(tmp_path / "nowhere" / "a.txt")
