"""Every file form that users bring decodes to its values as stored; every broken file gets one clear line."""

import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image

from minunet.data import read_image, read_label_stack, read_labels, read_stack, write_tiff

HEIGHT, WIDTH = 13, 22


def pixels(*shape, dtype=np.uint8, seed=0):
    """Random values over the dtype's whole range (floats: 0 to 1000)."""
    rng = np.random.default_rng(seed)
    if np.issubdtype(dtype, np.integer):
        return rng.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)
    return (1000 * rng.random(shape)).astype(dtype)


def write_deep_png(path, array):
    """A PNG in 16-bit colour, which Pillow cannot write."""
    height, width, channels = array.shape
    colour_type = {2: 4, 3: 2, 4: 6}[channels]

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


# PNG


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_grey_png_has_one_channel(tmp_path, dtype):
    array = pixels(HEIGHT, WIDTH, dtype=dtype)
    Image.fromarray(array).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, array[np.newaxis])


@pytest.mark.parametrize("channels", [3, 4])
def test_a_colour_png_has_three_channels_and_loses_its_alpha(tmp_path, channels):
    array = pixels(HEIGHT, WIDTH, channels)
    Image.fromarray(array).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.moveaxis(array, -1, 0)[:3])


def test_grey_with_alpha_loses_its_alpha(tmp_path):
    array = pixels(HEIGHT, WIDTH, 2)
    Image.fromarray(array, "LA").save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), array[np.newaxis, ..., 0])


@pytest.mark.parametrize("channels", [3, 4])
def test_16_bit_colour_png_keeps_both_bytes(tmp_path, channels):
    array = pixels(HEIGHT, WIDTH, channels, dtype=np.uint16)
    write_deep_png(tmp_path / "a.png", array)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.moveaxis(array, -1, 0)[:3])


def test_16_bit_grey_with_alpha_is_refused_rather_than_cut_to_8_bits(tmp_path):
    write_deep_png(tmp_path / "a.png", pixels(HEIGHT, WIDTH, 2, dtype=np.uint16))
    with pytest.raises(ValueError, match=r"a\.png: 16-bit grey with alpha"):
        read_image(tmp_path / "a.png")


def test_a_palette_png_is_its_colours_as_image_and_its_indices_as_labels(tmp_path):
    indices, palette = pixels(HEIGHT, WIDTH) % 5, pixels(5, 3, seed=1)
    png = Image.fromarray(indices, "P")
    png.putpalette(palette.tobytes())
    png.save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), indices)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.moveaxis(palette[indices], -1, 0))


def test_a_1_bit_png_is_0_and_1(tmp_path):
    array = pixels(HEIGHT, WIDTH) > 99
    Image.fromarray(array).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), array[np.newaxis])
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), array)


# TIFF


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_grey_tiff_has_one_channel(tmp_path, dtype, compression):
    array = pixels(HEIGHT, WIDTH, dtype=dtype)
    tifffile.imwrite(tmp_path / "a.tif", array, compression=compression)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), array[np.newaxis].astype(np.float32))


@pytest.mark.parametrize("planar", ["contig", "separate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_colour_tiff_is_channels_first_however_it_is_stored(tmp_path, planar, dtype):
    array = pixels(3, HEIGHT, WIDTH, dtype=dtype)
    stored = np.moveaxis(array, 0, -1) if planar == "contig" else array
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", planarconfig=planar)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), array)


@pytest.mark.parametrize(("channels", "photometric"), [(2, "minisblack"), (4, "rgb")])
def test_a_tiff_loses_its_alpha(tmp_path, channels, photometric):
    array = pixels(HEIGHT, WIDTH, channels)
    tifffile.imwrite(
        tmp_path / "a.tif", array, photometric=photometric, planarconfig="contig", extrasamples=["unassalpha"]
    )
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), np.moveaxis(array, -1, 0)[:-1])


def test_the_channels_of_an_imagej_stack_are_channels(tmp_path):
    array = pixels(5, 2, HEIGHT, WIDTH)
    tifffile.imwrite(tmp_path / "a.tif", array, imagej=True, metadata={"axes": "ZCYX"})
    np.testing.assert_array_equal(read_stack(tmp_path / "a.tif"), array)


