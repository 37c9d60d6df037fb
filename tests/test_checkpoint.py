"""Weights files: what was saved comes back bit for bit, and nothing else is taken for one."""

import errno
import io
import json
import os
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

import minunet as mu
from minunet import checkpoint, layers
from minunet.checkpoint import load_with_state, save

SETTINGS = {"in_channels": 2, "classes": 3, "base": 2, "depth": 1, "dropout": 0.25}


def some_net(dtype="float32", seed=1):
    net = mu.UNet(**SETTINGS, dtype=dtype, seed=seed)
    net.params["head.bias"] += np.array([0.1, -0.0, 1e-40], dtype)  # a minus zero and a denormal are bits too
    return net


def some_state():
    rng = np.random.default_rng(2)
    return {"v/head.weight": rng.standard_normal((30, 40)).astype("float32"), "t": np.array(7)}


def assert_same_network(found, net):
    """Equal to the last bit, the sign of zero included."""
    assert found.settings == net.settings
    assert list(found.params) == list(net.params)
    for name, value in net.params.items():
        assert found.params[name].dtype == value.dtype
        assert found.params[name].shape == value.shape
        assert found.params[name].tobytes() == value.tobytes()
    for value, wanted in zip(found.normalization, net.normalization, strict=True):
        np.testing.assert_array_equal(value, wanted)
    assert (found.threshold, found.padding, found.each_image) == (net.threshold, net.padding, net.each_image)


