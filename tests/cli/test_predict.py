"""``minunet predict``: the files it writes, and the one line it says where it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageSequence

import minunet as mu
import minunet.objects
from minunet.cli import main
from minunet.data import read_stack, write_tiff
from minunet.data.images import open_stack
from minunet.metrics import SMALLEST_OBJECT, instances
from minunet.objects import METHODS, find_objects, watershed
from minunet.tiling import predict_rows

HEIGHT, WIDTH = 43, 58


def network(path, channels=1, classes=2):
    """A small network, untrained, but with something of every class in its masks."""
    net = mu.UNet(channels, classes, base=2, depth=1, seed=1)
    net.normalization = (100.0, 50.0)
    net.save(path)
    return net


def pages(count=1, channels=1, seed=0):
    """Blurred noise, uint8 (pages, channels, H, W): blobs large enough to be objects."""
    coarse = np.random.default_rng(seed).integers(0, 256, (count, channels, 5, 6), dtype=np.uint8)
    return np.kron(coarse, np.ones((10, 10), np.uint8))[:, :, :HEIGHT, :WIDTH]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with a network and an image."""
    monkeypatch.chdir(tmp_path)
    network("net.npz")
    tifffile.imwrite("a.tif", pages()[0, 0])
    return tmp_path


def predict(*arguments):
    return main(["predict", *arguments, "--weights", "net.npz", "--out", "out"])


def written():
    return sorted(os.listdir("out")) if os.path.isdir("out") else []


