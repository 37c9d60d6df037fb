"""Where the red team plays: things worth stealing, a grader to hurt, ears for who calls out; and what came of it."""

import contextlib
import ctypes
import os
import re
import resource
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from minunet.grading.sandbox import Limits, Sandbox

HERE = Path(__file__).parent
SECONDS = 5.0
GRACE = 20.0  # beyond its limit, until a job of any kind must have been answered; the machine may be busy
PROGRAM = b"""
def main(request, arrays, reply):
    space = {"__name__": "submission"}
    exec(compile(request["source"], "submission.py", "exec"), space)
    out, cache = space["relu_forward"](arrays[0])
    reply({"function": "relu_forward"}, [out])
    reply({"function": "relu_backward"}, [space["relu_backward"](arrays[1], cache)])
"""
HONEST = """
import numpy as np

def relu_forward(x):
    return np.maximum(x, 0), x > 0

def relu_backward(dout, cache):
    return dout * cache
"""
GRADER = """
import os, sys
secret = os.environ["SECRET"].encode()
file = open(sys.argv[1])
import ctypes
buffer = ctypes.create_string_buffer(secret)
print(ctypes.addressof(buffer), file.fileno(), flush=True)
sys.stdin.read()
"""
libc = ctypes.CDLL(None)
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/sys/fs/cgroup", "/sys/fs/cgroup/unified")
KEYCTL, UNLINK, USER_KEYRING, MQ_UNLINK = 250, 9, -4, 241  # of x86-64
KEY = 0x6D696E75  # of a segment of shared memory


@dataclass(frozen=True)
class Submission:
    """One file of the red team."""

    name: str
    source: str = field(repr=False)
    expect: dict = field(default_factory=dict, hash=False)

    @property
    def contained(self):
        """From which level on it does no harm."""
        return int(self.expect["contained"])

    @property
    def seconds(self):
        return float(self.expect.get("seconds", SECONDS))

    @property
    def ended(self):
        return self.expect["ended"].split("|")


def expectation(source):
    """What the line ``# EXPECT:`` says; it is read, not run."""
    line = re.search(r"^# EXPECT: (.*)$", source, re.MULTILINE)
    return dict(part.split("=", 1) for part in line[1].split(", ")) if line else {}


def submissions():
    """All files, in order."""
    for path in sorted(HERE.glob("*/*.py")):
        source = path.read_text()
        yield Submission(f"{path.parent.name}/{path.stem}", source, expectation(source))


@dataclass
class Result:
    """What came of one submission at one level; each list says what it did that it should not have."""

    name: str
    level: int
    ended: str = ""
    answers: str = "none"
    seconds: float = 0.0
    survived: bool = False
    forged: list = field(default_factory=list)
    read: list = field(default_factory=list)
    running: list = field(default_factory=list)
    behind: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    hurt: list = field(default_factory=list)

    @property
    def harm(self):
        return self.forged + self.read + self.running + self.behind + self.sent + self.hurt


def surprises(submission, result):
    """What came otherwise than its file expects, in words."""
    found = []
    if not result.survived:
        found.append("the next job did not go as if nothing had been")
    if submission.expect["answers"] not in ("any", result.answers):
        found.append(f"its answers are {result.answers!r}, expected {submission.expect['answers']!r}")
    if result.ended not in submission.ended:
        found.append(f"it ended with {result.ended!r}, expected {submission.expect['ended']!r}")
    if result.level >= submission.contained and result.harm:
        found.append(f"at level {result.level}, where it should do no harm: {', '.join(result.harm)}")
    return found