@pytest.mark.parametrize("compression", ["tiff_lzw", "jpeg", "packbits", "tiff_adobe_deflate"])
def test_compressed_tiffs_are_read_without_imagecodecs(tmp_path, compression):
    smooth = np.add.outer(5 * np.arange(HEIGHT), 3 * np.arange(WIDTH)).astype(np.uint8)
    Image.fromarray(smooth).save(tmp_path / "a.tif", compression=compression)
    image = read_image(tmp_path / "a.tif")
    np.testing.assert_allclose(image[0], smooth, atol=3 if compression == "jpeg" else 0)


def test_an_lzw_stack_keeps_every_page_and_16_bits(tmp_path):
    array = pixels(3, HEIGHT, WIDTH, dtype=np.uint16)
    first, *rest = (Image.fromarray(page) for page in array)
    first.save(tmp_path / "a.tif", compression="tiff_lzw", save_all=True, append_images=rest)
    np.testing.assert_array_equal(read_stack(tmp_path / "a.tif")[:, 0], array)


def test_lzw_colour_is_read(tmp_path):
    array = pixels(HEIGHT, WIDTH, 3)
    Image.fromarray(array).save(tmp_path / "a.tif", compression="tiff_lzw")
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), np.moveaxis(array, -1, 0))


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_a_palette_tiff_is_its_indices_also_as_image(tmp_path, compression):
    indices = pixels(HEIGHT, WIDTH)
    tiff = Image.fromarray(indices, "P")
    tiff.putpalette(pixels(256, 3, seed=1).tobytes())
    tiff.save(tmp_path / "a.tif", compression=compression)
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), indices[np.newaxis])


def test_a_large_image_is_read_without_pillows_warning(tmp_path, monkeypatch):
    Image.fromarray(pixels(HEIGHT, WIDTH)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", HEIGHT * WIDTH - 1)
    assert read_image(tmp_path / "a.png").shape == (1, HEIGHT, WIDTH)


def test_the_name_of_a_file_does_not_decide_what_it_is(tmp_path):
    array = pixels(HEIGHT, WIDTH)
    Image.fromarray(array).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.tif")
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), array[np.newaxis])


# stacks


@pytest.mark.parametrize("pages", [2, 3, 4, 6])
def test_pages_of_a_stack_known_to_be_grey_stay_pages(tmp_path, pages):
    array = pixels(pages, HEIGHT, WIDTH)
    as_tifffile_does_by_default = {"photometric": "rgb", "planarconfig": "separate"} if pages in (3, 4) else {}
    tifffile.imwrite(tmp_path / "a.tif", array, **as_tifffile_does_by_default)
    np.testing.assert_array_equal(read_stack(tmp_path / "a.tif", channels=1), array[:, np.newaxis])
    np.testing.assert_array_equal(read_label_stack(tmp_path / "a.tif"), array)


def test_a_single_image_is_a_stack_of_one(tmp_path):
    array = pixels(HEIGHT, WIDTH)
    tifffile.imwrite(tmp_path / "a.tif", array)
    np.testing.assert_array_equal(read_stack(tmp_path / "a.tif"), array[np.newaxis, np.newaxis])


def test_a_stack_is_no_single_image(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", pixels(6, HEIGHT, WIDTH))
    for read in (read_image, read_labels):
        with pytest.raises(ValueError, match=r"a\.tif: a stack of 6 pages; expected a single image"):
            read(tmp_path / "a.tif")


def test_pages_of_different_sizes_are_refused(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as tiff:
        tiff.write(pixels(HEIGHT, WIDTH))
        tiff.write(pixels(WIDTH, HEIGHT))
    with pytest.raises(ValueError, match=r"a\.tif: its pages differ in size"):
        read_stack(tmp_path / "a.tif")


# labels


def test_rgb_labels_with_equal_channels_are_one_map(tmp_path):
    array = pixels(HEIGHT, WIDTH)
    Image.fromarray(np.stack([array] * 3, axis=-1)).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png"), array)


def test_labels_in_colour_are_refused(tmp_path):
    Image.fromarray(pixels(HEIGHT, WIDTH, 3)).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=r"a\.png: the labels are in colour"):
        read_labels(tmp_path / "a.png")


def test_jpeg_labels_are_refused(tmp_path):
    Image.fromarray(pixels(HEIGHT, WIDTH)).save(tmp_path / "a.jpg")
    assert read_image(tmp_path / "a.jpg").shape == (1, HEIGHT, WIDTH)
    with pytest.raises(ValueError, match=r"a\.jpg: JPEG changes the values"):
        read_labels(tmp_path / "a.jpg")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float32])
