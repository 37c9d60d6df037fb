"""A recipe is trained and evaluated once, goes on where it was stopped, and is never mixed with another."""

import json

import numpy as np
import pytest
import tifffile

from benchmarks import paper

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
    result = json.loads((folder / "runs" / "small" / "result.json").read_text())
    assert result["steps"] == 4
    assert result["settings"]["recipe"]["base"] == 2
    assert set(result["best"]) == {"v_rand", "v_info", "pixel_error"}
    head, rule, row = capsys.readouterr().out.splitlines()[-3:]
    assert head.startswith("| recipe | steps | pixel_error | iou | seg | v_rand | v_info |")
    assert row.startswith("| small | 4 | ")
    assert f"{result['best']['v_rand'][0]:.4g}" in row
    assert head.count("|") == rule.count("|") == row.count("|")


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
    with pytest.raises(ValueError, match="holds a result by other settings than"):
        run(folder, "small.toml")


def test_a_recipe_that_lacks_something_or_has_something_unknown_is_refused(folder):
    (folder / "small.toml").write_text('data = "cells"\n[recipe]\nbase = 2\n')
    with pytest.raises(
        ValueError, match=r"small\.toml has data, recipe; expected average, data, method, recipe, valid"
    ):
        run(folder, "small.toml")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("components", "watershd", "method is 'watershd', expected one of components, watershed"),
        ("validation = 0.5", "validation = 0", "validation is 0, expected a fraction of the images to hold out"),
        ("base = 2", "bas = 2", "unexpected keyword argument 'bas'"),
        ("tile = 28", "tile = 27", "input size 27 is not legal at depth 1"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused_before_training(folder, old, new, complaint):
    (folder / "small.toml").write_text(RECIPE.format(steps=4).replace(old, new))
    with pytest.raises(ValueError, match=rf"small\.toml: .*{complaint}"):
        run(folder, "small.toml")
    assert not (folder / "runs").exists()


@pytest.mark.parametrize("path", sorted(paper.Path(paper.__file__).parent.glob("recipes/*.toml")), ids=lambda p: p.stem)
def test_the_recipes_that_are_kept_can_be_read(path):
    assert paper.read_recipe(path)["recipe"].minutes == 30
