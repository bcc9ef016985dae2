"""Starts the process that renders a knowledge base's own templates, and ends it in time."""

import json
import pickle
import subprocess
import threading
from pathlib import Path
from typing import IO, Any

import kmkit
from kmkit.errors import Cannot
from kmkit.resources import python
from kmkit.views.loading import MEND, Limits
from kmkit.views.plain import plain
from kmkit.views.worker import LENGTH

_START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN);"
    "sys.path.append(sys.argv[1]);"
    "from kmkit.views.worker import main; main()"
)
_BEGIN = 60
"""Seconds until the process must have begun."""
_NOT_BEGUN = "The process that renders this knowledge base's own templates did not begin"
_GRACE = 2
"""Seconds more than a template has, until the process is ended from outside."""


class Workshop:
    """A process that renders templates of a knowledge base, one after the other.

    Nothing is shared with it: templates get plain data, and give text. Close it at the end.
    """

    def __init__(self, kb: Path, language: str, limits: Limits = Limits()) -> None:
        self._limits = limits
        package = str(Path(kmkit.__file__).parent.parent)
        try:
            self._process = subprocess.Popen(
                [*python(), "-c", _START, package],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise Cannot(f"{_NOT_BEGUN}: {error.strerror}.") from None
        try:
            self._answer((str(kb), language, tuple(limits)), "", _BEGIN)
        except Cannot:
            self.close()
            raise

    def render(self, template: str, /, **values: Any) -> str:
        """The text that ``template`` makes of ``values``; Cannot where it fails or takes too much.

        After a failure the process may be gone: begin another.
        """
        message = (template, {name: plain(value) for name, value in values.items()})
        return self._answer(message, template, self._limits.seconds + _GRACE)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def _answer(self, message: object, template: str, seconds: float) -> str:
        late = threading.Event()
        watch = threading.Timer(seconds, self._end, [late])
        watch.daemon = True
        watch.start()
        try:
            said = self._exchange(message)
        except (OSError, EOFError, ValueError):
            said = {"error": self._why(late.is_set(), template)}
        finally:
            watch.cancel()
        if "error" in said:
            raise Cannot(said["error"], said.get("mend", MEND))
        return said.get("text", "")

    def _end(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _exchange(self, message: object) -> dict[str, str]:
        """Send a message, and read the answer; EOFError where there is none."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        asked.write(LENGTH.pack(len(data)) + data)
        asked.flush()
        length = LENGTH.unpack(_exactly(told, LENGTH.size))[0]
        if length > 8 * self._limits.text:
            raise EOFError
        said: dict[str, str] = json.loads(_exactly(told, length))
        return said

    def _why(self, late: bool, template: str) -> str:
        if not template:
            return f"{_NOT_BEGUN}."
        if late:
            return f"templates/{template} took longer than {self._limits.seconds:g} s."
        return f"templates/{template} took more than it may: its process ended."


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data