def test_labels_are_int32_whatever_they_are_stored_as(tmp_path, dtype):
    array = (pixels(HEIGHT, WIDTH, dtype=np.uint8) % 7).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", array)
    labels = read_labels(tmp_path / "a.tif")
    assert labels.dtype == np.int32
    np.testing.assert_array_equal(labels, array)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.float32(0.5), "fractions"),
        (np.float32(np.nan), "fractions"),
        (np.int16(-1), "go from -1 to 0; expected 0 to"),
        (np.uint32(2**31), "expected 0 to 2147483647"),
    ],
)
def test_values_that_cannot_be_labels_are_refused(tmp_path, value, message):
    array = np.zeros((HEIGHT, WIDTH), value.dtype)
    array[3, 5] = value
    tifffile.imwrite(tmp_path / "a.tif", array)
    with pytest.raises(ValueError, match=rf"a\.tif: .*{message}"):
        read_labels(tmp_path / "a.tif")


# bad files


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_inf_are_counted(tmp_path, bad):
    array = pixels(HEIGHT, WIDTH, dtype=np.float32)
    array[2, 3] = array[4, 5] = bad
    tifffile.imwrite(tmp_path / "a.tif", array)
    with pytest.raises(ValueError, match=r"a\.tif: 2 of 286 values are NaN or infinite"):
        read_image(tmp_path / "a.tif")


def test_a_double_beyond_single_precision_counts_as_infinite(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((HEIGHT, WIDTH), 1e300))
    with pytest.raises(ValueError, match="286 of 286"):
        read_image(tmp_path / "a.tif")


def test_complex_pixels_are_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((HEIGHT, WIDTH), 1j, np.complex64))
    for read in (read_image, read_labels):
        with pytest.raises(ValueError, match=r"a\.tif"):
            read(tmp_path / "a.tif")


@pytest.fixture
def intact(tmp_path):
    """Files of every kind, to be broken."""
    grey, stack = pixels(HEIGHT, WIDTH), pixels(6, HEIGHT, WIDTH, dtype=np.uint16)
    Image.fromarray(grey).save(tmp_path / "grey.png")
    write_deep_png(tmp_path / "deep.png", pixels(HEIGHT, WIDTH, 3, dtype=np.uint16))
    Image.fromarray(grey).save(tmp_path / "grey.jpg")
    Image.fromarray(grey).save(tmp_path / "lzw.tif", compression="tiff_lzw")
    tifffile.imwrite(tmp_path / "grey.tif", grey)
    tifffile.imwrite(tmp_path / "stack.tif", stack)
    tifffile.imwrite(tmp_path / "zlib.tif", stack, compression="zlib", metadata=None)
    with tifffile.TiffWriter(tmp_path / "chained.tif") as tiff:  # each page's directory before its pixels
        for page in stack:
            tiff.write(page, contiguous=False, metadata=None)
    return sorted(tmp_path.iterdir())


def message_of_reading(path):
    """The message of the ValueError, or None where the file was read; any other exception passes through."""
    try:
        read_stack(path)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.7, 0.9])
def test_a_file_cut_short_gets_one_line_and_nothing_on_stderr(intact, part, capfd):
    for path in intact:
        whole = read_stack(path)
        path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
        message = message_of_reading(path)
        if message is None:  # what was cut off held no pixels
            assert part == 0.9, path
            np.testing.assert_array_equal(read_stack(path), whole)
        else:
            assert message.startswith(f"{path}: ")
            assert "\n" not in message
            assert "Buffered" not in message
    assert capfd.readouterr() == ("", "")


