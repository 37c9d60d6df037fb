"""The boundary: what goes over it, what does not, and that nothing is left of it."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from minunet.grading import sandbox as package
from minunet.grading.sandbox import Limits, Sandbox, highest_level
from minunet.grading.sandbox import sandbox as module
from minunet.grading.sandbox.inside import frames

ECHO = b"def main(request, arrays, reply):\n    reply(request, arrays)\n"
RUN = (
    b"def main(request, arrays, reply):\n    exec(request['code'], dict(request=request, arrays=arrays, reply=reply))\n"
)


@pytest.fixture(scope="module")
def runner():
    with Sandbox({"main.py": RUN}, limits=Limits(seconds=20)) as sandbox:
        yield sandbox


def needs(level):
    """Skip, saying why, where this machine cannot give the level."""
    highest, why = highest_level()
    if level > highest:
        pytest.skip(reason=f"needs isolation level {level}; this machine gives {highest}: {why}")
    try:
        Sandbox({"main.py": ECHO}, level).close()
    except ValueError as error:
        pytest.skip(reason=f"needs isolation level {level}: {error}")


class TestRun:
    @pytest.mark.parametrize("level", range(4))
    def test_every_type_and_shape_comes_back_as_it_went(self, level):
        needs(level)
        rng = np.random.default_rng(0)
        shapes = [(), (0,), (3, 0, 2), (4,), (2, 3, 4, 5), (1,) * 10]
        arrays = [np.asarray(rng.standard_normal(s) * 3).astype(d) for d in frames.DTYPES.values() for s in shapes]
        request = {"text": "å\n\0", "list": [1, 2.5, None, True], "nested": {"a": {"b": []}}}
        with Sandbox({"main.py": ECHO}, level) as sandbox:
            outcome = sandbox.run(request, arrays)
        assert outcome.ended == "done"
        ((header, found),) = outcome.replies
        assert header == request
        assert len(found) == len(arrays)
        for a, b in zip(arrays, found, strict=True):
            assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
            assert b.flags.writeable
            assert b.flags.c_contiguous

    def test_a_large_array_goes_both_ways(self, runner):
        array = np.arange(3 << 20, dtype=np.float64)
        outcome = runner.run({"code": "reply({}, [arrays[0] * 2])"}, [array])
        np.testing.assert_array_equal(outcome.replies[0][1][0], array * 2)

    def test_orders_of_memory_and_subclasses_are_made_plain(self, runner):
        code = """
