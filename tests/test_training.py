"""A run learns, can be stopped anywhere and gone on with to the same bits, and says what goes wrong."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import minunet as mu
from minunet import training as training_module
from minunet.checkpoint import load_with_state, save
from minunet.data import Dataset, Sample, read_dataset, suspicious, touching_cells
from minunet.evaluation import choose_threshold
from minunet.recipe import Recipe
from minunet.training import BLANK, Training, TrainingDiverged, stored_recipe

SHARED = Path(__file__).parents[2] / "shared" / "data"
FILES = ("last.npz", "best.npz", "log.csv", "settings.json")
TINY = {"base": 2, "depth": 1, "tile": 28, "steps": 12, "warmup": 4, "validate_every": 5}


def squares(seed):
    """Bright squares on a dark ground: what they are is easily learnt."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((44, 58), np.int32)
    for cell, (top, left) in enumerate([(3, 4), (20, 30), (28, 8), (8, 44)], start=1):
        labels[top : top + 10, left : left + 9] = cell
    image = 100 * (labels > 0) + rng.normal(0, 5, labels.shape)
    return Sample(f"squares{seed}", image[None].astype(np.float32), labels)


def dataset(*seeds):
    return Dataset([squares(seed) for seed in seeds], "instances", 2, 1, "")


DATA, HELD_OUT = dataset(0, 1), dataset(2)


def start(folder, validation=HELD_OUT, resume=False, warn=pytest.fail, data=DATA, device="cpu", **recipe):
    return Training(data, folder, Recipe(**TINY | recipe), validation, device, resume, warn)


def run_until(step, training):
    training.run(lambda progress: training.stop() if progress.step == step else None)


def content(folder):
    return {name: (folder / name).read_bytes() for name in FILES}


def log_of(folder):
    with open(folder / "log.csv", newline="") as file:
        return list(csv.DictReader(file))


def changed_layers(**functions):
    """A layer set: minunet's, but for these."""
    names = [name for name in dir(mu.layers) if name.endswith(("_forward", "_backward"))]
    return SimpleNamespace(**{name: getattr(mu.layers, name) for name in names} | functions)


# learning


LEARNS = {"base": 8, "tile": 44, "warmup": 10, "dropout": 0.0, "w0": 0.0, "validate_every": 1000, "seed": 4}


@pytest.mark.parametrize(("optimizer", "lr"), [("sgd", 0.02), ("adam", 0.005)])
def test_a_trivial_task_is_learnt_in_a_hundred_steps(tmp_path, optimizer, lr):
    losses, figures = [], []
    training = start(tmp_path, **LEARNS, steps=100, optimizer=optimizer, lr=lr)
    training.run(lambda progress: (losses.append(progress.loss), figures.append(progress.figures)))
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) / 2
    assert figures[-1]["iou"] > 0.9


def test_grey_values_can_be_left_as_they_are(tmp_path):
    varied, left = (start(tmp_path / name, grey=name == "varied") for name in ("varied", "left"))
    assert left.sampler.augmentation == replace(varied.sampler.augmentation, contrast=(1, 1), brightness=(0, 0))
    assert varied.sampler.augmentation == mu.augment.Augmentation()


def test_without_augmentation_tiles_are_only_shifted(tmp_path):
    training = start(tmp_path, augment=False)
    assert training.sampler.augmentation == mu.augment.Augmentation.none()


def test_the_images_are_normalised_by_the_training_set_alone(tmp_path):
    bright = squares(3)
    bright.image = bright.image + 1000
    training = start(tmp_path, validation=Dataset([bright], "instances", 2, 1, ""))
    pixels = np.stack([sample.image for sample in DATA.samples]).astype(np.float64)
    np.testing.assert_allclose(training.net.normalization, (pixels.mean(), pixels.std()), rtol=1e-6)
    assert mu.load(tmp_path / "best.npz").normalization == training.net.normalization


