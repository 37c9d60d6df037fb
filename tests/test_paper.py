"""A recipe is trained and evaluated once, goes on where it was stopped, and is never mixed with another."""

import json

import numpy as np
import pytest
import tifffile
from PIL import Image

import minunet as mu
from benchmarks import paper
from benchmarks.recipe_files import read_runs
from minunet.data import Dataset, Sample, read_dataset
from minunet.evaluation import choose_threshold, evaluate
from minunet.validation import hold_out

RECIPE = """
data = "cells"
validation = 0.5
method = "components"
average = false

[recipe]
base = 2
depth = 1
steps = {steps}
tile = 28
validate_every = 2
"""


@pytest.fixture
def folder(tmp_path):
    """Two slices of membranes, and a recipe that trains on one."""
    rng = np.random.default_rng(0)
    labels = np.kron(rng.integers(0, 2, (2, 6, 7)), np.ones((7, 7))).astype(np.uint8) * 255
    (tmp_path / "data" / "cells").mkdir(parents=True)
    tifffile.imwrite(tmp_path / "data" / "cells" / "train-labels.tif", labels, photometric="minisblack")
    volume = (labels // 2 + rng.integers(0, 60, labels.shape)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "data" / "cells" / "train-volume.tif", volume, photometric="minisblack")
    (tmp_path / "small.toml").write_text(RECIPE.format(steps=4))
    return tmp_path


def run(folder, *names):
    paper.main([*(str(folder / name) for name in names), f"--data={folder / 'data'}", f"--out={folder / 'runs'}"])


def test_a_recipe_gives_a_result_and_a_row(folder, capsys):
    run(folder, "small.toml")
    result = json.loads((folder / "runs" / "small" / "whole" / "seed0" / "result.json").read_text())
    assert result["steps"] == 4
    assert result["settings"]["recipe"]["base"] == 2
    assert set(result["best"]) == {"v_rand", "v_info", "pixel_error"}
    head, rule, row = capsys.readouterr().out.splitlines()[-3:]
    assert head.startswith("| recipe | steps | threshold | pixel error | IoU | IoU at threshold | SEG | V_rand |")
    assert row.startswith(f"| small | 4 | {result['threshold']} | ")
    assert f" {result['best']['v_rand'][0]:.4g} " in row
    assert head.count("|") == rule.count("|") == row.count("|")


def test_a_run_leaves_small_weights_with_the_threshold_that_its_figures_are_at(folder):
    run(folder, "small.toml")
    out = folder / "runs" / "small" / "whole" / "seed0"
    result = json.loads((out / "result.json").read_text())
    net, best = mu.load(out / "weights.npz"), mu.load(out / "best.npz")
    assert net.threshold == result["threshold"]
    for name, value in best.params.items():
        np.testing.assert_array_equal(net.params[name], value.astype(np.float16))
    _, held_out = hold_out(read_dataset(folder / "data" / "cells"), 0.5)
    best.threshold = choose_threshold(best, held_out)
    assert best.threshold == result["threshold"]
    assert evaluate(net, held_out).rows == result["images"]


@pytest.mark.parametrize("picture", ["small/whole/seed0/worst.png", "curves.png"])
def test_pictures_are_drawn(folder, picture):
    run(folder, "small.toml")
    with Image.open(folder / "runs" / picture) as image:
        assert min(image.size) > 300
        assert len(np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)) > 10


def test_each_ablation_is_a_row_and_each_seed_a_run_of_it(folder, capsys):
    more = 'seeds = [3, 4]\ndata = "cells"'
    ablation = '[ablations."no weight map"]\nw0 = 0.0\n'
    (folder / "small.toml").write_text(RECIPE.format(steps=2).replace('data = "cells"', more) + ablation)
    run(folder, "small.toml")
    settings = {
        path.parent.relative_to(folder / "runs").as_posix(): json.loads(path.read_text())["settings"]["recipe"]
        for path in folder.glob("runs/*/*/*/result.json")
    }
    assert {path: (recipe["w0"], recipe["seed"]) for path, recipe in settings.items()} == {
        "small/whole/seed3": (10, 3),
        "small/whole/seed4": (10, 4),
        "small/no-weight-map/seed3": (0, 3),
        "small/no-weight-map/seed4": (0, 4),
    }
    whole, ablated = capsys.readouterr().out.splitlines()[-2:]
    assert whole.startswith("| small | 2 | ")
    assert ablated.startswith("| small: no weight map | 2 | ")
    scores = [
        json.loads((folder / f"runs/small/whole/seed{seed}/result.json").read_text())["best"]["v_rand"][0]
        for seed in (3, 4)
    ]
    assert f"{np.mean(scores):.4g} ({min(scores):.4g} to {max(scores):.4g})" in whole


def test_pytorch_may_take_the_steps(folder):
    pytest.importorskip("torch", reason="needs PyTorch")
    torch_too = 'trainer = "torch"\ndata = "cells"'
    (folder / "small.toml").write_text(RECIPE.format(steps=4).replace('data = "cells"', torch_too))
    run(folder, "small.toml")
    out = folder / "runs" / "small" / "whole" / "seed0"
    assert json.loads((out / "result.json").read_text())["steps"] == 4
    before = mu.UNet(base=2, depth=1).params
    assert all(not np.array_equal(value, before[name]) for name, value in mu.load(out / "last.npz").params.items())