def assert_refused(path, reason=None):
    """One line that names the file, what is wrong with it, and what was expected."""
    with pytest.raises(ValueError, match=reason) as caught:
        mu.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path} is not a whole minunet weights file (")
    assert message.endswith("); expected one written by net.save or minunet train")
    assert "\n" not in message


@pytest.fixture
def saved(tmp_path):
    """A file with a network, state and notes."""
    path = tmp_path / "weights.npz"
    save(path, some_net(), some_state(), {"step": 12})
    return path


class TestRoundTrip:
    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_parameters_and_settings(self, tmp_path, dtype):
        net = some_net(dtype)
        net.save(tmp_path / "weights.npz")
        found = mu.load(tmp_path / "weights.npz")
        assert_same_network(found, net)
        x = np.random.default_rng(3).standard_normal((1, 2, 18, 20)).astype(dtype)
        np.testing.assert_array_equal(found.forward(x)[0], net.forward(x)[0])

    @pytest.mark.parametrize(
        "normalization",
        [(0.1, 0.3), (np.float32(0.1), 2), (np.array([0.1, 1 / 3]), np.array([2.0, 1e-7]))],
        ids=["numbers", "numpy and whole numbers", "one for each channel"],
    )
    def test_normalization(self, tmp_path, normalization):
        net = some_net()
        net.normalization = normalization
        net.save(tmp_path / "weights.npz")
        assert_same_network(mu.load(tmp_path / "weights.npz"), net)

    def test_threshold_padding_and_each_image(self, tmp_path):
        net = some_net()
        net.threshold, net.padding, net.each_image = 0.85, "zero", True
        net.save(tmp_path / "weights.npz")
        assert_same_network(mu.load(tmp_path / "weights.npz"), net)

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_half_the_room_for_parameters_rounded_to_float16(self, tmp_path, dtype):
        net = some_net(dtype)
        save(tmp_path / "half.npz", net, half=True)
        for name, value in net.params.items():
            net.params[name] = value.astype(np.float16).astype(dtype)
        assert_same_network(mu.load(tmp_path / "half.npz"), net)
        net = mu.UNet(base=16, depth=2)
        save(tmp_path / "half.npz", net, half=True)
        save(tmp_path / "whole.npz", net)
        assert os.path.getsize(tmp_path / "half.npz") < 0.6 * os.path.getsize(tmp_path / "whole.npz")

    def test_state_and_notes(self, saved):
        net, state, notes = load_with_state(saved)
        assert_same_network(net, some_net())
        assert state.keys() == some_state().keys()
        for name, value in some_state().items():
            assert state[name].dtype == value.dtype
            np.testing.assert_array_equal(state[name], value)
        assert notes == {"step": 12}

    def test_without_state_and_notes(self, tmp_path):
        some_net().save(tmp_path / "weights.npz")
        assert load_with_state(tmp_path / "weights.npz")[1:] == ({}, {})

    def test_an_optimizer_goes_on_from_its_state(self, tmp_path):
        net = some_net()
        rng = np.random.default_rng(4)
        grads = {name: rng.standard_normal(value.shape).astype("f4") for name, value in net.params.items()}
        optimizer = mu.Adam(net.params)
        optimizer.step(grads)
        save(tmp_path / "last.npz", net, optimizer.state)

        resumed, state, _ = load_with_state(tmp_path / "last.npz")
        again = mu.Adam(resumed.params)
        again.state.update(state)
        optimizer.step(grads)
        again.step(grads)
        assert_same_network(resumed, net)

    @pytest.mark.parametrize("kind", [str, Path], ids=["str", "Path"])
    @pytest.mark.parametrize("name", ["weights.npz", "weights", "best.v1", "weights.minunet"])
    def test_the_file_is_named_as_asked(self, tmp_path, kind, name):
        some_net().save(kind(tmp_path / name))
        assert os.listdir(tmp_path) == [name]
        assert_same_network(mu.load(kind(tmp_path / name)), some_net())

    def test_the_same_network_makes_the_same_bytes(self, tmp_path):
        for name in ("first", "second"):
            some_net().save(tmp_path / name)
        assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()

    def test_it_is_a_plain_archive_of_plain_arrays(self, saved):
        with np.load(saved, allow_pickle=False) as archive:
            names = set(archive.files)
            settings = json.loads(str(archive["settings"]))
        params = {f"params/{name}" for name in some_net().params}
        assert names == {"settings", *params, *(f"state/{name}" for name in some_state())}
        assert settings["net"] == SETTINGS | {"dtype": "float32"}

    def test_load_takes_a_layer_set(self, saved):
        assert mu.load(saved, layers=layers).layers is layers
        with pytest.raises(ValueError, match=r"^layers lacks conv2d_forward"):
            mu.load(saved, layers=object())


class TestDamage:
    def test_a_missing_file_is_an_os_error(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="missing"):
            mu.load(tmp_path / "missing.npz")

    def test_a_folder_is_an_os_error(self, tmp_path):
        with pytest.raises(OSError, match=re.escape(tmp_path.name)):
            mu.load(tmp_path)

    def test_a_truncated_file_is_refused(self, saved):
        whole = saved.read_bytes()
        lengths = {0, 1, 3, 4, 30, *np.linspace(31, len(whole) - 1, 40, dtype=int)}
        for length in lengths:
            saved.write_bytes(whole[:length])
            assert_refused(saved)

    def test_a_changed_byte_is_refused_or_harmless(self, saved):
        whole = saved.read_bytes()
        net, state, notes = load_with_state(saved)
        places = np.random.default_rng(5).choice(len(whole), 300, replace=False)
        refused = 0
        for place in places:
            damaged = bytearray(whole)
            damaged[place] ^= 1 << place % 8
            saved.write_bytes(damaged)
            try:
                found, found_state, found_notes = load_with_state(saved)
            except ValueError:
                assert_refused(saved)
                refused += 1
            else:  # a date, an attribute or another field that no array depends on
                assert_same_network(found, net)
                assert found_notes == notes
                for name, value in state.items():
                    np.testing.assert_array_equal(found_state[name], value)
        assert refused > 0.8 * len(places)

    def test_a_changed_byte_in_any_array_is_refused(self, saved):
        whole = saved.read_bytes()
        with zipfile.ZipFile(saved) as archive:
            members = archive.infolist()
        for member in members:
            header = whole[member.header_offset : member.header_offset + 30]
            start = member.header_offset + 30 + sum(np.frombuffer(header[26:30], "<u2"))
            for place in (0, 70, member.file_size // 2, member.file_size - 1):
                damaged = bytearray(whole)
                damaged[start + place] ^= 0x01
                saved.write_bytes(damaged)
                assert_refused(saved)

    def test_a_changed_shape_of_a_large_array_is_refused(self, saved):
        # Fewer bytes than the archive holds are read then, so that zipfile alone never compares the CRC.
        whole = saved.read_bytes()
        assert whole.count(b"(30, 40)") == 1
        saved.write_bytes(whole.replace(b"(30, 40)", b"(20, 40)"))
        assert_refused(saved, "state/v/head.weight")

    @pytest.mark.parametrize(
        ("field", "value"), [(6, 0x40), (8, 0x20), (10, 0x21), (42, 0xFF)], ids=["6", "8", "10", "42"]
    )
    def test_a_changed_field_of_the_archives_directory_is_refused(self, saved, field, value):
        # Version, flags (encrypted, a patch), compression method and offset: each another error of zipfile's.
        whole = bytearray(saved.read_bytes())
        whole[whole.index(b"PK\x01\x02") + field] ^= value
        saved.write_bytes(whole)
        assert_refused(saved)


class Payload:
    """Unpickled, it makes a folder: the proof that somebody's code has run."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


class TestForeignFiles:
    @pytest.mark.parametrize(
        "content",
        [b"", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"II*\0" + bytes(99), b"PK\x05\x06" + bytes(18), b"weights"],
        ids=["empty", "png", "tiff", "empty archive", "text"],
    )
    def test_other_content_is_refused(self, tmp_path, content):
        path = tmp_path / "weights.npz"
        path.write_bytes(content)
        assert_refused(path)

    def test_a_single_array_is_refused(self, tmp_path):
        np.save(tmp_path / "array.npy", np.arange(5.0))
        assert_refused(tmp_path / "array.npy")

    def test_another_archive_is_refused(self, tmp_path):
        np.savez(tmp_path / "other.npz", image=np.arange(5.0))
        assert_refused(tmp_path / "other.npz", "settings")

    @pytest.mark.parametrize("where", ["settings", "params/head.bias", "state/t"])
    def test_a_pickle_inside_is_never_executed(self, tmp_path, saved, where):
        executed = tmp_path / "executed"
        np.savez(saved, **(contents(saved) | {where: np.array([Payload(executed)], dtype=object)}))
        assert_refused(saved)
        assert not executed.exists()
        with np.load(saved, allow_pickle=True) as trusting:
            trusting[where]
        assert executed.exists(), "the payload must be a live one"

    def test_a_pickle_is_never_executed(self, tmp_path):
        path, executed = tmp_path / "weights.npz", tmp_path / "executed"
        path.write_bytes(pickle.dumps(Payload(executed)))
        assert_refused(path)
        assert not executed.exists()
        np.load(path, allow_pickle=True)
        assert executed.exists(), "the payload must be a live one"


def contents(path):
    """The arrays of a weights file."""
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def settings_of(arrays):
    """The settings in the arrays of a weights file."""
    return json.loads(str(arrays["settings"]))


class TestWrongContents:
    def rewrite(self, path, arrays=None, without=(), **settings):
        """The file again with some arrays replaced or taken away, and some settings replaced."""
        old = contents(path)
        changed = old | {"settings": np.array(json.dumps(settings_of(old) | settings))} | (arrays or {})
        np.savez(path, **{name: value for name, value in changed.items() if name not in without})

    def test_rewritten_unchanged_it_is_read(self, saved):
        self.rewrite(saved)
        assert_same_network(mu.load(saved), some_net())

    def test_files_from_before_threshold_padding_and_each_image_have_what_was_before(self, saved):
        arrays = contents(saved)
        settings = settings_of(arrays)
        del settings["threshold"], settings["padding"], settings["each_image"]
        np.savez(saved, **arrays | {"settings": np.array(json.dumps(settings))})
        net = mu.load(saved)
        assert (net.threshold, net.padding, net.each_image) == (0.5, "mirror", False)

    @pytest.mark.parametrize("each_image", [None, 1, "true"], ids=str)
    def test_an_each_image_that_is_neither_true_nor_false_is_refused(self, saved, each_image):
        self.rewrite(saved, each_image=each_image)
        assert_refused(saved, "its each_image is .*, expected true or false")

    @pytest.mark.parametrize("padding", [None, "reflect", 0], ids=str)
    def test_a_padding_that_is_none_is_refused(self, saved, padding):
        self.rewrite(saved, padding=padding)
        assert_refused(saved, "its padding is .*, expected one of mirror, zero")

    @pytest.mark.parametrize("threshold", [None, "high", [0.5], -0.1, 1.5, float("nan")], ids=str)
    def test_a_threshold_that_is_none_is_refused(self, saved, threshold):
        self.rewrite(saved, threshold=threshold)
        assert_refused(saved, "threshold" if isinstance(threshold, float) else None)

    def test_another_format_is_refused_by_its_name(self, saved):
        self.rewrite(saved, format="minunet weights 2")
        assert_refused(saved, "its format is 'minunet weights 2', and this minunet reads 'minunet weights 1'")

    def test_a_missing_parameter_is_refused_by_its_name(self, saved):
        self.rewrite(saved, without=["params/up0.conv1.bias"])
        assert_refused(saved, r"up0\.conv1\.bias")

    @pytest.mark.parametrize("shape", [(3, 2, 1), (2, 3, 1, 1), (3, 4, 1, 1), ()], ids=str)
    def test_a_parameter_of_another_shape_is_refused_by_its_name(self, saved, shape):
        self.rewrite(saved, {"params/head.weight": np.zeros(shape, "float32")})
        assert_refused(saved, r"head\.weight")

    @pytest.mark.parametrize("dtype", ["int32", "float64", "U4"])
    def test_a_parameter_of_another_dtype_is_refused_by_its_name(self, saved, dtype):
        self.rewrite(saved, {"params/head.bias": np.zeros(3, dtype)})
        assert_refused(saved, r"head\.bias")

    @pytest.mark.parametrize(
        "settings",
        [
            {"base": 3},
            {"depth": 0},
            {"depth": "deep"},
            {"dropout": 2},
            {"dropout": None},
            {"dtype": "float23"},
            {"colour": "red"},
        ],
        ids=str,
    )
    def test_settings_that_fit_no_network_or_another_are_refused(self, saved, settings):
        self.rewrite(saved, net=SETTINGS | {"dtype": "float32"} | settings)
        assert_refused(saved)

    @pytest.mark.parametrize("missing", [*SETTINGS, "dtype"])
    def test_a_missing_setting_is_not_replaced_by_its_default(self, saved, missing):
        settings = SETTINGS | {"dtype": "float32"}
        del settings[missing]
        self.rewrite(saved, net=settings)
        assert_refused(saved)

    @pytest.mark.parametrize("normalization", [[0.0], 5, {"mean": 0}], ids=str)
    def test_a_normalization_that_is_none_is_refused(self, saved, normalization):
        self.rewrite(saved, normalization=normalization)
        assert_refused(saved)

    @pytest.mark.parametrize("settings", ["not json", "[]", "{}", '"text"'])
    def test_settings_that_are_none_are_refused(self, saved, settings):
        self.rewrite(saved, {"settings": np.array(settings)})
        assert_refused(saved)


class TestFailingWrites:
    """Whatever goes wrong, the old file stays whole and no temporary one is left."""

    @pytest.fixture
    def old(self, saved):
        """The bytes of the old file; they must be there afterwards, alone in the folder."""
        whole = saved.read_bytes()
        yield whole
        assert saved.read_bytes() == whole
        assert os.listdir(saved.parent) == [saved.name]

    @pytest.mark.usefixtures("old")
    def test_a_failing_rename(self, saved, monkeypatch):
        def fail(*_):
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(os, "replace", fail)
        with pytest.raises(PermissionError):
            some_net(seed=9).save(saved)

    @pytest.mark.usefixtures("old")
    def test_a_file_that_cannot_be_opened(self, saved, monkeypatch):
        def fail(path, *_):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

        monkeypatch.setattr(checkpoint, "open", fail, raising=False)
        with pytest.raises(PermissionError):
            some_net(seed=9).save(saved)

    @pytest.mark.parametrize("room", [0, 100, 3000])
    def test_a_full_disk(self, saved, old, monkeypatch, room):
        class FullDisk(io.FileIO):
            def write(self, data):
                if self.tell() + len(data) > room:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return super().write(data)

        assert len(old) > room
        monkeypatch.setattr(checkpoint, "open", FullDisk, raising=False)
        with pytest.raises(OSError, match="No space left"):
            some_net(seed=9).save(saved)

    @pytest.mark.usefixtures("old")
    def test_notes_that_json_cannot_hold(self, saved):
        with pytest.raises(TypeError, match="not JSON serializable"):
            save(saved, some_net(seed=9), notes={"when": object()})

    def test_a_missing_folder_is_an_os_error(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="missing"):
            some_net().save(tmp_path / "missing" / "weights.npz")
        assert os.listdir(tmp_path) == []
