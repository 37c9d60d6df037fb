"""The red team, at every level that this machine can give: contained where it must be, and otherwise only survived."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redteam.archives import DELIVERIES
from redteam.arena import Arena, Submission, submissions, surprises

ROOT = Path(__file__).parents[2]
EVERYTHING = list(submissions())
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it looks at what is left behind as Linux shows it")


@pytest.fixture(scope="module", params=[0, 1, 2, 3])
def arena(request):
    try:
        arena = Arena(request.param)
    except ValueError as error:
        pytest.skip(reason=f"the red team at isolation level {request.param}: {error}")
    with arena:
        yield arena


@pytest.mark.parametrize("submission", EVERYTHING, ids=lambda s: s.name)
def test_submission(arena, submission):
    result = arena.play(submission)
    assert surprises(submission, result) == []


def test_there_are_enough():
    kinds = [submission.name.partition("/")[0] for submission in EVERYTHING]
    assert {"process", "resources", "theft", "forgery", "honest"} == set(kinds)
    assert all(set(s.expect) >= {"answers", "ended", "contained"} for s in EVERYTHING)
    assert all(s.contained <= 3 for s in EVERYTHING)


def test_a_successful_attack_is_seen():
    """The arena itself, checked: at level 0 most attacks work, and it must say so."""
    with Arena(0) as arena:
        harmful = [s for s in EVERYTHING if s.contained >= 2 and s.name.startswith(("theft/", "resources/"))]
        missed = [s.name for s in harmful if not arena.play(s).harm]
    if os.geteuid() == 0:
        assert missed == []
    assert len(missed) < len(harmful) / 4


def test_a_forgery_that_works_is_seen():
    with Arena(0) as arena:
        right = next(s for s in EVERYTHING if s.name == "honest/right")
        result = arena.play(Submission("forged", right.source, {**right.expect, "answers": "wrong"}))
    assert result.forged == ["its answers pass"]


@pytest.mark.skipif(os.geteuid() != 0, reason="these tests run as a plain user as it is")
def test_as_a_plain_user():
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {name: os.environ[name] for name in ("PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, "-m", "tests.redteam"]
    try:
        subprocess.run([sys.executable, "-c", "import minunet"], **nobody, env=environment, cwd=ROOT, check=True)
    except (PermissionError, subprocess.CalledProcessError) as error:
        pytest.skip(reason=f"the red team as a plain user: nobody can run {sys.executable} with minunet here ({error})")
    found = subprocess.run(command, **nobody, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    levels = [line.split("\t") for line in found.stdout.splitlines()[2:]]
    assert levels
    for level, contained, expected, *_ in levels:
        assert expected == str(len(EVERYTHING)), found.stdout
        assert level < "3" or contained == expected


@pytest.mark.parametrize("delivery", DELIVERIES, ids=lambda d: d.name)
def test_deliveries_are_what_they_say(delivery, tmp_path):
    path = delivery.build(tmp_path)
    assert os.path.lexists(path)
    assert delivery.verdict in ("right", "wrong", "refused", "either")
    assert not any(list(tmp_path.glob(f"**/{name}")) for name in delivery.forbidden)