import numpy as np
class Mine(np.ndarray): pass
a = np.arange(6.).reshape(2, 3)
reply({}, [a.T, a[:, ::-1], a.view(Mine), a.astype(">f8"), np.ma.array(a)])
"""
        found = runner.run({"code": code}).replies[0][1]
        a = np.arange(6.0).reshape(2, 3)
        for b, wanted in zip(found, [a.T, a[:, ::-1], a, a, a], strict=True):
            assert type(b) is np.ndarray
            assert b.dtype == float
            np.testing.assert_array_equal(b, wanted)

    def test_what_came_before_a_crash_is_kept(self, runner):
        outcome = runner.run({"code": "reply({'n': 1}); reply({'n': 2}); print('so far'); import os; os._exit(3)"})
        assert outcome.ended == "exit 3"
        assert [header["n"] for header, _ in outcome.replies] == [1, 2]
        assert outcome.printed == b"so far\n"

    @pytest.mark.parametrize(
        ("code", "ended"),
        [
            ("", "done"),
            ("1 / 0", "exit 1"),
            ("raise SystemExit(7)", "exit 7"),
            ("raise SystemExit", "exit 0"),
            ("raise SystemExit('bye')", "exit 1"),
            ("import os; os._exit(0)", "exit 0"),
            ("import os; os.abort()", "signal SIGABRT"),
            ("import ctypes; ctypes.string_at(0)", "signal SIGSEGV"),
            ("raise MemoryError", "memory"),
            ("import os; os.write(3, b'0123456789' * 100)", "broken reply"),
            ("import os; os.write(3, bytes(2))", "broken reply"),
            ("reply({'x': float('nan')})", "exit 1"),
            ("reply({}, [object()])", "exit 1"),
        ],
    )
    def test_how_it_ended(self, runner, code, ended):
        assert runner.run({"code": code}).ended == ended

    def test_an_exception_is_shown_where_things_are_printed(self, runner):
        printed = runner.run({"code": "x = 1\nraise ValueError('what now')"}).printed
        assert printed.rstrip().endswith(b"ValueError: what now")
        assert b"line 2" in printed

    def test_time(self, runner):
        outcome = runner.run({"code": "reply({})\nwhile True: pass"}, seconds=0.3)
        assert outcome.ended == "timeout"
        assert len(outcome.replies) == 1
        assert 0.3 <= outcome.seconds < 10

    def test_a_request_that_nobody_reads_does_not_hold_things_up(self):
        program = b"import os\ndef main(request, arrays, reply):\n    os._exit(0)\n"
        with Sandbox({"main.py": program}) as sandbox:
            assert sandbox.run({}, [np.zeros(1 << 20)]).ended == "exit 0"

    def test_printing_is_kept_from_both_ends(self):
        with Sandbox({"main.py": RUN}, limits=Limits(printed=100)) as sandbox:
            printed = sandbox.run({"code": "print('<' + 'x' * 100_000 + '>', end='')"}).printed
        assert printed.startswith(b"<xxx")
        assert printed.endswith(b"xxx>")
        assert b"99902 bytes left out" in printed

    def test_replies_have_a_limit(self):
        with Sandbox({"main.py": RUN}, limits=Limits(reply=10_000)) as sandbox:
            many = sandbox.run({"code": "while True: reply({'n': 1}, [arrays[0]])"}, [np.zeros(100)])
            large = sandbox.run({"code": "reply({}, [arrays[0]])"}, [np.zeros(2000)])
            fine = sandbox.run({"code": "reply({}, [arrays[0]])"}, [np.zeros(1000)])
        assert many.ended == large.ended == "too much output"
        assert 5 < len(many.replies) < 13
        assert large.replies == []
        assert fine.ended == "done"

    def test_memory_has_a_limit(self, runner):
        needs(1)  # level 0 has no limits
        outcome = runner.run({"code": "import numpy as np; reply({}); np.ones(10**9)"})
        assert outcome.ended == "memory"
        assert len(outcome.replies) == 1

    def test_jobs_see_nothing_of_each_other(self, runner):
        imports = "import os, sys, numpy as np\n"
        runner.run({"code": imports + "np.maximum = None; sys.modules['here'] = 1; os.environ['A'] = ''"})
        code = imports + "reply({'seen': ['here' in sys.modules, np.maximum is None, 'A' in os.environ]})"
        assert runner.run({"code": code}).replies[0][0]["seen"] == [False] * 3

    def test_jobs_draw_other_numbers(self, runner):
        drawn = "[np.random.rand(), random.random(), np.random.default_rng().random()]"
        code = f"import numpy as np, random; reply({{'drawn': {drawn}}})"
        first, second = (runner.run({"code": code}).replies[0][0]["drawn"] for _ in range(2))
        assert not set(first) & set(second)

    def test_scipy_and_the_library_are_there_and_nothing_else(self, runner):
        code = """