def test_each_channel_has_its_own_statistics_and_a_constant_one_does_no_harm(tmp_path):
    sample = squares(0)
    colours = np.concatenate([sample.image, 3 * sample.image + 7, np.full_like(sample.image, 9)])
    data = Dataset([Sample("colour", colours, sample.labels)], "instances", 2, 3, "")
    training = start(tmp_path, None, data=data, steps=2)
    mean, std = training.net.normalization
    np.testing.assert_allclose(mean, [colours[0].mean(), 3 * colours[0].mean() + 7, 9], rtol=1e-4)
    np.testing.assert_allclose(std, [colours[0].std(), 3 * colours[0].std(), 1], rtol=1e-4)
    training.run()
    assert_array_equal(mu.load(tmp_path / "last.npz").normalization, training.net.normalization)


# what a run leaves


def test_the_log_has_a_row_for_each_step_and_figures_at_each_validation(tmp_path):
    seen = []
    training = start(tmp_path)
    training.run(seen.append)
    rows = log_of(tmp_path)
    assert list(rows[0]) == ["step", "lr", "loss", "pixel_error", "iou", "seg", "found", "true"]
    assert [int(row["step"]) for row in rows] == [progress.step for progress in seen] == list(range(1, 13))
    for row, progress in zip(rows, seen, strict=True):
        assert float(row["loss"]) == pytest.approx(progress.loss, rel=1e-5)
        assert float(row["lr"]) == pytest.approx(training.recipe.learning_rate(progress.step - 1), rel=1e-5)
        assert (row["iou"] != "") == bool(progress.figures) == (progress.step in (5, 10, 12))
    assert rows[-1]["true"] == "4"


def test_the_settings_are_written_for_people_and_programs(tmp_path):
    start(tmp_path)
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert Recipe(**settings["recipe"]) == Recipe(**TINY)
    assert settings["tile"] == 28
    assert (settings["data"]["images"], settings["data"]["validation"]) == (2, 1)
    assert stored_recipe(tmp_path) == Recipe(**TINY)


def test_there_is_a_checkpoint_before_step_1(tmp_path):
    training = start(tmp_path)
    _, state, notes = load_with_state(tmp_path / "last.npz")
    assert notes["step"] == 0
    assert not any(value.any() for value in state.values())
    for name, value in mu.load(tmp_path / "best.npz").params.items():
        assert_array_equal(value, training.net.params[name])


@pytest.mark.parametrize(("kind", "best"), [("instances", 10), ("mask", 5), ("classes", 5)])
def test_best_is_where_the_deciding_figure_was_best_and_last_is_the_last(tmp_path, monkeypatch, kind, best):
    figures = iter([{"iou": 0.95, "seg": 0.2}, {"iou": 0.1, "seg": 0.6}, {"iou": 0.9, "seg": 0.5}])
    monkeypatch.setattr(training_module, "validate", lambda net, data: next(figures))
    at = {}
    training = start(tmp_path, replace(HELD_OUT, kind=kind))
    training.run(lambda progress: at.update({progress.step: training.net.params["head.weight"].copy()}))
    assert_array_equal(mu.load(tmp_path / "best.npz").params["head.weight"], at[best])
    assert_array_equal(mu.load(tmp_path / "last.npz").params["head.weight"], at[12])
    assert not np.array_equal(at[best], at[12])


@pytest.mark.parametrize("parts", [(12,), (7, 12)], ids=["in one", "gone on with"])
def test_the_threshold_is_chosen_for_the_best_on_the_held_out_images_when_the_run_ends(tmp_path, parts):
    for moment in parts:
        assert mu.load(tmp_path / "best.npz").threshold == 0.5 if moment != parts[0] else True
        run_until(moment, start(tmp_path, resume=moment != parts[0]))
    best = mu.load(tmp_path / "best.npz")
    assert best.threshold == choose_threshold(best, HELD_OUT)
    assert best.threshold != 0.5