def complaint(capsys):
    """The one line on stderr of a command that failed, and nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    start = "minunet predict: "
    assert line.startswith(start)
    return line.removeprefix(start)


def with_pillow(path):
    """Each page of a TIFF, read by Pillow."""
    with Image.open(path) as file:
        return np.stack([np.asarray(page) for page in ImageSequence.Iterator(file)])


# What is written


def test_the_mask_is_the_class_of_each_pixel_as_uint8(folder):
    assert predict("a.tif") == 0
    assert written() == ["a_mask.tif"]
    mask = tifffile.imread("out/a_mask.tif")
    assert (mask.dtype, mask.shape) == (np.uint8, (HEIGHT, WIDTH))
    np.testing.assert_array_equal(mask, mu.predict(mu.load("net.npz"), pages()[0]).argmax(axis=0))
    np.testing.assert_array_equal(with_pillow("out/a_mask.tif")[0], mask)
    assert set(np.unique(mask)) == {0, 1}


def test_probabilities_are_float32_classes_first(folder):
    assert predict("a.tif", "--probabilities") == 0
    assert written() == ["a_mask.tif", "a_prob.tif"]
    probabilities = tifffile.imread("out/a_prob.tif")
    assert (probabilities.dtype, probabilities.shape) == (np.float32, (2, HEIGHT, WIDTH))
    np.testing.assert_array_equal(probabilities, mu.predict(mu.load("net.npz"), pages()[0]))
    np.testing.assert_array_equal(with_pillow("out/a_prob.tif"), probabilities)


def test_instances_are_the_numbered_parts_of_the_mask_as_uint16(folder):
    assert predict("a.tif", "--instances") == 0
    assert written() == ["a_instances.tif", "a_mask.tif"]
    objects = tifffile.imread("out/a_instances.tif")
    assert (objects.dtype, objects.shape) == (np.uint16, (HEIGHT, WIDTH))
    np.testing.assert_array_equal(objects, instances(tifffile.imread("out/a_mask.tif") > 0, SMALLEST_OBJECT))
    np.testing.assert_array_equal(with_pillow("out/a_instances.tif")[0], objects)
    assert objects.max() > 1


@pytest.mark.parametrize("method", ["components", "watershed"])
def test_instances_are_found_at_the_threshold_stored_with_the_weights_and_the_mask_is_the_likelier_class(
    folder, method
):
    net = mu.load("net.npz")
    probabilities = mu.predict(net, pages()[0])
    net.threshold = float(np.quantile(probabilities[1], 0.8))
    net.save("net.npz")
    assert predict("a.tif", "--instances", "--method", method) == 0
    np.testing.assert_array_equal(tifffile.imread("out/a_mask.tif"), probabilities.argmax(axis=0))
    wanted = find_objects(probabilities[1] > net.threshold, probabilities[1], method)
    np.testing.assert_array_equal(tifffile.imread("out/a_instances.tif"), wanted)
    assert 0.1 < np.mean(wanted > 0) < 0.2 < np.mean(probabilities.argmax(axis=0))


def test_with_a_watershed_doubtful_borders_part_objects(folder):
    assert predict("a.tif", "--instances", "--method", "watershed") == 0
    probabilities = mu.predict(mu.load("net.npz"), pages()[0])
    wanted = watershed(probabilities.argmax(axis=0) > 0, 1 - probabilities[0])
    np.testing.assert_array_equal(tifffile.imread("out/a_instances.tif"), wanted)
    assert written() == ["a_instances.tif", "a_mask.tif"]


def test_a_method_for_objects_that_nobody_asked_for_is_refused(folder, capsys):
    assert predict("a.tif", "--method", "watershed") == 2
    wanted = "--method says how objects are told apart, and none were asked for; give --instances too"
    assert complaint(capsys) == wanted
    with pytest.raises(SystemExit, match="2"):
        predict("a.tif", "--instances", "--method", "magic")
    error = capsys.readouterr().err
    assert "invalid choice: 'magic'" in error
    assert all(name in error for name in METHODS)
    assert written() == []


@pytest.mark.parametrize("count", [2, 3, 4])  # three or four pages are not taken for colours
def test_a_stack_in_a_stack_out(folder, count):
    stack = pages(count)[:, 0]
    tifffile.imwrite("stack.tif", stack, photometric="minisblack")
    assert predict("stack.tif", "--probabilities", "--instances") == 0
    net = mu.load("net.npz")
    wanted = np.stack([mu.predict(net, page) for page in stack])
    np.testing.assert_array_equal(tifffile.imread("out/stack_prob.tif"), wanted)
    np.testing.assert_array_equal(tifffile.imread("out/stack_mask.tif"), wanted.argmax(axis=1))
    for kind in ("mask", "instances"):
        assert tifffile.imread(f"out/stack_{kind}.tif").shape == stack.shape
        np.testing.assert_array_equal(with_pillow(f"out/stack_{kind}.tif"), tifffile.imread(f"out/stack_{kind}.tif"))


def test_images_of_different_sizes_and_formats_go_in_together(folder, capsys):
    Image.fromarray(pages()[0, 0, :21, :37]).save("b.v2.png")
    assert predict("a.tif", "b.v2.png", "--instances") == 0
    assert written() == ["a_instances.tif", "a_mask.tif", "b.v2_instances.tif", "b.v2_mask.tif"]
    assert tifffile.imread("out/b.v2_mask.tif").shape == (21, 37)
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{os.path.join('out', stem + '_mask.tif')}  {os.path.join('out', stem + '_instances.tif')}"
        for stem in ("a", "b.v2")
    ]
    assert err == ""


def test_a_colour_image_for_a_network_of_three_channels_and_classes(folder):
    network("net.npz", channels=3, classes=3)
    Image.fromarray(np.moveaxis(pages(channels=3)[0], 0, -1)).save("rgb.png")
    assert predict("rgb.png", "--probabilities") == 0
    wanted = mu.predict(mu.load("net.npz"), pages(channels=3)[0])
    np.testing.assert_array_equal(tifffile.imread("out/rgb_prob.tif"), wanted)
    assert written() == ["rgb_mask.tif", "rgb_prob.tif"]


def test_average_and_tile_are_passed_on(folder):
    assert predict("a.tif", "--probabilities", "--average", "--tile", "24") == 0
    wanted = mu.predict(mu.load("net.npz"), pages()[0], tile=24, average=True)
    np.testing.assert_array_equal(tifffile.imread("out/a_prob.tif"), wanted)
    assert np.abs(wanted - mu.predict(mu.load("net.npz"), pages()[0])).max() > 1e-3


def test_json_names_what_was_written(folder, capsys):
    assert predict("a.tif", "--instances", "--json") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    paths = {kind: os.path.join("out", f"a_{kind}.tif") for kind in ("mask", "instances")}
    assert entry == {"image": "a.tif", **paths}


def test_weights_may_be_a_runs_folder(folder):
    os.mkdir("run")
    os.rename("net.npz", "run/best.npz")
    assert main(["predict", "a.tif", "--weights", "run", "--out", "out"]) == 0
    assert written() == ["a_mask.tif"]


def test_a_mask_of_one_class_throughout_is_remarked_upon(folder, capsys):
    net = mu.load("net.npz")
    net.params["head.bias"][:] = 1000, 0
    net.save("net.npz")
    assert predict("a.tif") == 0
    warning = "warning: every pixel is of class 0; are these images like those that the network was trained on?\n"
    assert capsys.readouterr().err == warning


# Large images


def peak_memory(folder, height, *options):
    """Most memory in MiB that the command takes, in a process of its own, for a mapped image of `height` by 1024."""
    image = folder / f"{height}.tif"
    tifffile.imwrite(image, np.random.default_rng(0).integers(0, 256, (height, 1024), dtype=np.uint8))
    arguments = ["predict", str(image), "--weights", "tiny.npz", "--out", f"out{height}", "--tile", "252", *options]
    code = (
        f"from minunet.cli import main; assert main({arguments}) == 0; "
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    # One thread: how much memory each keeps for itself is chance.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(Path(mu.__file__).parents[1])}
    out = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True).stdout
    return int(out.split()[-1]) / 1024


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs Linux to tell the peak memory")
@pytest.mark.parametrize("average", [[], ["--average"]], ids=["plain", "average"])
def test_the_peak_memory_does_not_grow_with_the_image(folder, average):
    mu.UNet(base=1, depth=1).save("tiny.npz")
    small, large = (peak_memory(folder, height, *average) for height in (472, 2360))  # 2 and 10 tiles of one size
    probabilities = 2 * 4 * (2360 - 472) * 1024 / 2**20
    # Of an image and of a mask that are mapped, what was looked at counts as memory: a byte a pixel each. It can be
    # given back at any moment.
    assert large - small < probabilities / 2
    assert tifffile.imread("out2360/2360_mask.tif").shape == (2360, 1024)


def tiffs():
    """Ways to store an image: arguments of tifffile, the array, and whether it can be mapped."""
    grey, colour = pages(2)[:, 0], np.moveaxis(pages(2, channels=3), 1, -1)
    yield "grey", grey[0], {}, True
    yield "stack", grey, {}, True
    yield "16 bit", grey.astype(np.uint16) * 200, {}, True
    yield "big-endian", grey.astype(np.uint16) * 200, {"byteorder": ">"}, True
    yield "double", grey / 3, {}, True
    yield "colour", colour[0], {"photometric": "rgb"}, True
    yield "colour stack", colour, {"photometric": "rgb"}, True
    yield "planes", np.moveaxis(colour[0], -1, 0), {"photometric": "rgb", "planarconfig": "separate"}, False
    yield "alpha", colour[0][..., :2], {"photometric": "minisblack", "extrasamples": ["unassalpha"]}, False
    yield "compressed", grey, {"compression": "zlib"}, False
    yield "tiled", grey, {"tile": (16, 16)}, False


@pytest.mark.parametrize(("array", "options", "mapped"), [pytest.param(*case, id=name) for name, *case in tiffs()])
@pytest.mark.parametrize("channels", [None, 1])
def test_an_image_in_one_piece_stays_on_disk_and_has_the_values_that_reading_it_gives(
    tmp_path, array, options, mapped, channels
):
    tifffile.imwrite(tmp_path / "a.tif", array, **options)
    opened, read = open_stack(tmp_path / "a.tif", channels), read_stack(tmp_path / "a.tif", channels)
    np.testing.assert_array_equal(opened.astype(np.float32), read)
    assert (opened.shape, isinstance(opened, np.memmap)) == (read.shape, mapped)


def test_a_mapped_image_with_a_double_beyond_single_precision_is_refused(tmp_path):
    image = np.zeros((300, 7))
    image[2, 3], image[299, 5] = 1e300, np.nan
    tifffile.imwrite(tmp_path / "a.tif", image)
    with pytest.raises(ValueError, match=r"a\.tif: 2 of 2,100 values are NaN or infinite; mend or leave it out"):
        open_stack(tmp_path / "a.tif")


def test_results_wait_in_files_without_a_name(folder, monkeypatch):
    seen = []

    def looking(*given):
        seen.append(written())
        return predict_rows(*given)

    monkeypatch.setattr("minunet.tiling.predict_rows", looking)
    tifffile.imwrite("stack.tif", pages(2)[:, 0])
    assert predict("stack.tif", "--probabilities") == 0
    assert seen == [[], []]
    assert written() == ["stack_mask.tif", "stack_prob.tif"]


# Nothing is overwritten


def test_nothing_is_overwritten_and_nothing_at_all_is_written_then(folder, capsys):
    tifffile.imwrite("b.tif", pages()[0, 0])
    assert predict("b.tif") == 0
    before = Path("out/b_mask.tif").read_bytes()
    capsys.readouterr()
    assert predict("a.tif", "b.tif", "--instances") == 2
    path = os.path.join("out", "b_mask.tif")
    assert complaint(capsys) == f"{path} exists already; give --force to replace it, or another name"
    assert written() == ["b_mask.tif"]
    assert Path("out/b_mask.tif").read_bytes() == before


def test_force_replaces(folder):
    os.mkdir("out")
    Path("out/a_mask.tif").touch()
    assert predict("a.tif", "--force") == 0
    assert tifffile.imread("out/a_mask.tif").shape == (HEIGHT, WIDTH)


def test_two_images_of_one_stem_are_refused(folder, capsys):
    Image.fromarray(pages()[0, 0]).save("a.png")
    assert predict("a.tif", "a.png") == 2
    assert complaint(capsys) == "a.tif and a.png would write the same a_mask.tif; run them apart"
    assert written() == []


# Bad input


def bad_image(name):
    """Make an image that cannot be segmented, under its name."""
    if name == "nan.tif":
        array = pages()[0, 0].astype(np.float32)
        array[3, 4] = np.nan
        tifffile.imwrite(name, array)
    elif name == "rgb.png":
        Image.fromarray(np.moveaxis(pages(channels=3)[0], 0, -1)).save(name)
    elif name == "cut.tif":
        tifffile.imwrite(name, pages()[0, 0])
        os.truncate(name, os.path.getsize(name) // 2)
    elif name == "text.png":
        Path(name).write_text("no image")
    elif name == "folder":
        os.mkdir(name)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("nan.tif", "nan.tif: 1 of 2,494 values are NaN or infinite; mend or leave it out"),
        (
            "rgb.png",
            "rgb.png is a 3-channel image and the network takes 1; convert it, or use a network trained on such images",
        ),
        ("text.png", "text.png: not an image that can be read; expected a PNG or a TIFF"),
    ],
)
def test_an_image_that_will_not_do_stops_there_and_what_is_written_before_it_stays(folder, capsys, name, wanted):
    bad_image(name)
    tifffile.imwrite("z.tif", pages()[0, 0])
    assert predict("a.tif", name, "z.tif", "--json") == 2
    assert complaint(capsys) == wanted
    assert written() == ["a_mask.tif"]


def test_an_image_that_was_cut_short_is_named(folder, capsys):
    bad_image("cut.tif")
    assert predict("cut.tif") == 2
    assert complaint(capsys).startswith("cut.tif: the image is damaged or cut short (")
    assert written() == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("missing.tif", "missing.tif does not exist; expected a PNG, a TIFF or a TIFF stack"),
        ("folder", f"folder is a folder; give the images in it, such as {os.path.join('folder', '*.tif')}"),
    ],
)
def test_an_image_that_is_not_there_is_missed_before_anything_is_computed(folder, capsys, name, wanted):
    bad_image(name)
    assert predict("a.tif", name) == 2
    assert complaint(capsys) == wanted
    assert written() == []


def test_an_illegal_tile_names_the_nearest_legal_ones(folder, capsys):
    assert predict("a.tif", "--tile", "25") == 2
    assert complaint(capsys) == "input size 25 is not legal at depth 1; the nearest legal: 24 or 26"
    assert written() == []


@pytest.mark.parametrize("damage", ["cut short", "foreign", "missing", "empty run"])
def test_weights_that_will_not_do_are_named(folder, capsys, damage):
    if damage == "cut short":
        os.truncate("net.npz", os.path.getsize("net.npz") // 2)
    elif damage == "foreign":
        np.savez("net.npz", a=np.zeros(3))
    else:
        os.remove("net.npz")
        if damage == "empty run":
            os.mkdir("net.npz")
    assert predict("a.tif") == 2
    line = complaint(capsys)
    assert line.startswith("net.npz ")
    assert "expected" in line
    assert written() == []


def test_a_folder_below_a_file_is_refused(folder, capsys):
    Path("out").touch()
    assert main(["predict", "a.tif", "--weights", "net.npz", "--out", os.path.join("out", "sub")]) == 2
    path = os.path.join("out", "sub")
    assert complaint(capsys) == f"{path} cannot be made a folder (Not a directory); give another --out"


def test_a_full_disk_leaves_the_files_of_earlier_images_and_no_part_of_one(folder, capsys):
    os.mkdir("out")
    tifffile.imwrite("noise.tif", np.random.default_rng(0).integers(0, 256, (90, 110), dtype=np.uint8))
    # A limit on the size of files fails a write part-way, as a full disk does.
    resource = pytest.importorskip("resource", reason="needs a system that can limit the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        status = predict("a.tif", "noise.tif", "--probabilities", "--json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert status == 2
    path = os.path.join("out", "noise_prob.tif")
    wanted = f"{path} cannot be written (File too large); make room or give another --out, and run again"
    assert complaint(capsys) == wanted
    assert written() == ["a_mask.tif", "a_prob.tif"]
    for name in written():
        tifffile.imread(os.path.join("out", name))


def test_a_disk_that_is_full_says_so(folder, capsys, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    assert predict("a.tif") == 2
    assert "a_mask.tif cannot be written (No space left on device); make room" in complaint(capsys)
    assert written() == []


@pytest.mark.parametrize(("objects", "status"), [(65_535, 0), (65_536, 2)])
def test_more_objects_than_16_bits_can_number_are_refused_rather_than_numbered_anew(
    folder, capsys, monkeypatch, objects, status
):
    monkeypatch.setattr(minunet.objects, "find_objects", lambda mask, *_: np.full(mask.shape, objects, np.int32))
    assert predict("a.tif", "--instances", "--json") == status
    if status:
        wanted = "a.tif: objects go up to number 65536, expected at most 65535; cut the image into parts"
        assert complaint(capsys) == wanted
        assert written() == []
    else:
        assert tifffile.imread("out/a_instances.tif").max() == objects


def test_a_text_file_is_no_weights_and_nobody_is_told_to_load_pickles(tmp_path, capsys):
    weights = tmp_path / "notes.txt"
    weights.write_text("not weights")
    (tmp_path / "image.tif").touch()
    assert main(["predict", str(tmp_path / "image.tif"), "--weights", str(weights), "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "it is no .npz archive, or is cut short" in error
    assert "pickle" not in error


def test_ctrl_c_says_which_images_wait(tmp_path, capsys, monkeypatch):
    mu.UNet(base=1, depth=1).save(tmp_path / "net.npz")
    images = [str(tmp_path / f"{name}.tif") for name in "ab"]
    for image in images:
        write_tiff(image, np.zeros((12, 14), np.uint8))
    asked = []

    def interrupted_at_the_second(*given):
        asked.append(given)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return [(0, np.zeros((2, 12, 14), np.float32))]

    monkeypatch.setattr("minunet.tiling.predict_rows", interrupted_at_the_second)
    out = str(tmp_path / "out")
    options = "--instances --average --method watershed --tile 20"
    assert main(["predict", *images, "--weights", str(tmp_path / "net.npz"), "--out", out, *options.split()]) == 130
    rest = f"minunet predict {images[1]} --weights {tmp_path / 'net.npz'} --out {out} {options}"
    assert capsys.readouterr().err == f"minunet predict: interrupted; 1 of 2 done; go on with: {rest}\n"
    assert (tmp_path / "out" / "a_mask.tif").exists()
