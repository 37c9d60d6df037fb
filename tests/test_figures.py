"""The pictures: what they show, that nothing in them hides anything, and that they are written whole."""

import os

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from minunet import figures
from minunet.data import touching_cells
from minunet.figures import BACKGROUND, MISTAKES, OBJECTS, UNMATCHED, draw_log, draw_mistakes, draw_segmentation

HEAD = "step,lr,loss,pixel_error,iou,seg,found,true\n"


def write_log(path, steps=40, every=10, seg=True):
    """A log as training writes it: figures only in the rows where there was a validation."""
    rng = np.random.default_rng(0)
    with open(path, "w") as file:
        file.write(HEAD)
        for step in range(1, steps + 1):
            held_out = (
                f"0.1,0.{50 + step},{f'0.{40 + step}' if seg else ''},3,4" if every and step % every == 0 else ",,,,"
            )
            file.write(f"{step},0.001,{rng.lognormal(-2, 1):.6g},{held_out}\n")
    return path


def panels_of(height, width):
    """An image with its truth, a prediction, and maps of each kind."""
    sample = touching_cells((height, width), count=8, seed=4)
    rng = np.random.default_rng(0)
    return [
        ("image", sample.image[0], "image"),
        ("truth", sample.labels, "instances"),
        ("border weight map", 1 + rng.integers(0, 10, (height, width)), "weights"),
        ("probability", rng.random((height, width)), "probability"),
        ("U-Net", sample.labels[::-1, ::-1], "instances"),
        ("threshold", sample.labels * 0, "instances"),
    ]


@pytest.fixture
def drawn(monkeypatch):
    """The figures that are drawn, as they are saved."""
    seen = []
    save = figures._save
    monkeypatch.setattr(figures, "_save", lambda figure, path: (save(figure, path), seen.append(figure)))
    return seen


# The log


@pytest.mark.parametrize(("every", "seg", "wanted"), [(10, True, 3), (10, False, 2), (0, True, 0)])
def test_the_log_is_drawn_with_the_figures_that_it_has(tmp_path, drawn, every, seg, wanted):
    draw_log(write_log(tmp_path / "log.csv", every=every, seg=seg), tmp_path / "loss.png")
    with Image.open(tmp_path / "loss.png") as picture:
        assert picture.format == "PNG"
    loss, *held_out = drawn[0].axes
    each_step, running_mean = loss.lines
    assert len(each_step.get_xdata()) == len(running_mean.get_xdata()) == 40
    assert sum(len(axes.lines) for axes in held_out) == max(0, wanted - 1)
    for axes in held_out:
        np.testing.assert_array_equal(axes.lines[0].get_xdata(), [10, 20, 30, 40])
        np.testing.assert_allclose(axes.lines[0].get_ydata(), [0.6, 0.7, 0.8, 0.9])


def test_no_legend_lies_over_the_data(tmp_path, drawn):
    draw_log(write_log(tmp_path / "log.csv"), tmp_path / "loss.png")
    drawn[0].draw_without_rendering()  # saving drew at another resolution
    for axes in drawn[0].axes:
        assert not axes.get_legend().get_window_extent().overlaps(axes.get_window_extent())


def test_one_step_is_enough_for_a_picture(tmp_path):
    draw_log(write_log(tmp_path / "log.csv", steps=1, every=1), tmp_path / "loss.png")
    assert (tmp_path / "loss.png").exists()


def test_before_the_first_step_there_is_nothing_to_draw(tmp_path):
    draw_log(write_log(tmp_path / "log.csv", steps=0), tmp_path / "loss.png")
    assert not (tmp_path / "loss.png").exists()


@pytest.mark.parametrize("width", [1, 4, 100])
def test_the_running_mean_is_over_the_last_values(width):
    values = np.random.default_rng(0).random(17)
    wanted = [values[max(0, end - width) : end].mean() for end in range(1, 18)]
    np.testing.assert_allclose(figures._running_mean(values, width), wanted, rtol=1e-13)


# The segmentation