def test_without_held_out_images_best_is_last(tmp_path):
    training = start(tmp_path, validation=None)
    training.run()
    for name, value in mu.load(tmp_path / "best.npz").params.items():
        assert_array_equal(value, training.net.params[name])
    assert {row["iou"] for row in log_of(tmp_path)} == {""}


def test_a_run_that_the_clock_ends_is_validated_at_its_end(tmp_path, monkeypatch):
    now = iter(range(1000))
    monkeypatch.setattr(training_module.time, "monotonic", lambda: float(next(now)))
    training = start(tmp_path, minutes=0.15, steps=100)  # 9 s; the clock of this test goes 1 s a step
    training.run()
    assert training.finished
    assert training.step == 9
    assert [row["step"] for row in log_of(tmp_path) if row["iou"]] == ["5", "9"]
    again = start(tmp_path, minutes=0.15, steps=100, resume=True)
    assert (again.finished, again.seconds) == (True, 9.0)


# stopping and going on


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("moments", [(1,), (4,), (5,), (11,), (2, 3, 9)])
def test_a_run_gone_on_with_ends_with_the_same_bytes(tmp_path, optimizer, moments):
    start(tmp_path / "whole", optimizer=optimizer).run()
    training = start(tmp_path / "parts", optimizer=optimizer)
    for moment in moments:
        run_until(moment, training)
        assert (training.step, training.finished) == (moment, False)
        training = start(tmp_path / "parts", optimizer=optimizer, resume=True)
        assert training.step == moment
    training.run()
    assert training.finished
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_one_run_may_be_stopped_and_run_on_in_place(tmp_path):
    start(tmp_path / "whole").run()
    training = start(tmp_path / "parts")
    run_until(7, training)
    training.run()
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_rows_logged_after_the_checkpoint_are_made_again(tmp_path):
    start(tmp_path / "whole").run()
    training = start(tmp_path / "killed")
    run_until(6, training)
    with open(tmp_path / "killed" / "log.csv", "a") as file:
        file.write("7,0.001,0.5,,,,,\n8,0.001,0.")  # a run was killed while it wrote its eighth row
    start(tmp_path / "killed", resume=True).run()
    assert content(tmp_path / "killed") == content(tmp_path / "whole")


def test_a_finished_run_has_nothing_left_to_do(tmp_path):
    start(tmp_path).run()
    before = content(tmp_path)
    training = start(tmp_path, resume=True)
    assert training.finished
    training.run(lambda progress: pytest.fail("a step more"))
    assert content(tmp_path) == before


def test_a_new_start_in_an_old_folder_keeps_nothing_of_the_old_run(tmp_path):
    training = start(tmp_path, steps=9)
    training.run()
    start(tmp_path).run()
    start(tmp_path.parent / f"{tmp_path.name}-fresh").run()
    assert content(tmp_path) == content(tmp_path.parent / f"{tmp_path.name}-fresh")


def test_a_new_start_first_takes_the_old_checkpoint_away(tmp_path, monkeypatch):
    start(tmp_path).run()

    def killed(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(training_module, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        start(tmp_path, seed=1)
    with pytest.raises(FileNotFoundError, match="holds no run to resume"):
        start(tmp_path, seed=1, resume=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "was begun with seed 0, not 1: resume with the run's own settings"),
        ({"steps": 99}, "was begun with steps 12, not 99"),
        ({"optimizer": "adam"}, "was begun with optimizer sgd, not adam"),
        ({"base": 3}, "was begun with base 2, not 3"),
        ({"each_image": True}, "was begun with each_image False, not True"),
        ({"data": dataset(0, 4)}, "was begun on other images or labels, or with others held out"),
        ({"data": dataset(1, 0)}, "was begun on other images or labels, or with others held out"),
        ({"data": dataset(0), "validation": dataset(1, 2)}, "or with others held out"),
        ({"validation": None}, "or with others held out"),
        ({"data": Dataset(DATA.samples, "instances", 3, 1, "")}, "was begun on other images or labels"),
        ({"data": Dataset(DATA.samples, "classes", 2, 1, "")}, "was begun on other images or labels"),
    ],
)
def test_another_run_than_the_folder_s_is_not_resumed(tmp_path, change, message):
    start(tmp_path)
    before = content(tmp_path)
    with pytest.raises(ValueError, match=message) as refused:
        start(tmp_path, resume=True, **change)
    assert "\n" not in str(refused.value)
    assert content(tmp_path) == before


