"""``minunet info``: what is installed, and what a weights file holds."""

import json
import platform

import numpy as np
import pytest

import minunet as mu
from minunet import device, machine
from minunet.cli import main
from minunet.weights import SHIPPED, shipped_file


def table(capsys):
    """Name and value of each line, once it is sure that the values line up."""
    lines = capsys.readouterr().out.splitlines()
    start = max(len(line.split("  ")[0]) for line in lines) + 2
    assert all(line[start - 2 : start] == "  " and line[start] != " " for line in lines)
    return {line[:start].rstrip(): line[start:] for line in lines}


@pytest.fixture
def weights(tmp_path):
    net = mu.UNet(3, 4, base=16, depth=2)
    net.normalization = (np.array([1.0, 20.0, 300.0]), np.array([0.5, 1 / 3, 2.0]))
    path = tmp_path / "net.npz"
    net.save(path)
    return str(path)


@pytest.fixture(autouse=True)
def lost_speed(monkeypatch):
    """Lines of a machine that loses nothing; a test may add some."""
    lines = []
    monkeypatch.setattr(machine, "lost_speed", lambda facts: lines)
    return lines


def test_the_machine_is_described_in_an_aligned_table(capsys):
    assert main(["info"]) == 0
    facts = table(capsys)
    assert list(facts) == ["minunet", "python", "numpy", "scipy", "cpu", "gpu"]
    assert facts["minunet"] == mu.__version__
    assert facts["python"] == platform.python_version()
    assert facts["numpy"].startswith(f"{np.__version__} with ")


def test_the_machine_as_json(capsys):
    assert main(["info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["minunet"] == mu.__version__


def test_each_place_where_speed_is_left_behind_has_a_line(capsys, lost_speed):
    lost_speed += ["do this", "do that"]
    assert main(["info"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["faster   do this", "faster   do that"]
    assert main(["info", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["faster"] == lost_speed


@pytest.mark.parametrize(("error", "wanted"), [(None, "CuPy and a CUDA GPU"), (ValueError("why not"), "none: why not")])
def test_the_gpu_is_there_or_it_is_said_why_not(capsys, monkeypatch, error, wanted):
    def resolve(name):
        if error:
            raise error

    monkeypatch.setattr(device, "resolve_device", resolve)
    assert main(["info"]) == 0
    assert table(capsys)["gpu"] == wanted


def test_a_weights_file_is_described_in_an_aligned_table(capsys, weights):
    assert main(["info", weights]) == 0
    parameters = sum(value.size for value in mu.load(weights).params.values())
    assert table(capsys) == {
        "in_channels": "3",
        "classes": "4",
        "base": "16",
        "depth": "2",
        "dropout": "0.5",
        "dtype": "float32",
        "parameters": f"{parameters:,}",
        "margin": "20 px a side",
        "legal inputs": "44 px and every 4 more",
        "normalization": "mean 1, 20, 300; standard deviation 0.5, 0.3333, 2",
        "threshold": "0.5",
    }
    assert parameters > 1000  # so that the comma is seen


def test_a_network_that_takes_each_image_by_itself_says_so(capsys, weights):
    net = mu.load(weights)
    net.each_image = True
    net.save(weights)
    assert main(["info", weights]) == 0
    assert table(capsys)["normalization"] == "each image by its own mean and standard deviation"


def test_a_weights_file_as_json(capsys, weights):
    assert main(["info", weights, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["base"] == 16
    assert facts["parameters"] == sum(value.size for value in mu.load(weights).params.values())


def test_the_legal_inputs_are_those_that_the_network_takes(capsys, weights):
    main(["info", weights, "--json"])
    assert "44 px and every 4 more" in capsys.readouterr().out
    assert mu.output_size(44, depth=2) == 4
    assert mu.output_size(48, depth=2) == 8
    with pytest.raises(ValueError, match="not legal"):
        mu.output_size(40, depth=2)


def test_a_file_that_is_missing_is_named(capsys, tmp_path):
    assert main(["info", str(tmp_path / "missing.npz")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    wanted = "does not exist; expected a run's folder, a weights file, or one of isbi, nuclei"
    assert err == f"minunet info: {tmp_path / 'missing.npz'} {wanted}\n"


@pytest.mark.parametrize("name", SHIPPED)
def test_of_a_network_that_comes_with_minunet_the_card_is_shown(capsys, name):
    assert main(["info", name]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith("in_channels    1\n")
    assert out.endswith(shipped_file(name, "md").read_text(encoding="utf-8"))