@pytest.mark.parametrize(("height", "width", "rows"), [(200, 50, 1), (60, 210, 3), (100, 110, 2)])
def test_panels_are_of_one_size_and_line_up_with_a_colour_bar_or_without(tmp_path, drawn, height, width, rows):
    draw_segmentation(panels_of(height, width), tmp_path / "a.png", "a title")
    (figure,) = drawn
    panels = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in panels] == [name for name, _, _ in panels_of(height, width)]
    boxes = np.array([axes.get_window_extent().extents for axes in panels])
    sizes = boxes[:, 2:] - boxes[:, :2]
    np.testing.assert_allclose(sizes, sizes[:1].repeat(6, axis=0), rtol=1e-12)
    assert sizes[0, 1] / sizes[0, 0] == pytest.approx(height / width)
    assert len(np.unique(boxes[:, 1].round(6))) == rows
    assert len(np.unique(boxes[:, 0].round(6))) == 6 // rows


@pytest.mark.parametrize(("height", "width"), [(200, 50), (60, 210), (100, 110)])
def test_nothing_in_the_picture_overlaps_or_is_cut_off(tmp_path, drawn, height, width):
    draw_segmentation(panels_of(height, width), tmp_path / "a.png", "a title")
    (figure,) = drawn
    panels = [axes for axes in figure.axes if axes.images]
    bars = [axes for axes in figure.axes if not axes.images]
    parts = [axes.get_window_extent() for axes in panels] + [axes.title.get_window_extent() for axes in panels]
    parts += [bar.get_tightbbox() for bar in bars] + [figure._suptitle.get_window_extent()]
    for number, part in enumerate(parts):
        assert part.x0 >= 0
        assert part.y0 >= 0
        assert part.x1 <= figure.bbox.x1
        assert part.y1 <= figure.bbox.y1
        assert not any(part.overlaps(other) for other in parts[:number])


def test_a_picture_has_no_empty_place_where_that_can_be():
    for count in range(1, 9):
        for aspect in (0.2, 1, 5):
            assert count % figures._columns(count, aspect) == 0


def test_the_brightest_of_an_image_is_not_blown_out_and_the_dim_is_lifted():
    image = np.zeros((50, 60))
    image[:20], image[20:22], image[22:23] = 10, 100, 250
    norm = figures._style(image, "image")["norm"]
    assert norm(250) == 1
    assert norm(100) < 0.6
    assert norm(10) > 10 / 250


def test_an_image_in_the_middle_greys_keeps_its_scale():
    image = np.random.default_rng(0).normal(120, 20, (50, 60))
    assert figures._style(image, "image")["norm"].gamma == 1


@pytest.mark.parametrize("kind", ["image", "weights", "probability", "instances"])
def test_a_panel_of_one_value_can_be_drawn(tmp_path, kind):
    draw_segmentation([("all alike", np.zeros((20, 30), int), kind)], tmp_path / "a.png", "a title")
    assert (tmp_path / "a.png").exists()


# Colours of objects


def colours(labels, truth):
    """The set of colours of each label."""
    picture = figures._coloured(labels, truth)
    return {value: {tuple(colour) for colour in picture[labels == value]} for value in np.unique(labels).tolist()}


def test_touching_objects_differ_in_colour():
    labels = touching_cells((150, 190), count=40, seed=1).labels
    picture = figures._coloured(labels, labels)
    for one, other, a, b in (
        (labels[1:], labels[:-1], picture[1:], picture[:-1]),
        (labels[:, 1:], labels[:, :-1], picture[:, 1:], picture[:, :-1]),
    ):
        touch = one != other
        assert touch.any()
        assert (a[touch] != b[touch]).any(axis=-1).all()


def test_neighbours_across_the_background_differ_too_and_all_colours_are_used():
    labels = np.kron(np.arange(1, 31).reshape(5, 6), np.pad(np.ones((3, 4), int), 1))
    colour = np.array([*figures._neighbours_differ(labels).values()]).reshape(5, 6, 3)
    assert (colour[1:] != colour[:-1]).any(axis=-1).all()
    assert (colour[:, 1:] != colour[:, :-1]).any(axis=-1).all()
    assert len(np.unique(colour.reshape(-1, 3), axis=0)) == len(OBJECTS)


def test_with_more_neighbours_than_colours_one_is_used_again():
    spokes = len(OBJECTS) + 2
    labels = np.ones((2, spokes), int)
    labels[0] = np.arange(2, spokes + 2)
    assert len(figures._neighbours_differ(labels)) == spokes + 1