def test_a_setting_that_an_older_run_lacks_has_its_default(tmp_path):
    start(tmp_path)
    net, state, notes = load_with_state(tmp_path / "last.npz")
    del notes["settings"]["recipe"]["each_image"]
    save(tmp_path / "last.npz", net, state, notes)
    start(tmp_path, resume=True)
    with pytest.raises(ValueError, match="was begun with each_image False, not True"):
        start(tmp_path, resume=True, each_image=True)


def test_weights_alone_are_no_run_to_resume(tmp_path):
    save(tmp_path / "last.npz", mu.UNet(1, 2, base=2, depth=1))
    for resume in (lambda: start(tmp_path, resume=True), lambda: stored_recipe(tmp_path)):
        with pytest.raises(ValueError, match="holds weights alone, not a run to resume"):
            resume()


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_run_may_be_gone_on_with_on_a_gpu(tmp_path, cupy, optimizer):
    training = start(tmp_path, optimizer=optimizer)
    run_until(3, training)
    resumed = start(tmp_path, optimizer=optimizer, resume=True, device="cuda")
    assert resumed.net.device == "cuda"
    for name, value in training.optimizer.state.items():
        assert_array_equal(mu.to_host(resumed.optimizer.state[name]), value)
    resumed.run()
    assert [row["step"] for row in log_of(tmp_path)] == [str(step) for step in range(1, 13)]


def test_every_step_draws_its_own_dropout_masks(tmp_path):
    states = []

    def dropout_forward(x, rate, rng):
        states.append(rng.bit_generator.state["state"]["state"])
        return mu.layers.dropout_forward(x, rate, rng)

    training = start(tmp_path, None)
    training.net.layers = changed_layers(dropout_forward=dropout_forward)
    training.run()
    assert len(set(states)) == len(states) == 2 * 12  # two layers of dropout


def test_every_step_has_its_own_learning_rate_and_momentum(tmp_path, monkeypatch):
    seen = []
    step = mu.SGD.step
    monkeypatch.setattr(mu.SGD, "step", lambda sgd, grads: (seen.append((sgd.lr, sgd.momentum)), step(sgd, grads)))
    run_until(4, start(tmp_path))
    training = start(tmp_path, resume=True)
    training.run()
    recipe = training.recipe
    assert seen == [(recipe.learning_rate(k), recipe.momentum_at(k)) for k in range(12)]


# what diverges


def complaint(folder, spoil, at=7, **recipe):
    """What a run says that is spoilt after step `at`; and its checkpoints are those from before, and whole."""
    training = start(folder, **recipe)
    good = {}

    def watch(progress):
        if progress.step == at:
            spoil(training)
        if progress.step % training.recipe.validate_every == 0:
            good.update(last=(folder / "last.npz").read_bytes(), best=(folder / "best.npz").read_bytes())

    with pytest.raises(TrainingDiverged) as diverged:
        training.run(watch)
    assert {name: (folder / f"{name}.npz").read_bytes() for name in good} == good
    for name in ("last.npz", "best.npz"):
        net, state, _ = load_with_state(folder / name)
        for value in (*net.params.values(), *state.values()):
            assert np.isfinite(value).all()
    assert "\n" not in str(diverged.value)
    assert str(folder) in str(diverged.value)
    return str(diverged.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["down0.conv0.bias", "down1.conv1.weight", "up0.upconv.weight", "head.bias"])