def test_a_stack_that_lost_its_last_pages_is_not_read_as_a_shorter_one(intact, caplog):
    path = next(path for path in intact if path.name == "chained.tif")
    with tifffile.TiffFile(path) as tiff:
        offsets = [page.offset for page in tiff.pages]
    data = path.read_bytes()
    for offset in offsets[1:]:
        path.write_bytes(data[:offset])
        with pytest.raises(ValueError, match=r"chained\.tif: the image is damaged or cut short"):
            read_stack(path)
    path.write_bytes(data[:8])
    with pytest.raises(ValueError, match="cut short"):
        read_stack(path)
    assert caplog.records == []


def test_damage_inside_a_file_never_escapes_as_another_exception(intact, capfd):
    rng = np.random.default_rng(0)
    refused = 0
    for path in intact:
        data = bytearray(path.read_bytes())
        for _ in range(20):
            damaged = data.copy()
            for position in rng.integers(0, len(data), 8):
                damaged[position] = rng.integers(256)
            path.write_bytes(damaged)
            message = message_of_reading(path)
            if message is not None:
                refused += 1
                assert message.startswith(f"{path}: ")
                assert "\n" not in message
    assert refused > 50
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
@pytest.mark.parametrize("read", [read_image, read_labels, read_stack, read_label_stack])
def test_an_empty_or_foreign_file_gets_one_line(tmp_path, suffix, read, capfd):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r": the file is empty; expected a PNG or a TIFF$"):
        read(path)
    path.write_bytes(b"These are not pixels.")
    with pytest.raises(ValueError, match=r": not an image that can be read; expected a PNG or a TIFF$"):
        read(path)
    assert capfd.readouterr() == ("", "")


def test_16_bit_lzw_colour_is_refused_rather_than_cut_to_8_bits(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pixels(HEIGHT, WIDTH, 3, dtype=np.uint16), photometric="rgb")
    data = bytearray(path.read_bytes())  # set the tag Compression (259, a short) from 1 = none to 5 = LZW
    tag = data.index(struct.pack("<HHIH", 259, 3, 1, 1))
    data[tag + 8] = 5
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.tif: LZW compression of 16-bit colour cannot be read; save"):
        read_image(path)


def test_a_missing_file_is_an_oserror_that_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.png"):
        read_image(tmp_path / "absent.png")


# writing


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (3, HEIGHT, WIDTH), (5, HEIGHT, WIDTH), (HEIGHT, WIDTH, 3)])
def test_what_is_written_is_read_back_by_us_and_by_pillow(tmp_path, dtype, shape):
    array = pixels(*shape, dtype=dtype)
    write_tiff(tmp_path / "a.tif", array)
    pages = array.reshape(-1, *shape[-2:])
    np.testing.assert_array_equal(read_stack(tmp_path / "a.tif")[:, 0], pages)
    with Image.open(tmp_path / "a.tif") as tiff:
        assert tiff.n_frames == len(pages)
        for number, page in enumerate(pages):
            tiff.seek(number)
            np.testing.assert_array_equal(np.asarray(tiff), page)
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]


def test_a_stack_of_probabilities_is_written_page_by_page(tmp_path):
    array = pixels(4, 3, HEIGHT, WIDTH, dtype=np.float32)
    write_tiff(tmp_path / "a.tif", array)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tif"), array)


def test_a_label_map_is_written_small(tmp_path):
    array = np.zeros((200, 300), np.uint8)
    write_tiff(tmp_path / "a.tif", array)
    assert (tmp_path / "a.tif").stat().st_size < array.nbytes / 20


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4)), "cannot write float64 to .*expected uint8, uint16, float32"),
        (np.zeros(4, np.uint8), r"shape \(4,\)"),
    ],
)
def test_what_no_viewer_opens_is_not_written(tmp_path, array, message):
    with pytest.raises(ValueError, match=message):
        write_tiff(tmp_path / "a.tif", array)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_oserror(tmp_path):
    with pytest.raises(OSError, match="absent"):
        write_tiff(tmp_path / "absent" / "a.tif", np.zeros((3, 4), np.uint8))
