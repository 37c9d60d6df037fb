"""A recipe refuses what cannot be trained with, and says how the learning rate goes."""

import json
import math
from dataclasses import asdict

import numpy as np
import pytest

from minunet.data import Dataset, Sample
from minunet.recipe import Recipe, default_tile


def images(*shapes):
    samples = [Sample("", np.zeros((1, *shape), np.float32), np.zeros(shape, np.int32)) for shape in shapes]
    return Dataset(samples, "instances", 2, 1, "")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"steps": 0}, "steps is 0, expected a whole number of at least 1"),
        ({"validate_every": 0}, "validate_every is 0, expected a whole number of at least 1"),
        ({"lr": 0.0}, "lr is 0.0, expected more than 0"),
        ({"clip": 0.0}, "clip is 0.0, expected more than 0"),
        ({"lr": float("nan")}, "lr is nan, expected more than 0"),
        ({"sigma": -1.0}, "sigma is -1.0, expected more than 0"),
        ({"w0": -0.5}, "w0 is -0.5, expected at least 0"),
        ({"elastic": -1.0}, "elastic is -1.0, expected at least 0"),
        ({"padding": "reflect"}, "padding is 'reflect', expected one of mirror, zero"),
        ({"w0": float("nan")}, "w0 is nan, expected at least 0"),
        ({"warmup": -1}, "warmup is -1, expected a whole number of at least 0"),
        ({"seed": -1}, "seed is -1, expected a whole number of at least 0"),
        ({"minutes": 0.0}, "minutes is 0.0, expected more than 0"),
        ({"momentum": 1.0}, "momentum is 1.0, expected 0 <= momentum < 1"),
        ({"optimizer": "lbfgs"}, "optimizer is 'lbfgs', expected one of sgd, adam"),
        ({"tile": 570}, "input size 570 is not legal at depth 4; the nearest legal: 556 or 572"),
        ({"tile": 102, "depth": 3}, "input size 102 is not legal at depth 3; the nearest legal: 100 or 108"),
    ],
)
def test_what_cannot_be_trained_with_is_refused(setting, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Recipe(**setting)


def test_the_paper_s_numbers_are_the_defaults():
    recipe = Recipe()
    assert (recipe.optimizer, recipe.momentum, recipe.w0, recipe.sigma) == ("sgd", 0.99, 10, 5)
    assert (recipe.depth, recipe.dropout, recipe.elastic, recipe.padding) == (4, 0.5, 10, "mirror")


@pytest.mark.parametrize(("given", "rate"), [({}, 5e-3), ({"optimizer": "adam"}, 1e-3), ({"lr": 0.02}, 0.02)])
def test_each_optimizer_has_a_learning_rate_of_its_own_where_none_is_given(given, rate):
    assert Recipe(**given).lr == rate


def test_the_learning_rate_rises_then_falls_to_nothing():
    recipe = Recipe(steps=400, warmup=40, lr=0.02)
    rates = np.array([recipe.learning_rate(step) for step in range(401)])
    assert rates[0] == pytest.approx(0.02 / 41)
    peak = int(rates.argmax())
    assert 35 <= peak <= 40
    assert 0.019 < rates[peak] < 0.02
    assert (np.diff(rates[: peak + 1]) > 0).all()
    assert (np.diff(rates[peak:]) < 0).all()
    assert rates[200] == pytest.approx(0.01)  # half a cosine is half down half-way
    assert 0 < rates[399] < 1e-6
    assert rates[400] == 0
    assert recipe.learning_rate(10_000) == 0


def test_without_warmup_the_first_step_has_the_full_rate():
    assert Recipe(warmup=0, lr=0.5).learning_rate(0) == 0.5


def test_the_learning_rate_falls_by_the_clock_where_that_runs_ahead():
    recipe = Recipe(steps=1000, warmup=0, lr=1.0, minutes=2)
    assert recipe.learning_rate(100, seconds=60) == pytest.approx(0.5)
    assert recipe.learning_rate(500, seconds=6) == pytest.approx(0.5)  # here the steps are ahead
    assert recipe.learning_rate(100, seconds=119.9) > 0
    assert recipe.learning_rate(100, seconds=120) == 0
    assert Recipe(steps=1000, warmup=0, lr=1.0).learning_rate(500, seconds=1e9) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("shapes", "depth", "tile"),
    [
        ([(512, 512)], 4, 572),  # the paper's
        ([(256, 256)], 4, 428),  # 256 + 2 * 92 = 440, rounded down to a legal size
        ([(256, 256), (1000, 300)], 4, 428),
        ([(300, 1000)], 4, 476),
        ([(3000, 2000)], 4, 572),
        ([(3000, 2000)], 2, 572),
        ([(5, 7)], 4, 188),  # the smallest there is: such an image is mirrored over and over
    ],
)
def test_the_default_tile_is_the_largest_that_the_mirrored_images_fill(shapes, depth, tile):
    assert default_tile(images(*shapes), depth) == tile


def test_numpy_s_numbers_become_python_s_for_the_settings_file():
    recipe = Recipe(seed=np.int64(3), lr=np.float32(0.5), base=np.int32(4))
    assert json.loads(json.dumps(asdict(recipe))) == asdict(recipe)


@pytest.mark.parametrize("name", ["lr", "clip", "sigma", "w0", "elastic", "minutes"])
def test_infinity_is_no_setting(name):
    with pytest.raises(ValueError, match=f"^{name} is inf, expected"):
        Recipe(**{name: math.inf})


def test_the_momentum_rises_to_the_paper_s():
    recipe = Recipe()
    momenta = np.array([recipe.momentum_at(step) for step in range(2000)])
    assert momenta[0] == pytest.approx(0.1)
    assert (np.diff(momenta[:891]) > 0).all()
    assert momenta[90] == pytest.approx(0.91)
    assert (momenta[890:] == 0.99).all()
    assert Recipe(momentum=0.5).momentum_at(8) == 0.5
