"""``minunet demo`` leaves what it promises, and says what it does where there is no network."""

import json

import pytest

from minunet import data
from minunet.cli import main

LEFT = {"settings.json", "last.npz", "best.npz", "log.csv", "loss.png", "segmentation.png"}


def demo(out, *flags):
    return main(["demo", "--out", str(out), "--minutes", "0.01", *flags])


@pytest.fixture
def no_network(monkeypatch):
    def unavailable():
        raise data.SampleUnavailable("the nuclei image cannot be fetched: no network")

    monkeypatch.setattr(data, "nuclei", unavailable)


def test_without_a_network_it_says_so_in_one_line_and_goes_on_with_generated_cells(no_network, tmp_path, capsys):
    assert demo(tmp_path / "out") == 0
    shown = capsys.readouterr()
    assert shown.err.splitlines()[0] == (
        "the nuclei image cannot be fetched: no network; going on with generated cells"
    )
    assert {path.name for path in (tmp_path / "out").iterdir()} == LEFT
    for word in ("pixel error", "IoU", "SEG", "found / true", "U-Net", "Otsu's threshold"):
        assert word in shown.out


def test_the_figures_come_as_json_and_the_baseline_s_do_not_depend_on_the_training(tmp_path, capsys):
    found = []
    for name, flag in (("a", "--seed=0"), ("b", "--force")):
        assert demo(tmp_path / name, "--synthetic", "--json", flag) == 0
        found.append(json.loads(capsys.readouterr().out)["figures"])
    assert found[0]["Otsu's threshold"] == found[1]["Otsu's threshold"]
    assert 0 < found[0]["Otsu's threshold"]["found"] < found[0]["U-Net"]["true"]


def test_an_earlier_demo_is_not_overwritten_unless_asked(tmp_path, capsys):
    (tmp_path / "segmentation.png").write_bytes(b"dear to me")
    assert demo(tmp_path, "--synthetic") == 2
    assert capsys.readouterr().err == (
        f"minunet demo: {tmp_path / 'segmentation.png'} exists already; give --force to replace it, or another name\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["segmentation.png"]
    assert (tmp_path / "segmentation.png").read_bytes() == b"dear to me"