import importlib
def there(name):
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True
reply({name: there(name) for name in request["names"]})
"""
        names = {"numpy.fft": True, "scipy.signal": True, "statistics": True, "json": True}
        names |= dict.fromkeys(("minunet", "matplotlib", "PIL", "pytest", "pip"), False)
        assert runner.run({"code": code, "names": list(names)}).replies == [(names, [])]

    def test_one_thread(self, runner):
        code = "import os; reply({'found': os.environ['OPENBLAS_NUM_THREADS'], 'all': sorted(os.environ)})"
        header = runner.run({"code": code}).replies[0][0]
        assert header["found"] == "1"
        assert not {"HOME", "PATH", "USER"} & set(header["all"])

    def test_requests_that_cannot_be_sent_are_ours_to_know(self, runner):
        with pytest.raises(TypeError, match="array 0 is of type object"):
            runner.run({"code": ""}, [np.array([None])])
        with pytest.raises(TypeError):
            runner.run({"code": object()})
        assert runner.run({"code": ""}).ended == "done"

    def test_threads_take_turns(self, runner):
        found = {}

        def ask(n):
            found[n] = runner.run({"code": "reply({'n': request['n']})", "n": n}).replies[0][0]["n"]

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == {n: n for n in range(8)}


class TestLife:
    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    def test_nothing_is_left(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        threads, before, servers = threading.active_count(), _descriptors(), _servers()
        with Sandbox({"main.py": ECHO}, 0) as sandbox:
            sandbox.run({})
            assert list(tmp_path.iterdir())
        sandbox.close()  # twice
        assert list(tmp_path.iterdir()) == []
        assert threading.active_count() == threads
        assert _descriptors() == before
        assert _servers() == servers
        with pytest.raises(ValueError, match="closed"):
            sandbox.run({})

    def test_nothing_is_left_of_one_that_cannot_start(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        before = _descriptors()
        with pytest.raises(ValueError, match="level 0 cannot be had here: NameError: name 'nonsense'"):
            Sandbox({"main.py": b"nonsense"}, 0)
        assert list(tmp_path.iterdir()) == []
        assert _descriptors() == before

    def test_a_dead_server_is_replaced(self):
        with Sandbox({"main.py": ECHO}) as sandbox:
            sandbox.run({})
            sandbox._server._process.kill()
            sandbox._server._process.wait()
            assert sandbox.run({}).ended == "lost"
            assert sandbox.run({"n": 1}).replies == [({"n": 1}, [])]

    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    def test_an_interrupt_ends_the_job(self, monkeypatch):
        def interrupt(*_):
            raise KeyboardInterrupt

        servers = _servers()
        with Sandbox({"main.py": RUN}) as sandbox:
            monkeypatch.setattr(sandbox._server, "_follow", interrupt)
            with pytest.raises(KeyboardInterrupt):
                sandbox.run({"code": "while True: pass"})
            assert _servers() == servers
            assert sandbox.run({"code": ""}).ended == "done"

    @pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
    @pytest.mark.parametrize("level", range(4))
    def test_a_killed_grader_leaves_no_process(self, level):
        needs(level)
        code = f"""
