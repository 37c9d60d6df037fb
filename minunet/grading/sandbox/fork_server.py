"""This side of the fork-server: it is started once, and sent three pipes for each job."""

import contextlib
import json
import os
import selectors
import socket
import subprocess
import tempfile
import time

from .stage import Stage
from .transcript import Transcript

START_SECONDS = 60.0  # a cold disk may need that for NumPy
GRACE = 4.0  # seconds that the server has to end a job's processes
CHUNK = 1 << 18
MOST_LEFT = 1 << 22  # bytes read from a pipe after a job's end: more than a pipe holds


class ForkServer:
    """A fork-server of a program, at one level.

    Raises
    ------
    OSError
        Where it does not start; the message says what failed.
    """

    def __init__(self, program, level, preload=()):
        self._stage = Stage(program, preload)
        ours, theirs = socket.socketpair()
        self._control = ours
        with theirs, tempfile.TemporaryFile() as log:
            try:
                self._process = subprocess.Popen(
                    self._stage.command("main", level),
                    stdin=theirs.fileno(),
                    stdout=log,
                    stderr=log,
                    env=self._stage.environment(),
                    cwd=self._stage.folder,
                    start_new_session=True,
                )
            except BaseException:
                ours.close()
                self._stage.remove()
                raise
            theirs.close()  # so that its end is noticed here
            try:
                message = self._hear(time.monotonic() + START_SECONDS)
                if "ready" not in message:
                    log.seek(0)
                    lines = log.read().decode(errors="replace").strip().splitlines()
                    raise OSError(message.get("failed") or (lines[-1] if lines else "it does not start"))
            except BaseException:
                self.close()
                raise
        self.user = message["ready"]

    def run(self, parts, limits, seconds):
        """One job.

        Parameters
        ----------
        parts : list of buffers
            The request's frame.
        limits : Limits
        seconds : float

        Returns
        -------
        ended : str
        Transcript

        Raises
        ------
        ConnectionError
            When the server itself is gone, which must then be replaced; its `Transcript` is the exception's argument.
        """
        transcript = Transcript(limits)
        (request, to_job), (from_job, reply), (from_print, printed) = [os.pipe() for _ in range(3)]
        ours, theirs = [to_job, from_job, from_print], [request, reply, printed]
        try:
            for descriptor in ours:
                os.set_blocking(descriptor, False)
            order = json.dumps({"memory": limits.memory, "seconds": seconds}).encode() + b"\n"
            try:
                socket.send_fds(self._control, [order], theirs)
            except OSError:
                raise ConnectionError(transcript) from None
            while theirs:
                os.close(theirs.pop())
            return self._follow(parts, ours, transcript, time.monotonic() + seconds), transcript
        finally:
            for descriptor in ours + theirs:
                os.close(descriptor)

    def _follow(self, parts, ours, transcript, deadline):
        """Feed a job and listen to it until it and all it started are gone."""
        to_job, from_job, from_print = ours
        takers = {from_job: transcript.take_reply, from_print: transcript.take_printed}
        left = [memoryview(part) for part in parts]
        stopped = ""
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(to_job, selectors.EVENT_WRITE)
            for descriptor in takers:
                selector.register(descriptor, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(max(0.0, deadline - time.monotonic())):
                    if key.fileobj is self._control:
                        status = self._hear_end(transcript)
                        for descriptor, take in takers.items():
                            _take_rest(descriptor, take)
                        return stopped or transcript.ended(status)
                    if key.fileobj == to_job:
                        if not _give(to_job, left):
                            selector.unregister(to_job)
                            os.close(ours.pop(0))
                    elif not _take(key.fileobj, takers[key.fileobj]):
                        selector.unregister(key.fileobj)
                late = time.monotonic() > deadline
                if late and stopped:
                    raise ConnectionError(transcript)
                if (late or transcript.trouble) and not stopped:
                    stopped = transcript.trouble or "timeout"
                    deadline = time.monotonic() + GRACE
                    self._say_stop(transcript)

    def _say_stop(self, transcript):
        try:
            self._control.sendall(b"{}\n")
        except OSError:
            raise ConnectionError(transcript) from None

    def _hear_end(self, transcript):
        status = self._hear(time.monotonic() + 1.0).get("ended")
        if type(status) is not int:
            raise ConnectionError(transcript)
        return status

    def _hear(self, until):
        """The server's next message; empty where there comes none, or nonsense."""
        line = b""
        with contextlib.suppress(OSError, ValueError):
            while not line.endswith(b"\n"):
                self._control.settimeout(max(0.001, until - time.monotonic()))
                chunk = self._control.recv(4096)
                if not chunk or len(line) > 4096:
                    return {}
                line += chunk
            message = json.loads(line)
            return message if isinstance(message, dict) else {}
        return {}

    def close(self, at_once=False):
        """End the server and all that is under it."""
        self._control.close()  # it ends a job that still runs, and then itself
        try:
            self._process.wait(0 if at_once else GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stage.remove()


def _take(descriptor, take):
    """Pass on what a pipe holds; False at its end."""
    try:
        chunk = os.read(descriptor, CHUNK)
    except BlockingIOError:
        return True
    take(chunk)
    return bool(chunk)


def _take_rest(descriptor, take):
    """What is left in a pipe, less what somebody who escaped may go on writing to it for ever."""
    for _ in range(MOST_LEFT // CHUNK):
        try:
            chunk = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return
        if not chunk:
            return
        take(chunk)


def _give(descriptor, left):
    """Write of the buffers what the pipe takes; False when there is nothing more to write, or nobody to read."""
    try:
        while left:
            left[0] = left[0][os.write(descriptor, left[0]) :]
            if not left[0]:
                del left[0]
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