def test_a_parameter_that_is_not_finite_is_named(tmp_path, name, value):
    def spoil(training):
        training.net.params[name].flat[0] = value

    message = complaint(tmp_path, spoil)
    assert message.startswith("training diverged at step 8: ")
    assert f"parameter {name} is NaN or infinite" in message


def spoilt_layers(name):
    """The layers of minunet, of which one gives NaN in one of its values."""

    def spoilt(*given):
        result = getattr(mu.layers, name)(*given)
        array = result[0] if isinstance(result, tuple) else result
        array.flat[1] = np.nan
        return result

    return changed_layers(**{name: spoilt})


@pytest.mark.parametrize(
    ("layer", "place"),
    [
        ("max_pool2d_forward", "the output of layer down0.pool is the first"),
        ("crop_concat_forward", "the output of layer up0.crop_concat is the first"),
        ("conv_transpose2d_forward", "the output of layer up0.upconv is the first"),
        ("conv2d_backward", "the gradient of up0.conv1.bias is the first"),
        ("conv_transpose2d_backward", "the gradient of down1.conv1.bias is the first"),
    ],
)
def test_the_layer_that_is_not_finite_is_named(tmp_path, layer, place):
    assert place in complaint(tmp_path, lambda training: setattr(training.net, "layers", spoilt_layers(layer)))


def test_nan_that_a_relu_hides_from_the_loss_is_found_by_its_gradient(tmp_path):
    """relu(NaN) is 0, so that the loss stays finite; conv2d's NaN weight turns up in the gradient below it."""

    def spoil(training):
        training.net.params["down1.conv0.weight"][...] = np.nan

    assert "parameter down1.conv0.weight is NaN or infinite" in complaint(tmp_path, spoil)


@pytest.mark.parametrize("lr", [1e10, 1e38, 1e300])
def test_a_huge_learning_rate_ends_in_one_plain_line(tmp_path, lr):
    message = complaint(tmp_path, lambda training: None, lr=lr, warmup=0)
    assert message.startswith("training diverged at step ")
    assert f"begin another run with a learning rate below {lr:g}" in message


@pytest.mark.parametrize("validation", [HELD_OUT, None])
def test_nan_made_by_the_update_before_a_checkpoint_is_not_stored(tmp_path, monkeypatch, validation):
    real = training_module.SGD.step

    def step(optimizer, grads):
        real(optimizer, grads)
        if training.step + 1 == 5:  # the step that writes a checkpoint
            optimizer.params["up0.conv0.bias"][0] = np.nan

    training = start(tmp_path, validation)
    before = content(tmp_path)
    monkeypatch.setattr(training_module.SGD, "step", step)
    with pytest.raises(TrainingDiverged, match=r"step 5: parameter up0\.conv0\.bias is NaN or infinite after the upd"):
        training.run()
    after = content(tmp_path)
    assert (after["last.npz"], after["best.npz"]) == (before["last.npz"], before["best.npz"])
    assert len(log_of(tmp_path)) == 4


# what looks wrong


def blank(training):
    """Let the head say background whatever comes in."""
    training.net.params["head.weight"][...] = 0
    training.net.params["head.bias"][...] = (50, 0)


def test_blank_output_is_said_once_in_plain_words(tmp_path):
    said = []
    training = start(tmp_path, None, warn=said.append, base=1, steps=2 * BLANK + 60, lr=1e-9, validate_every=1000)
    blank(training)
    training.run()
    (line,) = said
    assert line.startswith(f"the network has predicted class 0 alone, everywhere, for {BLANK} steps: its output is bl")
    assert "\n" not in line


def test_blank_output_is_not_said_where_there_is_none(tmp_path):
    training = start(tmp_path, None, **LEARNS, steps=BLANK + 60)
    training.run()  # pytest.fail is what would be called with a warning


EMPTY = Sample("empty", squares(0).image, np.zeros((44, 58), np.int32))