from minunet.grading.sandbox import Sandbox
sandbox = Sandbox({{"main.py": {RUN!r}}}, {level})
print(sandbox._server._stage.folder, flush=True)
sandbox.run({{"code": "while True: pass"}}, seconds=100)
"""
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as grader:
            stage = grader.stdout.readline().strip()
            time.sleep(0.3)
            grader.kill()
        assert stage
        until = time.monotonic() + 20
        while time.monotonic() < until and any(stage in command for command in _commands()):
            time.sleep(0.02)
        assert not any(stage in command for command in _commands())
        shutil.rmtree(stage)


class TestLevels:
    def test_the_highest_is_taken(self):
        level, why = highest_level()
        with Sandbox({"main.py": ECHO}) as sandbox:
            assert sandbox.level == level
            assert sandbox.isolation.startswith(f"level {level}: ")
            assert sandbox.isolation.endswith(why)
        assert bool(why) == (level < 3)

    @pytest.mark.parametrize("level", [-1, 4, "2"])
    def test_no_such_level(self, level):
        with pytest.raises(ValueError, match="expected 0, 1, 2 or 3"):
            Sandbox({"main.py": ECHO}, level)

    def test_no_program(self):
        with pytest.raises(ValueError, match=r"expected main\.py among them"):
            Sandbox({"other.py": ECHO}, 0)

    def test_a_level_that_fails_says_why(self, monkeypatch):
        def fail(*_):
            raise OSError("Function not implemented")

        monkeypatch.setattr(module, "ForkServer", fail)
        with pytest.raises(ValueError, match="level 3 cannot be had here: Function not implemented"):
            Sandbox({"main.py": ECHO}, 3)
        module.highest_level.cache_clear()
        try:
            assert highest_level() == (0, "level 1 cannot be had here: Function not implemented")
        finally:
            module.highest_level.cache_clear()

    def test_names(self):
        assert package.__all__ == ["Limits", "Outcome", "Sandbox", "highest_level"]


class TestWithoutFork:
    """What Windows gets."""

    @pytest.fixture
    def sandbox(self, monkeypatch):
        monkeypatch.delattr(os, "fork")
        with Sandbox({"main.py": RUN}, 0, Limits(reply=10_000)) as sandbox:
            yield sandbox

    def test_run(self, sandbox):
        outcome = sandbox.run({"code": "print('hello'); reply({'a': 1}, [arrays[0] * 2])"}, [np.arange(5)])
        assert outcome.ended == "done"
        assert outcome.printed == b"hello\n"
        assert outcome.replies[0][0] == {"a": 1}
        assert outcome.replies[0][1][0].tolist() == [0, 2, 4, 6, 8]

    @pytest.mark.parametrize(
        ("code", "ended"),
        [
            ("import os; os._exit(2)", "exit 2"),
            ("1 / 0", "exit 1"),
            ("import minunet", "exit 1"),
            ("for _ in range(200): reply({}, [arrays[0]])", "too much output"),
        ],
    )
    def test_how_it_ended(self, sandbox, code, ended):
        assert sandbox.run({"code": code}, [np.zeros(10)], seconds=30).ended == ended

    def test_time(self, sandbox):
        assert sandbox.run({"code": "while True: pass"}, seconds=1.0).ended == "timeout"

    def test_no_more_than_level_0(self, sandbox):
        with pytest.raises(ValueError, match="this system has no fork"):
            Sandbox({"main.py": ECHO}, 1)


class TestFrames:
    def read(self, data, piece=7, **limits):
        reader = frames.Reader(**{"most_head": 1000, "most_bytes": 10_000, "most_frames": 5, **limits})
        return [f for i in range(0, len(data), piece) for f in reader.feed(data[i : i + piece])]

    def head(self, value):
        text = json.dumps(value).encode()
        return len(text).to_bytes(4, "big") + text

    @pytest.mark.parametrize("piece", [1, 3, 1000])
    def test_frames_come_whole_however_the_bytes_come(self, piece):
        data = b"".join(
            frames.pack({"n": 1}, [np.arange(3)]) + frames.pack({"n": 2}) + frames.pack({}, [np.eye(2)] * 2)
        )
        found = self.read(data, piece)
        assert [header for header, _ in found] == [{"n": 1}, {"n": 2}, {}]
        assert [len(arrays) for _, arrays in found] == [1, 0, 2]
        assert found[0][1][0].tolist() == [0, 1, 2]

    @pytest.mark.parametrize(
        "value",
        [
            [],
            {},
            [{}],
            [{}, {}],
            [[], []],
            [{}, [["float64"]]],
            [{}, [["float64", 3]]],
            [{}, [["float64", [-1]]]],
            [{}, [["float64", [1.0]]]],
            [{}, [["float64", [True]]]],
            [{}, [["float64", [0, 2**70]]]],
            [{}, [["float64", [2**40]]]],
            [{}, [["float64", [1] * 33]]],
            [{}, [["object", [1]]]],
            [{}, [[">f8", [1]]]],
            [{}, [["float128", [1]]]],
            [{}, [[["a"], [1]]]],
            [{"a": float("inf")}, []],
            [{"a": "\ud800"}, []],
        ],
        ids=repr,
    )
    def test_heads_that_are_none(self, value):
        with pytest.raises(frames.BrokenFrame):
            self.read(self.head(value) + bytes(100))

    def test_bytes_of_bool_are_0_or_1(self):
        with pytest.raises(frames.BrokenFrame, match="neither"):
            self.read(self.head([{}, [["bool", [2]]]]) + b"\1\2")

    def test_random_bytes_and_spoiled_frames(self):
        """Nothing but `BrokenFrame` ever comes of a stranger's bytes."""
        rng = np.random.default_rng(0)
        good = b"".join(frames.pack({"a": [1, "å"]}, [np.arange(6.0).reshape(2, 3), np.array([True])]))
        for _ in range(2000):
            spoiled = bytearray(good)
            for place in rng.integers(0, len(good), rng.integers(1, 4)):
                spoiled[place] = rng.integers(256)
            try:
                for header, arrays in self.read(bytes(spoiled), 50):
                    assert isinstance(header, dict)
                    assert all(a.dtype in frames.DTYPES.values() for a in arrays)
            except frames.BrokenFrame:
                pass


def _descriptors():
    return sorted(os.listdir("/dev/fd"))


def _text(path):
    """What a file of /proc holds; that of a process which has just ended is taken for one of process 0."""
    try:
        return path.read_bytes()
    except OSError:
        return b") Z 0"


def _commands():
    """Of every process, on Linux."""
    return [_text(path) for path in Path("/proc").glob("[0-9]*/cmdline")]


def _servers():
    """The processes that this one has started for sandboxes."""
    return {
        path.name
        for path in Path("/proc").glob("[0-9]*")
        if b"inside import server" in _text(path / "cmdline")
        and int(_text(path / "stat").rpartition(b")")[2].split()[1]) == os.getpid()
    }
