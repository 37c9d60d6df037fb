"""What comes out of one job, as it comes: everything in it may be a lie or nonsense, and none of it raises here."""

import signal

from .inside.frames import BrokenFrame, Reader, TooLarge

MOST_HEAD = 256 << 10
MOST_FRAMES = 10_000
ENDS = ("done", "memory")  # what a job can say of its own end


class Transcript:
    """The replies and the printing of one job.

    Attributes
    ----------
    replies : list of (dict, list of arrays)
        The whole ones, in order.
    trouble : str
        Why nothing more of it is wanted; empty where all is well.
    """

    def __init__(self, limits):
        self.replies = []
        self.trouble = ""
        self._said = None
        self._reader = Reader(MOST_HEAD, limits.reply, MOST_FRAMES)
        self._half = limits.printed // 2
        self._first = bytearray()
        self._last = bytearray()
        self._dropped = 0

    def take_reply(self, chunk):
        if self.trouble:
            return
        try:
            for header, arrays in self._reader.feed(chunk):
                self._take_frame(header, arrays)
        except TooLarge:
            self.trouble = "too much output"
        except BrokenFrame:
            self.trouble = "broken reply"

    def _take_frame(self, header, arrays):
        if self._said is None and list(header) == ["reply"] and isinstance(header["reply"], dict):
            self.replies.append((header["reply"], arrays))
        elif self._said is None and list(header) == ["ended"] and header["ended"] in ENDS and not arrays:
            self._said = header["ended"]
        else:
            raise BrokenFrame("neither a reply nor the end")

    def take_printed(self, chunk):
        """Keep the beginning, where it says what it does, and the end, where it says what went wrong."""
        room = self._half - len(self._first)
        self._first += chunk[:room]
        self._last += chunk[room:]
        surplus = max(0, len(self._last) - self._half)
        del self._last[:surplus]
        self._dropped += surplus

    @property
    def printed(self):
        gap = b"\n[... %d bytes left out ...]\n" % self._dropped if self._dropped else b""
        return bytes(self._first) + gap + bytes(self._last)

    def ended(self, status):
        """In a word, given the exit status (below 0: the signal)."""
        if self.trouble:
            return self.trouble
        if status == 0:
            return "broken reply" if not self._reader.between_frames else self._said or "exit 0"
        if status > 0:
            return f"exit {status}"
        if -status == getattr(signal, "SIGXCPU", None):
            return "timeout"
        try:
            return f"signal {signal.Signals(-status).name}"
        except ValueError:
            return f"signal {-status}"