def test_what_is_done_is_not_done_again_and_what_was_stopped_goes_on(folder, monkeypatch):
    def stop(training, watch):
        def until_two(progress):
            if progress.step == 2:
                raise KeyboardInterrupt

        return whole(training, until_two)

    whole = paper.Training.run
    monkeypatch.setattr(paper.Training, "run", stop)
    with pytest.raises(KeyboardInterrupt):
        run(folder, "small.toml")
    steps = []
    monkeypatch.setattr(paper.Training, "run", lambda training, watch: whole(training, lambda p: steps.append(p.step)))
    run(folder, "small.toml")
    assert steps == [3, 4]
    monkeypatch.delattr(paper.Training, "run")
    run(folder, "small.toml")


def test_a_result_by_other_settings_is_not_taken_for_this_ones(folder):
    run(folder, "small.toml")
    (folder / "small.toml").write_text(RECIPE.format(steps=5))
    with pytest.raises(SystemExit, match=r"^benchmarks.paper: .* holds a result by other settings than"):
        run(folder, "small.toml")


def test_a_recipe_that_lacks_something_or_has_something_unknown_is_refused(folder):
    (folder / "small.toml").write_text('data = "cells"\n[recipe]\nbase = 2\n')
    known = "average, data, method, recipe, validation, and perhaps ablations, seeds, split, trainer"
    with pytest.raises(ValueError, match=rf"small\.toml has data, recipe; expected {known}$"):
        read_runs(folder / "small.toml")
    (folder / "small.toml").write_text(RECIPE.format(steps=4).replace('data = "cells"', 'data = "cells"\nrate = 1'))
    with pytest.raises(ValueError, match=rf"rate, recipe, validation; expected {known}$"):
        read_runs(folder / "small.toml")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'method = "components"',
            'method = "components"\ntrainer = "jax"',
            "trainer is 'jax', expected one of minunet, torch",
        ),
        ("components", "watershd", "method is 'watershd', expected one of components, watershed"),
        ("validation = 0.5", "validation = 0", "validation is 0, expected a fraction of the images to hold out"),
        ("base = 2", "bas = 2", "unexpected keyword argument 'bas'"),
        ("tile = 28", "tile = 27", "input size 27 is not legal at depth 1"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused_before_training(folder, old, new, complaint):
    (folder / "small.toml").write_text(RECIPE.format(steps=4).replace(old, new))
    with pytest.raises(SystemExit, match=rf"^benchmarks.paper: .*small\.toml: .*{complaint}"):
        run(folder, "small.toml")
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("none.toml", r"No such file or directory: '.*none\.toml'"),
        ("broken.toml", r"broken\.toml is no TOML: Expected .* \(at line 1, column 6\)"),
    ],
)
def test_a_recipe_that_cannot_be_read_is_told_in_one_line(folder, name, complaint):
    (folder / "broken.toml").write_text("base 16\n")
    with pytest.raises(SystemExit, match=rf"^benchmarks.paper: .*{complaint}$"):
        run(folder, name)


def test_a_fold_holds_out_every_fifth_image_from_one_on():
    data = Dataset([Sample(f"s{k}", None, None) for k in range(12)], "instances", 2, 1, "")
    train, held_out = paper.hold_out_fold(data, 4, 5)
    assert [sample.name for sample in held_out.samples] == ["s4", "s9"]
    assert len(train.samples) == 10


def test_folds_hold_out_every_image_once():
    data = Dataset([Sample(f"s{k}", None, None) for k in range(12)], "instances", 2, 1, "")
    held_out = [sample.name for k in range(5) for sample in paper.hold_out_fold(data, k, 5)[1].samples]
    assert sorted(held_out) == sorted(sample.name for sample in data.samples)


def test_by_folds_every_image_is_held_out_once_each_time_by_a_run_of_its_own(folder, capsys):
    more = 'split = "folds"\ndata = "cells"'
    (folder / "small.toml").write_text(RECIPE.format(steps=2).replace('data = "cells"', more))
    run(folder, "small.toml")
    runs = [folder / "runs" / "small" / "whole" / f"seed0-fold{k}" / "result.json" for k in (0, 1)]
    results = [json.loads(path.read_text()) for path in runs]
    slices = [sample.name for sample in read_dataset(folder / "data" / "cells").samples]
    assert [list(result["images"]) for result in results] == [[name] for name in slices]
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| small ")]
    ious = [next(iter(result["images"].values()))["iou"] for result in results]
    assert f"{np.mean(ious):.4g} ({min(ious):.4g} to {max(ious):.4g})" in row


@pytest.mark.parametrize("path", sorted(paper.Path(paper.__file__).parent.glob("recipes/*.toml")), ids=lambda p: p.stem)
def test_the_recipes_that_are_kept_can_be_read(path):
    assert read_runs(path)