def test_a_prediction_has_the_colours_of_the_true_objects_beneath():
    truth = touching_cells((80, 90), count=10, seed=2).labels
    renumbered = np.append(0, np.random.default_rng(0).permutation(10) + 5)[truth]
    np.testing.assert_array_equal(figures._coloured(renumbered, truth), figures._coloured(truth, truth))


def test_a_merger_is_one_colour_over_two_and_an_object_over_none_is_pale():
    truth = np.array([[1, 1, 1, 2, 2, 0, 0, 0]] * 2)
    predicted = np.array([[7, 7, 7, 7, 7, 0, 9, 9]] * 2)
    true_colours = colours(truth, truth)
    assert true_colours[0] == {BACKGROUND}
    assert true_colours[1] != true_colours[2]
    assert colours(predicted, truth) == {0: {BACKGROUND}, 7: true_colours[1], 9: {UNMATCHED}}


def test_where_nothing_is_true_all_that_is_predicted_is_pale():
    predicted = np.array([[1, 0, 2]])
    assert colours(predicted, predicted * 0) == {0: {BACKGROUND}, 1: {UNMATCHED}, 2: {UNMATCHED}}


def test_the_colours_reach_the_picture(tmp_path):
    truth = np.kron([[1, 0], [0, 2]], np.ones((30, 40), int))
    draw_segmentation([("truth", truth, "instances")], tmp_path / "a.png", "a title")
    with Image.open(tmp_path / "a.png") as picture:
        seen = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
    for colour in (BACKGROUND, OBJECTS[0], OBJECTS[1]):
        assert tuple(round(255 * part) for part in colour) in seen


# Files


@pytest.mark.parametrize(
    "draw",
    [
        lambda path: draw_log(path.with_name("log.csv"), path),
        lambda path: draw_segmentation(panels_of(60, 70), path, "a title"),
    ],
    ids=["log", "segmentation"],
)
def test_a_picture_is_written_whole_or_not_at_all(tmp_path, monkeypatch, draw):
    path = tmp_path / "a.png"
    path.write_text("old")
    write_log(tmp_path / "log.csv", steps=3)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        draw(path)
    assert path.read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.png", "log.csv"]


# Mistakes


def test_each_mistake_has_its_colour_and_its_number_in_the_key(tmp_path, drawn):
    truth = np.kron([[1, 2, 0, 3, 0, 4, 0, 0]], np.ones((8, 6), int))
    predicted = np.kron([[7, 7, 0, 8, 0, 0, 0, 5]], np.ones((8, 6), int))
    predicted[:4, 18:24] = 9
    draw_mistakes(predicted, truth, tmp_path / "mistakes.png", "a title")
    (axes,) = drawn[0].axes
    picture = axes.images[0].get_array()
    columns = {"merged": 3, "split": 20, "missed": 32, "invented": 44}
    for kind, column in columns.items():
        np.testing.assert_array_equal(picture[:, column], np.broadcast_to(to_rgb(MISTAKES[kind][0]), (8, 3)))
    np.testing.assert_array_equal(picture[0, 14], BACKGROUND)
    (key,) = drawn[0].legends
    assert [text.get_text() for text in key.get_texts()] == [
        "2 merged with another",
        "1 split",
        "1 missed",
        "1 invented",
    ]
    assert drawn[0].get_suptitle() == "a title"


@pytest.mark.parametrize("shape", [(100, 25), (25, 100)])
def test_the_key_and_the_title_have_room_beside_a_narrow_image(tmp_path, drawn, shape):
    labels = np.zeros(shape, int)
    draw_mistakes(labels, labels, tmp_path / "mistakes.png", "slice00: the worst of 5 by SEG, 0.258")
    (figure,) = drawn
    figure.canvas.draw()
    for part in (*figure.legends, figure._suptitle):
        box = part.get_window_extent()
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width


def test_a_pixel_that_one_map_alone_has_is_paler_than_one_that_both_have(tmp_path, drawn):
    truth = np.kron([[1, 0]], np.ones((8, 6), int))
    predicted = np.roll(truth, 2, axis=1)
    draw_mistakes(predicted, truth, tmp_path / "mistakes.png", "")
    row = drawn[0].axes[0].images[0].get_array()[0].sum(axis=1)
    assert row[0] == row[6] > row[3] > row[10]