class Arena:
    """A sandbox at one level, and around it all that a submission might want.

    The process that is to be hurt is not the one that runs the tests, but another that holds the same secrets: so an
    attack that succeeds, as most do at level 0, does nothing worse than end a process made for it.
    """

    def __init__(self, level):
        self.sandbox = Sandbox({"main.py": PROGRAM}, level, Limits(seconds=SECONDS, memory=512 << 20))
        self.marker = "redteam" + secrets.token_hex(8)
        self.secret = "secret" + secrets.token_hex(16)
        self.folder = Path(tempfile.mkdtemp(prefix="arena-"))
        self.file = self.folder / "answers.txt"
        self.file.write_text(self.secret)
        self.results = self.folder / "results.json"
        self.descriptor = os.open(self.file, os.O_RDONLY)
        os.set_inheritable(self.descriptor, True)
        os.environ["SECRET"] = self.secret
        self.ears = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
        for ear in self.ears:
            ear.bind(("127.0.0.1", 0))
        self.ears += [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
        self.ears[2].bind("\0" + self.marker)
        self.ears[3].bind(str(self.folder / "ear"))
        self.ears[0].listen()
        self._start_grader()
        self._stages: set[bytes] = set()  # a new one wherever a server was lost
        self._keys: set[str] = set()  # those found so far; the kernel takes its time to forget one
        self.honest = Submission("honest", HONEST, {"seconds": "10"})

    def close(self):
        self.sandbox.close()
        self._stop_grader()
        for ear in self.ears:
            ear.close()
        os.close(self.descriptor)
        os.environ.pop("SECRET", None)
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _start_grader(self):
        command = [sys.executable, "-c", GRADER, str(self.file)]
        self.grader = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "SECRET": self.secret},
        )
        self.address, self.grader_descriptor = map(int, self.grader.stdout.readline().split())
        self.state = self._grader_state()

    def _stop_grader(self):
        self.grader.kill()
        with self.grader:
            pass

    def _grader_state(self):
        pid = self.grader.pid
        if self.grader.poll() is not None:
            return {"alive": False}
        kinds = [name for name in dir(resource) if name.startswith("RLIMIT_")]
        stopped = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
        return {
            "alive": True,
            "stopped": stopped,
            "traced": "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text(),
            "priority": os.getpriority(os.PRIO_PROCESS, pid),
            "affinity": os.sched_getaffinity(pid),
            "limits": {name: resource.prlimit(pid, getattr(resource, name)) for name in kinds},
        }

    def targets(self):
        return {
            "marker": self.marker,
            "file": str(self.file),
            "results": str(self.results),
            "grader": self.grader.pid,
            "address": self.address,
            "length": len(self.secret),
            "descriptor": self.grader_descriptor,
            "tcp": self.ears[0].getsockname()[1],
            "udp": self.ears[1].getsockname()[1],
            "abstract": self.marker,
            "unix": str(self.folder / "ear"),
            "packages": str(Path(np.__file__).parents[1]),
            "minunet": str(Path(sys.modules["minunet"].__file__).parents[1]),
            "key": KEY,
            "hold": 20.0,  # seconds that what it leaves running goes on for
        }

    def source(self, submission):
        return submission.source.replace("TARGETS = {}", f"TARGETS = {self.targets()!r}")

    def play(self, submission):
        """Run it, look at what came of it, and put everything back."""
        result = Result(submission.name, self.sandbox.level)
        if self.sandbox._server is not None:
            self._stages.add(os.fsencode(self.sandbox._server._stage.folder))
        outcome, result.answers = self._run(submission)
        result.ended, result.seconds = outcome.ended, outcome.seconds
        if submission.expect.get("answers") in ("wrong", "none") and result.answers == "right":
            result.forged.append("its answers pass")
        result.read = self._loot(outcome)
        result.running = self._running()
        result.behind = self._behind()
        result.sent = self._heard()
        now = self._grader_state()
        result.hurt = [key for key in self.state if now.get(key) != self.state[key]]
        next_one, answers = self._run(self.honest)
        result.survived = (
            outcome.seconds < submission.seconds + GRACE and answers == "right" and next_one.ended == "done"
        )
        if result.hurt:
            self._stop_grader()
            self._start_grader()
        return result

    def _run(self, submission):
        rng = np.random.default_rng()
        x, dout = rng.standard_normal((2, 2, 3, 4, 5)).astype(np.float32)
        outcome = self.sandbox.run({"source": self.source(submission)}, [x, dout], submission.seconds)
        wanted = [("relu_forward", np.maximum(x, 0)), ("relu_backward", dout * (x > 0))]
        if len(outcome.replies) < len(wanted):
            return outcome, "none"
        right = len(outcome.replies) == len(wanted) and all(
            header == {"function": name} and len(arrays) == 1 and _same(arrays[0], array)
            for (header, arrays), (name, array) in zip(outcome.replies, wanted, strict=True)
        )
        return outcome, "right" if right else "wrong"

    def _loot(self, outcome):
        arrays = [array.tobytes() for _, arrays in outcome.replies for array in arrays]
        told = b"".join([outcome.printed, repr([header for header, _ in outcome.replies]).encode(), *arrays])
        reference = Path(self.targets()["minunet"], "minunet", "reference.py").read_bytes().splitlines()[0].strip(b'"')
        treasure = {"the secret": self.secret.encode(), "the reference": reference}
        found = [name for name, what in treasure.items() if what in told]
        return found + [line[8:].decode() for line in told.splitlines() if line.startswith(b"ESCAPED ")]

    def _running(self):
        """Processes of the sandbox beside its own, and others that carry the marker; they are ended."""
        server = self.sandbox._server
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            ancestors = (folder.name, parent) if self.sandbox.level == 3 else (folder.name,)  # at 3 it is two processes
            own = server is not None and str(server._process.pid) in ancestors
            theirs = any(stage in command for stage in self._stages)
            if state != "Z" and ((theirs and not own) or self.marker.encode() in command):
                found.append(f"process {command[-60:].decode(errors='replace')!r}")
                with contextlib.suppress(OSError):
                    os.kill(int(folder.name), 9)
        return found

    def _behind(self):
        """What it left in the places that outlive a job; it is removed."""
        places = [*PLACES, os.getcwd(), os.path.expanduser("~"), str(self.folder)]
        found = [path for place in places for path in Path(place).glob(f"*{self.marker}*")]
        found += [path for path in (self.results, Path("results.json")) if path.exists()]
        for path in found:
            path.rmdir() if path.is_dir() else path.unlink()
        left = [str(path) for path in found]
        with contextlib.suppress(OSError):
            if any(line.split()[0] == str(KEY) for line in Path("/proc/sysvipc/shm").read_text().splitlines()):
                left.append("shared memory")
                subprocess.run(["ipcrm", "-M", str(KEY)], check=True)
        with contextlib.suppress(OSError):
            for line in Path("/proc/keys").read_text().splitlines():
                if self.marker in line and line.split()[0] not in self._keys:
                    left.append("a key")
                    self._keys.add(line.split()[0])
                    libc.syscall(KEYCTL, UNLINK, int(line.split()[0], 16), USER_KEYRING)
        if libc.syscall(MQ_UNLINK, self.marker.encode()) == 0:
            left.append("a message queue")
        return left

    def _heard(self):
        """Who called; and hang up."""
        called, _, _ = select.select(self.ears, [], [], 0)
        for ear in called:
            if ear.type == socket.SOCK_STREAM:
                ear.accept()[0].close()
            else:
                ear.recv(4096)
        return [f"{ear.family.name} {ear.type.name}" for ear in called]


def _same(found, wanted):
    return found.dtype == wanted.dtype and found.shape == wanted.shape and np.array_equal(found, wanted)