def test_tiles_of_one_class_break_no_streak_of_blank_output(tmp_path):
    said = []
    data = Dataset([EMPTY, squares(1)], "instances", 2, 1, "")
    training = start(tmp_path, None, warn=said.append, data=data, base=1, steps=4 * BLANK, lr=1e-9, validate_every=1000)
    blank(training)
    training.run()
    assert len(said) == 1


def test_background_alone_is_right_where_there_is_nothing_else(tmp_path):
    data = Dataset([EMPTY], "instances", 2, 1, "")
    training = start(tmp_path, None, data=data, base=1, steps=BLANK + 20, lr=1e-9, validate_every=1000)
    blank(training)
    training.run()  # pytest.fail is what would be called with a warning


def test_blank_output_is_no_matter_while_the_learning_rate_still_rises(tmp_path):
    training = start(tmp_path, None, base=1, steps=2 * BLANK, warmup=2 * BLANK, lr=1e-9, validate_every=1000)
    blank(training)
    training.run()


def shuffled(data):
    """The same images, each with the labels of the next."""
    samples = data.samples
    turned = [replace(one, labels=other.labels) for one, other in zip(samples, samples[1:] + samples[:1], strict=True)]
    return replace(data, samples=turned)


def generated(count):
    samples = [touching_cells((130, 170), count=14, seed=seed) for seed in range(count)]
    return Dataset(samples, "instances", 2, 1, "")


@pytest.mark.parametrize("count", [2, 3, 6])
def test_labels_of_other_images_are_suspicious(count):
    assert suspicious(generated(count)) == []
    (warning,) = suspicious(shuffled(generated(count)))
    assert warning.startswith("the labels do not seem to fit the images: ")
    assert "\n" not in warning


@pytest.mark.parametrize("turn", [np.flipud, np.fliplr, np.rot90])
def test_labels_that_are_turned_are_suspicious(turn):
    sample = touching_cells((200, 200), count=30)
    data = Dataset([replace(sample, labels=np.ascontiguousarray(turn(sample.labels)))], "instances", 2, 1, "")
    (warning,) = suspicious(data)
    assert warning.startswith("the labels do not seem to fit the images: ")


def test_masks_and_classes_are_judged_alike():
    data = generated(3)
    for sample in data.samples:
        sample.labels = (sample.labels > 0).astype(np.int32)
    assert suspicious(replace(data, kind="classes")) == []
    assert len(suspicious(replace(shuffled(data), kind="classes"))) == 1


def test_images_of_one_value_are_said_to_be_so_and_no_more():
    data = generated(2)
    data.samples[0].image[...] = 7
    assert suspicious(data) == ["1 image is all of one value: cells0"]
    data.samples[1].image[...] = 7
    assert suspicious(data) == ["2 images are all of one value: cells0, cells1"]


def test_an_image_that_is_flat_wherever_labels_end_is_suspicious():
    sample = touching_cells((130, 170), count=14)
    sample.image[...] = 0
    sample.image[0, -1, -1] = 1  # no cell is there
    (warning,) = suspicious(Dataset([sample], "instances", 2, 1, ""))
    assert warning.startswith("the labels do not seem to fit the images: ")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared sample images are not on this machine")
@pytest.mark.parametrize("name", ["isbi2012", "dsb2018"])
def test_real_labels_fit_and_real_labels_shuffled_do_not(name):
    data = read_dataset(SHARED / name)
    assert suspicious(data) == []
    assert len(suspicious(shuffled(data))) == 1


def test_the_thread_that_makes_tiles_ends_when_training_fails(tmp_path, monkeypatch):
    closed = []
    real = training_module.ahead

    def ahead(*given):
        try:
            yield from real(*given)
        finally:
            closed.append(True)

    monkeypatch.setattr(training_module, "ahead", ahead)
    training = start(tmp_path)
    training.net.params["head.bias"][0] = np.nan
    with pytest.raises(TrainingDiverged) as kept:
        training.run()
    assert closed, kept  # while the exception, and with it the frame, is still alive
