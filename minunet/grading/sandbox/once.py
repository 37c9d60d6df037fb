"""Where a process cannot be copied (Windows): a new Python for each job, with files in the place of pipes."""

import subprocess
import tempfile

from .stage import Stage
from .transcript import Transcript


class Once:
    """As `ForkServer`, at level 0."""

    user = None

    def __init__(self, program):
        self._stage = Stage(program)

    def run(self, parts, limits, seconds):
        transcript = Transcript(limits)
        with (
            tempfile.TemporaryFile() as request,
            tempfile.TemporaryFile() as reply,
            tempfile.TemporaryFile() as printed,
        ):
            request.writelines(parts)
            request.seek(0)
            with subprocess.Popen(
                self._stage.command("once", 0),
                stdin=request,
                stdout=reply,
                stderr=printed,
                env=self._stage.environment(),
                cwd=self._stage.folder,
            ) as process:
                try:
                    status = process.wait(seconds)
                except subprocess.TimeoutExpired:
                    status = None
                finally:
                    process.kill()
            for file, take in ((reply, transcript.take_reply), (printed, transcript.take_printed)):
                file.seek(0)
                take(file.read(limits.reply + 1))
        return ("timeout" if status is None else transcript.ended(status)), transcript

    def close(self, at_once=False):
        self._stage.remove()
